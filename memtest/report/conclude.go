package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// noRows is the sentence in place of everything else.
const noRows = "No rows were measured yet, so nothing can be said: run `memtest run` again with --resume and the same --out."

// conclusion is what the rows say about one network.
type conclusion struct {
	Network string
	Lead    []string // the verdict, in words; one for each group of probes that agree
	Points  []string // its numbers, probe by probe, and what else belongs to it
}

// Conclusions says in plain words, with the numbers, what each network learned
// and what it memorized, compared with which reference, at which level and with
// which probe; then, a sentence each, what cannot be said. No rows give one
// sentence that says so.
func Conclusions(rows []result.Row) ([]string, error) {
	v, err := newView(rows)
	if err != nil {
		return nil, err
	}
	return v.sentences(), nil
}

func (v *view) sentences() []string {
	if len(v.rows) == 0 {
		return []string{noRows}
	}
	var all []string
	for _, c := range v.conclude() {
		all = append(all, strings.Join(append(slices.Clone(c.Lead), c.Points...), " "))
	}
	return append(all, v.limits()...)
}

func (v *view) conclude() []conclusion {
	var all []conclusion
	for _, network := range v.subjects() {
		c := conclusion{Network: network.network}
		for _, perturbation := range v.perturbations {
			var verdicts []verdict
			var numbers, points []string
			for _, probe := range v.probes {
				s, ok := v.subject(network, probe, perturbation)
				if !ok {
					continue
				}
				one := v.verdict(s)
				numbers = append(numbers, one.numbers)
				if len(points) == 0 {
					points = v.points(s)
				}
				i := slices.IndexFunc(verdicts, func(o verdict) bool { return o.words == one.words && o.level == one.level })
				if i < 0 {
					verdicts = append(verdicts, one)
				} else {
					verdicts[i].probes = append(verdicts[i].probes, one.probes...)
				}
			}
			for _, one := range verdicts {
				c.Lead = append(c.Lead, fmt.Sprintf("Seen by the %s %s at %s %s, %s", list(one.probes), plural(len(one.probes), "probe", "probes"), clean(perturbation), number(one.level), one.words))
			}
			c.Points = append(append(c.Points, numbers...), points...)
		}
		if len(c.Lead) > 0 {
			all = append(all, c)
		}
	}
	return all
}

// title names a setting in a sentence.
func (s setting) title() string {
	switch {
	case s.role == features.Input:
		return "the raw input"
	case s.epoch == result.EpochNone:
		return clean(s.network)
	case s.epoch == 0:
		return fmt.Sprintf("%s before training (layer %s)", clean(s.network), clean(s.layer))
	}
	return fmt.Sprintf("%s after epoch %d (layer %s)", clean(s.network), s.epoch, clean(s.layer))
}

// verdict is what one network shows to one probe, or to several that agree.
type verdict struct {
	probes  []string
	level   float64
	words   string
	numbers string
}

func (v *view) verdict(s setting) verdict {
	c := v.headline(s)
	pL, pM := worstP(c)
	learned, learnedNumbers := v.part(s, c, "learned", "learning", learning, pL)
	memorized, memorizedNumbers := v.part(s, c, "memorized", "memorization", memorization, pM)
	return verdict{
		probes: []string{clean(s.probe)}, level: c.level,
		words:   fmt.Sprintf("%s %s; it %s.", s.title(), learned, memorized),
		numbers: fmt.Sprintf("Probe %s at %s %s: %s; %s.", clean(s.probe), clean(s.perturbation), number(c.level), learnedNumbers, memorizedNumbers),
	}
}

// part is half a verdict, about one quantity f of the cell c.
func (v *view) part(s setting, c cell, verb, noun string, f func(result.Row) float64, p float64) (words, numbers string) {
	numbers = noun + " " + c.over(f).signed()
	if p > c.rows[0].TestLevel() || c.mean(f) <= 0 {
		return "shows no " + noun, numbers + fmt.Sprintf(" (p = %s)", chanceOf(p))
	}
	var groups, figures []string
	for _, how := range []string{"more than", "about as much as", "less than"} {
		var names []string
		for _, r := range v.references(s) {
			if o, ok := v.at(r.setting, c.level); ok && compared(c, o, f) == how {
				names = append(names, r.name)
			}
		}
		if len(names) > 0 {
			groups = append(groups, how+" "+list(names))
		}
	}
	for _, r := range v.references(s) {
		if o, ok := v.at(r.setting, c.level); ok {
			figures = append(figures, fmt.Sprintf("%s %s", strings.TrimPrefix(r.name, "the "), signed(o.mean(f))))
		}
	}
	if len(groups) == 0 {
		return verb + ", compared with nothing", numbers
	}
	return verb + " " + strings.Join(groups, ", "), numbers + " against " + list(figures)
}

// compared says how a cell stands to a reference in one quantity.
func compared(c, o cell, f func(result.Row) float64) string {
	d, m := c.mean(f)-o.mean(f), margin(c, o, f)
	switch {
	case d > m:
		return "more than"
	case d < -m:
		return "less than"
	}
	return "about as much as"
}

