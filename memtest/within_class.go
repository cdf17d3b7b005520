package memtest

import "github.com/seed-1a417598/memtest/datasets/arrays"

// withinClass is the share of the variance of features [n, d] that lies within
// classes: the sum of squares around the class means over that around the common
// mean, summed over the columns. 1 = the class means are all alike, 0 = each class
// has collapsed onto its mean; nil where nothing varies. It is 1 − η² of a
// one-way analysis of variance.
func withinClass(features arrays.Matrix, labels []int32, classes int) *float64 {
	n, d := features.Rows, features.Cols
	if n == 0 || d == 0 {
		return nil
	}
	counts := make([]float64, classes)
	means := make([]float64, (classes+1)*d) // a row a class, the common mean last
	common := means[classes*d:]
	for i, y := range labels {
		counts[y]++
		own := means[int(y)*d : (int(y)+1)*d]
		for j, v := range features.Row(i) {
			own[j] += float64(v)
			common[j] += float64(v)
		}
	}
	for j := range common {
		common[j] /= float64(n)
	}
	for k, c := range counts {
		for j := range d {
			means[k*d+j] /= max(c, 1) // an empty class has no examples that could use its mean
		}
	}
	var within, total float64
	for i, y := range labels {
		own := means[int(y)*d : (int(y)+1)*d]
		for j, v := range features.Row(i) {
			a, b := float64(v)-own[j], float64(v)-common[j]
			within += a * a
			total += b * b
		}
	}
	if total == 0 {
		return nil
	}
	share := within / total
	return &share
}
