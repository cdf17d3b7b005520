package probe

import (
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
	solve := func(sets [][]int32) [][]float32 {
		out, err := fitted.(*softmax).solve(t.Context(), sets, 32)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	want := solve(sets)
	slices.Reverse(sets)
	got := solve(sets)
	slices.Reverse(got)
	for b := range want {
		if !slices.Equal(got[b], want[b]) {
			t.Errorf("label set %d is fitted otherwise in another place", b)
		}
	}
	if got = solve(sets[29:]); !slices.Equal(got[0], want[2]) || !slices.Equal(got[2], want[0]) {
		t.Error("the label sets 2 and 0 are fitted otherwise without the others")
	}
}
