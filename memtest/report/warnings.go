package report

import (
	"slices"

	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// warning is all flags of one kind.
type warning struct {
	kind    string
	meaning string
	rows    int
	where   string   // the settings it concerns, in few words
	details []string // distinct flags in full, the first ones
}

// warnings groups the flags of all rows by kind, in order of appearance.
func (v *view) warnings() []warning {
	var all []warning
	places := map[string]*place{}
	for _, r := range v.rows {
		for _, flag := range r.Flags {
			kind := flagWord(flag)
			i := slices.IndexFunc(all, func(w warning) bool { return w.kind == kind })
			if i < 0 {
				i = len(all)
				all = append(all, warning{kind: kind, meaning: meaning(kind)})
				places[kind] = &place{}
			}
			all[i].rows++
			places[kind].add(r)
			if detail := word.Cut(word.Plain(flag), 80); detail != kind && len(all[i].details) < 6 {
				all[i].details = once(all[i].details, detail)
			}
		}
	}
	for i := range all {
		all[i].where = places[all[i].kind].String()
	}
	return all
}

// countRows says how many rows.
func countRows(n int) string { return number.Count(n) + " " + word.Plural(n, "row", "rows") }

// place gathers where something happened.
type place struct {
	networks, probes []string
	levels           []float64
}

func (p *place) add(r result.Row) {
	p.networks = once(p.networks, word.Name(r.Network))
	p.probes = once(p.probes, word.Name(r.Probe))
	p.levels = once(p.levels, r.Level)
}

func (p *place) String() string {
	slices.Sort(p.levels)
	levels := make([]string, len(p.levels))
	for i, l := range p.levels {
		levels[i] = number.Level(l)
	}
	return word.List(p.networks) + "; " + word.Plural(len(p.probes), "probe ", "probes ") + word.List(p.probes) + "; " + word.Plural(len(levels), "level ", "levels ") + word.List(levels)
}
