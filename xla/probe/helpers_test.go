package probe

import (
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/xla"
)

// engines are the backends that tests have opened: an engine keeps its compiled
// programs, so the tests share them.
var engines = map[string]*xla.Engine{}

// open opens a backend for a test, which fails where there is none.
func open(t testing.TB, backend string) *xla.Engine {
	t.Helper()
	if engines[backend] == nil {
		e, err := xla.Open(t.Context(), backend, xla.Options{})
		if err != nil {
			t.Fatalf("backend %q: %v", backend, err)
		}
		engines[backend] = e
	}
	return engines[backend]
}

// given are label sets written out, set 0 the observed one.
type given [][]int32

func (g given) Examples() int          { return len(g[0]) }
func (g given) Set(b int, dst []int32) { copy(dst, g[b]) }

func parse(t testing.TB, name string) Probe {
	t.Helper()
	p, err := Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// collect runs a probe on label sets first..first+count-1 and keeps everything.
func collect(t testing.TB, e *xla.Engine, p Probe, d Data, sets LabelSets, first, count int, o Options) Predictions {
	t.Helper()
	all := Predictions{Valid: make([][][]int32, len(d.Valid)), Values: make([][]float64, len(d.Valid)), Chance: make([][]float64, len(d.Valid))}
	next := first
	for batch, err := range Run(t.Context(), e, p, d, sets, first, count, o) {
		if err != nil {
			t.Fatal(err)
		}
		if batch.First != next {
			t.Fatalf("a batch begins at set %d instead of %d", batch.First, next)
		}
		next += len(batch.Labels)
		for v := range d.Valid {
			if len(batch.Valid[v]) != len(batch.Labels) {
				t.Fatalf("%d predictions for %d label sets", len(batch.Valid[v]), len(batch.Labels))
			}
			for i, classes := range batch.Valid[v] {
				all.Valid[v] = append(all.Valid[v], slices.Clone(classes))
				want := make([]int32, sets.Examples())
				if sets.Set(batch.First+i, want); !slices.Equal(want, batch.Labels[i]) {
					t.Fatalf("label set %d came back changed", batch.First+i)
				}
			}
			if batch.Values != nil {
				all.Values[v] = append(all.Values[v], batch.Values[v]...)
				all.Chance[v] = append(all.Chance[v], batch.Chance[v]...)
			}
		}
		if (batch.Margins != nil) != (batch.First == 0 && len(d.Valid) > 0) {
			t.Fatalf("margins %v in the batch of set %d", batch.Margins != nil, batch.First)
		}
		if batch.Margins != nil {
			all.Margins, all.Fresh = batch.Margins, batch.Fresh
		}
		all.Parents, all.Penalty = batch.Parents, batch.Penalty
	}
	if next != first+count {
		t.Fatalf("%d label sets instead of %d", next-first, count)
	}
	return all
}

// differing counts places at which two lists of classes differ.
func differing(a, b []int32) int {
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
