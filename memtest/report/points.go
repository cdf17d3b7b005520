package report

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/verdict"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// points are the numbers behind a verdict, the scale that the twin gives, the
// course over levels, what fresh examples say, and what the network itself does.
func (v *view) points(s setting) []string {
	c := v.read(s).cell
	all := []string{fmt.Sprintf("There the %s probe %s.", word.Name(s.probe), c.metricSentence())}
	for _, r := range v.references(s) {
		o, ok := v.at(r.setting, c.level)
		if !ok || r.role != features.Twin {
			continue
		}
		if scale, ok := calibrated(c, o); ok {
			all = append(all, fmt.Sprintf("On the scale from the twin, which can only memorize (0), to a probe that is always right with the real labels and at chance with shuffled ones (1; out of reach where the probe recalls shuffled labels), its learning is %s.", scale))
		}
	}
	if o, ok := v.at(v.other(s, features.Refit), c.level); ok {
		all = append(all, fmt.Sprintf("Trained anew on each label set (a full refit), learning is %s, with the exact p-value %s.", o.over(learning).signed(), number.P(perm.LargestP(o.values(learningPOf)))))
	}
	all = append(all, v.course(s)...)
	return append(append(all, v.freshPoint(c)...), c.networkPoint()...)
}

// course is how the numbers change over levels.
func (v *view) course(s setting) []string {
	above := slices.DeleteFunc(slices.Clone(v.cells[s]), func(c cell) bool { return c.level == 0 })
	if len(above) < 2 {
		return nil
	}
	a, z := above[0], above[len(above)-1]
	return []string{fmt.Sprintf("From level %s to %s, learning goes from %s to %s and memorization from %s to %s.", number.Level(a.level), number.Level(z.level),
		number.Signed(a.mean(learning)), number.Signed(z.mean(learning)), number.Signed(a.mean(memorization)), number.Signed(z.mean(memorization)))}
}

// freshPoint is what fresh examples say. Whether they are at chance is told by the
// accuracy that the same predictions have by chance, on as many examples; rows of an
// older program say neither, and then nothing is told.
func (v *view) freshPoint(c cell) []string {
	fresh := c.fresh()
	if fresh == nil {
		return nil
	}
	text := fmt.Sprintf("Fresh examples get their label with accuracy %s", number.Share(*fresh))
	if test := c.optional(testAccuracy); test != nil {
		text += fmt.Sprintf(" (the network itself: %s)", number.Share(*test))
	}
	if v.generalization(c) == verdict.AtChance && c.shows(learningEffect) {
		text += ", which is chance: what it learned holds near the training examples and does not generalize"
	}
	return []string{text + "."}
}

// shows says whether an effect of a cell is shown by its own test.
func (c cell) shows(e effect) bool {
	return perm.LargestP(c.values(e.p)) <= c.rows[0].AlphaOrDefault() && c.mean(e.of) > 0
}

// calibrated is the learning of c on the scale where the twin's is 0 and the
// ideal, one minus chance, is 1: with an interval over the seeds where every row
// says it, else from the means.
func calibrated(c, twin cell) (string, bool) {
	said := func(r result.Row) bool { return r.Calibrated != nil }
	switch {
	case !slices.ContainsFunc(c.rows, func(r result.Row) bool { return !said(r) }):
		return c.over(func(r result.Row) float64 { return *r.Calibrated }).signed(), true
	case slices.ContainsFunc(c.rows, said): // some twin does nearly as well as the ideal: no scale
		return "", false
	case slices.ContainsFunc(c.rows, func(r result.Row) bool { return r.Metric == "log-loss" }): // it has no ideal
		return "", false
	}
	value, ok := perm.CalibrateMeans(c.mean(learning), c.mean(chance), twin.mean(learning))
	return number.Signed(value), ok
}