// points are the numbers behind a verdict, the scale that the twin gives, the
// course over levels, and what fresh examples say.
func (v *view) points(s setting) []string {
	c := v.headline(s)
	all := []string{fmt.Sprintf("There the %s probe gives %s of the copies their real label, and %s ± %s a shuffled one; chance is %s.",
		clean(s.probe), share(c.mean(observed)), share(c.mean(nullMean)), deviation(c.mean(nullSD)), share(c.mean(chance)))}

	for _, r := range v.references(s) {
		o, ok := v.at(r.setting, c.level)
		if !ok || r.role != features.Twin {
			continue
		}
		if scale, ok := calibrated(c, o); ok {
			all = append(all, fmt.Sprintf("On the scale from the twin, which can only memorize (0), to the ideal (1), its learning is %s.", scale))
		}
	}

	if o, ok := v.at(v.other(s, features.Refit), c.level); ok {
		p, _ := worstP(o)
		all = append(all, fmt.Sprintf("Trained anew on each label set (a full refit), learning is %s, with the exact p-value %s.", o.over(learning).signed(), chanceOf(p)))
	}

	var above []cell
	for _, o := range v.cells[s] {
		if o.level != 0 {
			above = append(above, o)
		}
	}
	if len(above) > 1 {
		a, z := above[0], above[len(above)-1]
		all = append(all, fmt.Sprintf("From level %s to %s, learning goes from %s to %s and memorization from %s to %s.", number(a.level), number(z.level),
			signed(a.mean(learning)), signed(z.mean(learning)), signed(a.mean(memorization)), signed(z.mean(memorization))))
	}

	if fresh := c.fresh(); fresh != nil {
		// Binomial standard error with the number of copies in place of the unknown
		// number of fresh examples.
		noise := 3 * math.Sqrt(c.mean(chance)*(1-c.mean(chance))/float64(c.rows[0].N))
		text := fmt.Sprintf("Fresh examples get their label with accuracy %s", share(*fresh))
		if test := c.optional(func(r result.Row) *float64 { return r.TestAccuracy }); test != nil {
			text += fmt.Sprintf(" (the network itself: %s)", share(*test))
		}
		if *fresh < c.mean(chance)+noise && c.mean(learning) > 0.1 {
			text += ", which is chance: what it learned holds near the training examples and does not generalize"
		}
		all = append(all, text+".")
	}
	return all
}

// calibrated is the learning of c on the scale where the twin's is 0 and the
// ideal, one minus chance, is 1: with an interval over the seeds where every row
// says it, else from the means.
func calibrated(c, twin cell) (string, bool) {
	said := func(r result.Row) bool { return r.Calibrated != nil }
	if !slices.ContainsFunc(c.rows, func(r result.Row) bool { return !said(r) }) {
		return c.over(func(r result.Row) float64 { return *r.Calibrated }).signed(), true
	}
	room := 1 - c.mean(chance) - twin.mean(learning)
	if slices.ContainsFunc(c.rows, said) || room <= 0.05 { // the twin does nearly as well as the ideal: no scale
		return "", false
	}
	return signed((c.mean(learning) - twin.mean(learning)) / room), true
}

// limits are the sentences on what the rows cannot say.
func (v *view) limits() []string {
	var all []string
	var descriptive []string
	least, shuffled, adjusted := math.MaxInt, 0, true
	for _, r := range v.rows {
		if !r.Exact {
			descriptive = once(descriptive, clean(r.Network))
		}
		least = min(least, r.Permutations)
		if r.Level == 0 {
			shuffled++
		}
		adjusted = adjusted && r.LearningPAdjusted != nil
	}
	if len(descriptive) > 0 {
		all = append(all, fmt.Sprintf("The learning p-values of %s are descriptive: those features have seen the labels. Only shuffling the labels before training (a full refit) makes them exact.", list(descriptive)))
	}
	alpha := v.rows[0].TestLevel()
	switch floor := floorP(least); {
	case floor > alpha:
		all = append(all, fmt.Sprintf("%d permutations are too few to say that a learning p-value is below %s: the smallest that they can give is %s. Ask for %s or more.", least, number(alpha), chanceOf(floor), count(int(math.Ceil(1/alpha-1e-9))-1)))
	default:
		all = append(all, fmt.Sprintf("No learning p-value can be below %s with %s permutations, and p alone separates little: raw inputs and untrained networks reach that floor too. Read the sizes and the references first.", chanceOf(floor), count(least)))
	}
	if !adjusted && len(v.rows) > 1 {
		all = append(all, fmt.Sprintf("The p-values are for one cell each; they are not adjusted for the %s cells looked at.", count(len(v.rows))))
	}
	if shuffled > 0 {
		all = append(all, "At level 0 a copy is its parent: the null there measures how much the probe itself can memorize, not the network.")
	}
	if shuffled == len(v.rows) {
		all = append(all, "Only level 0 was measured, where learning and memorization cannot be told apart: add levels, as 0.1,0.3,0.5.")
	}
	for _, g := range v.warnings() {
		switch g.Word {
		case result.FlagSaturated, result.FlagCeiling, result.FlagConstant, result.FlagTwinAccuracy:
			all = append(all, fmt.Sprintf("%s (%s %s: %s.)", g.Meaning, count(g.Rows), plural(g.Rows, "row", "rows"), g.Where))
		}
	}
	missing := map[string]bool{"the untrained network": true, "the raw input": true, "the shuffled-label twin": true}
	trained, fresh := false, false
	for s, cells := range v.cells {
		if s.role == features.Network && s.epoch > 0 {
			trained = true
			for _, r := range v.references(s) {
				delete(missing, r.name)
			}
		}
		fresh = fresh || cells[0].fresh() != nil
	}
	if trained {
		for _, name := range []string{"the untrained network", "the raw input", "the shuffled-label twin"} {
			if missing[name] {
				all = append(all, fmt.Sprintf("There is no row of %s to compare with, so it cannot be said how much of this training added.", name))
			}
		}
		if len(v.seeds) == 1 {
			all = append(all, "There is one training seed: how much the numbers would move with another is not known.")
		}
	}
	if !fresh {
		all = append(all, "There are no fresh examples, so nothing is said about generalization.")
	}
	return all
}
