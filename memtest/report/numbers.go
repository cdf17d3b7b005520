package report

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// numbers are the sentences with all the numbers behind a verdict, probe by probe.
func (v *view) numbers(network named, perturbation string) []string {
	var all, points []string
	for _, s := range v.probed(network, perturbation) {
		c := v.read(s).cell
		var effects []string
		for _, e := range v.effects() {
			effects = append(effects, v.effectNumbers(s, c, e))
		}
		all = append(all, fmt.Sprintf("%s, probe %s at %s: %s.", v.title(s), word.Name(s.probe), v.place(perturbation, c.level), strings.Join(effects, "; ")))
		if len(points) == 0 {
			points = v.points(s)
		}
	}
	return append(all, points...)
}

// effectNumbers is one effect of a cell with its interval, and the differences to the
// references with theirs.
func (v *view) effectNumbers(s setting, c cell, e effect) string {
	text := e.name + " " + c.effect(e).signed()
	if mixed(s.perturbation) && e.name != learningEffect.name { // which no test is of
		return text
	}
	if !c.shows(e) {
		return text + fmt.Sprintf(" (p = %s)", number.P(perm.LargestP(c.values(e.p))))
	}
	var figures []string
	for _, o := range v.beside(s, c, e) {
		d := c.less(o.cell, e).interval(v.confidence())
		figures = append(figures, fmt.Sprintf("%s %s (difference %s, %s to %s)",
			strings.TrimPrefix(o.name, "the "), number.Signed(o.mean(e.of)), number.Signed(d.Estimate), number.Signed(d.Low), number.Signed(d.High)))
	}
	if len(figures) == 0 {
		return text
	}
	return text + " against " + word.List(figures)
}
