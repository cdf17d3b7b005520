package xla

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/graph"
)

// GoMLX's own gradients, read before any engine is opened.
var originals = maps.Clone(graph.VJPRegistration)

// product is a product of two arrays over some axes.
type product struct {
	a, b                 []int // dimensions
	aContract, bContract []int
	aBatch, bBatch       []int
	dot                  bool // as Dot, not as DotGeneral
}

func (p product) String() string {
	return fmt.Sprintf("%v·%v over %v·%v batch %v·%v", p.a, p.b, p.aContract, p.bContract, p.aBatch, p.bBatch)
}

func (p product) build(a, b *graph.Node) *graph.Node {
	if p.dot {
		return graph.DotProduct(a, b)
	}
	return graph.DotGeneral(a, p.aContract, p.aBatch, b, p.bContract, p.bBatch)
}

var products = []product{
	{a: []int{3, 4}, b: []int{4, 5}, dot: true},
	{a: []int{1, 4}, b: []int{4, 1}, dot: true},
	{a: []int{4}, b: []int{4}, dot: true},
	{a: []int{3, 4}, b: []int{4}, dot: true},
	{a: []int{3, 4}, b: []int{4, 5}, aContract: []int{1}, bContract: []int{0}},
	{a: []int{4, 3}, b: []int{5, 4}, aContract: []int{0}, bContract: []int{1}},
	// batch axes, first and elsewhere
	{a: []int{2, 3, 4}, b: []int{2, 4, 5}, aContract: []int{2}, bContract: []int{1}, aBatch: []int{0}, bBatch: []int{0}},
	{a: []int{3, 2, 4}, b: []int{4, 5, 2}, aContract: []int{2}, bContract: []int{0}, aBatch: []int{1}, bBatch: []int{2}},
	{a: []int{3, 2, 4, 6}, b: []int{6, 4, 5, 2}, aContract: []int{2}, bContract: []int{1}, aBatch: []int{3, 1}, bBatch: []int{0, 3}},
	// several contracted axes, in another order on either side
	{a: []int{2, 3, 4}, b: []int{4, 5, 2}, aContract: []int{0, 2}, bContract: []int{2, 0}},
	{a: []int{2, 3, 4}, b: []int{4, 2, 5}, aContract: []int{2, 0}, bContract: []int{0, 1}},
	{a: []int{2, 3, 4, 5}, b: []int{5, 2, 6, 4, 7}, aContract: []int{3, 0, 2}, bContract: []int{0, 1, 3}},
	// nothing free on one side, on both, nothing contracted
	{a: []int{2, 4}, b: []int{2, 4, 5}, aContract: []int{1}, bContract: []int{1}, aBatch: []int{0}, bBatch: []int{0}},
	{a: []int{2, 4}, b: []int{2, 4}, aContract: []int{1}, bContract: []int{1}, aBatch: []int{0}, bBatch: []int{0}},
	{a: []int{2, 3}, b: []int{2, 5}, aBatch: []int{0}, bBatch: []int{0}},
	{a: []int{3}, b: []int{5}},
}

