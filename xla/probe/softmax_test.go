package probe

import (
	"math"
	"slices"
	"testing"
)

// A fit is the same to the last digit wherever it stands among others, and
// whichever these are.
func TestSoftmaxCompany(t *testing.T) {
	e := open(t, "")
	g := readGolden(t)
	labels := shuffledLabels{classes(g.Sets[0]), 1}
	sets := make([][]int32, 32)
	for b := range sets {
		sets[b] = make([]int32, len(labels.y))
		labels.Set(b, sets[b])
	}
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
