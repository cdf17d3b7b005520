package probe

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

func TestStandardScaler(t *testing.T) {
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
	fresh := normal(r, 3, 5)
	before := slices.Clone(train.Data)
	scaler := FitStandardScaler(train)
	scaled, scaledFresh := scaler.Transform(train), scaler.Transform(fresh)
	if scaler.Dropped() != 3 || scaled.Cols != 2 || scaledFresh.Cols != 2 || scaledFresh.Rows != 3 {
		t.Fatalf("%d columns are dropped, %d stay", scaler.Dropped(), scaled.Cols)
	}
	mean, sd := columnMoments(scaled)
	for j := range 2 {
		if math.Abs(mean[j]) > 1e-6 || math.Abs(sd[j]-1) > 1e-5 {
			t.Errorf("column %d has mean %g and standard deviation %g", j, mean[j], sd[j])
		}
	}
	mean, sd = columnMoments(train)
	if got, want := scaledFresh.Row(2)[1], float32((float64(fresh.Row(2)[2])-mean[2])/sd[2]); got != want {
		t.Errorf("a fresh value is %v instead of %v", got, want)
	}
	if !slices.Equal(before, train.Data) {
		t.Error("the features given were changed")
	}

	constant := arrays.Matrix{Rows: 4, Cols: 2, Data: []float32{1, 2, 1, 2, 1, 2, 1, 2}}
	scaler = FitStandardScaler(constant)
	if out := scaler.Transform(constant); scaler.Dropped() != 2 || out.Cols != 1 || slices.Max(out.Data) != 0 {
		t.Errorf("of constant features %d columns are dropped and %v stays", scaler.Dropped(), out)
	}
}
