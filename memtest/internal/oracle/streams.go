package oracle

import "github.com/seed-1a417598/memtest/datasets/seed"

// blocksOf are the rows of each block, blocks in the order of their first row; nil
// groups are one block of n rows.
func blocksOf(groups []int, n int) [][]int {
	var blocks [][]int
	number := map[int]int{}
	for i := range n {
		group := 0
		if groups != nil {
			group = groups[i]
		}
		if _, seen := number[group]; !seen {
			number[group] = len(blocks)
			blocks = append(blocks, nil)
		}
		blocks[number[group]] = append(blocks[number[group]], i)
	}
	return blocks
}

// shuffled are values shuffled within blocks by Fisher and Yates' method, from the
// last row of a block to the first, block after block, by the stream of this name
// and number.
func shuffled(values []int, groups []int, s uint64, stream string, number int) []int {
	out := append([]int{}, values...)
	random := seed.Stream(s, stream, number)
	for _, rows := range blocksOf(groups, len(values)) {
		for last := len(rows) - 1; last > 0; last-- {
			with := random.IntN(last + 1)
			out[rows[last]], out[rows[with]] = out[rows[with]], out[rows[last]]
		}
	}
	return out
}

// LabelSets are label sets 0..b: the labels, and shuffles of them.
func LabelSets(labels, groups []int, s uint64, b int) [][]int {
	sets := [][]int{labels}
	for len(sets) <= b {
		sets = append(sets, shuffled(labels, groups, s, "permutation", len(sets)))
	}
	return sets
}

// reshuffles are j permutations of n rows within groups; each says which copy a
// row gets.
func reshuffles(n int, groups []int, s uint64, j int, stream string) [][]int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	var all [][]int
	for len(all) < j {
		all = append(all, shuffled(rows, groups, s, stream, len(all)))
	}
	return all
}
