package probe

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
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

// Without margins the classes are the same, and no program is compiled for them.
func TestBareRunsSayTheSameOfClasses(t *testing.T) {
	e, err := xla.Open(t.Context(), "go", xla.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	d, labels := small()
	said := func(p Probe, bare bool) (classes [][][]int32, margins, programs int) {
		before, _ := e.Compiled()
		for b, err := range Run(t.Context(), e, p, d, labels, 0, 4, Options{Bare: bare}) {
			if err != nil {
				t.Fatal(err)
			}
			for _, sets := range b.Valid {
				var all [][]int32
				for _, y := range sets {
					all = append(all, slices.Clone(y))
				}
				classes = append(classes, all)
			}
			margins += len(b.Margins)
		}
		after, _ := e.Compiled()
		return classes, margins, after - before
	}
	for _, name := range []string{"ridge", "softmax", "centroid"} {
		p := parse(t, name)
		bare, none, _ := said(p, true)
		whole, all, more := said(p, false)
		if !reflect.DeepEqual(bare, whole) || none != 0 || all != len(d.Valid) {
			t.Errorf("%s: %d margins without, %d with them; the classes are the same: %v", name, none, all, reflect.DeepEqual(bare, whole))
		}
		if name == "ridge" && more == 0 {
			t.Error("margins took no program, so leaving them out spares none")
		}
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
