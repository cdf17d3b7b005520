package probe

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A fit is the same to the last digit wherever it stands among others, and
// whichever these are.
func TestSoftmaxCompany(t *testing.T) {
	e := open(t, "")
	g := readGolden(t)
	labels := shuffledLabels{classes(g.Sets[0]), 1}
	sets := labels.first(32)
	fitted, err := SoftmaxRegression{Lambda: 0.3}.Prepare(t.Context(), e, Problem{Data: g.data, Observed: labels.y})
	if err != nil {
		t.Fatal(err)
	}
	defer fitted.Close()
	for _, places := range []int{32, 4} { // with four, most begin where others have been taken
		solve := func(sets [][]int32) [][]float32 {
			out, err := fitted.(*softmax).solve(t.Context(), sets, places)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		want := solve(sets)
		slices.Reverse(sets)
		got := solve(sets)
		for b := range want {
			if !slices.Equal(got[len(sets)-1-b], want[b]) {
				t.Errorf("label set %d is fitted otherwise in another place of %d", b, places)
			}
		}
		if got = solve(sets[29:]); !slices.Equal(got[0], want[2]) || !slices.Equal(got[2], want[0]) {
			t.Errorf("the label sets 2 and 0 are fitted otherwise without the others in %d places", places)
		}
		slices.Reverse(sets)
	}
}

// A fit by the second derivatives of each class ends where the others do.
func TestSoftmaxBends(t *testing.T) {
	g := readGolden(t)
	sets := labelSets(g.Sets)
	for _, backend := range []string{"go", ""} {
		e := open(t, backend)
		fitted, err := SoftmaxRegression{Lambda: 0.1}.Prepare(t.Context(), e, Problem{Data: g.data, Observed: sets[0]})
		if err != nil {
			t.Fatal(err)
		}
		defer fitted.Close()
		f := fitted.(*softmax)
		f.tolerance = 1e-8
		for b, y := range sets[:2] {
			bent, err := f.solve(t.Context(), [][]int32{y}, 1)
			if err != nil {
				t.Fatal(err)
			}
			other, err := f.solve(t.Context(), [][]int32{y}, 2)
			if err != nil {
				t.Fatal(err)
			}
			length, apart := 0.0, 0.0
			for i, v := range other[0] {
				length += float64(v) * float64(v)
				apart += float64(v-bent[0][i]) * float64(v-bent[0][i])
			}
			if apart > 1e-5*length {
				t.Errorf("%s, label set %d: the fits are %.1e of their length apart", e.Describe().Name, b, math.Sqrt(apart/length))
			}
		}
	}
}

// Where few examples carry a column, as behind a relu that is seldom above zero,
// steps that all label sets share are a hundred times too short: corrections keep
// iterations to tens.
func TestSoftmaxRareColumns(t *testing.T) {
	e := open(t, "")
	const n, common, rare, examples = 4000, 200, 100, 5
	r := rand.New(rand.NewPCG(1, 2))
	x := normal(r, n, common+rare)
	for i := range n {
		clear(x.Row(i)[common:])
	}
	for j := range rare { // of a column with a standard deviation of 1
		for range examples {
			x.Row(r.IntN(n))[common+j] = float32(math.Sqrt(float64(n)/examples) * (0.5 + r.Float64()))
		}
	}
	labels := shuffledLabels{make([]int32, n), 1}
	for i := range labels.y {
		labels.y[i] = int32(i % 10)
	}
	fitted, err := SoftmaxRegression{Lambda: 1}.Prepare(t.Context(), e, Problem{Data: Data{Train: x, Classes: 10}, Observed: labels.y})
	if err != nil {
		t.Fatal(err)
	}
	defer fitted.Close()
	f := fitted.(*softmax)
	sets := labels.first(9)[1:]
	f.iterations = 55 // 47 are taken; without corrections 166, with those of 64 columns 166, if they mind no wrong certainty 70
	if _, err := f.solve(t.Context(), sets, len(sets)); err != nil {
		t.Error(err)
	}
	f.iterations = 5
	if _, err := f.solve(t.Context(), sets, len(sets)); err == nil || !strings.Contains(err.Error(), "did not converge in 5 iterations") {
		t.Errorf("after 5 iterations of 47 it says: %v", err)
	}
}
