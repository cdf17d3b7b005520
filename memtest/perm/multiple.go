package perm

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// MaxT returns p-values adjusted for there being several cells, by the step-down
// maximum of Westfall and Young (1993, algorithm 4.1) over studentized
// statistics. nulls[c][b-1] is the statistic of cell c under label set b,
// observed[c] under the observed labels; all cells must share their label sets.
// Large statistics are significant. The probability of one or more adjusted p-values ≤ α among the
// cells without effect is at most α (the family-wise error rate), provided that
// effects in other cells do not change how these are distributed together under
// permutation (subset pivotality).
//
// Each cell is centred and scaled by mean and standard deviation over all B+1
// label sets, the observed one too. Unlike those of the null sets alone, they do
// not change when the observed set changes places with another, so the test is
// exact for every B. Scaled by the null sets alone, 20 cells without effect would
// be rejected in 15 % of runs at B = 19 and in 6 % at B = 99, in place of 5 %
// (docs/simulation.md). Within a cell the order is the same either way. A cell
// without any variation has p = 1.
func MaxT(nulls [][]float64, observed []float64) ([]float64, error) {
	return maxT(nulls, observed, Greater)
}

// MaxTTwoSided is MaxT where statistics far from their mean on either side are
// significant: the step-down maximum of |z|, but never below the p-value of the
// cell alone, twice its smaller tail.
//
// The two orders differ where a null is skewed: |z| adds up the tails beyond the
// same distance, so an effect on the short side could come out smaller than its
// own p-value, even in a family of one. The larger of the two only ever grows, so
// the family-wise error that the maximum holds is held (docs/simulation.md). The
// minimum of the two-sided p-values themselves would need no such care, but
// every cell has two label sets with the least p there is, so with m cells it can
// come to no less than about 2m/(B+1), as Holm's procedure.
func MaxTTwoSided(nulls [][]float64, observed []float64) ([]float64, error) {
	p, err := maxT(nulls, observed, TwoSided)
	if err != nil {
		return nil, err
	}
	for c, null := range nulls {
		greater, less := tails(append([]float64{observed[c]}, null...), atLeast)
		_, alone, _, _, _ := pValue(greater, less, len(null), Options{Sides: TwoSided, Enumerated: true})
		p[c] = max(p[c], alone)
	}
	return p, nil
}

func maxT(nulls [][]float64, observed []float64, sides Sides) ([]float64, error) {
	if len(nulls) != len(observed) {
		return nil, fmt.Errorf("max-T: nulls of %d cells but observed statistics of %d", len(nulls), len(observed))
	}
	if len(nulls) == 0 {
		return nil, nil
	}
	if len(nulls[0]) == 0 {
		return nil, fmt.Errorf("max-T: cell 0 has no null statistics")
	}
	z := make([][]float64, len(nulls))
	for c, null := range nulls {
		if len(null) != len(nulls[0]) {
			return nil, fmt.Errorf("max-T: cell %d has %d permutations, but cell 0 has %d; use Holm for cells that do not share their label sets", c, len(null), len(nulls[0]))
		}
		z[c] = append([]float64{observed[c]}, null...)
		if err := checkFinite(fmt.Sprintf("max-T: cell %d, statistic of label set", c), z[c]); err != nil {
			return nil, err
		}
		if !studentize(z[c], sides) {
			z[c] = nil
		}
	}
	return stepDown(z), nil
}

// studentize centres and scales the statistics of a cell in place, and takes their
// sizes where both sides count. It is false where they do not vary.
func studentize(values []float64, sides Sides) bool {
	mean, sd := meanSD(values)
	if sd == 0 {
		return false
	}
	for b := range values {
		values[b] = (values[b] - mean) / sd
		if sides == TwoSided {
			values[b] = math.Abs(values[b])
		}
	}
	return true
}

// stepDown gives the adjusted p-values of cells by their statistics z[c][b], of
// which element 0 is the observed one; nil is a cell without variation.
func stepDown(z [][]float64) []float64 {
	p := slices.Repeat([]float64{1}, len(z))
	var order []int // cells with variation, most significant first
	for c := range z {
		if z[c] != nil {
			order = append(order, c)
		}
	}
	if len(order) == 0 {
		return p
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(z[b][0], z[a][0]) })
	// From the least significant cell up: highest[b] is the maximum over this
	// cell and all less significant ones under label set b.
	highest := slices.Repeat([]float64{math.Inf(-1)}, len(z[order[0]])-1)
	for _, c := range slices.Backward(order) {
		reached := 0
		for b := range highest {
			highest[b] = max(highest[b], z[c][b+1])
			if nearlyAtLeast(highest[b], z[c][0]) {
				reached++
			}
		}
		p[c] = float64(1+reached) / float64(len(highest)+1)
	}
	// A cell cannot be more significant than one that comes before it.
	for i := 1; i < len(order); i++ {
		p[order[i]] = max(p[order[i]], p[order[i-1]])
	}
	return p
}

// nearlyAtLeast is a ≥ b for studentized statistics: they are near 1 in size and
// their rounding errors do not shrink with them, so the tolerance does not
// either.
func nearlyAtLeast(a, b float64) bool {
	return a >= b || b-a <= tieTolerance*max(1, math.Abs(b))
}

// Holm returns p-values adjusted by the step-down procedure of Holm (1979): it
// controls the family-wise error rate under any dependence, with less power than
// MaxT, and cells may differ in their permutations. The smallest adjusted p-value
// of m cells is at least m/(B+1), so it needs many permutations. NaN counts as 1.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	adjusted := make([]float64, len(p))
	for i, v := range p {
		order[i], adjusted[i] = i, v
		if math.IsNaN(v) {
			adjusted[i] = 1
		}
	}
	raw := slices.Clone(adjusted)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(raw[a], raw[b]) })
	least := 0.0
	for rank, i := range order {
		least = max(least, min(1, float64(len(p)-rank)*raw[i]))
		adjusted[i] = least
	}
	return adjusted
}
