package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// table is a table as data: every format writes the same cells.
type table struct {
	Title   string
	Above   string // a longer title, which stands above the table and may take several lines
	Columns []column
	Lines   []line
	Long    map[int]bool // columns whose cells take several lines
}

type column struct {
	Name, Unit string
	Left       bool // words; numbers stand right
}

// Class is that of the cells of column i on a page.
func (t table) Class(i int) string {
	switch {
	case t.Long[i]:
		return "word long"
	case t.Columns[i].Left:
		return "word"
	}
	return ""
}

type line struct {
	Cells     []string
	Reference bool // of a reference, not of a network under test
	First     bool // of a new network, seed, epoch or layer
}

// about says in one line what was measured.
func (v *view) about() string {
	r := v.rows[0]
	data := clean(r.Data)
	if data == "" {
		data = "unnamed data"
	}
	least, most := r.Permutations, r.Permutations
	for _, r := range v.rows {
		least, most = min(least, r.Permutations), max(most, r.Permutations)
	}
	b := count(least)
	if most > least {
		b += " to " + count(most)
	}
	return fmt.Sprintf("%s: %s training examples, %d classes, B = %s permutations, %s", data, count(r.N), r.Classes, b,
		plural(len(v.seeds), fmt.Sprintf("seed %d", v.seeds[0]), fmt.Sprintf("%d seeds", len(v.seeds))))
}

// unit is that of a perturbation's levels.
func (v *view) unit(perturbation string) string {
	for _, r := range v.rows {
		if r.Perturbation == perturbation && r.Unit != "" {
			return clean(r.Unit)
		}
	}
	return ""
}

// cellTables are all rows, a table for each perturbation and probe.
func (v *view) cellTables() []table {
	var all []table
	several := len(v.seeds) > 1
	for _, perturbation := range v.perturbations {
		for _, probe := range v.probes {
			t := table{Title: fmt.Sprintf("Probe %s, perturbation %s", clean(probe), clean(perturbation))}
			if r := v.rows[0]; r.Metric != "" {
				t.Title += ", metric " + metricName(r)
			}
			unit := v.unit(perturbation)
			if unit != "" {
				t.Title += " (level: " + unit + ")"
			}
			t.Columns = []column{{"network", "", true}}
			if several {
				t.Columns = append(t.Columns, column{"seed", "", false})
			}
			t.Columns = append(t.Columns,
				column{"epoch", "", false}, column{"layer", "", true}, column{"level", "", false},
				column{"observed", "share", false}, column{"null ± sd", "share", false}, column{"chance", "share", false}, column{"fresh", "share", false},
				column{"learning", "share", false}, column{"memorization", "share", false},
				column{"z", "null sd", false}, column{"p", "learn", false}, column{"p", "mem.", false}, column{"flags", "", true})
			var before result.Row
			for _, r := range v.rows {
				if r.Perturbation != perturbation || r.Probe != probe {
					continue
				}
				l := line{Reference: !r.Role.UnderTest() || r.Epoch == 0}
				l.First = len(t.Lines) == 0 || r.Network != before.Network || r.Seed != before.Seed || r.Epoch != before.Epoch || r.Layer != before.Layer
				before = r
				l.Cells = []string{clean(r.Network)}
				if several {
					l.Cells = append(l.Cells, strconv.FormatUint(r.Seed, 10))
				}
				l.Cells = append(l.Cells, epochName(r.Epoch), clean(r.Layer), number(r.Level),
					share(r.Observed), share(r.NullMean)+" ± "+deviation(r.NullSD), share(r.Chance), shareOrNone(r.Fresh),
					signed(r.Learning), signed(r.Memorization), score(r.Z), learningP(r), chanceOf(r.MemorizationP), flagWords(r))
				t.Lines = append(t.Lines, l)
			}
			if len(t.Lines) > 0 {
				all = append(all, t.tight())
			}
		}
	}
	return all
}

// tight is the table without its last column where nothing stands in it.
func (t table) tight() table {
	last := len(t.Columns) - 1
	for _, l := range t.Lines {
		if l.Cells[last] != "" {
			return t
		}
	}
	t.Columns = t.Columns[:last]
	for i := range t.Lines {
		t.Lines[i].Cells = t.Lines[i].Cells[:last]
	}
	return t
}

func flagWords(r result.Row) string {
	var words []string
	for _, f := range r.Flags {
		words = once(words, clean(flagWord(f)))
	}
	return strings.Join(words, ", ")
}

// summary is each network beside its references, at the level that the
// conclusions are about, a table for each perturbation. It holds the fresh
// column and the networks' own accuracies.
func (v *view) summary() []table {
	var all []table
	for _, perturbation := range v.perturbations {
		t := table{Columns: []column{
			{"", "", true}, {"probe", "", true}, {"learning", "share", false}, {"memorization", "share", false}, {"fresh", "share", false},
			{"training", "network", false}, {"test", "network", false},
		}}
		var levels []string
		for _, probe := range v.probes {
			first := true
			shown := map[setting]bool{}
			add := func(name string, c cell, reference bool) {
				if shown[c.setting] {
					return
				}
				shown[c.setting] = true
				t.Lines = append(t.Lines, line{Reference: reference, First: first, Cells: []string{
					name, clean(probe), signed(c.mean(learning)), signed(c.mean(memorization)), shareOrNone(c.fresh()),
					shareOrNone(c.optional(func(r result.Row) *float64 { return r.TrainAccuracy })),
					shareOrNone(c.optional(func(r result.Row) *float64 { return r.TestAccuracy })),
				}})
				first = false
			}
			for _, network := range v.subjects() {
				s, ok := v.subject(network, probe, perturbation)
				if !ok {
					continue
				}
				c := v.headline(s)
				levels = once(levels, number(c.level))
				add(s.title(), c, s.role != features.Network)
				for _, r := range v.references(s) {
					if o, ok := v.at(r.setting, c.level); ok {
						add(r.name, o, true)
					}
				}
				if o, ok := v.at(v.other(s, features.Refit), c.level); ok {
					add("the full refit", o, true)
				}
			}
		}
		if len(t.Lines) > 0 {
			t.Title = fmt.Sprintf("Side by side at %s %s", clean(perturbation), list(levels))
			all = append(all, t)
		}
	}
	return all
}

// subjects are the networks that conclusions are about; the references where
// there is no other.
func (v *view) subjects() []named {
	var all []named
	for _, n := range v.networks {
		all = append(all, named{features.Network, n})
	}
	if len(all) == 0 {
		for _, role := range []features.Role{features.Input, features.Twin, features.Refit} {
			if n, ok := v.others[role]; ok {
				all = append(all, named{role, n})
			}
		}
	}
	return all
}

// named is a network of a role.
type named struct {
	role    features.Role
	network string
}

// key explains the columns, in the order of the table.
var key = []struct{ Term, Text string }{
	{"observed", "accuracy of the probe on the perturbed copies, fitted to the real labels of their parents"},
	{"null", "the same with the labels shuffled, mean over the permutations; each copy carries its parent's shuffled label"},
	{"chance", "accuracy if predictions and labels were paired at random"},
	{"fresh", "accuracy of the probe on examples it has never seen, real labels: generalization"},
	{"learning", "observed minus null: structure of the labels beyond what the probe can memorize"},
	{"memorization", "null minus chance: random labels recovered from near-copies"},
	{"z", "learning in standard deviations of the null"},
	{"p", "share of permutations, the real one included, that do as well; ~ marks a descriptive one, whose features have seen the labels"},
}
