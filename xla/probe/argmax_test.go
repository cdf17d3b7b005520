package probe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/xla"
)

// The class of greatest score is that of a loop over the classes, the smallest of
// equal ones, whichever way it is found: few classes, many, and many that fill no
// whole blocks. A few scores only, so that most rows have ties, and of some rows all
// scores are equal.
func TestArgMaxClass(t *testing.T) {
	const p, n = 3, 70
	for _, backend := range []string{"", "go"} {
		e := open(t, backend)
		for _, classes := range []int{2, 3, 10, 31, 64, 65, manyClasses, manyClasses + 1, 160, 1000} {
			for _, values := range []int{1, 2, 5, 4 * classes} {
				r := rand.New(rand.NewPCG(uint64(classes), uint64(values)))
				scores := make([]float32, classes*p*n)
				for i := range scores {
					scores[i] = float32(r.IntN(values) - values/2)
				}
				if got, want := argMaxOn(t, e, scores, classes, p, n), argMaxPlain(scores, classes, p*n); !slices.Equal(got, want) {
					t.Errorf("%s, %d classes, %d values: %v, not %v", e.Describe().Name, classes, values, got, want)
				}
			}
		}
	}
}

// argMaxOn is argMaxClass of scores [K·P, n].
func argMaxOn(t testing.TB, e *xla.Engine, scores []float32, classes, p, n int) []int32 {
	t.Helper()
	in, err := xla.Tensor(e, scores, classes*p, n)
	if err != nil {
		t.Fatal(err)
	}
	defer xla.Free(in)
	out, err := e.Call(fmt.Sprintf("argmax of %d classes", classes), func(args []*Node) *Node { return argMaxClass(args[0], classes) }, in)
	if err != nil {
		t.Fatal(err)
	}
	defer xla.Free(out)
	got, err := xla.Download[int32](out)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// argMaxPlain is argMaxClass by a loop.
func argMaxPlain(scores []float32, classes, size int) []int32 {
	best, arg := slices.Clone(scores[:size]), make([]int32, size)
	for k := 1; k < classes; k++ {
		for i, v := range scores[k*size : (k+1)*size] {
			if v > best[i] {
				best[i], arg[i] = v, int32(k)
			}
		}
	}
	return arg
}

// BenchmarkArgMax finds the class of 400,000 rows of 10, and of 4,000 and 50,000 rows
// of 1,000 classes; the first round compiles.
func BenchmarkArgMax(b *testing.B) {
	e := open(b, "")
	for _, size := range []struct{ classes, p, n int }{{10, 32, 12_500}, {128, 8, 3000}, {129, 8, 3000}, {1000, 1, 4000}, {1000, 1, 50_000}} {
		b.Run(fmt.Sprintf("%dx%d", size.classes, size.p*size.n), func(b *testing.B) {
			scores := make([]float32, size.classes*size.p*size.n)
			for i := range scores {
				scores[i] = float32(i * 7919 % 104_729)
			}
			for b.Loop() {
				argMaxOn(b, e, scores, size.classes, size.p, size.n)
			}
		})
	}
}
