package nn

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/memory"
)

func TestGaussian(t *testing.T) {
	s, err := Gaussian(103, shape(4, 5, 3), 10, 1, "train")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	counts := make([]int, 10)
	for _, y := range s.Y {
		counts[y]++
	}
	if slices.Min(counts) != 10 || slices.Max(counts) != 11 || slices.IsSorted(s.Y) {
		t.Errorf("class counts %v", counts)
	}
	// 6180 values: the mean has sd 0.0127, the variance 0.018.
	var sum, squares float64
	for _, v := range s.X {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	n := float64(len(s.X))
	if math.Abs(sum/n) > 0.05 || math.Abs(squares/n-1) > 0.07 {
		t.Errorf("mean %v, mean square %v", sum/n, squares/n)
	}
	again, _ := Gaussian(103, shape(4, 5, 3), 10, 1, "train")
	fresh, _ := Gaussian(103, shape(4, 5, 3), 10, 1, "fresh")
	other, _ := Gaussian(103, shape(4, 5, 3), 10, 2, "train")
	if again.Hash() != s.Hash() || fresh.Hash() == s.Hash() || other.Hash() == s.Hash() {
		t.Error("a set is not that of its seed and stream")
	}
	for want, make := range map[string]func() error{
		"shape 0×5×3 must be at least 1×1×1":                   func() error { _, err := Gaussian(10, shape(0, 5, 3), 2, 1, "x"); return err },
		"1 classes are too few":                                func() error { _, err := Gaussian(10, shape(1, 5, 3), 1, 1, "x"); return err },
		"more values than can be counted":                      func() error { _, err := Gaussian(1e18, shape(1e6, 1e6, 1e6), 10, 1, "x"); return err },
		"are too few for two of each of 9223372036854775807":   func() error { _, err := Gaussian(1e9, shape(1, 5, 3), math.MaxInt, 1, "x"); return err },
		"10 examples are too few for two of each of 6 classes": func() error { _, err := Gaussian(10, shape(1, 5, 3), 6, 1, "x"); return err },
	} {
		if err := make(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestGaussianAsksForMemory(t *testing.T) {
	if _, known := memory.Free(); !known {
		t.Skip("how much is free is not known here")
	}
	_, err := Gaussian(1e9, shape(28, 28, 1), 10, 1, "x") // 4·784 + 44 bytes each
	if err == nil || !strings.Contains(err.Error(), "a set of 1000000000 examples of 28×28×1 needs about 2961.6 GiB of memory") {
		t.Errorf("got %v", err)
	}
}

// A network trained on noise to an accuracy remembers it and knows nothing of
// new noise: fresh accuracy is chance, 0.25 with sd 0.022.
func TestGaussianIsMemorized(t *testing.T) {
	e := golang(t)
	set, err := Gaussian(60, shape(6, 6, 1), 4, 1, "train")
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := Gaussian(400, shape(6, 6, 1), 4, 1, "fresh")
	if err != nil {
		t.Fatal(err)
	}
	s := trainAll(t, e, MLP(set.Shape, 4, 32), set, Training{Epochs: 300, Batch: 20, Optimizer: Optimizer{Rate: 0.005}, Until: 0.95, Fresh: fresh})[0]
	if s.TrainAccuracy < 0.95 || math.Abs(s.FreshAccuracy-0.25) > 0.09 {
		t.Errorf("epoch %d: training accuracy %v, fresh %v", s.Epoch, s.TrainAccuracy, s.FreshAccuracy)
	}
}
