package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// about says in one line what was measured.
func (v *view) about() string {
	r := v.rows[0]
	data := word.Name(r.Data)
	if data == "" {
		data = "unnamed data"
	}
	least, most := r.Permutations, r.Permutations
	for _, r := range v.rows {
		least, most = min(least, r.Permutations), max(most, r.Permutations)
	}
	b := number.Count(least)
	if most > least {
		b += " to " + number.Count(most)
	}
	return fmt.Sprintf("%s: %s training examples, %s classes, B = %s permutations, %s", data, number.Count(r.N), number.Count(r.Classes), b,
		word.Plural(len(v.seeds), fmt.Sprintf("seed %d", v.seeds[0]), fmt.Sprintf("%d seeds", len(v.seeds))))
}

// LearningP prints the learning p-value of a row, with ~ before it where it is
// descriptive only.
func LearningP(r result.Row) string {
	if r.Exact {
		return number.P(r.LearningP)
	}
	return "~" + number.P(r.LearningP)
}

// rowColumn is a column of the table of all rows.
type rowColumn struct {
	document.Column
	cell func(result.Row) string
}

// spare marks a column as one that a narrow terminal does not show, the greatest first.
func (c rowColumn) spare(rank int) rowColumn {
	c.Spare = rank
	return c
}

// rowColumns are those columns, for rows like r; that of seeds is there where there
// are several.
func rowColumns(seeds bool, r result.Row) []rowColumn {
	inUnit := func(unit string) func(string, func(result.Row) string) rowColumn {
		return func(name string, cell func(result.Row) string) rowColumn {
			return rowColumn{document.Column{Name: name, Unit: unit}, cell}
		}
	}
	metric, share := inUnit(shortUnit(r)), inUnit("share")
	all := []rowColumn{{document.Column{Name: "network", Words: true, Key: true}, networkName}}
	if seeds {
		all = append(all, rowColumn{document.Column{Name: "seed", Key: true}, func(r result.Row) string { return strconv.FormatUint(r.Seed, 10) }})
	}
	return append(all,
		rowColumn{document.Column{Name: "epoch", Key: true}, func(r result.Row) string { return number.Epoch(r.Epoch) }},
		rowColumn{document.Column{Name: "layer", Words: true, Key: true}, func(r result.Row) string { return word.Name(r.Layer) }},
		rowColumn{document.Column{Name: "level", Lead: true}, func(r result.Row) string { return number.Level(r.Level) }},
		metric("observed", func(r result.Row) string { return number.Share(r.Observed) }).spare(2),
		metric("null ± sd", func(r result.Row) string { return number.Share(r.NullMean) + " ± " + number.Deviation(r.NullSD) }).spare(5),
		metric("chance", func(r result.Row) string { return number.Share(r.Chance) }).spare(4),
		share("fresh", func(r result.Row) string { return number.OrNone(r.Fresh, number.Share) }).spare(3),
		metric("learning ± 95%", func(r result.Row) string { return withError(r.Learning, r.LearningLow) }),
		metric("memorization ± 95%", func(r result.Row) string { return withError(r.Memorization, r.MemorizationLow) }),
		share("own part", func(r result.Row) string { return number.OrNone(r.MemorizationOwn, number.Signed) }).spare(7),
		rowColumn{document.Column{Name: "p", Unit: "learn", Full: true, Spare: 1}, LearningP},
		rowColumn{document.Column{Name: "p", Unit: "mem.", Full: true, Spare: 6}, func(r result.Row) string { return number.P(r.MemorizationP) }},
		rowColumn{document.Column{Name: "p", Unit: "own", Full: true, Spare: 8}, func(r result.Row) string { return number.OrNone(r.MemorizationOwnP, number.P) }},
		rowColumn{document.Column{Name: "flags", Words: true, Warning: true, Spare: 9}, flagWords},
	)
}

