package complexity

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// golden is a network of testdata/golden.py, and what torch, numpy, scikit-learn and
// weightwatcher find of it.
type golden struct {
	Name                    string
	Shape                   []int
	Classes                 int
	X                       []float32
	Labels                  []int32
	Weights                 [][]float32
	MarginInput, MarginLast float64
	DaviesBouldin           float64
	SpectralLog, PathLog    float64
	Norm, Alpha             float64
	Alphas                  []float64
}

func readGolden(t *testing.T) map[string]golden {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []golden }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	all := map[string]golden{}
	for _, g := range file.Cases {
		all[g.Name] = g
	}
	return all
}

func (g golden) set() *datasets.Set {
	return &datasets.Set{Name: g.Name, Shape: datasets.Shape{Height: g.Shape[0], Width: g.Shape[1], Channels: g.Shape[2]},
		Classes: make([]string, g.Classes), X: g.X, Y: g.Labels}
}

func (g golden) spec() nn.Spec {
	if g.Name == "mlp" {
		return nn.MLP(g.set().Shape, g.Classes, 24, 20)
	}
	return nn.Spec{Name: g.Name, Input: g.set().Shape, Classes: g.Classes, Layers: []nn.Layer{
		{Kind: "conv", Channels: 4}, {Kind: "maxpool"}, {Kind: "conv", Channels: 5, Stride: 2, Activation: "none"}, {Kind: "tanh"},
		{Kind: "dropout", Rate: 0.5}, {Kind: "flatten"}, {Kind: "dense", Units: 6}}}
}

// real is XLA on the best device here.
func real(t testing.TB) *xla.Engine {
	t.Helper()
	e, err := xla.Open(t.Context(), "xla", xla.Options{})
	if err != nil {
		t.Fatalf("no XLA here: %v", err)
	}
	t.Cleanup(e.Close)
	return e
}

