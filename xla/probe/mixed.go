package probe

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/parallel"
)

// Mixing asks for copies that are blends of the training features, in place of Data.Valid:
// copy i at the share a is (1−a)·f_i + a·f_j, j being i's partner under the label set.
//
// Scores of a linear probe are affine in the features, s(f) = W·f + b, so those of a blend
// are the blend of the scores, (1−a)·s(f_i) + a·s(f_j): no blend is ever built, and a label
// set needs the scores of the training features alone, [n, K]. They are blended in float64;
// what is said of a label set depends on its number, not on the others of its chunk.
type Mixing struct {
	// Shares are a of each set of copies, 0..1.
	Shares []float64
	// Partners are the other examples [n] under label set b, whose labels [n] are given. It
	// is called by several goroutines at once.
	Partners func(b int, labels []int32) []int32
}

// Mixes says whether a probe's scores are affine in the features, so that Options.Mixing
// goes with it.
func Mixes(p Probe) bool {
	switch p.(type) {
	case Ridge, SoftmaxRegression, Centroid:
		return true
	}
	return false
}

// check says what does not go with a probe and its data, as one sentence, or nil.
func (m *Mixing) check(p Probe, d Data) error {
	switch {
	case !Mixes(p):
		return fmt.Errorf("its scores are not linear in the features, so blends of features cannot be scored by theirs; use %s", strings.Join(mixing(), ", "))
	case len(d.Valid) > 0:
		return fmt.Errorf("there are %d sets of copies, but the copies are blends of the training features; leave Valid empty", len(d.Valid))
	}
	for _, a := range m.Shares {
		if !(a >= 0 && a <= 1) {
			return fmt.Errorf("a blend takes the share %v of the other example; give shares in 0..1", a)
		}
	}
	return nil
}

// prepare checks that blends go with a probe and its data, and has the training features
// themselves scored, for the host to blend. Of nil nothing changes.
func (m *Mixing) prepare(p Probe, d Data, o Options) (Data, Options, error) {
	if m == nil {
		return d, o, nil
	}
	if err := m.check(p, d); err != nil {
		return d, o, err
	}
	d.Valid, o.OnDevice = []arrays.Matrix{d.Train}, false
	return d, o, nil
}

// mixing are the names of the probes that Mixes accepts.
func mixing() []string {
	var names []string
	for _, name := range Names() {
		if p, err := Parse(name); err == nil && Mixes(p) {
			names = append(names, name)
		}
	}
	return names
}

// unmixed are scores of the training features that are still to be blended.
type unmixed struct {
	sets []classScores // [label sets][K][n]
	of   *scorer
	// Of the fit to the real labels the margins are wanted.
	margins bool
}

// mix makes predictions of a batch's scores: classes, values of the metric and margins. Of
// nil they are there.
func (m *Mixing) mix(b *Batch) {
	if m == nil {
		return
	}
	scores := b.unmixed
	b.unmixed = unmixed{}
	copies, sets := len(m.Shares), len(scores.sets)
	b.Valid = make([][][]int32, copies)
	measures := make([][]measured, copies)
	for v := range copies {
		b.Valid[v], measures[v] = make([][]int32, sets), make([]measured, sets)
	}
	if scores.margins {
		b.Margins = make([][]float32, copies)
	}
	parallel.For(sets, func(p int) {
		partners := m.Partners(b.First+p, b.Labels[p])
		for v, share := range m.Shares {
			blended := scores.sets[p].blend(share, partners)
			b.Valid[v][p] = blended.argMax()
			if p == 0 && scores.margins {
				b.Margins[v] = blended.margins(b.Labels[0])
			}
			if scores.of.metric != Accuracy {
				measures[v][p] = scores.of.measureMixed(blended, share, partners, b.Labels[p])
			}
		}
	})
	if scores.of.metric != Accuracy {
		for v, all := range measures {
			b.measured(v, all...)
		}
	}
}

// measureMixed is the metric of the scores of blends, which it changes.
func (s *scorer) measureMixed(blended classScores, share float64, partners, labels []int32) measured {
	if s.less != nil {
		blended.less(s.lessOfBlends(share, partners))
	}
	if s.soft {
		blended.logSoftmax()
	}
	return s.metric.measure(blended, labels, s.within)
}

// lessOfBlends are the squared lengths of the blends [n], which are taken off their scores:
// |(1−a)x + a·z|² = (1−a)|x|² + a|z|² − a(1−a)|x−z|².
func (s *scorer) lessOfBlends(share float64, partners []int32) []float32 {
	of := s.less[0]
	to := make([]float32, len(partners))
	for i, j := range partners {
		apart := squaredDistance(s.mixed, i, int(j))
		to[i] = float32((1-share)*float64(of[i]) + share*float64(of[j]) - share*(1-share)*apart)
	}
	return to
}

// squaredDistance is that of two rows of a matrix.
func squaredDistance(m arrays.Matrix, i, j int) float64 {
	a, b, sum := m.Row(i), m.Row(j), 0.0
	for c, v := range a {
		d := float64(v) - float64(b[c])
		sum += d * d
	}
	return sum
}

// blend are the scores of blends of each row with its partner.
func (s classScores) blend(share float64, partners []int32) classScores {
	to := newClassScores(len(s), len(partners))
	for k, column := range s {
		for i, j := range partners {
			to[k][i] = float32((1-share)*float64(column[i]) + share*float64(column[j]))
		}
	}
	return to
}

// less takes an amount off all scores of a row.
func (s classScores) less(amounts []float32) {
	for _, column := range s {
		for i, v := range amounts {
			column[i] -= v
		}
	}
}

// argMax is the class of greatest score of each row, the smallest of equal ones.
func (s classScores) argMax() []int32 {
	top, best := append([]float32(nil), s[0]...), make([]int32, len(s[0]))
	for k := 1; k < len(s); k++ {
		for i, v := range s[k] {
			if v > top[i] {
				top[i], best[i] = v, int32(k)
			}
		}
	}
	return best
}

// margins are those of each row, see Predictions.
func (s classScores) margins(labels []int32) []float32 {
	to, scores := make([]float32, len(labels)), make([]float32, len(s))
	for i, y := range labels {
		for k := range s {
			scores[k] = s[k][i]
		}
		to[i] = margin(scores, y)
	}
	return to
}
