package complexity

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// What weightwatcher 0.7.7 leaves out, and how it fits, by default.
const (
	fewestEigenvalues = 8
	mostEigenvalues   = 15_000
	longestSide       = 50_000
	leastEigenvalue   = 1e-5 // those up to here are taken for zero
	fewValues         = 20   // with fewer the fit is another
)

// alphaOf is the exponent of a layer whose matrix as a whole has these eigenvalues;
// NaN where it is left out.
func alphaOf(e *xla.Engine, w nn.Weight, values []float64) (float64, error) {
	least := leastEigenvalue
	in, out := w.Dims[len(w.Dims)-2], w.Dims[len(w.Dims)-1]
	matrices := len(w.Values) / (in * out)
	if n := matrices * min(in, out); n < fewestEigenvalues || n > mostEigenvalues || max(in, out) > longestSide {
		return math.NaN(), nil
	}
	if len(w.Dims) > 2 {
		values = nil
		for i := range matrices {
			one, err := eigenvalues(e, arrays.Matrix{Rows: in, Cols: out, Data: w.Values[i*in*out : (i+1)*in*out]})
			if err != nil {
				return 0, err
			}
			values = append(values, one...)
		}
		least *= 2 // weightwatcher halves the eigenvalues of kernels, which alpha does not see otherwise
	}
	values = slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !(v > least) })
	if len(values) < 2 {
		return math.NaN(), nil
	}
	return PowerLaw(values)
}

// PowerLaw is the exponent α of a density proportional to x^−α from x_min upwards,
// fitted to values above 0 by greatest likelihood, α = 1 + n/Σ ln(x_i/x_min) over the n
// values from x_min on; x_min is the value at which the fit is nearest to the values
// by the distance of Kolmogorov and Smirnov (Clauset, Shalizi and Newman 2009). Of
// fewer than 20 values n − 1 takes the place of n, which removes the bias, and x_min
// leaves 8 values at least, or all where there are fewer. Both are what the Python
// package weightwatcher 0.7.7 does. NaN where all values are the same.
func PowerLaw(values []float64) (float64, error) {
	if len(values) < 2 {
		return 0, fmt.Errorf("power law: %d values are too few; give at least 2", len(values))
	}
	x := slices.Sorted(slices.Values(values))
	for _, v := range x {
		if !(v > 0) || math.IsInf(v, 0) {
			return 0, fmt.Errorf("power law: a value of %v; give finite values above 0", v)
		}
	}
	bias, fewest := 0.0, 2
	if len(x) < fewValues {
		bias, fewest = 1, min(fewestEigenvalues, len(x))
	}
	sums := tailSums(x)
	best, alpha := math.Inf(1), math.NaN()
	for i := 0; len(x)-i >= fewest; i++ {
		n := float64(len(x) - i)
		sum := sums[i] - n*math.Log(x[i])
		if sum <= 1e-12 {
			continue // all values from here on are the same
		}
		a := 1 + (n-bias)/sum
		if d := distanceToPowerLaw(x[i:], a); d < best {
			best, alpha = d, a
		}
	}
	return alpha, nil
}

// tailSums are the sums of the logarithms from each value on.
func tailSums(x []float64) []float64 {
	out := make([]float64, len(x))
	sum := 0.0
	for i := len(x) - 1; i >= 0; i-- {
		sum += math.Log(x[i])
		out[i] = sum
	}
	return out
}

// distanceToPowerLaw is the greatest difference of the two distribution functions at
// the values, ascending, the first of which is x_min. The values' own function is
// taken just before each value.
func distanceToPowerLaw(x []float64, alpha float64) float64 {
	n, worst := float64(len(x)), 0.0
	for i, v := range x {
		worst = max(worst, math.Abs(1-math.Pow(v/x[0], 1-alpha)-float64(i)/n))
	}
	return worst
}
