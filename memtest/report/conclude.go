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
const noRows = "No rows were measured yet, so nothing can be said: run `memtest run` again with --resume and the same --out."

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
	var all []document.Finding
	for _, network := range v.subjects() {
		var f document.Finding
		for _, perturbation := range v.perturbations {
			verdicts, points := v.verdicts(network, perturbation)
			for _, one := range verdicts {
				f.Lead = append(f.Lead, fmt.Sprintf("Seen by the %s %s at %s %s, %s", word.List(one.probes), word.Plural(len(one.probes), "probe", "probes"), word.Name(perturbation), number.Level(one.level), one.words))
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
	learned, learnedNumbers := v.part(s, c, "learned", "learning", learning, perm.LargestP(c.values(learningPOf)))
	memorized, memorizedNumbers := v.part(s, c, "memorized", "memorization", memorization, perm.LargestP(c.values(memorizedPOf)))
	return verdict{
		probes: []string{word.Name(s.probe)}, level: c.level,
		words:   fmt.Sprintf("%s %s; it %s.", s.title(), learned, memorized),
		numbers: fmt.Sprintf("Probe %s at %s %s: %s; %s.", word.Name(s.probe), word.Name(s.perturbation), number.Level(c.level), learnedNumbers, memorizedNumbers),
	}
}

// comparisons are the words for what perm.Compare says, in the order in which a
// sentence has them.
var comparisons = []struct {
	sign  int
	words string
}{{1, "more than "}, {0, "about as much as "}, {-1, "less than "}}

// part is half a verdict, about one quantity f of the cell c.
func (v *view) part(s setting, c cell, verb, noun string, f quantity, p float64) (words, numbers string) {
	numbers = noun + " " + c.over(f).signed()
	if p > c.rows[0].AlphaOrDefault() || c.mean(f) <= 0 {
		return "shows no " + noun, numbers + fmt.Sprintf(" (p = %s)", number.P(p))
	}
	names := map[int][]string{}
	var figures []string
	for _, r := range v.references(s) {
		if o, ok := v.at(r.setting, c.level); ok {
			sign := compare(c, o, f)
			names[sign] = append(names[sign], r.name)
			figures = append(figures, fmt.Sprintf("%s %s", strings.TrimPrefix(r.name, "the "), number.Signed(o.mean(f))))
		}
	}
	if len(figures) == 0 {
		return verb + ", compared with nothing", numbers
	}
	var groups []string
	for _, how := range comparisons {
		if len(names[how.sign]) > 0 {
			groups = append(groups, how.words+word.List(names[how.sign]))
		}
	}
	return verb + " " + strings.Join(groups, ", "), numbers + " against " + word.List(figures)
}

// compare says how a cell stands to a reference in one quantity, as perm.Compare
// does.
func compare(c, o cell, f quantity) int {
	a, b := c.over(f), o.over(f)
	return perm.Compare(a.Estimate, b.Estimate, perm.Margin(c.nulls(), o.nulls(), a.Interval, b.Interval))
}
