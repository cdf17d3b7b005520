package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/verdict"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// noRows is the sentence in place of everything else.
const noRows = "No rows were measured yet, so nothing can be said: type the command that began the run again, with --resume and the same --out."

// Conclusions says in plain words what each network learned and what it memorized:
// first a verdict for each network, with its rule's level and what it rests on, then
// what cannot be said. No rows give one sentence that says so.
func Conclusions(rows []result.Row) ([]string, error) {
	if len(rows) == 0 {
		return []string{noRows}, nil
	}
	verdicts, limits, err := Verdicts(rows)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, f := range verdicts {
		all = append(all, strings.Join(slices.Concat([]string{f.Title + "."}, f.Lead, f.Points), " "))
	}
	return append(all, limits...), nil
}

// Verdicts are the verdict on each network, and sentences on what cannot be said.
func Verdicts(rows []result.Row) (verdicts []document.Finding, limits []string, err error) {
	v, err := newView(rows)
	if err != nil {
		return nil, nil, err
	}
	if len(rows) == 0 {
		return nil, nil, ErrNoRows
	}
	return v.conclude(), v.limits(), nil
}

// conclude is what the rows say about each network: the verdict, the sentence behind it,
// and what else belongs to it in few words.
func (v *view) conclude() []document.Finding {
	if v.findingsMade != nil {
		return v.findingsMade
	}
	var all []document.Finding
	for _, network := range v.subjects() {
		for _, perturbation := range v.perturbations {
			s, ok := v.primary(network, perturbation)
			if !ok {
				continue
			}
			f := v.finding(network, s)
			if len(all) > 0 {
				f.Words = nil // which the first one explains
			}
			all = append(all, f)
		}
	}
	v.findingsMade = all
	return all
}

// finding is the verdict on a network with its points, as the probe of a setting sees it.
func (v *view) finding(network named, s setting) document.Finding {
	r := v.read(s)
	f := document.Finding{Title: v.aboutWhat(network, s.perturbation), Points: []string{r.sentence(v)}, Words: v.explained(s)}
	if mixed(s.perturbation) {
		f.Points = []string{r.mixedSentence(v)}
	}
	beside := slices.Concat(v.besideSentence(r), v.crossings(r))
	if network.role != features.Network {
		f.Title += "No network to judge: " + onlyOf(network.role)
		f.Points = append(f.Points, beside...)
		return f
	}
	if each := v.trainingsDisagree(network, s.perturbation); len(each) > 0 {
		f.Title += "Cannot be said, because the trainings do not agree"
		f.Lead = []string{"What each of them comes to stands below; a mean of them would be of no network."}
		f.Points = each
		return f
	}
	found := v.found(r)
	f.Title += found.Title
	f.Lead = []string{found.Sentence}
	if doubt := v.doubt(r); len(doubt) > 0 {
		f.Points = doubt // what stands at a level means nothing then
		return f
	}
	f.Points = append(f.Points, v.twinElsewhere(r)...)
	if found.Case != verdict.Untrained && found.Case != verdict.Lost { // which learned nothing that could be compared
		f.Points = slices.Concat(f.Points, beside, v.otherProbes(network, s.perturbation))
	}
	return f
}

// trainingsDisagree says, of several training seeds, what each comes to by itself where one
// generalizes and another does not: the mean of them would be of no network.
func (v *view) trainingsDisagree(network named, perturbation string) []string {
	if len(v.seeds) < 2 {
		return nil
	}
	var points []string
	learned, not := false, false
	for _, seed := range v.seeds {
		one, err := newView(slices.DeleteFunc(slices.Clone(v.rows), func(r result.Row) bool { return r.Seed != seed && r.Role != features.Input }))
		if err != nil {
			return nil
		}
		s, ok := one.primary(network, perturbation)
		if !ok {
			continue
		}
		f := one.found(one.read(s))
		learned = learned || f.Case >= verdict.Learned
		not = not || f.Case == verdict.Memorized || f.Case == verdict.NearOnly
		points = append(points, fmt.Sprintf("Training seed %d by itself: %s. %s", seed, lower(f.Title), f.Sentence))
	}
	if learned && not {
		return points
	}
	return nil
}

// twinElsewhere says where there is a twin, but none of what is read.
func (v *view) twinElsewhere(r reading) []string {
	twin, ok := v.others[features.Twin]
	if !ok || len(v.cells[v.other(r.setting, features.Twin)]) > 0 {
		return nil
	}
	at := "layer " + word.Name(r.layer)
	if r.epoch != result.EpochNone {
		at += fmt.Sprintf(" and epoch %d", r.epoch)
	}
	return []string{fmt.Sprintf("There is a twin (%s), but it has no rows of %s, so this verdict does without it.", word.Name(twin), at)}
}

