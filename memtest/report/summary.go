package report

import (
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// summary is each network beside its references, at the level that the
// conclusions are about, a table for each perturbation. It holds the fresh
// column and the networks' own accuracies.
func (v *view) summary() []document.Table {
	var all []document.Table
	for _, perturbation := range v.perturbations {
		unit := shortUnit(v.rows[0])
		t := document.Table{Columns: []document.Column{
			{Words: true}, {Name: "probe", Words: true}, {Name: "learning ± 95%", Unit: unit}, {Name: "memorization ± 95%", Unit: unit}, {Name: "own part", Unit: "share"}, {Name: "fresh", Unit: "share"},
			{Name: "training", Unit: "network", Full: true}, {Name: "test", Unit: "network", Full: true},
		}}
		var levels []string
		for _, probe := range v.probes {
			rows, at := v.sideBySide(probe, perturbation)
			t.Rows = append(t.Rows, rows...)
			for _, l := range at {
				levels = once(levels, l)
			}
		}
		if len(t.Rows) > 0 {
			t.Title = "Side by side at " + word.List(levels)
			all = append(all, withHelp(t))
		}
	}
	return all
}

// sideBySide are the networks as one probe sees them, each with its references,
// and the levels that they are looked at.
func (v *view) sideBySide(probe, perturbation string) (rows []document.Row, levels []string) {
	shown := map[setting]bool{}
	add := func(name string, c cell, reference bool) {
		if shown[c.setting] {
			return
		}
		shown[c.setting] = true
		rows = append(rows, document.Row{Reference: reference, First: len(rows) == 0, Cells: []string{
			name, word.Name(probe), c.effect(learningEffect).plusMinus(), c.effect(allMemorization).plusMinus(), number.OrNone(c.optional(own), number.Signed), number.OrNone(c.fresh(), number.Share),
			number.OrNone(c.optional(trainAccuracy), number.Share), number.OrNone(c.optional(testAccuracy), number.Share),
		}})
	}
	for _, network := range v.subjects() {
		s, ok := v.subject(network, probe, perturbation)
		if !ok {
			continue
		}
		c := v.read(s).cell
		levels = append(levels, v.place(perturbation, c.level))
		add(v.title(s), c, s.role != features.Network)
		for _, r := range v.references(s) {
			if o, ok := v.at(r.setting, c.level); ok {
				add(r.name, o, true)
			}
		}
		if o, ok := v.at(v.other(s, features.Refit), c.level); ok {
			add("the full refit", o, true)
		}
	}
	return rows, levels
}
