package perm

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Adjusted tests for each measure whether its mean tau of Taus is other than 0, by
// permutations of the gaps within strata: p is twice the smaller tail, as for the
// learning p of two sides, and adjusted is MaxTTwoSided over the measures.
// Permutation b takes the stream ("gaps", stratum, b) of the seed and is the same
// for all measures, so however measures go together is kept. The hypothesis is that,
// given its stratum, a network's gap has nothing to do with its measures, nor with
// which of them are known. The floor of p is 2/(permutations + 1).
//
// A measure that no stratum knows has NaN for both and is no member of the family;
// it is an error where there is no other. The cost is about n²/64 steps for each
// measure, permutation and stratum of n networks.
func (z Zoo) Adjusted(permutations int, s uint64) (p []float64, adjusted []float64, err error) {
	if err := z.Check(); err != nil {
		return nil, nil, err
	}
	if permutations < LeastSets {
		return nil, nil, fmt.Errorf("zoo: %d permutations; give at least %d, better 9,999", permutations, LeastSets)
	}
	p = slices.Repeat([]float64{math.NaN()}, len(z.Measures))
	adjusted = slices.Clone(p)
	var nulls [][]float64
	var observed []float64
	var family []int
	for m, values := range z.meanTaus(permutations, s) {
		if values == nil {
			continue
		}
		greater, less := tails(values, atLeast)
		_, p[m], _, _, _ = pValue(greater, less, permutations, Options{Sides: TwoSided, Enumerated: true})
		observed, nulls, family = append(observed, values[0]), append(nulls, values[1:]), append(family, m)
	}
	if family == nil {
		return nil, nil, fmt.Errorf("zoo: no measure varies over 10 or more networks of a stratum; measure more networks")
	}
	together, err := MaxTTwoSided(nulls, observed)
	for i, m := range family {
		if err == nil {
			adjusted[m] = together[i]
		}
	}
	return p, adjusted, err
}

// meanTaus is, for each measure, the mean over strata of tau under permutations
// 0..permutations, of which number 0 leaves the gaps where they are; nil where no
// stratum knows the measure.
func (z Zoo) meanTaus(permutations int, s uint64) [][]float64 {
	taus := make([][]float64, len(z.Measures))
	strata := make([]float64, len(z.Measures))
	for _, st := range z.strata() {
		gaps := newGapOrder(pick(z.Gap, st.networks))
		var measures []measurePlanes
		for m := range z.Measures {
			if z.known(m, st.networks) != nil {
				measures = append(measures, newMeasurePlanes(m, pick(z.Measures[m], st.networks)))
				strata[m]++
				if taus[m] == nil {
					taus[m] = make([]float64, permutations+1)
				}
			}
		}
		parallel.For(permutations+1, func(b int) {
			planes := gaps.identity()
			if b > 0 {
				planes = gaps.permuted(seed.Stream(s, "gaps", st.name, b))
			}
			for _, m := range measures {
				taus[m.measure][b] += m.tau(planes)
			}
		})
	}
	for m := range taus {
		for b := range taus[m] {
			taus[m][b] /= strata[m]
		}
	}
	return taus
}

// planes is which of n values are greater or less than each, as bits: bit j of row i,
// of words words of 64, says how value i lies to value j.
type planes struct {
	words         int
	greater, less []uint64 // [n][words]
}

// measurePlanes is a measure of the networks of a stratum.
type measurePlanes struct {
	measure int
	known   []uint64 // [words] the networks that have it
	missing bool     // some do not
	greater []uint64 // [n][words] value i is greater than value j
	untied  int      // pairs of different values
}

func newMeasurePlanes(measure int, values []float64) measurePlanes {
	words := (len(values) + 63) / 64
	p := measurePlanes{measure: measure, known: make([]uint64, words), greater: make([]uint64, len(values)*words)}
	for i, v := range values {
		if math.IsNaN(v) {
			p.missing = true
			continue
		}
		set(p.known, i)
		for j, w := range values {
			if v > w { // false where w is NaN
				set(p.greater[i*words:], j)
				p.untied++
			}
		}
	}
	return p
}

func set(plane []uint64, i int) { plane[i/64] |= 1 << (i % 64) }

// tau is tau-b of the measure and the gaps.
func (m measurePlanes) tau(gaps planes) float64 {
	score, untied := 0, 0
	for i, g := range m.greater {
		score += bits.OnesCount64(g&gaps.greater[i]) - bits.OnesCount64(g&gaps.less[i])
	}
	for i, g := range gaps.greater {
		if !m.missing {
			untied += bits.OnesCount64(g)
		} else if row := i / gaps.words; m.known[row/64]>>(row%64)&1 == 1 {
			untied += bits.OnesCount64(g & m.known[i%gaps.words])
		}
	}
	return tauB(score, m.untied, untied)
}

// gapOrder is networks in the order of their gaps, those of equal gaps together.
type gapOrder struct {
	n     int
	tiers [][]int // lowest gap first
}

func newGapOrder(gaps []float64) gapOrder {
	o := gapOrder{n: len(gaps)}
	sorted := make([]int, o.n)
	for i := range sorted {
		sorted[i] = i
	}
	slices.SortStableFunc(sorted, func(a, b int) int { return cmp.Compare(gaps[a], gaps[b]) })
	for at, i := range sorted {
		if at == 0 || gaps[i] != gaps[sorted[at-1]] {
			o.tiers = append(o.tiers, nil)
		}
		last := len(o.tiers) - 1
		o.tiers[last] = append(o.tiers[last], i)
	}
	return o
}

func (o gapOrder) identity() planes {
	place := make([]int, o.n)
	for i := range place {
		place[i] = i
	}
	return o.at(place)
}

func (o gapOrder) permuted(r *rand.Rand) planes { return o.at(r.Perm(o.n)) }

// at is the planes where the gap of network i is that of network place[i].
func (o gapOrder) at(place []int) planes {
	words := (o.n + 63) / 64
	p := planes{words: words, greater: make([]uint64, o.n*words), less: make([]uint64, o.n*words)}
	below, through, all := make([]uint64, words), make([]uint64, words), make([]uint64, words)
	for i := range o.n {
		set(all, i)
	}
	for _, tier := range o.tiers {
		for _, i := range tier {
			set(through, place[i])
		}
		for _, i := range tier {
			row := place[i] * words
			copy(p.greater[row:row+words], below)
			for w := range words {
				p.less[row+w] = all[w] &^ through[w]
			}
		}
		copy(below, through)
	}
	return p
}
