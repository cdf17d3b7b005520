package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// limits are the sentences on what the rows cannot say.
func (v *view) limits() []string {
	all := slices.Concat(v.limitsOfP(), v.limitsOfLevels(), v.limitsOfMixed())
	for _, g := range v.warnings() {
		switch g.kind {
		case result.FlagSaturated, result.FlagCeiling, result.FlagConstant, result.FlagTwinAccuracy, result.FlagOneClass, result.FlagWide, result.FlagAugmented, result.FlagCropped:
			all = append(all, fmt.Sprintf("%s (%s: %s.)", g.meaning, countRows(g.rows), g.where))
		}
	}
	all = append(all, v.limitsOfIntervals()...)
	all = append(all, v.missing()...)
	if !v.has(func(c cell) bool { return c.fresh() != nil }) {
		all = append(all, "There are no fresh examples, so nothing is said about generalization.")
	}
	if v.trained() {
		all = append(all, whoGeneralizes)
	}
	return all
}

// whoGeneralizes is what learning and memorization do not tell. Its numbers are those of
// section 8 of docs/paper.md, which a test holds.
const whoGeneralizes = "Learning and memorization do not forecast, as their names suggest, which of two networks will do better on new examples. Over 138 networks with a training accuracy of 0.99 or a little more, Kendall's tau with the gap to new images was −0.131 [−0.253, −0.010] for the learning of ridge at σ = 0.3, and −0.319 [−0.430, −0.209] for its memorization, more of which went with a smaller gap, not a larger one (docs/paper.md, section 8)."

// has reports whether a setting's first cell is such a one.
func (v *view) has(such func(cell) bool) bool {
	for _, cells := range v.cells {
		if such(cells[0]) {
			return true
		}
	}
	return false
}

// limitsOfP are what p-values cannot say.
func (v *view) limitsOfP() []string {
	var all, descriptive, chosen []string
	least, adjusted := math.MaxInt, true
	why, given := "those features have seen the labels", false
	for _, r := range v.rows {
		switch {
		case r.Exact:
		case r.Role == features.Untrained || r.Role == features.Input: // whose features have seen no labels
			chosen = once(chosen, word.Name(r.Probe))
		default:
			descriptive = once(descriptive, word.Name(r.Network))
		}
		if r.Role == features.Start && !given {
			why = "those features have seen the labels, or may have"
		}
		if role := r.Upgraded().Role; !r.Exact && (role == features.Input || role == features.Untrained) {
			why, given = "those features have seen the labels, or their label sets came with them", true
		}
		least = min(least, r.Permutations)
		adjusted = adjusted && r.LearningPAdjusted != nil
	}
	if len(descriptive) > 0 {
		all = append(all, fmt.Sprintf("The learning p-values of %s are descriptive: %s. Only shuffling the labels before training (a full refit) makes them exact.", word.List(descriptive), why))
	}
	if len(chosen) > 0 {
		all = append(all, fmt.Sprintf("By the probe %s, the learning p-values of the references are descriptive too: its L2 penalty was chosen on the real labels, and a given one, as in ridge:10, would not be.", word.List(chosen)))
	}
	alpha := v.rows[0].AlphaOrDefault()
	switch floor := perm.Floor(least); {
	case floor > alpha:
		all = append(all, fmt.Sprintf("%d permutations are too few to say that a learning p-value is below %s: the smallest that they can give is %s. Ask for %s or more.", least, number.Level(alpha), number.P(floor), number.Count(perm.LeastPermutations(alpha))))
	default:
		all = append(all, fmt.Sprintf("No learning p-value can be below %s with %s permutations, and p alone separates little: raw inputs and untrained networks reach that floor too. Read the sizes and the references first.", number.P(floor), number.Count(least)))
	}
	if !adjusted && len(v.rows) > 1 {
		all = append(all, fmt.Sprintf("The p-values are for one cell each; they are not adjusted for the %s cells looked at.", number.Count(len(v.rows))))
	}
	return all
}

// limitsOfLevels are what level 0 cannot say.
func (v *view) limitsOfLevels() []string {
	shuffled := 0
	for _, r := range v.rows {
		if r.Level == 0 {
			shuffled++
		}
	}
	var all []string
	if shuffled > 0 {
		all = append(all, "At level 0 a copy is its parent: the null there measures how much the probe itself can memorize, not the network.")
	}
	if shuffled == len(v.rows) {
		all = append(all, "Only level 0 was measured, where learning and memorization cannot be told apart: add levels, as 0.1,0.3,0.5.")
	}
	return all
}

// fewExamples is the number of examples below which intervals by example alone are
// not to be taken at their word: of 250 images they held the truth in 8 of 10 samples
// (docs/simulation.md), of thousands they are nearly as wide as by halves.
const fewExamples = 1000

// limitsOfIntervals are what intervals by example cannot say.
func (v *view) limitsOfIntervals() []string {
	r := v.rows[0]
	if r.LearningSE == nil || r.Halves > 0 || r.N >= fewExamples {
		return nil
	}
	return []string{fmt.Sprintf("With %s examples the intervals are too short: taken example by example, they lack what a sample does to all its copies alike, and hold in about 8 of 10 samples in place of 9.5. Measure with --halves 10.", number.Count(r.N))}
}

// missing are the references and seeds that a trained network lacks.
func (v *view) missing() []string {
	if !v.trained() {
		return nil
	}
	there := map[string]bool{}
	for s := range v.cells {
		if trained(s) {
			for _, r := range v.references(s) {
				there[r.name] = true
			}
		}
	}
	var all []string
	for _, name := range []string{nameUntrained, nameInput, nameTwin} {
		if !there[name] && !(name == nameUntrained && there[nameStart]) { // that stands in its place
			all = append(all, fmt.Sprintf("There is no row of %s to compare with, so it cannot be said how much of this training added.", name))
		}
	}
	if len(v.seeds) == 1 {
		all = append(all, "There is one training seed: how much the numbers would move with another is not known.")
	}
	return all
}

// trained says whether a setting is of a network under test after training.
func trained(s setting) bool { return s.role == features.Network && s.epoch != 0 }

// trained says whether there is such a network.
func (v *view) trained() bool {
	for s := range v.cells {
		if trained(s) {
			return true
		}
	}
	return false
}
