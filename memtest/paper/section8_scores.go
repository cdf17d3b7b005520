package paper

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	format "github.com/seed-1a417598/memtest/memtest/report/number"
)

// How measures are scored, as measures.yaml says.
const (
	zooResamples    = 2000
	zooPermutations = 9999
	zooSeed         = 1
)

// zooNumbers are what section 8 says of all measures.
type zooNumbers struct {
	strata []string
	scores []zooScore // by the size of mean tau, greatest first; those not known last
	chosen []perm.Confirmation

	unshifted int // networks whose training images were not shifted
	named     func(int) measure
}

// zooScore is how a measure goes with the gap.
type zooScore struct {
	measure
	index       int       // among the registered ones
	expected    string    // sign
	taus        []float64 // by stratum; NaN = not known there
	mean        perm.Interval
	adjusted    float64
	information float64
	unshifted   float64         // mean tau over networks whose training images were not shifted
	halves      []perm.Interval // mean tau in each half of the networks; none = they are too few
}

// zoo is networks as perm takes them.
func (c *zooClaim) zoo(networks []trainedNetwork) perm.Zoo {
	z := perm.Zoo{Measures: make([][]float64, len(c.measures)), Factors: make([][]string, len(zooFactors))}
	for _, n := range networks {
		z.Stratum, z.Gap = append(z.Stratum, n.stratum.String()), append(z.Gap, n.gap)
		for m, v := range n.measured {
			z.Measures[m] = append(z.Measures[m], v)
		}
		for f, v := range n.factors {
			z.Factors[f] = append(z.Factors[f], v)
		}
	}
	return z
}

func (c *zooClaim) numbers() zooNumbers {
	z := c.zoo(c.reached)
	_, adjusted, err := z.Adjusted(zooPermutations, zooSeed)
	if err != nil {
		c.keepOf(err)
		return zooNumbers{}
	}
	unshifted := c.zoo(slices.DeleteFunc(slices.Clone(c.reached), trainedNetwork.shifted))
	n := zooNumbers{strata: z.Strata(), unshifted: len(unshifted.Gap), named: func(i int) measure { return c.measures[i] }}
	for i, m := range c.measures {
		s := zooScore{measure: m, index: i, expected: c.words.expected(m.name), adjusted: math.NaN(), information: math.NaN(), mean: perm.Interval{Estimate: math.NaN(), Low: math.NaN(), High: math.NaN()}}
		var mean float64
		s.taus, mean, err = z.Taus(i)
		c.keepOf(err)
		_, s.unshifted, err = unshifted.Taus(i)
		c.keepOf(err)
		if !math.IsNaN(mean) {
			s.adjusted = adjusted[i]
			_, s.mean, err = z.Bootstrap(i, zooResamples, zooSeed)
			c.keepOf(err)
			s.information, _, err = z.ConditionalMutualInformation(i)
			c.keepOf(err)
			s.halves, err = z.InHalves(i, zooResamples, zooSeed)
			c.keepOf(err)
		}
		n.scores = append(n.scores, s)
	}
	slices.SortStableFunc(n.scores, func(a, b zooScore) int { return cmp.Compare(size(b), size(a)) })
	if slices.ContainsFunc(n.scores, func(s zooScore) bool { return s.halves != nil }) { // else there are too few networks
		both, err := z.Halves(zooSeed)
		c.keepOf(err)
		n.chosen = both[:]
	}
	return n
}

// size is that of mean tau; below 0 where it is not known.
func size(s zooScore) float64 {
	if math.IsNaN(s.mean.Estimate) {
		return -1
	}
	return math.Abs(s.mean.Estimate)
}

// keepOf keeps the first error of the statistics.
func (c *zooClaim) keepOf(err error) {
	if err != nil {
		c.keep(fmt.Errorf("section 8: %w", err))
	}
}

// expected is the registered sign of a measure.
func (r registration) expected(name string) string {
	for _, m := range r.Measures {
		if m.Name == name {
			return m.Sign
		}
	}
	return ""
}