// networkName is that of a row's network, with its role where the name does not say it.
func networkName(r result.Row) string { return withRole(r.Network, roleOf(r)) }

// withRole is the name of a network, with its role where the name does not say it.
func withRole(network string, role features.Role) string {
	name := word.Name(network)
	if role == features.Network || string(role) == network {
		return name
	}
	return name + " (" + string(role) + ")"
}

// withError is an effect with half the width of its interval over images, where
// the row says its lower end.
func withError(value float64, low *float64) string {
	if low == nil {
		return number.Signed(value)
	}
	return number.Signed(value) + " ± " + number.Share(value-*low)
}

// cellTables are all rows, a table for each perturbation and probe.
func (v *view) cellTables() []document.Table {
	var all []document.Table
	columns := rowColumns(len(v.seeds) > 1, v.rows[0])
	for _, perturbation := range v.perturbations {
		for _, probe := range v.probes {
			t := document.Table{Title: v.tableTitle(probe, perturbation)}
			for _, c := range columns {
				t.Columns = append(t.Columns, c.Column)
			}
			var before result.Row
			for _, r := range v.rows {
				if r.Perturbation != perturbation || r.Probe != probe {
					continue
				}
				l := document.Row{Reference: !r.UnderTest() || r.Epoch == 0}
				l.First = len(t.Rows) == 0 || r.Network != before.Network || r.Seed != before.Seed || r.Epoch != before.Epoch || r.Layer != before.Layer
				before = r
				for _, c := range columns {
					l.Cells = append(l.Cells, c.cell(r))
				}
				t.Rows = append(t.Rows, l)
			}
			if len(t.Rows) > 0 {
				all = append(all, withHelp(withoutEmptyEnd(t)))
			}
		}
	}
	return all
}

// withHelp is the table with its columns explained by the words of the key.
func withHelp(t document.Table) document.Table {
	for i, c := range t.Columns {
		name, _, _ := strings.Cut(c.Name, " ±")
		if c.Name == "null ± sd" {
			t.Columns[i].Help = "with the labels shuffled: mean and standard deviation over the permutations"
			continue
		}
		for _, term := range key {
			if term.Name == name {
				t.Columns[i].Help = term.Text
			}
		}
	}
	return t
}

// flagsIn explains the flags of a table, each once.
func (v *view) flagsIn(t document.Table) []string {
	last := len(t.Columns) - 1
	if !t.Columns[last].Warning {
		return nil
	}
	var kinds, all []string
	for _, r := range t.Rows {
		for _, kind := range strings.Split(r.Cells[last], ", ") {
			if kind != "" {
				kinds = once(kinds, kind)
			}
		}
	}
	for _, kind := range kinds {
		all = append(all, kind+": "+meaning(kind))
	}
	return all
}

func (v *view) tableTitle(probe, perturbation string) string {
	title := fmt.Sprintf("Probe %s, perturbation %s", word.Name(probe), word.Name(perturbation))
	if perturbation == features.Given {
		title = fmt.Sprintf("Probe %s, copies as they were given", word.Name(probe))
	}
	if r := v.rows[0]; r.Metric != "" {
		title += ", metric " + metricName(r)
	}
	if unit := v.unit(perturbation); unit != "" {
		title += " (level: " + unit + ")"
	}
	return title
}

// withoutEmptyEnd is the table without its last column where nothing stands in it.
func withoutEmptyEnd(t document.Table) document.Table {
	last := len(t.Columns) - 1
	for _, l := range t.Rows {
		if l.Cells[last] != "" {
			return t
		}
	}
	t.Columns = t.Columns[:last]
	for i := range t.Rows {
		t.Rows[i].Cells = t.Rows[i].Cells[:last]
	}
	return t
}

func flagWords(r result.Row) string {
	var words []string
	for _, f := range r.Flags {
		words = once(words, word.Name(flagWord(f)))
	}
	return strings.Join(words, ", ")
}
