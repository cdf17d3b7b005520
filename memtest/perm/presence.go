package perm

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Presence counts what the presence of each single example in training changes in a
// network's answer for it: memorization in the sense of Feldman and Zhang (2020),
//
//	mem(i) = P[a network whose training holds i gives i its label]
//	       − P[a network whose training does not hold i gives i its label],
//
// over networks that are trained on random subsets of the examples (RandomSubset).
// Other than Counts it knows nothing of probes, copies or shuffled labels.
type Presence struct {
	networks int
	halves   [2]presenceCounts // of every other network, so that one half tells how sure the other is
}

// presenceCounts are, by example, how many networks were trained with and without
// it, and how many of each were right on it.
type presenceCounts struct{ with, rightWith, without, rightWithout []int }

// NewPresence begins to count for n examples.
func NewPresence(n int) *Presence {
	var p Presence
	for h := range p.halves {
		p.halves[h] = newPresenceCounts(n)
	}
	return &p
}

func newPresenceCounts(n int) presenceCounts {
	return presenceCounts{make([]int, n), make([]int, n), make([]int, n), make([]int, n)}
}

// RandomSubset says of each of n examples whether it is in the subset that a network
// is trained on: seven tenths of them, rounded, as Feldman and Zhang took. Each
// network's is drawn from a stream of its own, ("subset", network) of the seed.
func RandomSubset(n, network int, base uint64) []bool {
	const share = 0.7
	member := make([]bool, n)
	for _, i := range seed.Stream(base, "subset", network).Perm(n)[:int(math.Round(share*float64(n)))] {
		member[i] = true
	}
	return member
}

// Add counts one more network: which examples [n] it was trained on, and which of
// all examples [n] it gives their labels.
func (p *Presence) Add(member, right []bool) error {
	c := p.halves[p.networks%2]
	if len(member) != len(c.with) || len(right) != len(c.with) {
		return fmt.Errorf("presence: a network tells of %d examples, trained on some of %d, where there are %d", len(right), len(member), len(c.with))
	}
	p.networks++
	for i, present := range member {
		trained, hits := c.with, c.rightWith
		if !present {
			trained, hits = c.without, c.rightWithout
		}
		trained[i]++
		if right[i] {
			hits[i]++
		}
	}
	return nil
}

// Memorization is mem(i) of each example, in [−1, 1]. It is an error where all
// networks, or none, were trained on an example.
func (p *Presence) Memorization() ([]float64, error) {
	all := newPresenceCounts(len(p.halves[0].with))
	for _, c := range p.halves {
		for i := range all.with {
			all.with[i] += c.with[i]
			all.rightWith[i] += c.rightWith[i]
			all.without[i] += c.without[i]
			all.rightWithout[i] += c.rightWithout[i]
		}
	}
	return all.memorization()
}

func (c presenceCounts) memorization() ([]float64, error) {
	out := make([]float64, len(c.with))
	for i := range out {
		if c.with[i] == 0 || c.without[i] == 0 {
			return nil, fmt.Errorf("presence: of %d networks %d were trained on example %d; some must be, and some not: train more", c.with[i]+c.without[i], c.with[i], i)
		}
		out[i] = float64(c.rightWith[i])/float64(c.with[i]) - float64(c.rightWithout[i])/float64(c.without[i])
	}
	return out, nil
}

// Sureness is how sure mem(i) is for the networks that there were.
type Sureness struct {
	// Reliability is the rank correlation that mem(i) of as many other networks can be
	// expected to have with this: that of the halves of the networks, ρ, stepped up to
	// all of them by Spearman and Brown's 2ρ/(1+ρ), no less than −1. The greatest rank correlation that
	// anything else can have with this mem(i) is about its square root.
	Reliability float64
	// SE is the standard error of mem(i), the root of its mean square over examples:
	// half of the root mean square difference of the halves.
	SE float64
}

// Sureness compares the halves of the networks on the examples for which among is
// true; nil = all. It is an error as of Memorization and Spearman.
func (p *Presence) Sureness(among []bool) (Sureness, error) {
	a, err := p.halves[0].memorization()
	if err != nil {
		return Sureness{}, fmt.Errorf("the first half of the networks: %w", err)
	}
	b, err := p.halves[1].memorization()
	if err != nil {
		return Sureness{}, fmt.Errorf("the second half of the networks: %w", err)
	}
	var x, y []float64
	squares := 0.0
	for i := range a {
		if among == nil || among[i] {
			x, y = append(x, a[i]), append(y, b[i])
			squares += (a[i] - b[i]) * (a[i] - b[i])
		}
	}
	rho, err := Spearman(x, y)
	if err != nil {
		return Sureness{}, err
	}
	return Sureness{Reliability: max(-1, 2*rho/(1+rho)), SE: math.Sqrt(squares/float64(len(x))) / 2}, nil
}

// Reliability is how much of the variance of m over examples is not the error of m over
// label sets, 1 − mean SE²/variance: the correlation that m by as many other label sets
// can be expected to have with this. Of examples that differ by chance alone it is about
// 0, on either side of it. It is an error where m does not vary.
func Reliability(examples []Example) (float64, error) {
	var m []float64
	squares := 0.0
	for _, e := range examples {
		m = append(m, e.Memorization)
		squares += e.SE * e.SE / float64(len(examples))
	}
	if len(m) < 2 || stat.Variance(m, nil) == 0 {
		return 0, fmt.Errorf("reliability: %d examples that do not vary", len(m))
	}
	return 1 - squares/stat.Variance(m, nil), nil
}
