package nn

import (
	"math"
	"slices"

	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/datasets"
)

// standardized is x [batch, 1, 1, columns] with each column centred and divided by its
// standard deviation, as the examples that are trained on have them. The zeros and ones of
// categories and of what is missing stay as they are: a rare one would become huge.
func (b *Builder) standardized(x *Node) *Node {
	d := x.Shape().Dimensions
	columns := d[len(d)-1]
	_, mean := b.param(param{name: "input/mean", dims: []int{columns}, statistic: true, measured: columnMeans})
	_, sd := b.param(param{name: "input/sd", dims: []int{columns}, start: Start{Value: 1}, statistic: true, measured: columnDeviations})
	wide := onlyLast(d)
	return Div(Sub(x, Reshape(mean, wide...)), Reshape(sd, wide...))
}

// columnMeans are those of the columns of a table.
func columnMeans(set *datasets.Set) []float32 {
	return eachColumn(set, 0, func(mean, _ float64) float64 { return mean })
}

// columnDeviations are the standard deviations of the columns of a table, with the
// denominator n; that of a constant column, and one that float32 takes for 0, is 1.
func columnDeviations(set *datasets.Set) []float32 {
	return eachColumn(set, 1, func(_, sd float64) float64 {
		if float32(sd) == 0 {
			return 1
		}
		return sd
	})
}

// eachColumn is a value for each column of a table, of its mean and standard deviation, and
// another for those that are no numbers.
func eachColumn(set *datasets.Set, other float32, value func(mean, sd float64) float64) []float32 {
	n, columns := set.Len(), set.Shape.Size()
	out := make([]float32, columns)
	column := make([]float32, n)
	numbers := numbersOf(set)
	for c := range out {
		if !numbers[c] {
			out[c] = other
			continue
		}
		for i := range column {
			column[i] = set.X[i*columns+c]
		}
		out[c] = float32(value(moments(column)))
	}
	return out
}

// numbersOf says which columns of a table are numbers, as its file has them; where it is not
// known what they are, all.
func numbersOf(set *datasets.Set) []bool {
	out := make([]bool, set.Shape.Size())
	for i := range out {
		out[i] = set.Columns == nil
	}
	for _, c := range set.Columns {
		if c.First >= 0 && c.First < len(out) {
			out[c.First] = c.Categories == nil
		}
	}
	return out
}

// moments are the mean and the standard deviation of values, the latter with the
// denominator n and 0 exactly where all are the same.
func moments(x []float32) (mean, sd float64) {
	if slices.Min(x) == slices.Max(x) {
		return float64(x[0]), 0
	}
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	for _, v := range x {
		sd += (float64(v) - mean) * (float64(v) - mean) / float64(len(x))
	}
	return mean, math.Sqrt(sd)
}
