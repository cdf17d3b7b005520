package complexity

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// DaviesBouldin is the index of Davies and Bouldin (1979) of points x [N, columns]
// grouped by labels [N]: the mean over groups of the greatest (s_i + s_j)/d_ij, where
// s is the mean distance of a group's points from their mean, and d_ij the distance of
// two means. 0 is best: groups that are points; it has no upper bound. It is
// scikit-learn's davies_bouldin_score, but for groups with the same mean: there it is
// NaN, since the index is infinite, where scikit-learn leaves such pairs out. NaN also
// for fewer than two groups. An error where x is not finite or the lengths disagree.
func DaviesBouldin(x arrays.Matrix, labels []int32) (float64, error) {
	if x.Rows != len(labels) || len(x.Data) != x.Rows*x.Cols {
		return 0, fmt.Errorf("Davies-Bouldin index: %d labels and %d values for %d points of %d columns; give one label a point", len(labels), len(x.Data), x.Rows, x.Cols)
	}
	if err := x.CheckFinite("Davies-Bouldin index"); err != nil {
		return 0, err
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(labels)))
	group := make([]int, len(labels))
	for i, y := range labels {
		group[i], _ = slices.BinarySearch(distinct, y)
	}
	means, spread := groups(x, group, len(distinct))
	sum := 0.0
	for i := range means {
		worst := math.NaN()
		for j := range means {
			if i == j {
				continue
			}
			d := distanceOf(means[i], means[j])
			if d == 0 {
				return math.NaN(), nil
			}
			if r := (spread[i] + spread[j]) / d; !(r <= worst) {
				worst = r
			}
		}
		sum += worst
	}
	return sum / float64(len(means)), nil
}

// groups are the means of the groups' points, and the mean distances from them.
func groups(x arrays.Matrix, group []int, n int) (means [][]float64, spread []float64) {
	counts := make([]float64, n)
	spread = make([]float64, n)
	for range n {
		means = append(means, make([]float64, x.Cols))
	}
	for i, g := range group {
		counts[g]++
		for j, v := range x.Row(i) {
			means[g][j] += float64(v)
		}
	}
	for g, m := range means {
		for j := range m {
			m[j] /= counts[g]
		}
	}
	for i, g := range group {
		sum := 0.0
		for j, v := range x.Row(i) {
			d := float64(v) - means[g][j]
			sum += d * d
		}
		spread[g] += math.Sqrt(sum) / counts[g]
	}
	return means, spread
}

func distanceOf(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += (v - b[i]) * (v - b[i])
	}
	return math.Sqrt(sum)
}
