package memtest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// inputFeatures are the raw inputs of an experiment as features to measure.
func inputFeatures(t testing.TB, c Config) (features.Features, *Experiment) {
	t.Helper()
	x, err := New(context.Background(), c, datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	f, err := x.Examples().Input(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return f, x
}

// measured are the complete rows of features.
func measured(e *xla.Engine, f features.Features, o Options) ([]result.Row, error) {
	ctx := context.Background()
	return Rows(Measure(ctx, e, features.Stream(f), o))
}

// Features that are handed over give the rows that the experiment measures of
// the same features, and label sets that are handed over give those of the
// shuffles they were taken from.
func TestMeasureGivesTheRowsOfTheExperiment(t *testing.T) {
	c := small()
	c.N, c.Refs, c.Epochs = 300, []string{RefInput}, []int{0}
	want := map[string]result.Row{}
	for _, r := range rows(t, c, func(x *Experiment) {
		x.Config.Known = known{func(cell string) bool { return !strings.Contains(cell, `network "input"`) }}
	}) {
		want[r.Cell()] = r
	}
	f, x := inputFeatures(t, c)
	e := engine(t)
	got, err := measured(e, f, Options{Permutations: 19})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || len(want) != 4 {
		t.Fatalf("%d and %d rows, want 4", len(got), len(want))
	}
	for _, r := range got {
		if r.LearningPAdjusted == nil {
			t.Errorf("%s is not complete", r.Cell())
		}
		if w := want[r.Cell()]; fmt.Sprint(values(r)) != fmt.Sprint(values(w)) {
			t.Errorf("%s differs:\n%v\n%v", r.Cell(), values(r), values(w))
		}
	}

	sets, err := perm.NewShuffled(f.Labels, f.Classes, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	f.Permuted = perm.Sets(sets, 1, 20)
	again, err := measured(e, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range again {
		if r.Permutations != 19 || !slices.Equal(r.Null, got[i].Null) {
			t.Errorf("%s: given label sets have the null %v, want %v", r.Cell(), r.Null, got[i].Null)
		}
	}
	if !slices.Equal(f.Train.Data, x.Train.X) {
		t.Error("the features were changed")
	}
}

func TestMeasureSaysWhatDoesNotFit(t *testing.T) {
	matrix := func(rows, cols int) arrays.Matrix {
		m := arrays.Matrix{Rows: rows, Cols: cols, Data: make([]float32, rows*cols)}
		for i := range m.Data {
			m.Data[i] = float32(i*i%7) - 3
		}
		return m
	}
	good := func() features.Features {
		return features.Features{Train: matrix(20, 3), Levels: []float64{0.1}, Copies: features.Matrices(matrix(20, 3)), Labels: []int32{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}}
	}
	for _, test := range []struct {
		name   string
		change func(*features.Features, *Options)
		want   string
	}{
		{"labels", func(f *features.Features, _ *Options) { f.Labels = f.Labels[1:] }, "19 labels, but the training features are 20×3"},
		{"no copies", func(f *features.Features, _ *Options) { f.Copies = nil }, "no copies"},
		{"copies", func(f *features.Features, _ *Options) { f.Copies = features.Matrices(matrix(19, 3)) }, "at level 0.1 are 19×3, but the training features are 20×3"},
		{"columns", func(f *features.Features, _ *Options) { f.Copies = features.Matrices(matrix(20, 4)) }, "20×4, but the training features are 20×3"},
		{"fresh columns", func(f *features.Features, _ *Options) { f.Fresh, f.FreshLabels = matrix(1, 2), []int32{0} }, "2 columns, but the training features have 3"},
		{"fresh labels", func(f *features.Features, _ *Options) { f.Fresh = matrix(1, 3) }, "0 fresh labels, but the fresh features are 1×3"},
		{"too few copies", func(f *features.Features, _ *Options) { f.Levels = []float64{0.1, 0.2} }, "copies at 1 of the 2 levels"},
		{"too many copies", func(f *features.Features, _ *Options) { f.Copies = features.Matrices(matrix(20, 3), matrix(20, 3)) }, "more copies than the 1 levels"},
		{"copies not numbers", func(f *features.Features, _ *Options) {
			m := matrix(20, 3)
			m.Data[7] = float32(math.Inf(1))
			f.Copies = features.Matrices(m)
		}, "copies at level 0.1: row 2, column 1 is +Inf"},
		{"level twice", func(f *features.Features, _ *Options) {
			f.Levels, f.Copies = []float64{0.1, 0.1}, features.Matrices(matrix(20, 3), matrix(20, 3))
		}, "0.1 is given twice"},
		{"one class", func(f *features.Features, _ *Options) { f.Labels = make([]int32, 20); f.Classes = 2 }, "class"},
		{"negative label", func(f *features.Features, _ *Options) { f.Labels = slices.Clone(f.Labels); f.Labels[3] = -1 }, "-1"},
		{"not a number", func(f *features.Features, _ *Options) { f.Train.Data[4] = float32(math.NaN()) }, "row 1, column 1 is NaN"},
		{"permuted", func(f *features.Features, _ *Options) { f.Permuted = [][]int32{{0, 1}} }, "set 1 has 2 labels, but there are 20"},
		{"groups", func(f *features.Features, _ *Options) { f.Groups = []int32{1} }, "group"},
		{"scale", func(_ *features.Features, o *Options) { o.Scale = "minmax" }, `"minmax" is not known; choose from auto, floor, standard, shared, none`},
		{"probes", func(_ *features.Features, o *Options) { o.Probes = []string{"svm"} }, "choose from ridge"},
		{"permutations", func(_ *features.Features, o *Options) { o.Permutations = 5 }, "at least 19"},
		{"alpha", func(_ *features.Features, o *Options) { o.Alpha = 2 }, "alpha"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, o := good(), Options{Probes: []string{"centroid"}}
			test.change(&f, &o)
			_, err := measured(engine(t), f, o)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want it to say %q", err, test.want)
			}
		})
	}
	if _, err := measured(engine(t), good(), Options{Probes: []string{"centroid"}}); err != nil {
		t.Errorf("good features: %v", err)
	}
}
