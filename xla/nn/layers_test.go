package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// built is a network's graph as a Go function, in double precision: inputs
// [batch, values] first, then the weights.
type built struct {
	net   *network
	batch int
	real  []float64 // [batch] 1 = an example, 0 = fill; nil = all are examples
	x     [][]float64
}

func build(t *testing.T, e *xla.Engine, spec Spec, batch int) *built {
	t.Helper()
	net, err := newNetwork(e, spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(net.release)
	r := rand.New(rand.NewPCG(1, 2))
	b := &built{net: net, batch: batch}
	draw := func(n int) {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.NormFloat64()
		}
		b.x = append(b.x, x)
	}
	draw(batch * spec.Input.Size())
	for _, p := range net.params {
		draw(p.size())
		if p.statistic && strings.HasSuffix(p.name, "variance") {
			last := b.x[len(b.x)-1]
			for i := range last {
				last[i] = 0.5 + last[i]*last[i]
			}
		}
	}
	return b
}

// compile makes a function of the inputs and weights from what f takes out of
// the graph.
func (b *built) compile(t *testing.T, e *xla.Engine, training bool, f func(in []*Node, bu *Builder, logits *Node) []*Node) func(x [][]float64) [][]float64 {
	t.Helper()
	p, err := e.NewProgram("test", func(in []*Node) []*Node {
		g := in[0].Graph()
		bu := &Builder{graph: g, params: b.net.params, weights: in[1:], training: training, updates: map[int]*Node{}, pooling: b.net.spec.pooling()}
		if training {
			bu.random = Const(g, []uint64{1, 2, 3})
		}
		if b.real != nil {
			bu.mask = Const(g, b.real)
		}
		return f(in, bu, b.net.model(bu, b.net.feed(bu, in[0])))
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return func(x [][]float64) [][]float64 {
		t.Helper()
		args := []any{tensors.FromFlatDataAndDimensions(x[0], b.batch, len(x[0])/b.batch)}
		for i, p := range b.net.params {
			args = append(args, tensors.FromFlatDataAndDimensions(x[i+1], p.dims...))
		}
		res, err := p.Run(args...)
		if err != nil {
			t.Fatal(err)
		}
		defer xla.Free(res...)
		var out [][]float64
		for _, r := range res {
			flat, err := xla.Download[float64](r)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, flat)
		}
		return out
	}
}

// weighted sums all values with unequal weights; fill does not count.
func (b *built) weighted(y *Node, bu *Builder) *Node {
	c := Sin(AddScalar(ConvertDType(IotaFull(y.Graph(), y.Shape()), y.DType()), 0.5))
	if bu.mask != nil {
		c = Mul(c, ExpandAxes(bu.mask, -1))
	}
	return ReduceAllSum(Mul(y, c))
}

var layerCases = map[string][]Layer{
	"dense":         {{Kind: "dense", Units: 3, Activation: "none"}},
	"conv":          {{Kind: "conv", Channels: 3, Activation: "none"}},
	"stride":        {{Kind: "conv", Channels: 3, Stride: 2, Activation: "none"}},
	"valid":         {{Kind: "conv", Channels: 4, Kernel: 2, Stride: 2, Padding: "valid", Activation: "none"}},
	"maxpool":       {{Kind: "maxpool"}},
	"avgpool":       {{Kind: "avgpool", Window: 3}},
	"batchnorm":     {{Kind: "batchnorm"}},
	"layernorm":     {{Kind: "layernorm"}},
	"flat norm":     {{Kind: "dense", Units: 4, Activation: "none"}, {Kind: "batchnorm"}, {Kind: "layernorm"}},
	"dropout":       {{Kind: "dropout", Rate: 0.3}},
	"relu":          {{Kind: "relu"}},
	"gelu":          {{Kind: "gelu"}},
	"tanh":          {{Kind: "tanh"}},
	"flatten":       {{Kind: "flatten"}},
	"residual":      {{Kind: "residual", Activation: "tanh", Layers: []Layer{{Kind: "conv", Channels: 2}}}},
	"shortcut":      {{Kind: "residual", Activation: "none", Layers: []Layer{{Kind: "conv", Channels: 3, Stride: 2}, {Kind: "conv", Channels: 4}}}},
	"flat shortcut": {{Kind: "dense", Units: 3}, {Kind: "residual", Activation: "gelu", Layers: []Layer{{Kind: "dense", Units: 4}}}},
}

// Gradients of all inputs and weights through each kind of layer, against
// central differences, in training, and in a batch that is not full.
func TestLayerGradients(t *testing.T) {
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		for name, layers := range layerCases {
			t.Run(name, func(t *testing.T) {
				b := build(t, e, Spec{Name: "n", Input: shape(5, 4, 2), Classes: 2, Layers: layers}, 3)
				b.real = []float64{1, 1, 0}
				b.compareGradients(t, e, len(b.x[0]))
			})
		}
	})
}

