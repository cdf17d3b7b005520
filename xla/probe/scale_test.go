package probe

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

var scalings = map[string]Scaling{"standard": ScaleStandard, "floor": ScaleFloor, "shared": ScaleShared}

// Beside scikit-learn's StandardScaler and numpy's quantile, see testdata/scale.py.
func TestGoldenScaler(t *testing.T) {
	text, err := os.ReadFile("testdata/scale.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		Train, Fresh     [][]float32
		Dropped, Floored int
		Scaled           map[string][][]float64
	}
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	matrix := func(rows [][]float32) arrays.Matrix {
		return arrays.Matrix{Rows: len(rows), Cols: len(rows[0]), Data: slices.Concat(rows...)}
	}
	train, fresh := matrix(g.Train), matrix(g.Fresh)
	before := slices.Clone(train.Data)
	for name, how := range scalings {
		s := FitScaler(train, how)
		floored := 0
		if how == ScaleFloor {
			floored = g.Floored
		}
		if s.Dropped() != g.Dropped || s.Floored() != floored {
			t.Errorf("%s: %d columns dropped, %d floored; numpy %d, %d", name, s.Dropped(), s.Floored(), g.Dropped, floored)
		}
		got := s.Transform(fresh)
		for i, row := range g.Scaled[name] {
			for j, want := range row {
				if v := float64(got.Row(i)[j]); math.Abs(v-want) > 1e-6*math.Abs(want) {
					t.Errorf("%s: value %d of example %d is %g, scikit-learn %g", name, j, i, v, want)
				}
			}
		}
	}
	if !slices.Equal(before, train.Data) {
		t.Error("the features given were changed")
	}
}

func TestScalerOfConstantFeatures(t *testing.T) {
	constant := arrays.Matrix{Rows: 4, Cols: 2, Data: []float32{1, 2, 1, 2, 1, 2, 1, 2}}
	for name, how := range scalings {
		s := FitScaler(constant, how)
		if out := s.Transform(constant); s.Dropped() != 2 || out.Cols != 1 || slices.Max(out.Data) != 0 {
			t.Errorf("%s: of constant features %d columns are dropped and %v stays", name, s.Dropped(), out)
		}
	}
}

// A column that takes units of its own, however large, leaves the others as they
// were; all columns in other units change nothing. Powers of two are exact.
func TestUnitsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		d := rapid.IntRange(5, 40).Draw(t, "columns")
		train := normal(r, 20, d)
		for j := range d {
			size := float32(math.Exp(2 * r.NormFloat64()))
			for i := range train.Rows {
				train.Row(i)[j] *= size
			}
		}
		// The widest column, so that the quartile stays that of the others.
		_, sd := columnMoments(train, nil)
		wide := slices.Index(sd, slices.Max(sd))
		times := func(factor float32, only int) arrays.Matrix {
			m := arrays.Matrix{Rows: train.Rows, Cols: d, Data: slices.Clone(train.Data)}
			for i := range m.Data {
				if only < 0 || i%d == only {
					m.Data[i] *= factor
				}
			}
			return m
		}
		for name, how := range scalings {
			scaled := FitScaler(train, how).Transform(train)
			for _, factor := range []float32{0x1p-20, 0x1p40} {
				if all := times(factor, -1); !slices.Equal(FitScaler(all, how).Transform(all).Data, scaled.Data) {
					t.Fatalf("%s: all columns times %g are scaled to other values", name, factor)
				}
			}
			if how == ScaleShared {
				continue // one unit is what it takes for granted
			}
			large := times(0x1p30, wide)
			if !slices.Equal(FitScaler(large, how).Transform(large).Data, scaled.Data) {
				t.Fatalf("%s: one column of large units changes how columns are scaled", name)
			}
		}
	})
}

// However many columns are small, no divisor is below half of the quartile, and
// none below the column's own standard deviation.
func TestFloorIsHalfTheQuartile(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	train := normal(r, 30, 8)
	for i := range train.Rows {
		for j := range 5 {
			train.Row(i)[j] *= float32(math.Pow(10, -float64(j)))
		}
	}
	_, before := columnMoments(train, nil)
	_, after := columnMoments(FitScaler(train, ScaleFloor).Transform(train), nil)
	sorted := slices.Sorted(slices.Values(before))
	for j := range before {
		if want := before[j] / max(before[j], sorted[5]/2); math.Abs(after[j]-want) > 1e-6 {
			t.Errorf("column %d with standard deviation %g has %g when scaled, want %g", j, before[j], after[j], want)
		}
	}
}

// Scaling in place gives the same values, where columns are left out and where none are.
func TestTransformInPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, constant := range [][]int{nil, {0, 3, 4}, {6}, {0, 1, 2, 3, 4, 5, 6}} {
		m := normal(r, 50, 7)
		for i := range m.Rows {
			for _, j := range constant {
				m.Row(i)[j] = 2.5
			}
		}
		s := FitScaler(m, ScaleFloor)
		want := s.Transform(m)
		if got := s.TransformInPlace(m); got.Cols != want.Cols || !slices.Equal(got.Data, want.Data) {
			t.Errorf("columns %v are constant: %v, want %v", constant, got, want)
		}
	}
}
