package perm

import "math/rand/v2"

// blocks holds the rows of each block of a restricted shuffle. Blocks are in
// the order of their first row, rows within a block ascend.
type blocks struct {
	id    []int32 // [n] block of each row, 0..count-1; nil = one block
	rows  []int32 // [n] all rows, block after block
	start []int   // [count+1] where each block starts in rows
}

// newBlocks reads the groups of n rows; nil groups are one block.
func newBlocks(n int, groups []int32) blocks {
	b := blocks{rows: make([]int32, n)}
	if groups == nil {
		for i := range b.rows {
			b.rows[i] = int32(i)
		}
		b.start = []int{0, n}
		return b
	}
	b.id = make([]int32, n)
	number := map[int32]int32{}
	var size []int
	for i, g := range groups {
		k, seen := number[g]
		if !seen {
			k = int32(len(size))
			number[g] = k
			size = append(size, 0)
		}
		b.id[i] = k
		size[k]++
	}
	b.start = make([]int, len(size)+1)
	for k, s := range size {
		b.start[k+1] = b.start[k] + s
	}
	next := append([]int(nil), b.start...)
	for i, k := range b.id {
		b.rows[next[k]] = int32(i)
		next[k]++
	}
	return b
}

func (b blocks) number() int { return len(b.start) - 1 }

// block is the rows of block g.
func (b blocks) block(g int) []int32 { return b.rows[b.start[g]:b.start[g+1]] }

// sizes is, for each row, the number of rows in its block.
func (b blocks) sizes() []int32 {
	size := make([]int32, len(b.rows))
	for g := range b.number() {
		rows := b.block(g)
		for _, i := range rows {
			size[i] = int32(len(rows))
		}
	}
	return size
}

// shuffle permutes values [n] within each block, uniformly and independently:
// Fisher and Yates' shuffle, as Durstenfeld (1964) gave it.
func (b blocks) shuffle(values []int32, r *rand.Rand) {
	for g := range b.number() {
		rows := b.block(g)
		for i := len(rows) - 1; i > 0; i-- {
			j := r.IntN(i + 1)
			p, q := rows[i], rows[j]
			values[p], values[q] = values[q], values[p]
		}
	}
}

// lacking is the first block that has no row of a class which other rows have,
// and that class; −1 where every block has all of them.
func (b blocks) lacking(labels []int32, classes int) (block, class int) {
	held := make([][]bool, b.number())
	whole := make([]bool, classes)
	for g := range held {
		held[g] = make([]bool, classes)
		for _, i := range b.block(g) {
			held[g][labels[i]], whole[labels[i]] = true, true
		}
	}
	for g := range held {
		for k, named := range whole {
			if named && !held[g][k] {
				return g, k
			}
		}
	}
	return -1, 0
}