// compareGradients compares the gradients by the first so many values of the inputs, 0 = by
// none, and by the weights, with central differences.
func (b *built) compareGradients(t *testing.T, e *xla.Engine, inputs int) {
	t.Helper()
	from := 0
	if inputs == 0 {
		from = 1
	}
	got := b.compile(t, e, true, func(in []*Node, bu *Builder, logits *Node) []*Node {
		return Gradient(b.weighted(logits, bu), in[from:]...)
	})(b.x)
	value := b.compile(t, e, true, func(_ []*Node, bu *Builder, logits *Node) []*Node {
		return []*Node{b.weighted(logits, bu)}
	})
	const step = 1e-5
	for k := from; k < len(b.x); k++ {
		n := len(b.x[k])
		if k > 0 && b.net.params[k-1].statistic {
			continue
		}
		if k == 0 {
			n = inputs
		}
		for _, i := range []int{0, n / 3, n / 2, n - 1} {
			moved := slices.Clone(b.x)
			at := func(v float64) float64 {
				moved[k] = slices.Clone(b.x[k])
				moved[k][i] = v
				return value(moved)[0][0]
			}
			slope := (at(b.x[k][i]+step) - at(b.x[k][i]-step)) / (2 * step)
			if g := got[k-from][i]; math.Abs(g-slope) > 1e-6*(1+math.Abs(slope)) {
				t.Errorf("argument %d, value %d: gradient %v, but the difference quotient is %v", k, i, g, slope)
			}
		}
	}
}

