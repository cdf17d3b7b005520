package probe

import (
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Chunks shrink with the number of examples and classes, so that memory does not
// grow with the number of label sets whatever the data.
func TestChunksShrink(t *testing.T) {
	for _, c := range []struct{ n, classes, chunk int }{{350, 10, 32}, {10_000, 10, 32}, {60_000, 10, 13}, {60_000, 100, 1}, {1_000_000, 100, 1}} {
		if got := chunkOf(c.n, c.classes); got != c.chunk {
			t.Errorf("%d examples in %d classes: chunks of %d instead of %d", c.n, c.classes, got, c.chunk)
		}
		f := neighbours{n: c.n, valid: make([][]int32, 3)}
		if bytes := 4 * c.n * 4 * f.Chunk(); f.Chunk() > 1 && bytes > chunkBytes {
			t.Errorf("%d examples: k-NN takes %d label sets, %d bytes", c.n, f.Chunk(), bytes)
		}
	}
}

// Nothing is asked for: nothing is yielded. And a loop may end early.
func TestRunEnds(t *testing.T) {
	e := open(t, "go")
	d, labels := small()
	for range Run(t.Context(), e, Centroid{}, d, labels, 3, 0, Options{}) {
		t.Error("a batch of no label sets")
	}
	batches := 0
	for range Run(t.Context(), e, Centroid{}, d, labels, 0, 1000, Options{}) {
		if batches++; batches == 2 {
			break
		}
	}
	if batches != 2 {
		t.Errorf("%d batches", batches)
	}
}

func TestRunRefusesGroupsOfOtherRows(t *testing.T) {
	e := open(t, "go")
	d, labels := small()
	for _, err := range Run(t.Context(), e, Centroid{}, d, labels, 0, 1, Options{Groups: []int32{1, 2}}) {
		if err == nil || !strings.Contains(err.Error(), "2 groups, but") {
			t.Error(err)
		}
	}
}

func TestCheck(t *testing.T) {
	d, _ := small()
	if err := d.Check(); err != nil {
		t.Error(err)
	}
	d.Classes = 1
	if err := d.Check(); err == nil || err.Error() != "features: 1 class; at least two are needed" {
		t.Error(err)
	}
	d.Classes = 2
	d.Train = arrays.Matrix{Rows: 4}
	if err := d.Check(); err == nil || err.Error() != "features: the training features have no columns; give at least one" {
		t.Error(err)
	}
}
