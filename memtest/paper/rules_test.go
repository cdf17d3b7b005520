package paper

import (
	"math"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// Intervals on either side of 0 and around it.
var (
	positive = perm.Interval{Estimate: 0.2, Low: 0.1, High: 0.3}
	negative = perm.Interval{Estimate: -0.2, Low: -0.3, High: -0.1}
	around   = perm.Interval{Estimate: 0.1, Low: -0.1, High: 0.3}
	touching = perm.Interval{Estimate: 0.1, Low: 0, High: 0.2} // an end that is 0 is not above it
)

func estimates(all ...perm.Interval) []estimate {
	var out []estimate
	for _, v := range all {
		out = append(out, estimate{"somewhere", v})
	}
	return out
}

// accurate is an interval of accuracies that begins at low.
func accurate(low float64) perm.Interval {
	return perm.Interval{Estimate: low + 0.01, Low: low, High: low + 0.02}
}

func TestCombine(t *testing.T) {
	for _, c := range []struct {
		parts []bool
		want  document.Holding
	}{
		{[]bool{true, true}, document.HoldsYes},
		{[]bool{true, false}, document.HoldsPart},
		{[]bool{false, true}, document.HoldsPart},
		{[]bool{false, false}, document.HoldsNot},
		{nil, document.HoldsNot}, // of nothing nothing holds
	} {
		if got := combine(c.parts...); got != c.want {
			t.Errorf("%v: %v, want %v", c.parts, got, c.want)
		}
	}
}

// above5 and touching5 are precisions where half of all are meant.
var above5, touching5 = perm.Interval{Estimate: 0.6, Low: 0.51, High: 0.7}, perm.Interval{Estimate: 0.6, Low: 0.5, High: 0.7}

// finders find labels drawn by lot with these precisions.
func finders(precisions ...perm.Interval) (all []finder) {
	for _, p := range precisions {
		all = append(all, finder{share: 0.5, margin: p})
	}
	return all
}

// Each rule, from numbers.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		what string
		rule interface{ holds() document.Holding }
		want document.Holding
	}{
		{"1, all above", twinNumbers{inner: estimates(positive, positive), accuracyGaps: []float64{0.02, -0.3}}, document.HoldsYes},
		{"1, one not above", twinNumbers{inner: estimates(positive, touching), accuracyGaps: []float64{0}}, document.HoldsPart},
		{"1, none above", twinNumbers{inner: estimates(around, negative), accuracyGaps: []float64{0}}, document.HoldsNot},
		{"1, the twin is less accurate", twinNumbers{inner: estimates(positive), accuracyGaps: []float64{0, 0.021}}, document.HoldsPart},
		{"1, level 0 does not count", twinNumbers{inner: estimates(positive), atZero: estimates(around)}, document.HoldsYes},

		{"11, all", othersNumbers{twinNumbers{inner: estimates(positive)}, finders(above5, above5)}, document.HoldsYes},
		{"11, a twin is not below", othersNumbers{twinNumbers{inner: estimates(positive, around)}, finders(above5)}, document.HoldsPart},
		{"11, lots are not found", othersNumbers{twinNumbers{inner: estimates(positive)}, finders(above5, touching5)}, document.HoldsPart},
		{"11, lots alone are found", othersNumbers{twinNumbers{inner: estimates(around)}, finders(above5)}, document.HoldsPart},
		{"11, nothing", othersNumbers{twinNumbers{inner: estimates(around)}, finders(touching5)}, document.HoldsNot},

		{"2, all layers", cnnNumbers{{aboveTwin: []perm.Interval{positive}}, {aboveTwin: []perm.Interval{positive}}}, document.HoldsYes},
		{"2, the untrained network does not count", cnnNumbers{{aboveTwin: []perm.Interval{positive}, aboveUntrained: []perm.Interval{negative}}}, document.HoldsYes},
		{"2, one layer", cnnNumbers{{aboveTwin: []perm.Interval{positive}}, {aboveTwin: []perm.Interval{positive, around}}}, document.HoldsPart},
		{"2, no layer wholly", cnnNumbers{{aboveTwin: []perm.Interval{positive, around}}}, document.HoldsNot},

		{"4, one level on each data set", changes{change{condition: condition{run: "a"}, memorization: negative}, change{condition: condition{run: "a"}, memorization: around}, change{condition: condition{run: "b"}, memorization: positive}}, document.HoldsYes},
		{"4, on one data set only", changes{change{condition: condition{run: "a"}, memorization: negative}, change{condition: condition{run: "b"}, memorization: around, learning: positive}}, document.HoldsNot},

		{"5, all", noiseNumbers{[]perm.Interval{positive, positive}, []perm.Interval{positive, positive}, accurate(0.09), 0.1}, document.HoldsYes},
		{"5, one probe is not above the untrained network", noiseNumbers{[]perm.Interval{positive, around}, []perm.Interval{positive, positive}, accurate(0.09), 0.1}, document.HoldsNot},
		{"5, one probe is not above the twin", noiseNumbers{[]perm.Interval{positive, positive}, []perm.Interval{around, positive}, accurate(0.09), 0.1}, document.HoldsPart},
		{"5, fresh noise above chance", noiseNumbers{[]perm.Interval{positive}, []perm.Interval{positive}, accurate(0.11), 0.1}, document.HoldsPart},
		{"5, fresh noise below chance", noiseNumbers{[]perm.Interval{positive}, []perm.Interval{positive}, accurate(0.07), 0.1}, document.HoldsPart},

		{"6, all kinds", perturbationKinds{seen(negative, around, positive), seen(positive, negative)}, document.HoldsYes},
		{"6, one kind", perturbationKinds{seen(negative, positive), seen(positive, around)}, document.HoldsPart},

		{"7, all", trends{{learning: negative, stepwise: true}, {learning: negative, stepwise: true}}, document.HoldsYes},
		{"7, not at every step", trends{{learning: negative, stepwise: true}, {learning: negative}}, document.HoldsPart},
		{"7, one correlation around 0", trends{{learning: negative, stepwise: true}, {learning: around, stepwise: true}}, document.HoldsPart},
		{"7, no correlation below 0", trends{{learning: positive}, {learning: around, stepwise: true}}, document.HoldsNot},

		{"8, one measure is worth it", zooOf(worthy, zooScore{adjusted: 1}), document.HoldsYes},
		{"8, it is not significant", zooOf(withScore(func(s *zooScore) { s.adjusted = 0.06 })), document.HoldsNot},
		{"8, its sign differs in a stratum", zooOf(withScore(func(s *zooScore) { s.taus = []float64{0.5, -0.1} })), document.HoldsPart},
		{"8, a stratum does not know it", zooOf(withScore(func(s *zooScore) { s.taus = []float64{0.5, math.NaN()} })), document.HoldsYes},
		{"8, one half does not confirm", zooOf(withScore(func(s *zooScore) { s.halves = []perm.Interval{positive, around} })), document.HoldsPart},
		{"8, a half has the other sign", zooOf(withScore(func(s *zooScore) { s.halves = []perm.Interval{positive, negative} })), document.HoldsPart},
		{"8, too few for halves", zooOf(withScore(func(s *zooScore) { s.halves = nil })), document.HoldsPart},
		{"8, nothing is known", zooOf(zooScore{adjusted: math.NaN()}), document.HoldsNot},

		{"9, all", examplesNumbers{scores: []exampleScores{found(positive, 0.51), found(positive, 0.6)}}, document.HoldsYes},
		{"9, not better than chance", examplesNumbers{scores: []exampleScores{found(positive, 0.5)}}, document.HoldsPart},
		{"9, finds, but does not go with forgetting", examplesNumbers{scores: []exampleScores{found(around, 0.51)}}, document.HoldsPart},
		{"9, nothing", examplesNumbers{scores: []exampleScores{found(around, 0.5), found(negative, 0.2)}}, document.HoldsNot},

		{"10, one ranking", subsetsNumbers{ranked(accurate(0.51)), ranked(accurate(0.6), accurate(0.7))}, document.HoldsYes},
		{"10, one cell goes along, no more", subsetsNumbers{ranked(accurate(0.51)), ranked(accurate(0.5))}, document.HoldsPart},
		{"10, some cells", subsetsNumbers{ranked(around, negative), ranked(positive)}, document.HoldsPart},
		{"10, no cell", subsetsNumbers{ranked(touching), ranked(negative)}, document.HoldsNot},
	} {
		if got := c.rule.holds(); got != c.want {
			t.Errorf("section %s: %v, want %v", c.what, got, c.want)
		}
	}
}

