package probe

// blocks are the groups within which labels are exchanged, by which chance is
// counted; the zero value is one group of all rows.
type blocks struct {
	of   []int32   // [n] number of each row's group, from 0; nil = one group
	rows []float64 // of each group
}

// newBlocks numbers the groups [n] of rows; nil is one group.
func newBlocks(groups []int32) blocks {
	var b blocks
	number := map[int32]int32{}
	for _, g := range groups {
		k, seen := number[g]
		if !seen {
			k = int32(len(b.rows))
			number[g] = k
			b.rows = append(b.rows, 0)
		}
		b.of = append(b.of, k)
		b.rows[k]++
	}
	return b
}

// group is the number of a row's group.
func (b blocks) group(i int) int {
	if b.of == nil {
		return 0
	}
	return int(b.of[i])
}

// shares are the shares of the labels of each class in each group, [groups][K].
func (b blocks) shares(labels []int32, classes int) [][]float64 {
	rows := b.rows
	if b.of == nil {
		rows = []float64{float64(len(labels))}
	}
	all := make([][]float64, len(rows))
	for g := range all {
		all[g] = make([]float64, classes)
	}
	for i, y := range labels {
		g := b.group(i)
		all[g][y] += 1 / rows[g]
	}
	return all
}
