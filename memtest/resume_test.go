package memtest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// before are rows that were measured before.
type before map[string]result.Row

func (b before) Row(cell string) (result.Row, bool) { r, ok := b[cell]; return r, ok }
func (b before) Evidence(string) (Evidence, bool)   { return Evidence{}, false }

func beforeOf(rows []result.Row) before {
	b := before{}
	for _, r := range rows {
		b[r.Cell()] = r
	}
	return b
}

// A refit has as many label sets as networks, fewer than the permutations of the
// other cells: of a finished run nothing is trained or measured again.
func TestFinishedRefitIsNotTrainedAgain(t *testing.T) {
	c := small()
	c.N, c.Epochs, c.Refs, c.Probes, c.Refit, c.Permutations = 100, []int{1}, []string{RefInput}, []string{"centroid"}, 19, 29
	had := beforeOf(rows(t, c, nil))
	again := rows(t, c, func(x *Experiment) {
		x.Config.Known = had
		x.Config.Progress = func(p Progress) {
			if strings.Contains(p.Doing, "refit") || strings.Contains(p.Doing, "training") {
				t.Errorf("again: %s", p.Doing)
			}
		}
	})
	if len(had) == 0 || len(again) != 0 {
		t.Errorf("%d cells measured, %d again", len(had), len(again))
	}
}

// Six examples have twenty labelings. All of them are counted, whatever a
// sequential stop says, and a run that has them has all that it can.
func TestAllLabelingsAreMeasuredOnce(t *testing.T) {
	x := arrays.Matrix{Rows: 6, Cols: 1, Data: []float32{0, 5, 1, 4, 2, 3}}
	f := features.Features{Train: x, Levels: []float64{0}, Copies: features.Matrices(x), Labels: []int32{0, 0, 1, 1, 0, 1}, Network: "net", Layer: "h"}
	o := Options{Probes: []string{"centroid"}, Permutations: 199, Stop: 1}
	e := engine(t)
	got, err := measured(e, f, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Permutations != 19 {
		t.Fatalf("rows %+v, want one of 19 permutations", got)
	}
	o.Known, o.Stop = beforeOf(got), 0
	if again, err := measured(e, f, o); err != nil || len(again) != 0 {
		t.Errorf("measured again: %+v (%v)", again, err)
	}
}

// With more permutations, a cell whose sequential test had stopped stays as it is,
// and one that had drawn all that it was allowed goes on.
func TestStoppedCellsStayWhenARunGrows(t *testing.T) {
	m := &measurement{Options: Options{Stop: 2}}
	row := result.Row{Network: "net", Permutations: 4, Observed: 0.5}
	for want, null := range map[bool][]float64{true: {0.5, 0.4, 0.6, 0.1}, false: {0.5, 0.4, 0.3, 0.1}} {
		row.Null = null
		m.Known = beforeOf([]result.Row{row})
		if got := m.known(row, 9); got != want {
			t.Errorf("null %v: known %v, want %v", null, got, want)
		}
	}
}

// The set that ended a test is not among those of the row, but kept beside it: when
// the run may draw more, nothing that had stopped is measured again.
func TestARunThatStoppedGrowsToNothing(t *testing.T) {
	ctx := context.Background()
	c := small()
	c.Data, c.N, c.Epochs, c.Probes, c.Refs = "gaussian:300:6x6x1:3", 0, []int{0}, []string{"centroid"}, []string{RefUntrained}
	c.Levels, c.Permutations, c.Net, c.Stop = []float64{0.3, 0.5}, 300, "mlp:8", 40
	folder := t.TempDir() + "/run"
	e := engine(t)
	var first []result.Row
	ended := false // by a set that is not among those of the row
	for _, c.Permutations = range []int{300, 400} {
		x, err := New(ctx, c, datasets.Options{Offline: true})
		if err != nil {
			t.Fatal(err)
		}
		if first != nil {
			x.Config.Progress = func(p Progress) { t.Errorf("again: %s", p.Doing) }
		}
		got, err := RunIn(ctx, e, x, folder)
		if err != nil || len(got) != 2 {
			t.Fatalf("%d rows (%v)", len(got), err)
		}
		for i, r := range got {
			reached := 0
			for _, v := range r.Null {
				if v >= r.Observed {
					reached++
				}
			}
			if first == nil && r.Permutations >= 300 {
				t.Fatalf("level %g did not stop", r.Level)
			}
			if first != nil && (r.LearningP != first[i].LearningP || !slices.Equal(r.Null, first[i].Null)) {
				t.Errorf("level %g changed", r.Level)
			}
			ended = ended || reached == 39 && r.LearningP == 40/float64(r.Permutations+1)
		}
		first = got
	}
	if !ended {
		t.Error("no level was ended by its fortieth exceedance")
	}
}

func TestRunInOfAFinishedRunReadsItsRows(t *testing.T) {
	ctx := context.Background()
	c := small()
	c.N, c.Epochs, c.Refs, c.Probes, c.Until = 100, []int{2}, []string{RefInput}, []string{"centroid"}, 0.999
	folder := t.TempDir() + "/run"
	e := newEngine(t)
	var first []result.Row
	before := Compiled(e)
	for range 2 {
		x, err := New(ctx, c, datasets.Options{Offline: true})
		if err != nil {
			t.Fatal(err)
		}
		if first != nil {
			x.Config.Progress = func(p Progress) { t.Errorf("again: %s", p.Doing) }
		}
		got, err := RunIn(ctx, e, x, folder)
		if err != nil || len(got) == 0 || first != nil && len(got) != len(first) {
			t.Fatalf("%d rows, before %d (%v)", len(got), len(first), err)
		}
		first = got
		// What was compiled was compiled the first time, and nothing when it is read again.
		d, err := rundir.Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		m, err := d.Manifest()
		if want := Compiled(e).Since(before); err != nil || m.Compiled != want || m.Programs < 3 || m.Compiled.Seconds <= 0 {
			t.Errorf("the manifest says that %+v was compiled, not %+v (%v)", m.Compiled, want, err)
		}
	}
}

// A training that ends early has no later epoch to export, and that of its end
// though nobody asked for it.
func TestExportKnowsWhereTrainingEnded(t *testing.T) {
	ctx := context.Background()
	c := small()
	c.N, c.Epochs, c.Until = 200, []int{9}, 0.3
	x, err := New(ctx, c, datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	e := engine(t)
	_, free, err := x.Export(ctx, e, Export{Epoch: 9, Layer: "last"})
	free()
	end := 0
	if err == nil || !strings.Contains(err.Error(), "the training ended at epoch ") {
		t.Fatalf("epoch 9: %v", err)
	}
	for _, r := range rows(t, c, nil) {
		end = max(end, r.Epoch)
	}
	out, free, err := x.Export(ctx, e, Export{Epoch: end, Layer: "last"})
	defer free()
	if err != nil || end == 0 || *out.Epoch != end {
		t.Errorf("epoch %d: %v", end, err)
	}
}
