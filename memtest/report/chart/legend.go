package chart

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// entry is a line of a legend.
type entry struct {
	name   string
	look   Look
	band   bool
	bars   bool
	points bool // markers without a line
}

// longestName is how many characters of the name of a line are shown.
const longestName = 60

func lineName(name string) string { return word.Cut(word.Plain(name), longestName) }

// legend is the looks of all lines by name, in the order in which the panels
// bring them. It is an error where a line is a reference in one panel and none in
// another.
func (f Figure) legend() ([]entry, error) {
	var all []entry
	references := map[string]bool{}
	put := func(e entry) bool {
		if slices.ContainsFunc(all, func(o entry) bool { return o.name == e.name }) {
			return false
		}
		all = append(all, e)
		return true
	}
	for _, p := range f.Panels {
		for _, l := range p.Series {
			if len(l.X) == 0 {
				continue
			}
			e := entry{name: lineName(l.Name), look: l.Look, band: l.Band, points: l.Points}
			if e.look.none() {
				e.look = nextOf(all, references, l.Reference)
			}
			if put(e) {
				references[e.name] = l.Reference
				continue
			}
			if references[e.name] != l.Reference {
				return nil, fmt.Errorf("series %s is a reference in one panel and none in another", e.name)
			}
			// The sample shows a line where any panel draws one.
			i := find(all, e.name)
			all[i].points = all[i].points && l.Points
		}
		if h := p.Histogram; h != nil {
			put(entry{name: lineName(p.Y.Label), look: Null, bars: true})
			bins, _ := h.bins()
			inside, beside := h.places(bins)
			for _, m := range append(inside, beside...) {
				e := entry{name: lineName(m.Name), look: m.Look}
				if e.look.none() {
					e.look = nextOf(all, references, false)
				}
				put(e)
			}
		}
	}
	return all, nil
}

// nextOf is the look of the next line, or the next reference, after those of the
// legend.
func nextOf(legend []entry, references map[string]bool, reference bool) Look {
	n := 0
	for _, e := range legend {
		if references[e.name] == reference {
			n++
		}
	}
	if reference {
		return referenceLook(n)
	}
	return nextLook(n)
}

// find is the place of a name in a legend that has it.
func find(legend []entry, name string) int {
	return slices.IndexFunc(legend, func(e entry) bool { return e.name == name })
}
