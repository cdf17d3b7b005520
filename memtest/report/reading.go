package report

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/verdict"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// reading is the cell of a setting at the level that sentences are about, and how the
// level was found. The rule looks at nothing that the network under test learned, so
// that a level cannot be picked for its outcome.
type reading struct {
	cell
	fit    verdict.Fit
	near   *float64 // share of copies there whose nearest training example is the parent; nil = not known
	memory *memory  // nil = not known
}

// memory is what memory alone gives: learning of the twin, which only memory carries,
// or memorization by a probe where there is no twin.
type memory struct {
	twin         bool
	probe        string  // without a twin
	mostAt       float64 // the level at which it is at its most: 0, as a rule
	readAt       float64
	most, atRead float64 // there, and at the level read
}

// read finds the level of a setting.
func (v *view) read(s setting) reading {
	cells := v.cells[s]
	source, ofTwin, known := v.memorySource(s)
	known = known && !mixed(s.perturbation)
	all := make([]verdict.Candidate, len(cells))
	for i, c := range cells {
		all[i] = verdict.Candidate{Level: c.level, Near: v.nearest(s.perturbation, c.level), Tells: !c.flagged(result.FlagSaturated)}
		if known {
			all[i].Memory = v.memoryAt(source, ofTwin, c.level)
		}
	}
	choice := verdict.ReadingLevel(all)
	chosen := all[choice.Index]
	r := reading{cell: cells[choice.Index], fit: choice.Fit, near: chosen.Near}
	if choice.Most != nil {
		r.memory = &memory{ofTwin, source.probe, choice.Most.Level, chosen.Level, *choice.Most.Memory, *chosen.Memory}
	}
	return r
}

// memorySource is the setting by which memory is judged: the twin's, else the same layer
// of the network as ridge sees it, or another probe whose memorization is not only that
// neighbours are kept.
func (v *view) memorySource(s setting) (source setting, ofTwin, known bool) {
	if twin := v.other(s, features.Twin); s.role != features.Twin && len(v.cells[twin]) > 0 {
		return twin, true, true
	}
	var others []setting
	for _, probe := range v.probes {
		o := s
		if o.probe = probe; len(v.cells[o]) == 0 || v.cells[o][0].optional(parents) != nil {
			continue
		}
		if strings.HasPrefix(probe, "ridge") {
			return o, false, true
		}
		others = append(others, o)
	}
	if len(others) == 0 {
		return setting{}, false, false
	}
	return others[0], false, true
}

// memoryAt is what memory gives at a level; nil where that was not measured. What is not
// shown by its own test is nothing.
func (v *view) memoryAt(source setting, ofTwin bool, level float64) *float64 {
	c, ok := v.at(source, level)
	if !ok {
		return nil
	}
	e := v.memorizationEffect()
	if ofTwin {
		e = learningEffect
	}
	value := c.mean(e.of)
	if !c.shows(e) {
		value = 0
	}
	return &value
}

// nearest is the share of copies at a level whose nearest training example is their
// parent, as rows of the raw inputs tell; nil where none does, and where values were moved to other places,
// of which the distance between values says nothing.
func (v *view) nearest(perturbation string, level float64) *float64 {
	if perturb.Moves(perturbation) {
		return nil
	}
	for _, r := range v.rows {
		if r.Role == features.Input && r.Nearest != nil && r.Perturbation == perturbation && r.Level == level {
			return r.Nearest
		}
	}
	return nil
}

// sentence says which level is read, and why that one.
func (r reading) sentence(v *view) string {
	at := v.place(r.perturbation, r.level)
	switch r.fit {
	case verdict.FitBoth:
		return fmt.Sprintf("Read at %s, the smallest level at which memory alone has faded: %s, and %s of the copies still have their parent as the nearest training example.", at, r.memory.faded(), number.Percent(*r.near))
	case verdict.FitMemory:
		return fmt.Sprintf("Read at %s, the smallest level at which memory alone has faded: %s. How near the copies are to their parents is not known%s.", at, r.memory.faded(), r.noNearness())
	case verdict.FitNear:
		return fmt.Sprintf("Read at %s, the largest level at which at least %s of the copies have their parent as the nearest training example. Whether memory alone has faded there is not known%s.", at, number.Percent(verdict.NearEnough), v.noMemory())
	case verdict.FitNeither:
		return fmt.Sprintf("Read at %s, the smallest level above 0. Whether memory alone has faded there is not known%s, nor how near the copies are to their parents%s.", at, v.noMemory(), r.noNearness())
	case verdict.UnfitFar:
		return fmt.Sprintf("At every level above 0 fewer than %s of the copies have their parent as the nearest training example, so they are no near-copies: measure smaller levels, as `memtest levels` shows them. The numbers are those of %s.", number.Percent(verdict.NearEnough), at)
	case verdict.UnfitMemory:
		return fmt.Sprintf("At no level at which copies are near their parents has memory alone faded to less than half of its most: measure levels in between or above%s. The numbers are those of %s, where %s.", r.orTwin(), at, r.memory.faded())
	case verdict.UnfitLevel:
	}
	return "No level above 0 tells anything: save or measure copies at some, such as 0, 0.1, 0.3 and 0.5."
}

// orTwin names what would tell more than other levels do.
func (r reading) orTwin() string {
	if r.memory != nil && r.memory.twin {
		return ""
	}
	return ", or give it a twin that is trained on shuffled labels, whose memory fades sooner"
}

// noNearness is why it is not known how near copies are.
func (r reading) noNearness() string {
	switch {
	case perturb.MovesPictures(r.perturbation):
		return ": by pixel values a picture that was moved is near to nothing"
	case perturb.Moves(r.perturbation):
		return ": by values place by place an example that was moved is near to nothing"
	}
	return ", since no rows of the raw inputs say it"
}

// noMemory is why memory cannot be judged.
func (v *view) noMemory() string {
	if !v.has(func(c cell) bool { return c.level == 0 }) {
		return " without level 0"
	}
	return " without a twin, and without ridge"
}

// faded says what is left of memory at the level read.
func (m *memory) faded() string {
	if m == nil {
		return "memory is not known"
	}
	whose := "the twin, which could only memorize, learned"
	if !m.twin {
		whose = "the " + m.probe + " probe memorized"
	}
	if m.most <= 0 {
		return "what " + whose + " does not show at any smaller level"
	}
	if m.mostAt == m.readAt {
		return "what " + whose + " is at its most"
	}
	return fmt.Sprintf("%s is left of what %s at level %s", number.Percent(max(0, m.atRead)/m.most), whose, number.Level(m.mostAt))
}