// doubt is why copies are doubtful, where they are.
func (v *view) doubt(r reading) []string {
	for _, row := range r.rows {
		for _, flag := range row.Flags {
			if flagWord(flag) == result.FlagDoubtful {
				return []string{meaning(result.FlagDoubtful), "Here: " + word.Cut(word.Plain(strings.TrimPrefix(flag, result.FlagDoubtful+": ")), 80) + "."}
			}
		}
	}
	return nil
}

// aboutWhat names what a verdict is about where there are several.
func (v *view) aboutWhat(network named, perturbation string) string {
	var names []string
	if len(v.subjects()) > 1 {
		names = append(names, word.Name(network.network))
	}
	if len(v.perturbations) > 1 {
		names = append(names, word.Name(perturbation))
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, ", ") + ": "
}

// primary is the setting that the verdict on a network is read from: as ridge sees it,
// which is linear and has one penalty for all; else as another probe does whose
// memorization is not only that neighbours are kept; else as the first.
func (v *view) primary(n named, perturbation string) (setting, bool) {
	all := v.probed(n, perturbation)
	if len(all) == 0 {
		return setting{}, false
	}
	return all[0], true
}

// probed are the settings of a network as the probes see it, that of the verdict first.
func (v *view) probed(n named, perturbation string) []setting {
	var all []setting
	for _, probe := range v.probes {
		if s, ok := v.subject(n, probe, perturbation); ok {
			all = append(all, s)
		}
	}
	rank := func(s setting) int {
		switch {
		case strings.HasPrefix(s.probe, "ridge"):
			return 0
		case v.cells[s][0].optional(parents) == nil:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(all, func(a, b setting) int { return rank(a) - rank(b) })
	return all
}

// otherProbes says whether the other probes come to the same verdict.
func (v *view) otherProbes(n named, perturbation string) []string {
	if n.role != features.Network {
		return nil
	}
	probed := v.probed(n, perturbation)
	title := v.found(v.read(probed[0])).Title
	var same, all []string
	for _, s := range probed[1:] {
		if f := v.found(v.read(s)); f.Title != title {
			all = append(all, fmt.Sprintf("By the %s probe: %s. %s", word.Name(s.probe), lower(f.Title), f.Sentence))
			continue
		}
		same = append(same, word.Name(s.probe))
	}
	if len(same) > 0 {
		all = append([]string{fmt.Sprintf("The %s %s to the same verdict.", word.List(same), word.Plural(len(same), "probe comes", "probes come"))}, all...)
	}
	return all
}

// lower is a title in the middle of a sentence.
func lower(title string) string { return strings.ToLower(title[:1]) + title[1:] }

// besideSentence is how the cell that is read stands to its references.
func (v *view) besideSentence(r reading) []string {
	var all []string
	for _, e := range v.effects() {
		if !r.shows(e) {
			continue
		}
		if names := v.standingsOf(r.cell, e); len(names) > 0 {
			all = append(all, fmt.Sprintf("Here it %s %s.", e.verb, v.standings(names)))
		}
	}
	if share := r.optional(parents); share != nil {
		all = append(all, fmt.Sprintf("What a k-NN probe memorizes is only that %s of the copies have their parent among their neighbours.", number.Percent(*share)))
	}
	return all
}

// standingsOf are the references of a cell by how it stands to them in an effect.
func (v *view) standingsOf(c cell, e effect) map[perm.Standing][]string {
	names := map[perm.Standing][]string{}
	for _, o := range v.beside(c.setting, c, e) {
		standing := perm.Stand(c.less(o.cell, e).interval(v.confidence()), v.margin())
		names[standing] = append(names[standing], o.name)
	}
	return names
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

// crossings say where curves of learning cross: more than a reference at some levels
// above 0, less at others.
func (v *view) crossings(r reading) []string {
	if mixed(r.perturbation) {
		return nil
	}
	var all []string
	for _, ref := range v.references(r.setting) {
		levels := map[perm.Standing][]string{}
		for _, c := range v.cells[r.setting] {
			if o, ok := v.at(ref.setting, c.level); ok && c.level > 0 {
				standing := perm.Stand(c.less(o, learningEffect).interval(v.confidence()), v.margin())
				levels[standing] = append(levels[standing], number.Level(c.level))
			}
		}
		if more, less := levels[perm.More], levels[perm.Less]; len(more) > 0 && len(less) > 0 {
			all = append(all, fmt.Sprintf("The curves cross: it learned more than %s at %s, and less at %s.", ref.name, word.List(more), word.List(less)))
		}
	}
	return all
}
