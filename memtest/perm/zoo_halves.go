package perm

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// halvesResamples is how many resamples are behind the interval of a confirmation.
const halvesResamples = 2000

// Confirmation is a measure that was chosen among several in one half of a zoo, and
// what the other half says of it.
type Confirmation struct {
	Measure   int
	Chosen    float64  // mean tau in the half in which it was chosen; too large in size, being the largest
	Confirmed Interval // mean tau in the other half, with a 95 % interval of Bootstrap, 2,000 resamples
}

// Halves splits the networks of each stratum at random in two, by the stream
// ("halves", stratum) of the seed, chooses in one half the measure whose mean tau is
// largest in size and asks the other half for its tau; then the other way round. The
// second half knows nothing of the choice, so its interval needs no correction for
// how many measures there were. Of an odd number the second half has one more.
//
// A measure takes part where both halves know it in the same strata, 10 networks or
// more of each half, for else two means would be of different strata. It is an error
// where none does.
func (z Zoo) Halves(s uint64) ([2]Confirmation, error) {
	var out [2]Confirmation
	if err := z.Check(); err != nil {
		return out, err
	}
	halves := z.split(s)
	var taus [2][]float64 // [half][measure]
	for m := range z.Measures {
		var by [2][]float64
		for h := range halves {
			values, mean, err := halves[h].taus(m)
			if err != nil {
				return out, err
			}
			by[h], taus[h] = values, append(taus[h], mean)
		}
		if !slices.EqualFunc(by[0], by[1], func(a, b float64) bool { return math.IsNaN(a) == math.IsNaN(b) }) {
			taus[0][m], taus[1][m] = math.NaN(), math.NaN()
		}
	}
	for h := range halves {
		c := Confirmation{Measure: largest(taus[h])}
		if c.Measure < 0 {
			return out, fmt.Errorf("zoo: no measure varies over 10 or more networks of both halves of a stratum; give strata of 20 networks or more, or do without halves")
		}
		c.Chosen = taus[h][c.Measure]
		var err error
		if _, c.Confirmed, err = halves[1-h].bootstrap(c.Measure, halvesResamples, s); err != nil {
			return out, err
		}
		out[h] = c
	}
	return out, nil
}

// largest is the first of the values that are largest in size, −1 where all are NaN.
func largest(values []float64) int {
	at := -1
	for i, v := range values {
		if !math.IsNaN(v) && (at < 0 || math.Abs(v) > math.Abs(values[at])) {
			at = i
		}
	}
	return at
}

// split is the two halves, stratum after stratum, so that both have the strata in the
// order of the zoo.
func (z Zoo) split(s uint64) [2]Zoo {
	var half [2][]int
	for _, st := range z.strata() {
		drawn := pick(st.networks, seed.Stream(s, "halves", st.name).Perm(len(st.networks)))
		first, second := drawn[:len(drawn)/2], drawn[len(drawn)/2:]
		half[0] = append(half[0], slices.Sorted(slices.Values(first))...)
		half[1] = append(half[1], slices.Sorted(slices.Values(second))...)
	}
	return [2]Zoo{z.of(half[0]), z.of(half[1])}
}

// of is the zoo of these networks only.
func (z Zoo) of(networks []int) Zoo {
	out := Zoo{Stratum: pick(z.Stratum, networks), Gap: pick(z.Gap, networks)}
	for _, values := range z.Measures {
		out.Measures = append(out.Measures, pick(values, networks))
	}
	for _, levels := range z.Factors {
		out.Factors = append(out.Factors, pick(levels, networks))
	}
	return out
}
