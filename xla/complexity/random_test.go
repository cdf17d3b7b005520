package complexity

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// plainClass is the class an MLP with ReLU gives an example, in plain Go.
func plainClass(x []float32, widths []int, values [][]float32) int32 {
	in := make([]float64, len(x))
	for i, v := range x {
		in[i] = float64(v)
	}
	for l := range len(widths) - 1 {
		out := make([]float64, widths[l+1])
		for j := range out {
			out[j] = float64(values[2*l+1][j])
			for i, v := range in {
				out[j] += v * float64(values[2*l][i*len(out)+j])
			}
			if l < len(widths)-2 {
				out[j] = max(out[j], 0)
			}
		}
		in = out
	}
	return int32(slices.Index(in, slices.Max(in)))
}

var mlpWidths = []int{36, 24, 20, 8}

// answered is a set whose labels are what the network answers, but for the classes
// with fewer than two examples.
func answered(t *testing.T, g golden) *datasets.Set {
	t.Helper()
	set := g.set()
	set.Y = nil
	for i := range g.Labels {
		set.Y = append(set.Y, plainClass(set.Row(i), mlpWidths, g.Weights))
	}
	counts := map[int32]int{}
	for _, y := range set.Y {
		counts[y]++
	}
	var kept []int
	for i, y := range set.Y {
		if counts[y] > 1 {
			kept = append(kept, i)
		}
	}
	set = set.Subset(kept)
	if err := set.Check(); err != nil {
		t.Fatal(err)
	}
	return set
}

func TestMixup(t *testing.T) {
	g := readGolden(t)["mlp"]
	set := answered(t, g)
	s := network(t, real(t), g.spec(), g.Weights)
	got, err := mixup(t.Context(), s, set, 7)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, j := range partners(set.Y, 7) {
		blend := slices.Clone(set.Row(i))
		for k, v := range set.Row(int(j)) {
			blend[k] = (blend[k] + v) / 2
		}
		if plainClass(blend, mlpWidths, g.Weights) == set.Y[i] {
			right++
		}
	}
	if want := float64(right) / float64(set.Len()); got != want || want == 1 {
		t.Errorf("%v, plain Go says %v", got, want)
	}
}

// Plain Go finds that accuracy withstands noise a little smaller than what sharpness
// says, and not a little greater.
func TestSharpness(t *testing.T) {
	g := readGolden(t)["mlp"]
	set := answered(t, g)
	s := network(t, real(t), g.spec(), g.Weights)
	weights, err := s.Weights()
	if err != nil {
		t.Fatal(err)
	}
	got, err := sharpness(t.Context(), s, weights, set, 3)
	if err != nil {
		t.Fatal(err)
	}
	accuracy := func(sigma float64) float64 { // all labels are right without noise
		right := 0
		for draw := range 5 {
			moved := perturbed{weights: weights, noise: [][][]float32{noise(weights, draw, 3)}}.moved(0, float32(sigma))
			for i, y := range set.Y {
				if plainClass(set.Row(i), mlpWidths, moved) == y {
					right++
				}
			}
		}
		return float64(right) / float64(5*set.Len())
	}
	sigma := 1 / math.Sqrt(got)
	if a := accuracy(sigma); a < 0.9 {
		t.Errorf("accuracy at σ = %v is %v", sigma, a)
	}
	if a := accuracy(sigma * math.Exp2(1.0/128)); a >= 0.9 {
		t.Errorf("accuracy just above σ = %v is %v", sigma, a)
	}
	if other, err := sharpness(t.Context(), s, weights, set, 4); err != nil || other == got {
		t.Errorf("another seed gives %v too, %v", other, err)
	}
}

// Noise is of mean 0 and variance 1, and another in each draw and array.
func TestNoise(t *testing.T) {
	weights := []nn.Weight{{Name: "a", Values: make([]float32, 20_000)}, {Name: "b", Values: make([]float32, 20_000)}, {Name: "c", Values: make([]float32, 3), Statistic: true}}
	first, second := noise(weights, 0, 1), noise(weights, 1, 1)
	if first[2] != nil {
		t.Error("a statistic gets noise")
	}
	for _, x := range [][]float32{first[0], first[1], second[0]} {
		sum, squares := 0.0, 0.0
		for _, v := range x {
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
		n := float64(len(x)) // 5 standard errors of the mean and of the variance
		if math.Abs(sum/n) > 5/math.Sqrt(n) || math.Abs(squares/n-1) > 5*math.Sqrt(2/n) {
			t.Errorf("mean %v, mean square %v", sum/n, squares/n)
		}
	}
	if slices.Equal(first[0], first[1]) || slices.Equal(first[0], second[0]) {
		t.Error("noise comes twice")
	}
}

// twoWeights is a network of two inputs in which class 0 wins where a·x_0 > b·x_1.
func twoWeights(a, b float32) (nn.Spec, [][]float32) {
	spec := nn.MLP(datasets.Shape{Height: 1, Width: 1, Channels: 2}, 2, 2)
	spec.Standardize = false
	return spec, [][]float32{{a, 0, 0, b}, {0, 0}, {1, 0, 0, 1}, {0, 0}}
}

// Known answers: a network whose classes no noise of this size can turn round is
// beyond the range at one end, one that hangs by a hair at the other.
func TestSharpnessBeyondItsRange(t *testing.T) {
	e := real(t)
	for what, c := range map[string]struct{ a, b, x float32 }{
		"any noise is withstood":      {0, 0, 1},
		"the least noise is too much": {1, 1, 1 + 1e-6},
	} {
		spec, values := twoWeights(c.a, c.b)
		set := &datasets.Set{Name: what, Shape: spec.Input, Classes: make([]string, 2)}
		for i := range 40 {
			x := []float32{c.x, 1}
			if i%2 == 1 {
				x = []float32{1, c.x}
			}
			set.X, set.Y = append(set.X, x...), append(set.Y, int32(i%2))
		}
		s := network(t, e, spec, values)
		weights, err := s.Weights()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := sharpness(t.Context(), s, weights, set, 1); err != nil || !math.IsNaN(got) {
			t.Errorf("%s: %v, %v", what, got, err)
		}
	}
}

// Of more examples than are needed some are drawn, in their order and each once.
func TestSome(t *testing.T) {
	set := &datasets.Set{Shape: datasets.Shape{Height: 1, Width: 1, Channels: 1}}
	for i := range 3000 {
		set.X, set.Y = append(set.X, float32(i)), append(set.Y, int32(i%2))
	}
	got := some(set, 1)
	if got.Len() != sharpnessExamples || !slices.IsSorted(got.X) || len(slices.Compact(slices.Clone(got.X))) != got.Len() || slices.Equal(got.X, some(set, 2).X) {
		t.Errorf("%d examples", got.Len())
	}
	if some(got, 1) != got {
		t.Error("where all are needed, they are others")
	}
}

// The paths of a network that standardizes the columns of a table begin at its first layer.
func TestPathsOfAStandardizedTable(t *testing.T) {
	e := real(t)
	bare, values := twoWeights(3, 2)
	standardized := bare
	standardized.Standardize = true
	for _, s := range []*nn.Snapshot{network(t, e, bare, values), network(t, e, standardized, slices.Concat([][]float32{{5, -7}, {0.1, 9}}, values))} {
		weights, err := s.Weights()
		if err != nil {
			t.Fatal(err)
		}
		got, err := path(t.Context(), e, s.Spec(), weights)
		if want := math.Log(3*3+2*2) / 2; err != nil || math.Abs(got-want) > 1e-6 {
			t.Errorf("path norm %v, %v; want %v", got, err, want)
		}
	}
}