// network has these values in its arrays.
func network(t testing.TB, e *xla.Engine, spec nn.Spec, values [][]float32) *nn.Snapshot {
	t.Helper()
	s, err := nn.WithWeights(e, spec, values)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// zeros has the same sizes.
func zeros(values [][]float32) [][]float32 {
	var out [][]float32
	for _, v := range values {
		out = append(out, make([]float32, len(v)))
	}
	return out
}

func near(a, b, relative float64) bool { return math.Abs(a-b) <= relative*math.Abs(b) }

func TestGolden(t *testing.T) {
	e := real(t)
	for name, g := range readGolden(t) {
		t.Run(name, func(t *testing.T) {
			final, start := network(t, e, g.spec(), g.Weights), network(t, e, g.spec(), zeros(g.Weights))
			got, err := Of(t.Context(), e, final, start, g.set(), 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				what                string
				got, want, relative float64
			}{
				{"MarginInput", got.MarginInput, g.MarginInput, 1e-5},
				{"MarginLast", got.MarginLast, g.MarginLast, 1e-5},
				{"DaviesBouldin", got.DaviesBouldin, g.DaviesBouldin, 1e-5},
				{"MixupIndex", got.MixupIndex, g.DaviesBouldin * (1 - got.MixupAccuracy), 1e-5},
				{"SpectralLog", got.SpectralLog, g.SpectralLog, 1e-9},
				{"PathLog", got.PathLog, g.PathLog, 1e-5},
				{"Distance", got.Distance, g.Norm, 1e-9},
				{"Alpha", got.Alpha, g.Alpha, 1e-9},
			} {
				if !near(c.got, c.want, c.relative) {
					t.Errorf("%s is %v, not %v", c.what, c.got, c.want)
				}
			}
			again, err := Of(t.Context(), e, final, nil, g.set(), 1)
			if err != nil || !math.IsNaN(again.Distance) {
				t.Errorf("without a start the distance is %v, %v", again.Distance, err)
			}
			if again.Distance = got.Distance; !same(again, got) {
				t.Errorf("the same seed gives %+v and %+v", got, again)
			}
			weights, _ := final.Weights()
			checkAlphas(t, e, layers(weights), g.Alphas)
		})
	}
}

// same is equality in which NaN is NaN.
func same(a, b Measures) bool {
	if math.IsNaN(a.Sharpness) && math.IsNaN(b.Sharpness) {
		a.Sharpness, b.Sharpness = 0, 0
	}
	return a == b
}

// checkAlphas compares each layer's exponent with weightwatcher's, which leaves those of
// few eigenvalues out.
func checkAlphas(t *testing.T, e *xla.Engine, ws []nn.Weight, want []float64) {
	t.Helper()
	for _, w := range ws {
		values, err := eigenvalues(e, whole(w))
		if err != nil {
			t.Fatal(err)
		}
		alpha, err := alphaOf(e, w, values)
		if err != nil {
			t.Fatal(err)
		}
		if math.IsNaN(alpha) {
			continue
		}
		if len(want) == 0 || !near(alpha, want[0], 1e-9) {
			t.Fatalf("%s has the exponent %v; weightwatcher has still %v", w.Name, alpha, want)
		}
		want = want[1:]
	}
	if len(want) > 0 {
		t.Errorf("weightwatcher has more exponents: %v", want)
	}
}

// paths adds up, one by one, the squared products of the weights on all paths from unit
// i of layer l of an MLP on to an output.
func paths(widths []int, values [][]float32, l, i int, product float64) float64 {
	if l == len(widths)-1 {
		return product * product
	}
	sum := 0.0
	for j := range widths[l+1] {
		sum += paths(widths, values, l+1, j, product*float64(values[2*l][i*widths[l+1]+j]))
	}
	return sum
}

// The path norm is the sum over all paths, of which a small network has few enough.
func TestPathsOneByOne(t *testing.T) {
	g := readGolden(t)["mlp"]
	widths := []int{36, 24, 20, 8}
	sum := 0.0
	for i := range widths[0] {
		sum += paths(widths, g.Weights, 0, i, 1)
	}
	for l := range 3 {
		for j, bias := range g.Weights[2*l+1] {
			sum += paths(widths, g.Weights, l+1, j, float64(bias))
		}
	}
	e := real(t)
	table := g.spec() // the same network of a table, whose columns are standardized first
	table.Input, table.Standardize = datasets.Shape{Height: 1, Width: 1, Channels: widths[0]}, true
	standardized := slices.Concat([][]float32{slices.Repeat([]float32{3}, widths[0]), slices.Repeat([]float32{0.5}, widths[0])}, g.Weights)
	for what, c := range map[string]struct {
		spec    nn.Spec
		weights [][]float32
	}{"images": {g.spec(), g.Weights}, "a table": {table, standardized}} {
		weights, err := network(t, e, c.spec, c.weights).Weights()
		if err != nil {
			t.Fatal(err)
		}
		got, err := path(t.Context(), e, c.spec, weights)
		if want := math.Log(sum) / 2; err != nil || !near(got, want, 1e-6) {
			t.Errorf("%s: %v, %v; paths one by one give %v", what, got, err, want)
		}
	}
}

// What cannot be computed is refused in a sentence or NaN.
func TestRefused(t *testing.T) {
	e := real(t)
	g := readGolden(t)["mlp"]
	set := g.set()
	final := network(t, e, g.spec(), g.Weights)
	refused := func(what string, final, start *nn.Snapshot, set *datasets.Set, say string) {
		t.Helper()
		if _, err := Of(t.Context(), e, final, start, set, 1); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%s: %v", what, err)
		}
	}
	normed := g.spec()
	normed.Layers = []nn.Layer{{Kind: "dense", Units: 5}, {Kind: "layernorm"}}
	refused("another kind of layer", network(t, e, normed, [][]float32{make([]float32, 180), make([]float32, 5), make([]float32, 5), make([]float32, 5), make([]float32, 40), make([]float32, 8)}), nil, set, "layer layernorm1 is of kind layernorm")
	series := &datasets.Set{Name: "series", Shape: datasets.Shape{Height: 1, Width: 1, Channels: 1, Kind: datasets.Series}, Classes: []string{"a", "b"}, Y: []int32{0, 1, 0, 1}, X: []float32{1, 1, 2, 1, 3, 1, 4, 1}}
	refused("series", network(t, e, nn.MLP(series.Shape, 2, 2), [][]float32{{1, 1}, {0, 0}, {1, 0, 0, 1}, {0, 0}}), nil, series, "it takes series")
	broken := append(zeros(g.Weights[:1]), g.Weights[1:]...)
	broken[0][3] = float32(math.NaN())
	refused("NaN", network(t, e, g.spec(), broken), nil, set, "value 3 of dense1/weights is NaN")
	narrow := nn.MLP(set.Shape, g.Classes, 2, 2)
	refused("another start", final, network(t, e, narrow, [][]float32{make([]float32, 72), make([]float32, 2), make([]float32, 4), make([]float32, 2), make([]float32, 16), make([]float32, 8)}), set, "give the same network before training")
	empty := *set
	empty.X, empty.Y = nil, nil
	refused("no examples", final, nil, &empty, "at least two are needed")

	dead, err := Of(t.Context(), e, network(t, e, g.spec(), zeros(g.Weights)), nil, set, 1)
	if err != nil {
		t.Fatal(err)
	}
	for what, v := range map[string]float64{"MarginLast": dead.MarginLast, "DaviesBouldin": dead.DaviesBouldin, "SpectralLog": dead.SpectralLog, "PathLog": dead.PathLog, "Sharpness": dead.Sharpness, "Alpha": dead.Alpha} {
		if !math.IsNaN(v) {
			t.Errorf("%s of a network without weights is %v", what, v)
		}
	}
}
