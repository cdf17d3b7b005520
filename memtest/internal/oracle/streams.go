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

// Partners are the examples that each is blended with by mix-class under label set b: one
// of the same label there, of the others in the order of their rows that number which the
// stream of the set gives, one draw for each example in the order of rows. An example that
// is alone with its label is its own, and draws nothing.
func Partners(labels []int, s uint64, b int) []int {
	random := seed.Stream(s, "perturb", "mix-class", b)
	partners := make([]int, len(labels))
	for i, y := range labels {
		var others []int
		for j, other := range labels {
			if other == y && j != i {
				others = append(others, j)
			}
		}
		partners[i] = i
		if len(others) > 0 {
			partners[i] = others[random.IntN(len(others))]
		}
	}
	return partners
}

// Blends are rows of which each has the share of its partner.
func Blends(rows [][]float64, partners []int, share float64) [][]float64 {
	out := make([][]float64, len(rows))
	for i, j := range partners {
		for c := range rows[i] {
			out[i] = append(out[i], (1-share)*rows[i][c]+share*rows[j][c])
		}
	}
	return out
}
