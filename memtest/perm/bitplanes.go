package perm

import "math/bits"

// bitPlanes is four bit planes of 64 label sets: bit b of plane p is bit p of the
// class in set b. One bitPlanes holds classes 0..15; more classes take several.
type bitPlanes [4]uint64

// widthFor is the number of bitPlanes that hold the classes 0..classes-1.
func widthFor(classes int) int { return (bits.Len(uint(classes-1)) + 3) / 4 }

// pack writes the classes of one label set [n] to bit b of rows [n][width],
// where that bit is 0.
func pack(rows []bitPlanes, width int, values []int32, b int) {
	if width == 1 {
		rows = rows[:len(values)]
		for i, v := range values {
			q, u := &rows[i], uint64(v)
			q[0] |= (u & 1) << b
			q[1] |= (u >> 1 & 1) << b
			q[2] |= (u >> 2 & 1) << b
			q[3] |= (u >> 3 & 1) << b
		}
		return
	}
	for i, v := range values {
		for k, u := 0, uint64(v); u != 0; k, u = k+1, u>>4 {
			q := &rows[i*width+k]
			for p := range q {
				q[p] |= (u >> p & 1) << b
			}
		}
	}
}

// mismatches counts, over rows i and the 64 sets, where the class in row
// order[i] of a differs from the class in row i of b. Two classes are equal
// where no plane differs, so 64 comparisons take one XOR a plane and one
// population count. Sets that were never packed are 0 in both and never differ.
func mismatches(a, b []bitPlanes, width int, order []int32) int {
	count := 0
	if width == 1 {
		b = b[:len(order)]
		for i, s := range order {
			p, q := &a[s], &b[i]
			count += bits.OnesCount64((p[0] ^ q[0]) | (p[1] ^ q[1]) | (p[2] ^ q[2]) | (p[3] ^ q[3]))
		}
		return count
	}
	for i, s := range order {
		p, q := a[int(s)*width:], b[i*width:]
		var differ uint64
		for k := range width {
			differ |= (p[k][0] ^ q[k][0]) | (p[k][1] ^ q[k][1]) | (p[k][2] ^ q[k][2]) | (p[k][3] ^ q[k][3])
		}
		count += bits.OnesCount64(differ)
	}
	return count
}
