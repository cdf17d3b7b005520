package xla

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/graph"
)

// Products and convolutions of float32 keep its digits: a GPU would by its
// defaults round the factors to the 10 bits of TF32, which moves predictions.
// The reference adds up in float64.
func TestPrecise(t *testing.T) {
	onBoth(t, func(t *testing.T, e *Engine) {
		const n = 256
		r := rand.New(rand.NewPCG(1, 2))
		a, b := Matrix{n, n, make([]float32, n*n)}, Matrix{n, n, make([]float32, n*n)}
		for i := range a.Data {
			a.Data[i], b.Data[i] = float32(r.NormFloat64()), float32(r.NormFloat64())
		}
		want := make([]float64, n*n)
		for i := range n {
			for k, x := range a.Row(i) {
				for j, y := range b.Row(k) {
					want[i*n+j] += float64(x) * float64(y)
				}
			}
		}
		builds := map[string]func(in []*graph.Node) []*graph.Node{
			"product": func(in []*graph.Node) []*graph.Node { return []*graph.Node{graph.Dot(in[0], in[1])} },
			// A convolution of one pixel's width is the same product.
			"convolution": func(in []*graph.Node) []*graph.Node {
				x, kernel := graph.Reshape(in[0], 1, n/16, 16, n), graph.Reshape(in[1], 1, 1, n, n)
				return []*graph.Node{graph.Convolve(x, kernel).Strides(1).NoPadding().Done()}
			},
		}
		for name, build := range builds {
			p, err := e.NewProgram(name, build)
			if err != nil {
				t.Fatal(err)
			}
			x, err := e.Upload(a)
			if err != nil {
				t.Fatal(err)
			}
			y, err := e.Upload(b)
			if err != nil {
				t.Fatal(err)
			}
			out, err := p.Run(x, y)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Download[float32](out[0])
			if err != nil {
				t.Fatal(err)
			}
			worst := 0.0
			for i := range want {
				worst = max(worst, math.Abs(float64(got[i])-want[i]))
			}
			// float32 is off by about 1e-5 here, TF32 by 2e-2.
			if worst > 2e-4 {
				t.Errorf("%s is off by up to %g", name, worst)
			}
			Free(x, y, out[0])
			p.Close()
		}
	})
}
