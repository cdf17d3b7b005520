package memtest

import (
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// What a perturbation lacks in the training set is said before anything is trained, whether
// the copies of all levels are few enough to be made at once or not.
func TestPerturbationIsFittedEarly(t *testing.T) {
	for _, n := range []int{40, 20_000} {
		set := &datasets.Set{Name: "numbers", Shape: datasets.Shape{Height: 30, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 3}, Classes: []string{"a", "b"}}
		for i := range n {
			row := make([]float32, set.Shape.RowSize())
			row[i%30], row[30] = 1, 30
			set.X, set.Y = append(set.X, row...), append(set.Y, int32(i%2))
		}
		var levels []float64
		for level := range 30 {
			levels = append(levels, float64(level)/30)
		}
		c := Config{Net: "lstm:4", Perturb: "token-mask", Levels: levels, Options: Options{Permutations: 19}}
		if _, err := NewFrom(c, set, nil); err == nil || !strings.Contains(err.Error(), `data set "numbers": perturbation token-mask: none of the 3 tokens is known`) {
			t.Errorf("%d texts: error %v", n, err)
		}
		c.Perturb = "token-replace"
		if _, err := NewFrom(c, set, nil); err != nil {
			t.Errorf("%d texts: %v", n, err)
		}
	}
}
