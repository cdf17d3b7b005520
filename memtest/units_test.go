package memtest

import (
	"context"
	"math"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
)

// columns is a copy of the first columns of a matrix.
func columns(m arrays.Matrix, cols int) arrays.Matrix {
	to := arrays.Matrix{Rows: m.Rows, Cols: cols}
	for i := range m.Rows {
		to.Data = append(to.Data, m.Row(i)[:cols]...)
	}
	return to
}

// One column of large units, or one value that stands for a missing one, costs no
// other column: the hits are those of scikit-learn's StandardScaler with
// RidgeClassifier(alpha=1), see testdata/units.py.
func TestLargeUnitsCostNoColumn(t *testing.T) {
	layout, err := features.Load("testdata/units.npz", features.Keys{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer layout.Close()
	whole, err := layout.Read(layout.Layers[0])
	if err != nil {
		t.Fatal(err)
	}
	var copies arrays.Matrix
	for m, err := range whole.Copies {
		if err != nil {
			t.Fatal(err)
		}
		copies = m
	}
	usual, usualCopies := columns(whole.Train, 8), columns(copies, 8)
	missing, missingCopies := columns(whole.Train, 8), columns(copies, 8)
	missing.Row(3)[2], missingCopies.Row(3)[2] = 1e9, 1e9
	e := engine(t)
	for _, c := range []struct {
		name          string
		train, copies arrays.Matrix
		hits          float64
	}{{"usual columns", usual, usualCopies, 293}, {"a time", whole.Train, copies, 293}, {"a missing value", missing, missingCopies, 295}} {
		for _, scale := range []string{ScaleAuto, ScaleStandard} {
			f := whole
			f.Train, f.Copies = c.train, features.Matrices(c.copies)
			o := Options{Probes: []string{"ridge:1", "ridge"}, Permutations: MinPermutations, Scale: scale}
			got, err := Rows(Measure(context.Background(), e, features.Stream(f), o))
			if err != nil {
				t.Fatal(err)
			}
			if r := got[0]; math.Abs(300*r.Observed-c.hits) > 1e-6 || r.Features != c.train.Cols || len(r.Flags) > 0 {
				t.Errorf("%s, %s: %.0f hits of 300 by %d columns, flags %v; scikit-learn has %.0f by %d", c.name, scale, 300*r.Observed, r.Features, r.Flags, c.hits, c.train.Cols)
			}
			if r := got[1]; math.Abs(r.Observed-got[0].Observed) > 0.01 {
				t.Errorf("%s, %s: observed %.3f at penalty %g, %.3f at 1", c.name, scale, r.Observed, r.Penalty, got[0].Observed)
			}
		}
	}
}

// Raw images and feature maps, raw tables and all else are scaled each in their own
// way, which the rows say; other words are taken as they are.
func TestScaleByKind(t *testing.T) {
	for _, test := range []struct{ data, net, scale, input, network string }{
		{"gaussian:60:4x4x1:3", "mlp:8", "", ScaleShared, ScaleFloor},
		{"gaussian:60:4x4x1:3", "cnn:2/8", ScaleAuto, ScaleShared, ScaleShared},
		{"gaussian:60:1x1x16:3", "mlp:8", ScaleAuto, ScaleStandard, ScaleFloor},
		{"gaussian:60:4x4x1:3", "cnn:2/8", ScaleNone, ScaleNone, ScaleNone},
		{"gaussian:60:4x4x1:3", "cnn:2/8", ScaleFloor, ScaleFloor, ScaleFloor},
	} {
		c := small()
		c.Data, c.N, c.Epochs, c.Probes, c.Net, c.Scale = test.data, 0, []int{0}, []string{"centroid"}, test.net, test.scale
		c.Layers = []string{"all"}
		c.Refs, c.Levels = []string{RefUntrained, RefInput}, []float64{0.1}
		for _, r := range rows(t, c, nil) {
			want := test.network
			switch {
			case r.Role == features.Input:
				want = test.input
			case r.Layer == "dense1" && test.net != "mlp:8" && test.scale == ScaleAuto:
				want = ScaleFloor // behind the feature maps
			}
			if r.Scale != want {
				t.Errorf("%s, --scale %q: %s is scaled by %q, want %q", test.data, test.scale, r.Layer, r.Scale, want)
			}
		}
	}
}