// significant says whether the test of the measure, adjusted over all, reaches its level.
func (s zooScore) significant() bool { return s.adjusted <= perm.DefaultAlpha }

// oneSign says whether tau has the same sign wherever it is known.
func (s zooScore) oneSign() bool {
	for _, tau := range s.taus {
		if tau*s.mean.Estimate <= 0 { // false of NaN
			return false
		}
	}
	return true
}

// confirmed says whether each half shows the sign.
func (s zooScore) confirmed() bool {
	return len(s.halves) > 0 && every(s.halves, func(v perm.Interval) bool { return v.Estimate*s.mean.Estimate > 0 && (above(v) || below(v)) })
}

// worth is the registered rule.
func (s zooScore) worth() bool { return s.significant() && s.oneSign() && s.confirmed() }

// asExpected says whether the sign is the registered one.
func (s zooScore) asExpected() bool { return (s.mean.Estimate > 0) == (s.expected == "+") }

// holds is the rule of section 8.
func (n zooNumbers) holds() document.Holding {
	switch {
	case slices.ContainsFunc(n.scores, zooScore.worth):
		return document.HoldsYes
	case slices.ContainsFunc(n.scores, zooScore.significant):
		return document.HoldsPart
	}
	return document.HoldsNot
}

func (n zooNumbers) verdict() document.Block {
	worth := slices.DeleteFunc(slices.Clone(n.scores), func(s zooScore) bool { return !s.worth() })
	significant := countOf(n.scores, zooScore.significant)
	best := n.scores[0]
	said := fmt.Sprintf("%s registered numbers that could be scored are worth looking at by the rule, %d of them with the sign that was written down and %d with the other", count(len(worth), len(n.known())), countOf(worth, zooScore.asExpected), len(worth)-countOf(worth, zooScore.asExpected))
	if len(worth) > 0 {
		best = worth[0]
		said += fmt.Sprintf(": the first is %s, with a mean tau of %s; adjusted p %s. It is %s by stratum", best, differences(best.mean), format.P(best.adjusted), byStratum(n.strata, best.taus))
	} else {
		said += fmt.Sprintf("; %d have an adjusted p of at most %s. The greatest mean tau is that of %s: %s, adjusted p %s; by stratum %s", significant, number(perm.DefaultAlpha), best, differences(best.mean), format.P(best.adjusted), byStratum(n.strata, best.taus))
	}
	if !best.asExpected() {
		said += ". Its sign is not the one that was expected"
	}
	return verdict(n.holds(), "%s.", said)
}

// byStratum lists tau stratum by stratum.
func byStratum(strata []string, taus []float64) string {
	var words []string
	for k, name := range strata {
		words = append(words, tauText(taus[k])+" ("+name+")")
	}
	return list(words)
}

// families says how the measures of this project, and the best of the literature, do.
func (n zooNumbers) families() document.Block {
	var lines []string
	for _, f := range []struct {
		what string
		has  func(zooScore) bool
	}{
		{"The network's own answers for copies", func(s zooScore) bool { _, ok := ownMeasures[s.name]; return ok }},
		{"What probes say of copies (learning, memorization and their parts), and the variance within classes", func(s zooScore) bool { return s.probe != "" || s.name == "within-class share" }},
		{"Measures of the literature", func(s zooScore) bool { _, ok := complexityMeasures[s.name]; return ok }},
	} {
		members := slices.DeleteFunc(n.known(), func(s zooScore) bool { return !f.has(s) })
		if len(members) == 0 {
			continue
		}
		best := members[0]
		line := fmt.Sprintf("%s: %s have an adjusted p of at most %s, and %d of all %d are worth looking at, %d with the expected sign. Largest: %s, %s, adjusted p %s.", f.what, count(countOf(members, zooScore.significant), len(members)), number(perm.DefaultAlpha),
			countOf(members, zooScore.worth), len(members), countOf(members, func(s zooScore) bool { return s.worth() && s.asExpected() }), best, differences(best.mean), format.P(best.adjusted))
		lines = append(lines, line)
	}
	return document.Block{List: lines}
}

