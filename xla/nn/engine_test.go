package nn

import (
	"math/rand/v2"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

// golangBackend runs its operations one after another: several at a time wait
// for each other for ever in GoMLX v0.27.0.
const golangBackend = "go:ops_sequential"

// golang is the pure-Go backend, which is always there.
func golang(t testing.TB) *xla.Engine {
	t.Helper()
	return open(t, golangBackend)
}

func open(t testing.TB, backend string) *xla.Engine {
	t.Helper()
	e, err := xla.Open(t.Context(), backend, xla.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// onBoth runs a test on the pure-Go backend and on XLA.
func onBoth(t *testing.T, test func(t *testing.T, e *xla.Engine)) {
	t.Helper()
	t.Run("go", func(t *testing.T) { test(t, golang(t)) })
	t.Run("xla", func(t *testing.T) { test(t, real(t)) })
}

// real is XLA on the best device here. Rows come from it, so without it the test
// fails.
func real(t testing.TB) *xla.Engine {
	t.Helper()
	e, err := xla.Open(t.Context(), "xla", xla.Options{})
	if err != nil {
		t.Fatalf("no XLA here: %v", err)
	}
	t.Cleanup(e.Close)
	return e
}

// noise is a data set of standard normal values and random labels.
func noise(n int, shape datasets.Shape, classes int) *datasets.Set {
	r := rand.New(rand.NewPCG(3, 4))
	s := &datasets.Set{Name: "noise", Shape: shape, Classes: make([]string, classes)}
	for range n {
		s.Y = append(s.Y, int32(r.IntN(classes)))
		for range shape.Size() {
			s.X = append(s.X, float32(r.NormFloat64()))
		}
	}
	return s
}

// asTheyAre is a network that takes the columns of a table as they are.
func asTheyAre(s Spec) Spec {
	s.Standardize = false
	return s
}

func shape(h, w, c int) datasets.Shape { return datasets.Shape{Height: h, Width: w, Channels: c} }

// trainAll collects the snapshots of a training.
func trainAll(t testing.TB, e *xla.Engine, spec Spec, set *datasets.Set, o Training) []*Snapshot {
	t.Helper()
	var out []*Snapshot
	for s, err := range Train(t.Context(), e, spec, set, o) {
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		out = append(out, s)
	}
	return out
}

// weightsOf are the weights of a snapshot, array by array.
func weightsOf(t testing.TB, s *Snapshot) [][]float32 {
	t.Helper()
	arrays, err := arraysOf(s.net.params, s.weights)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float32
	for _, a := range arrays {
		out = append(out, a.Floats)
	}
	return out
}
