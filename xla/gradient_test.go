package xla

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/graph"
)

// GoMLX's own gradients, read before any engine is opened.
var originalDot, originalDotGeneral = graph.VJPRegistration[graph.NodeTypeDot], graph.VJPRegistration[graph.NodeTypeDotGeneral]

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
		return graph.Dot(a, b)
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

// Gradients of a weighted sum of a product's values, against central
// differences and against GoMLX's own gradient, in double precision, on both
// kinds of backend.
func TestProductGradients(t *testing.T) {
	golang, err := Open(t.Context(), "go", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer golang.Close()
	t.Run("go", func(t *testing.T) { testProductGradients(t, golang) })
	t.Run("xla", func(t *testing.T) {
		e := xlaEngine(t)
		defer e.Close()
		testProductGradients(t, e)
	})
}

func testProductGradients(t *testing.T, e *Engine) {
	for _, p := range products {
		t.Run(p.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, 6))
			draw := func(n int) []float64 {
				x := make([]float64, n)
				for i := range x {
					x[i] = r.NormFloat64()
				}
				return x
			}
			a, b := draw(size(p.a)), draw(size(p.b))
			loss := func(in []*graph.Node) *graph.Node {
				y := p.build(in[0], in[1])
				c := graph.Sin(graph.AddScalar(graph.ConvertDType(graph.IotaFull(y.Graph(), y.Shape()), y.DType()), 0.5))
				return graph.ReduceAllSum(graph.Mul(y, c))
			}
			type program func(a, b []float64) [][]float64
			compile := func(build func([]*graph.Node) []*graph.Node) program {
				prog, err := e.NewProgram("gradient", build)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(prog.Close)
				return func(a, b []float64) [][]float64 {
					t.Helper()
					ta, err := Tensor(e, a, p.a...)
					if err != nil {
						t.Fatal(err)
					}
					tb, err := Tensor(e, b, p.b...)
					if err != nil {
						t.Fatal(err)
					}
					res, err := prog.Run(ta, tb)
					if err != nil {
						t.Fatal(err)
					}
					var out [][]float64
					for _, x := range res {
						flat, err := Download[float64](x)
						if err != nil {
							t.Fatal(err)
						}
						out = append(out, flat)
					}
					Free(append(res, ta, tb)...)
					return out
				}
			}
			gradient := func(in []*graph.Node) []*graph.Node { return graph.Gradient(loss(in), in[0], in[1]) }
			got := compile(gradient)(a, b)

			// With the originals in the table while the graph is built.
			dot, general := graph.VJPRegistration[graph.NodeTypeDot], graph.VJPRegistration[graph.NodeTypeDotGeneral]
			want := compile(func(in []*graph.Node) []*graph.Node {
				graph.VJPRegistration[graph.NodeTypeDot], graph.VJPRegistration[graph.NodeTypeDotGeneral] = originalDot, originalDotGeneral
				defer func() {
					graph.VJPRegistration[graph.NodeTypeDot], graph.VJPRegistration[graph.NodeTypeDotGeneral] = dot, general
				}()
				return gradient(in)
			})(a, b)
			for k, x := range [][]float64{a, b} {
				for i := range x {
					if math.Abs(got[k][i]-want[k][i]) > 1e-12 {
						t.Fatalf("operand %d, value %d: %v, but GoMLX's own gradient is %v", k, i, got[k][i], want[k][i])
					}
				}
			}

			// The product is linear in each operand, so the difference quotient is
			// exact but for rounding, whatever the step.
			losses := compile(func(in []*graph.Node) []*graph.Node { return []*graph.Node{loss(in)} })
			value := func(a, b []float64) float64 { return losses(a, b)[0][0] }
			for k, x := range [][]float64{a, b} {
				for _, i := range []int{0, len(x) / 2, len(x) - 1} {
					moved := [][]float64{slices.Clone(a), slices.Clone(b)}
					moved[k][i] = x[i] + 1
					up := value(moved[0], moved[1])
					moved[k][i] = x[i] - 1
					if slope := (up - value(moved[0], moved[1])) / 2; math.Abs(got[k][i]-slope) > 1e-12*(1+math.Abs(slope)) {
						t.Fatalf("operand %d, value %d: gradient %v, but the difference quotient is %v", k, i, got[k][i], slope)
					}
				}
			}
		})
	}
}

// No node of the gradient's graph is larger than the arrays themselves: the
// original's [i, j, k] array is gone.
func TestProductGradientsExpandNothing(t *testing.T) {
	e, err := Open(t.Context(), "go", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
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
