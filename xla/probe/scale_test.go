package probe

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

func TestStandardize(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const n = 50
	train := normal(r, n, 5)
	for i := range n {
		row := train.Row(i)
		row[1] = 7              // constant
		row[2] = 1e4 + 5*row[2] // far from zero
		row[3] = 0              // dead
		row[4] *= 1e-9          // varies too little beside the others
	}
	d := Data{Classes: 2, Train: train, Valid: []arrays.Matrix{normal(r, n, 5)}, Fresh: normal(r, 3, 5)}
	before := slices.Clone(train.Data)
	out, dropped := d.Standardize()
	if dropped != 3 || out.Train.Cols != 2 || out.Valid[0].Cols != 2 || out.Fresh.Cols != 2 || out.Fresh.Rows != 3 {
		t.Fatalf("%d columns are dropped, %d stay", dropped, out.Train.Cols)
	}
	mean, sd := columnMoments(out.Train)
	for j := range 2 {
		if math.Abs(mean[j]) > 1e-6 || math.Abs(sd[j]-1) > 1e-5 {
			t.Errorf("column %d has mean %g and standard deviation %g", j, mean[j], sd[j])
		}
	}
	mean, sd = columnMoments(train)
	if got, want := out.Fresh.Row(2)[1], float32((float64(d.Fresh.Row(2)[2])-mean[2])/sd[2]); got != want {
		t.Errorf("a fresh value is %v instead of %v", got, want)
	}
	if !slices.Equal(before, train.Data) {
		t.Error("the features given were changed")
	}

	constant := arrays.Matrix{Rows: 4, Cols: 2, Data: []float32{1, 2, 1, 2, 1, 2, 1, 2}}
	out, dropped = Data{Classes: 2, Train: constant}.Standardize()
	if dropped != 2 || out.Train.Cols != 1 || slices.Max(out.Train.Data) != 0 {
		t.Errorf("of constant features %d columns are dropped and %v stays", dropped, out.Train)
	}
}
