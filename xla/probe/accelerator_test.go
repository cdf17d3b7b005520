package probe

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/xla"
)

// hitsOnDevice collects what a probe says as on an accelerator: hits by class of each set
// of copies and label set, predictions for the first label set, and all that is not
// predictions.
func hitsOnDevice(t *testing.T, e *xla.Engine, p Probe, d Data, sets LabelSets, count int) (hits [][][]int32, first [][]int32, rest Predictions) {
	t.Helper()
	hits = make([][][]int32, len(d.Valid))
	for batch, err := range Run(t.Context(), e, p, d, sets, 0, count, Options{OnDevice: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if (batch.OnDevice == nil) != strings.HasPrefix(p.Name(), "forest") {
			t.Fatalf("%s: predictions on the device: %v", p.Name(), batch.OnDevice != nil)
		}
		if batch.OnDevice == nil { // of a probe that computes on the processor
			for v, all := range batch.Valid {
				for i, predicted := range all {
					hits[v] = append(hits[v], classHits(batch.Labels[i], predicted, d.Classes))
				}
				first = append(first, slices.Clone(all[0]))
			}
		}
		for i, part := range batch.OnDevice {
			for v := range d.Valid {
				some, err := part.ClassHits(v)
				if err != nil {
					t.Fatal(err)
				}
				hits[v] = append(hits[v], some...)
				if batch.First > 0 || i > 0 {
					continue
				}
				predicted, err := part.First(v)
				if err != nil {
					t.Fatal(err)
				}
				first = append(first, predicted)
			}
		}
		if batch.First == 0 {
			rest = batch.Predictions
		}
	}
	rest.Valid, rest.OnDevice = nil, nil
	return hits, first, rest
}

func classHits(labels, predicted []int32, classes int) []int32 {
	hits := make([]int32, classes)
	for i, y := range labels {
		if predicted[i] == y {
			hits[y]++
		}
	}
	return hits
}

// With predictions that stay on the device a probe says what it says without, to the last
// digit.
func TestOnDevice(t *testing.T) {
	e := open(t, "")
	d, labels := small()
	const count = 70
	for _, name := range conformers() {
		p := parse(t, name)
		want := collect(t, e, p, d, labels, 0, count, Options{})
		hits, first, rest := hitsOnDevice(t, e, p, d, labels, count)
		for v := range d.Valid {
			if !slices.Equal(first[v], want.Valid[v][0]) {
				t.Errorf("%s, copies %d: other predictions for the real labels", name, v)
			}
			if len(hits[v]) != count {
				t.Fatalf("%s: hits of %d label sets, not %d", name, len(hits[v]), count)
			}
			for b, got := range hits[v] {
				y := make([]int32, len(labels.y))
				labels.Set(b, y)
				if w := classHits(y, want.Valid[v][b], d.Classes); !slices.Equal(got, w) {
					t.Fatalf("%s, copies %d, label set %d: hits %v instead of %v", name, v, b, got, w)
				}
			}
		}
		if got := []any{rest.Margins, rest.Fresh, rest.Parents, rest.Penalty}; !reflect.DeepEqual(got, []any{want.Margins, want.Fresh, want.Parents, want.Penalty}) {
			t.Errorf("%s: margins, fresh, parents, penalty are\n%v instead of\n%v", name, rest, want.Margins)
		}
	}
}

// On an accelerator the chunks are larger, as large as its memory allows, but not larger
// than a run of 199 permutations fills.
func TestChunkOn(t *testing.T) {
	for _, c := range []struct {
		accelerator               bool
		n, columns, classes, sets int
	}{
		{false, 10_000, 512, 10, 32}, {false, 10_000, 512, 100, 8}, {false, 10_000_000, 512, 100, 1},
		{true, 10_000, 512, 10, 256}, {true, 100, 512, 2, 256}, {true, 60_000, 512, 100, 44}, {true, 10_000_000, 512, 100, 1}, {true, 2000, 6272, 1000, 42},
	} {
		if got := chunkOn(c.accelerator, c.n, c.columns, c.classes); got != c.sets {
			t.Errorf("accelerator %v, n = %d, K = %d: %d label sets at once, not %d", c.accelerator, c.n, c.classes, got, c.sets)
		}
	}
}