// Outputs of each layer against sums written out in Go, for one example.
func TestLayerValues(t *testing.T) {
	erf := func(x float64) float64 { return x * (1 + math.Erf(x/math.Sqrt2)) / 2 }
	relu := func(x float64) float64 { return math.Max(x, 0) }
	at := func(x []float64, w, c, i, j, k int) float64 { return x[(i*w+j)*c+k] } // of an image [H, W, C]
	conv := func(x []float64, h, w, c int, kernel, bias []float64, size, d, stride, pad int, i, j, k int) float64 {
		y := bias[k]
		for a := range size {
			for b := range size {
				r, s := i*stride+a-pad, j*stride+b-pad
				for l := range c {
					if r >= 0 && r < h && s >= 0 && s < w {
						y += at(x, w, c, r, s, l) * kernel[((a*size+b)*c+l)*d+k]
					}
				}
			}
		}
		return y
	}
	// want gives the outputs for the image x [5, 4, 2] and the weights.
	for name, c := range map[string]struct {
		layer Layer
		want  func(x []float64, w [][]float64) []float64
	}{
		"conv": {Layer{Kind: "conv", Channels: 3}, func(x []float64, w [][]float64) (y []float64) {
			for i := range 5 * 4 * 3 {
				y = append(y, relu(conv(x, 5, 4, 2, w[0], w[1], 3, 3, 1, 1, i/12, i/3%4, i%3)))
			}
			return y
		}},
		// 5×4 in steps of 2 gives 3×2: one row of zeros above and below, none
		// before the columns and one after.
		"stride": {Layer{Kind: "conv", Channels: 2, Stride: 2, Activation: "gelu"}, func(x []float64, w [][]float64) (y []float64) {
			for i := range 3 * 2 * 2 {
				shifted := make([]float64, 6*5*2) // with the row of zeros above
				for r := range 5 {
					copy(shifted[((r+1)*5)*2:], x[r*8:r*8+8])
				}
				y = append(y, erf(conv(shifted, 6, 5, 2, w[0], w[1], 3, 2, 2, 0, i/4, i/2%2, i%2)))
			}
			return y
		}},
		"valid": {Layer{Kind: "conv", Channels: 1, Kernel: 2, Padding: "valid", Activation: "none"}, func(x []float64, w [][]float64) (y []float64) {
			for i := range 4 * 3 {
				y = append(y, conv(x, 5, 4, 2, w[0], w[1], 2, 1, 1, 0, i/3, i%3, 0))
			}
			return y
		}},
		"maxpool": {Layer{Kind: "maxpool"}, func(x []float64, _ [][]float64) (y []float64) {
			for i := range 2 * 2 * 2 {
				r, s, k := i/4*2, i/2%2*2, i%2
				y = append(y, max(at(x, 4, 2, r, s, k), at(x, 4, 2, r+1, s, k), at(x, 4, 2, r, s+1, k), at(x, 4, 2, r+1, s+1, k)))
			}
			return y
		}},
		"avgpool": {Layer{Kind: "avgpool", Window: 4}, func(x []float64, _ [][]float64) []float64 {
			y := make([]float64, 2)
			for i := range 32 {
				y[i%2] += x[i] / 16
			}
			return y
		}},
		"layernorm": {Layer{Kind: "layernorm"}, func(x []float64, w [][]float64) (y []float64) {
			for i, v := range x {
				a, b := x[i/2*2], x[i/2*2+1]
				y = append(y, (v-(a+b)/2)/math.Sqrt((a-b)*(a-b)/4+1e-5)*w[0][i%2]+w[1][i%2])
			}
			return y
		}},
		// In inference mode, by the running statistics.
		"batchnorm": {Layer{Kind: "batchnorm"}, func(x []float64, w [][]float64) (y []float64) {
			for i, v := range x {
				y = append(y, (v-w[2][i%2])/math.Sqrt(w[3][i%2]+1e-5)*w[0][i%2]+w[1][i%2])
			}
			return y
		}},
		"dropout": {Layer{Kind: "dropout", Rate: 0.5}, func(x []float64, _ [][]float64) []float64 { return x }},
		"gelu":    {Layer{Kind: "gelu"}, func(x []float64, _ [][]float64) (y []float64) { return each(x, erf) }},
		"tanh":    {Layer{Kind: "tanh"}, func(x []float64, _ [][]float64) (y []float64) { return each(x, math.Tanh) }},
		"residual": {Layer{Kind: "residual", Layers: []Layer{{Kind: "tanh"}}}, func(x []float64, _ [][]float64) []float64 {
			return each(x, func(v float64) float64 { return relu(v + math.Tanh(v)) })
		}},
		"shortcut": {Layer{Kind: "residual", Activation: "none", Layers: []Layer{{Kind: "dense", Units: 2, Activation: "none"}}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			spec := Spec{Name: "n", Input: shape(5, 4, 2), Classes: 2, Layers: []Layer{c.layer}}
			if c.want == nil { // a vector in, so that the shortcut is a product
				spec.Layers = append([]Layer{{Kind: "flatten"}}, spec.Layers...)
				c.want = func(x []float64, w [][]float64) []float64 {
					y := slices.Clone(w[1])
					for i, v := range x {
						for k := range 2 {
							y[k] += v * (w[0][i*2+k] + w[2][i*2+k])
						}
					}
					return y
				}
			}
			onBoth(t, func(t *testing.T, e *xla.Engine) {
				b := build(t, e, spec, 1)
				got := b.compile(t, e, false, func(_ []*Node, bu *Builder, _ *Node) []*Node {
					return []*Node{bu.outputs[len(bu.outputs)-1]}
				})(b.x)[0]
				want := c.want(b.x[0], b.x[1:])
				if len(got) != len(want) {
					t.Fatalf("%d values, want %d", len(got), len(want))
				}
				for i := range got {
					if math.Abs(got[i]-want[i]) > 1e-6 { // XLA's erf and tanh are single precision at heart
						t.Fatalf("value %d is %v, want %v", i, got[i], want[i])
					}
				}
			})
		})
	}
}

