package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// noRows is the sentence in place of everything else.
const noRows = "No rows were measured yet, so nothing can be said: type the command that began the run again, with --resume and the same --out."

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
	for _, f := range v.conclude() {
		all = append(all, strings.Join(append(slices.Clone(f.Lead), f.Points...), " "))
	}
	return append(all, v.limits()...)
}

// conclude is what the rows say about each network: the verdict in words, one for
// each group of probes that agree, then its numbers, probe by probe, and what else
// belongs to it.
func (v *view) conclude() []document.Finding {
	all := v.doubts()
	for _, network := range v.subjects() {
		var f document.Finding
		for _, perturbation := range v.perturbations {
			verdicts, points := v.verdicts(network, perturbation)
			for _, one := range verdicts {
				f.Lead = append(f.Lead, fmt.Sprintf("Seen by the %s %s at %s %s%s, %s", word.List(one.probes), word.Plural(len(one.probes), "probe", "probes"), word.Name(perturbation), number.Level(one.level), v.strayed(perturbation, one.level), one.words))
			}
			f.Points = append(f.Points, points...)
		}
		if len(f.Lead) > 0 {
			all = append(all, f)
		}
	}
	return all
}

// verdicts are those of the probes, the ones that agree together, and the points
// behind them.
func (v *view) verdicts(network named, perturbation string) ([]verdict, []string) {
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
	return verdicts, append(numbers, points...)
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
	var words, numbers []string
	for i, e := range v.effects() {
		w, n := v.part(s, c, e)
		if i > 0 {
			w = "; it " + w
		}
		words, numbers = append(words, w), append(numbers, n)
	}
	if share := c.optional(parents); share != nil {
		words[1] = fmt.Sprintf(", and its memorization by this probe is only that %s%% of the copies have their parent among their neighbours", number.Fixed(100**share, 1))
	}
	return verdict{
		probes: []string{word.Name(s.probe)}, level: c.level,
		words:   fmt.Sprintf("%s %s%s.", v.title(s), words[0], words[1]),
		numbers: fmt.Sprintf("Probe %s at %s %s: %s; %s.", word.Name(s.probe), word.Name(s.perturbation), number.Level(c.level), numbers[0], numbers[1]),
	}
}

// part is half a verdict, about one effect in the cell c.
func (v *view) part(s setting, c cell, e effect) (words, numbers string) {
	numbers = e.name + " " + c.effect(e).signed()
	if p := perm.LargestP(c.values(e.p)); p > c.rows[0].AlphaOrDefault() || c.mean(e.of) <= 0 {
		words = "shows no " + e.name
		if c.flagged(result.FlagDoubtful) {
			words = "cannot be told to have " + e.verb + " by such copies"
		}
		return words, numbers + fmt.Sprintf(" (p = %s)", number.P(p))
	}
	names := map[perm.Standing][]string{}
	var figures []string
	confidence := v.confidence()
	for _, o := range v.beside(s, c, e) {
		d := c.less(o.cell, e).interval(confidence)
		standing := perm.Stand(d, v.margin())
		names[standing] = append(names[standing], o.name)
		figures = append(figures, fmt.Sprintf("%s %s (difference %s, %s to %s)",
			strings.TrimPrefix(o.name, "the "), number.Signed(o.mean(e.of)), number.Signed(d.Estimate), number.Signed(d.Low), number.Signed(d.High)))
	}
	if len(figures) == 0 {
		return e.verb + ", compared with nothing", numbers
	}
	return e.verb + " " + v.standings(names), numbers + " against " + word.List(figures)
}

// standings say how a cell stands to its references.
func (v *view) standings(names map[perm.Standing][]string) string {
	var groups []string
	for _, how := range []struct {
		perm.Standing
		words string
	}{
		{perm.More, "more than %s"}, {perm.Same, "the same within " + number.Level(v.margin()) + " as %s"},
		{perm.Less, "less than %s"}, {perm.NotShown, "with no difference shown to %s"},
	} {
		if list := names[how.Standing]; len(list) > 0 {
			groups = append(groups, fmt.Sprintf(how.words, word.List(list)))
		}
	}
	return strings.Join(groups, ", ")
}