// seen is a kind of perturbation with this learning at its levels.
func seen(learning ...perm.Interval) perturbationKind {
	k := perturbationKind{name: "some"}
	for i, v := range learning {
		k.levels = append(k.levels, perturbed{level: float64(i), learning: v})
	}
	return k
}

// found is what memorization says of single examples.
func found(forgets perm.Interval, planted float64) exampleScores {
	return exampleScores{memorizationForgets: forgets, memorizationPlanted: accurate(planted)}
}

// ranked are cells of which the own part of memorization so correlates with mem(i).
func ranked(own ...perm.Interval) subsetsNumber {
	var n subsetsNumber
	for _, v := range own {
		n.cells = append(n.cells, subsetsCell{own: v})
	}
	return n
}

// The rules of the parts of section 3, from numbers.
func TestRulesOfFindings(t *testing.T) {
	for _, c := range []struct {
		what string
		rule interface{ holds() bool }
		want bool
	}{
		{"(a) both are fitted", fitNumbers{accurate(0.95), accurate(0.99)}, true},
		{"(a) shuffled labels are not", fitNumbers{accurate(0.949), accurate(0.99)}, false},
		{"(a) noise is not", fitNumbers{accurate(0.99), accurate(0.9)}, false},
		{"(b) noise is fitted faster", speedNumbers{positive, negative}, true},
		{"(b) noise is fitted more slowly", speedNumbers{positive, positive}, true},
		{"(b) noise is fitted alike", speedNumbers{positive, around}, false},
		{"(b) shuffled labels are fitted faster", speedNumbers{negative, positive}, false},
		{"(c) accuracy falls", accuracyFalls(estimates(positive, positive)), true},
		{"(c) accuracy falls for some", accuracyFalls(estimates(positive, touching)), false},
		{"(d) both cost more", dropoutNumbers{positive, positive}, true},
		{"(d) noise does not", dropoutNumbers{positive, around}, false},
		{"(d) shuffled labels do not", dropoutNumbers{negative, positive}, false},
		{"(e) with both", capacityNumbers{width: positive, depth: []perm.Interval{positive, positive}}, true},
		{"(e) not with depth", capacityNumbers{width: positive, depth: []perm.Interval{positive, around}}, false},
		{"(e) not with width", capacityNumbers{width: around, depth: []perm.Interval{positive}}, false},
	} {
		if got := c.rule.holds(); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}

// worthy is a measure that meets the rule of section 8.
var worthy = zooScore{adjusted: 0.01, mean: positive, taus: []float64{0.5, 0.1}, halves: []perm.Interval{positive, positive}}

func withScore(change func(*zooScore)) zooScore {
	s := worthy
	change(&s)
	return s
}

func zooOf(scores ...zooScore) zooNumbers { return zooNumbers{scores: scores} }

// A p at its floor is told from one above it.
func TestFloor(t *testing.T) {
	for _, c := range []struct {
		p    float64
		want bool
	}{{0.05, true}, {0.1, false}} {
		if v := (perturbed{p: c.p, floor: 1 / 20.}); v.atFloor() != c.want {
			t.Errorf("p = %g at its floor of 0.05: %v", c.p, v.atFloor())
		}
	}
}