func size(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// onBoth runs a test on the pure-Go backend and, where it opens, on XLA.
func onBoth(t *testing.T, test func(t *testing.T, e *Engine)) {
	t.Helper()
	t.Run("go", func(t *testing.T) {
		e, err := Open(t.Context(), "go:ops_sequential", Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(e.Close)
		test(t, e)
	})
	t.Run("xla", func(t *testing.T) {
		e := openReal(t, "xla")
		t.Cleanup(e.Close)
		test(t, e)
	})
}

// function is a number computed from arrays of double precision.
type function struct {
	dims  [][]int // of the arrays
	build func(in []*graph.Node) *graph.Node
}

// weighted is a sum of all values with unequal weights, so that each counts.
func weighted(y *graph.Node) *graph.Node {
	c := graph.Sin(graph.AddScalar(graph.ConvertDType(graph.IotaFull(y.Graph(), y.Shape()), y.DType()), 0.5))
	return graph.ReduceAllSum(graph.Mul(y, c))
}

// compile makes a Go function of the arrays out of a graph.
func (f function) compile(t *testing.T, e *Engine, build func(in []*graph.Node) []*graph.Node) func(x [][]float64) [][]float64 {
	t.Helper()
	p, err := e.NewProgram("test", build)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return func(x [][]float64) [][]float64 {
		t.Helper()
		var args []any
		for i, flat := range x {
			a, err := Tensor(e, flat, f.dims[i]...)
			if err != nil {
				t.Fatal(err)
			}
			defer Free(a)
			args = append(args, a)
		}
		res, err := p.Run(args...)
		if err != nil {
			t.Fatal(err)
		}
		defer Free(res...)
		var out [][]float64
		for _, r := range res {
			flat, err := Download[float64](r)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, flat)
		}
		return out
	}
}

// draw makes normal numbers for the arrays.
func (f function) draw() [][]float64 {
	r := rand.New(rand.NewPCG(5, 6))
	var x [][]float64
	for _, d := range f.dims {
		flat := make([]float64, size(d))
		for i := range flat {
			flat[i] = r.NormFloat64()
		}
		x = append(x, flat)
	}
	return x
}

func (f function) gradient(in []*graph.Node) []*graph.Node {
	return graph.Gradient(f.build(in), in...)
}

// checkDifferences compares gradients with central differences of this step.
func (f function) checkDifferences(t *testing.T, e *Engine, x, got [][]float64, step, tolerance float64) {
	t.Helper()
	value := f.compile(t, e, func(in []*graph.Node) []*graph.Node { return []*graph.Node{f.build(in)} })
	for k := range x {
		for _, i := range []int{0, 1 % len(x[k]), len(x[k]) / 3, len(x[k]) / 2, len(x[k]) - 1} {
			moved := slices.Clone(x)
			at := func(v float64) float64 {
				moved[k] = slices.Clone(x[k])
				moved[k][i] = v
				return value(moved)[0][0]
			}
			slope := (at(x[k][i]+step) - at(x[k][i]-step)) / (2 * step)
			if math.Abs(got[k][i]-slope) > tolerance*(1+math.Abs(slope)) {
				t.Fatalf("operand %d, value %d: gradient %v, but the difference quotient is %v", k, i, got[k][i], slope)
			}
		}
	}
}

// checkOriginal compares gradients with GoMLX's own.
func (f function) checkOriginal(t *testing.T, e *Engine, x, got [][]float64, tolerance float64) {
	t.Helper()
	want := f.compile(t, e, func(in []*graph.Node) []*graph.Node {
		repaired := maps.Clone(graph.VJPRegistration)
		defer maps.Copy(graph.VJPRegistration, repaired)
		maps.Copy(graph.VJPRegistration, originals)
		return f.gradient(in)
	})(x)
	for k := range x {
		for i := range x[k] {
			if math.Abs(got[k][i]-want[k][i]) > tolerance {
				t.Fatalf("operand %d, value %d: %v, but GoMLX's own gradient is %v", k, i, got[k][i], want[k][i])
			}
		}
	}
}

// Gradients of products, in double precision.
func TestProductGradients(t *testing.T) {
	onBoth(t, func(t *testing.T, e *Engine) {
		for _, p := range products {
			t.Run(p.String(), func(t *testing.T) {
				f := function{[][]int{p.a, p.b}, func(in []*graph.Node) *graph.Node { return weighted(p.build(in[0], in[1])) }}
				x := f.draw()
				got := f.compile(t, e, f.gradient)(x)
				f.checkOriginal(t, e, x, got, 1e-12)
				// Linear in each operand: the quotient is exact whatever the step.
				f.checkDifferences(t, e, x, got, 1, 1e-12)
			})
		}
	})
}

// No node of the gradient's graph is larger than the arrays themselves: the
// original's [i, j, k] array is gone.
func TestProductGradientsExpandNothing(t *testing.T) {
	e, err := Open(t.Context(), "go:ops_sequential", Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	for _, p := range []product{
		{a: []int{30, 20}, b: []int{20, 40}, dot: true},
		{a: []int{2, 30, 20}, b: []int{2, 20, 40}, aContract: []int{2}, bContract: []int{1}, aBatch: []int{0}, bBatch: []int{0}},
	} {
		g := graph.NewGraph(e.Backend(), "expand")
		a, b := graph.Parameter(g, "a", floats(p.a...)), graph.Parameter(g, "b", floats(p.b...))
		graph.Gradient(graph.ReduceAllSum(graph.Square(p.build(a, b))), a, b)
		for _, n := range g.Nodes() {
			if n.Shape().Size() > 2*30*40 {
				t.Errorf("%v: %v has %d values", p, n, n.Shape().Size())
			}
		}
		g.Finalize()
	}
}