func each(x []float64, f func(float64) float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

// Batch norm in training: values of the batch alone, fill left out, and the
// running statistics.
func TestBatchNormInTraining(t *testing.T) {
	spec := Spec{Name: "n", Input: shape(1, 1, 2), Classes: 2, Layers: []Layer{{Kind: "batchnorm"}}}
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		b := build(t, e, spec, 4)
		b.real = []float64{1, 1, 1, 0}
		b.x[0] = []float64{1, 5, 2, 5, 6, 8, 1e6, -1e6}
		b.x[1], b.x[2] = []float64{1, 2}, []float64{0, 3}   // scale, offset
		b.x[3], b.x[4] = []float64{10, 20}, []float64{1, 2} // mean, variance
		got := b.compile(t, e, true, func(_ []*Node, bu *Builder, _ *Node) []*Node {
			return []*Node{bu.outputs[0], bu.updates[2], bu.updates[3]}
		})(b.x)
		// Column 0: mean 3, variance 14/3; column 1: mean 6, variance 2.
		s0, s1 := math.Sqrt(14./3+1e-5), math.Sqrt(2+1e-5)
		for i, want := range []float64{-2 / s0, -2/s1 + 3, -1 / s0, -2/s1 + 3, 3 / s0, 4/s1 + 3} {
			if math.Abs(got[0][i]-want) > 1e-12 {
				t.Errorf("value %d is %v, want %v", i, got[0][i], want)
			}
		}
		for i, want := range []float64{0.9*10 + 0.1*3, 0.9*20 + 0.1*6, 0.9*1 + 0.1*7, 0.9*2 + 0.1*3} {
			if math.Abs(got[1+i/2][i%2]-want) > 1e-12 {
				t.Errorf("running statistic %d is %v, want %v", i, got[1+i/2][i%2], want)
			}
		}
	})
}

// Dropout keeps each value or zeroes it, the share and the mean as asked.
func TestDropoutInTraining(t *testing.T) {
	spec := Spec{Name: "n", Input: shape(1, 1, 1000), Classes: 2, Layers: []Layer{{Kind: "dropout", Rate: 0.25}}}
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		b := build(t, e, spec, 4)
		got := b.compile(t, e, true, func(_ []*Node, bu *Builder, _ *Node) []*Node { return []*Node{bu.outputs[0]} })(b.x)[0]
		zero := 0
		for i, v := range got {
			if v == 0 {
				zero++
			} else if math.Abs(v-b.x[0][i]/0.75) > 1e-12 {
				t.Fatalf("value %d is %v of %v", i, v, b.x[0][i])
			}
		}
		if zero < 890 || zero > 1110 { // 4 standard deviations around 1000
			t.Errorf("%d of 4000 values are zero", zero)
		}
	})
}

// Augmentation against moving pixels by hand.
func TestAugmentation(t *testing.T) {
	a := Augmentation{Shift: 2, Flip: true}
	const h, w, c, n = 3, 4, 2, 5
	changes := []int32{0, 0, 0, 1, -2, 0, -1, 1, 1, 0, 0, 1, 2, 2, 1}
	x := make([]float32, n*h*w*c)
	for i := range x {
		x[i] = float32(i + 1)
	}
	want := make([]float32, len(x))
	for e := range n {
		down, right, flip := int(changes[3*e]), int(changes[3*e+1]), changes[3*e+2] == 1
		for i := range h {
			for j := range w {
				r, s := i-down, j-right
				if r < 0 || r >= h || s < 0 || s >= w {
					continue
				}
				if flip {
					s = w - 1 - s
				}
				for k := range c {
					want[((e*h+i)*w+j)*c+k] = x[((e*h+r)*w+s)*c+k]
				}
			}
		}
	}
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		p, err := e.NewProgram("augment", func(in []*Node) []*Node { return []*Node{a.apply(in[0], in[1])} })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		res, err := p.Run(tensors.FromFlatDataAndDimensions(x, n, h, w, c), tensors.FromFlatDataAndDimensions(changes, n, 3))
		if err != nil {
			t.Fatal(err)
		}
		got, err := xla.Download[float32](res[0])
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v\nwant %v", got, want)
		}
	})
	// Draws stay within the bounds and reach them.
	seen := map[string]bool{}
	drawn := a.draw(1, 1, 500)
	for e := range 500 {
		seen[fmt.Sprint(drawn[3*e:3*e+3])] = true
	}
	if len(seen) != 5*5*2 {
		t.Errorf("%d different changes, want 50", len(seen))
	}
	if slices.Equal(drawn, a.draw(1, 2, 500)) || !slices.Equal(drawn, a.draw(1, 1, 500)) {
		t.Error("the draws of an epoch are not its own")
	}
}
