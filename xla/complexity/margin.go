package complexity

import (
	"context"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// margin is the lower quartile of the normalized margins at a layer with these outputs
// [N, width], see Measures.MarginInput.
func margin(ctx context.Context, s *nn.Snapshot, set *datasets.Set, layer string, outputs arrays.Matrix) (float64, error) {
	m, err := s.Margins(ctx, set, layer)
	if err != nil {
		return 0, err
	}
	distances := make([]float64, len(m.Slopes))
	for i, slope := range m.Slopes {
		d := float64(m.Differences[i])
		if d != 0 { // on the border is on the border, however steep
			d /= float64(slope)
		}
		distances[i] = d
	}
	return finiteOr(lowerQuartile(distances) / math.Sqrt(totalVariation(outputs))), nil
}

// lowerQuartile sorts the values; between two of them it is interpolated.
func lowerQuartile(values []float64) float64 {
	slices.Sort(values)
	at := 0.25 * float64(len(values)-1)
	i := int(at)
	if at == float64(i) {
		return values[i]
	}
	return values[i] + (at-float64(i))*(values[i+1]-values[i])
}

// totalVariation is the trace of the covariance of the columns, with denominator n.
func totalVariation(x arrays.Matrix) float64 {
	means := make([]float64, x.Cols)
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			means[j] += float64(v)
		}
	}
	for j := range means {
		means[j] /= float64(x.Rows)
	}
	sum := 0.0
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			d := float64(v) - means[j]
			sum += d * d
		}
	}
	return sum / float64(x.Rows)
}

// finiteOr is v; NaN where it is infinite.
func finiteOr(v float64) float64 {
	if math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}