// amongShifted says how the best measure does among networks that were trained on shifted
// images, which have been taught such copies.
func (c *zooClaim) amongShifted(best zooScore) document.Block {
	z := c.zoo(slices.DeleteFunc(slices.Clone(c.reached), func(t trainedNetwork) bool { return !t.shifted() }))
	if len(z.Gap) == 0 {
		return text("No network that counts was trained on shifted images.")
	}
	taus, mean, err := z.Taus(best.index)
	c.keepOf(err)
	return text("Not registered: among the %d networks that were trained on shifted images, the tau of %s with the gap is %s in the mean over strata of 10 or more such networks (%s).", len(z.Gap), best, tauText(mean), byStratum(z.Strata(), taus))
}

// pilot holds the measure that was ahead in the pilot against this.
func (n zooNumbers) pilot() document.Block {
	ahead := measure{name: ownLoss, perturbation: gaussianCopies, level: 0.5}
	i := slices.IndexFunc(n.scores, func(s zooScore) bool { return s.measure == ahead })
	if i < 0 {
		return text("")
	}
	return text("In a pilot outside the project, whose rows were not kept, this was ahead of all: %v. Here its mean tau is %s, number %d of %d.", ahead, differences(n.scores[i].mean), i+1, len(n.known()))
}

// known are the measures that are scored in some stratum.
func (n zooNumbers) known() []zooScore {
	return slices.DeleteFunc(slices.Clone(n.scores), func(s zooScore) bool { return math.IsNaN(s.mean.Estimate) })
}

// confirmations are what each half of the networks says of the measure that the other
// half chose.
func (n zooNumbers) confirmations() document.Block {
	if n.chosen == nil {
		return text("There are too few networks to choose a measure by half of them and to ask the other half.")
	}
	table := document.Grid{Caption: "A measure chosen by half of the networks of each stratum, and what the other half says of it.", Head: []string{"chosen", "mean tau where it was chosen", "mean tau in the other half"}, Text: 1}
	for _, c := range n.chosen {
		table.Rows = append(table.Rows, []string{n.named(c.Measure).String(), signed(c.Chosen), differences(c.Confirmed)})
	}
	return document.Block{Grid: &table}
}

// table lists all measures.
func (n zooNumbers) table() document.Block {
	table := document.Grid{Caption: fmt.Sprintf("Kendall's tau of each registered number with the generalization gap, by stratum and in the mean, with 95 %% bootstrap intervals over networks; p adjusted over all of them by max-T; the conditional mutual information (0 = nothing that two factors do not tell, 1 = all). "+
		"Expected: the registered sign. Worth: adjusted p, signs in all strata and both halves agree; reversed: they do, with the other sign than expected. Not registered, \"unshifted\": mean tau over the %d networks whose training images were not shifted; who is taught shifts may both answer shifted copies and generalize better.", n.unshifted),
		Head: append(append([]string{"measure"}, n.strata...), "mean", "adjusted p", "information", "unshifted", "expected", "worth"), Text: 1}
	for _, s := range n.scores {
		row := []string{s.String()}
		for _, tau := range s.taus {
			row = append(row, tauText(tau))
		}
		worth := "no"
		if s.worth() {
			worth = "yes"
			if !s.asExpected() {
				worth = "reversed"
			}
		}
		mean, p, information := "–", "–", "–"
		if !math.IsNaN(s.mean.Estimate) {
			mean, p, information = differences(s.mean), format.P(s.adjusted), share(s.information)
		}
		table.Rows = append(table.Rows, append(row, mean, p, information, tauText(s.unshifted), s.expected, worth))
	}
	return document.Block{Grid: &table}
}

// tauText prints tau; – where it is not known.
func tauText(tau float64) string {
	if math.IsNaN(tau) {
		return "–"
	}
	return signed(tau)
}
