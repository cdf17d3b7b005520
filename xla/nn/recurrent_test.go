package nn

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

func seriesShape(steps, channels int) datasets.Shape {
	return datasets.Shape{Height: steps, Width: 1, Channels: channels, Kind: datasets.Series}
}

// buildSeries is build for series of these lengths, the padding of which is no zeros.
func buildSeries(t *testing.T, e *xla.Engine, spec Spec, lengths ...float64) *built {
	t.Helper()
	b := build(t, e, spec, len(lengths))
	var rows []float64
	for i, length := range lengths {
		rows = append(append(rows, b.x[0][i*spec.Input.Size():(i+1)*spec.Input.Size()]...), length)
	}
	b.x[0] = rows
	return b
}

var overSteps = map[string][]Layer{
	"conv1d":          {{Kind: "conv1d", Channels: 3, Activation: "tanh"}},
	"even kernel":     {{Kind: "conv1d", Channels: 2, Kernel: 4, Activation: "none"}, {Kind: "pool"}},
	"one after other": {{Kind: "conv1d", Channels: 4, Kernel: 3, Activation: "gelu"}, {Kind: "conv1d", Channels: 2, Kernel: 9, Activation: "gelu"}},
	"residual":        {{Kind: "residual", Activation: "tanh", Layers: []Layer{{Kind: "layernorm"}, {Kind: "conv1d", Channels: 2, Activation: "none"}}}},
	"lstm":            {{Kind: "lstm", Units: 3}},
	"last":            {{Kind: "lstm", Units: 3}, {Kind: "pool", Pool: "last"}},
	"two lstm":        {{Kind: "conv1d", Channels: 2, Activation: "none"}, {Kind: "lstm", Units: 2}, {Kind: "lstm", Units: 3}, {Kind: "pool"}},
}

// Gradients through the layers over steps, against central differences, by series of
// unequal lengths in a batch that is not full; of one step, and of more steps than a
// recurrent layer takes.
func TestGradientsOverSteps(t *testing.T) {
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		for name, layers := range overSteps {
			t.Run(name, func(t *testing.T) {
				input := seriesShape(7, 2)
				b := buildSeries(t, e, Spec{Name: "n", Input: input, Classes: 2, Layers: layers}, 7, 4, 1, 7)
				b.real = []float64{1, 1, 1, 0}
				b.compareGradients(t, e, input.Size())
			})
		}
		for _, steps := range []int{1, mostSteps + 2} {
			input := seriesShape(steps, 1)
			layers := []Layer{{Kind: "conv1d", Channels: 1, Activation: "none"}, {Kind: "lstm", Units: 1}, {Kind: "pool", Pool: "last"}}
			b := buildSeries(t, e, Spec{Name: "n", Input: input, Classes: 2, Layers: layers}, float64(steps), 1)
			b.compareGradients(t, e, input.Size())
		}
	})
}

// plainLSTM are the states of an LSTM at all steps of one series x [steps][inputs], by the
// equations of torch.nn.LSTM: gates i, f, g, o, in double precision.
func plainLSTM(x [][]float64, units int, w, u, bias []float64) [][]float64 {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	h, c := make([]float64, units), make([]float64, units)
	var all [][]float64
	for _, values := range x {
		z := make([]float64, 4*units)
		for k := range z {
			z[k] = bias[k]
			for i, v := range values {
				z[k] += v * w[i*4*units+k]
			}
			for i, v := range h {
				z[k] += v * u[i*4*units+k]
			}
		}
		h = make([]float64, units)
		for j := range units {
			i, f, g, o := sigmoid(z[j]), sigmoid(z[units+j]), math.Tanh(z[2*units+j]), sigmoid(z[3*units+j])
			c[j] = f*c[j] + i*g
			h[j] = o * math.Tanh(c[j])
		}
		all = append(all, h)
	}
	return all
}

// plainConv1D is a convolution of one series, zeros beyond its ends, without an activation.
func plainConv1D(x [][]float64, kernel, channels int, w, bias []float64) [][]float64 {
	var all [][]float64
	for t := range x {
		y := append([]float64(nil), bias...)
		for j := range kernel {
			if s := t + j - (kernel-1)/2; s >= 0 && s < len(x) {
				for i, v := range x[s] {
					for k := range channels {
						y[k] += v * w[(j*len(x[s])+i)*channels+k]
					}
				}
			}
		}
		all = append(all, y)
	}
	return all
}

// Outputs of the layers over steps against sums written out in Go, whatever the padding
// holds: the values of the layer, zeros for padding, and its features, pooled.
func TestValuesOverSteps(t *testing.T) {
	const steps, inputs, units = 5, 2, 3
	for name, c := range map[string]struct {
		layer Layer
		want  func(x [][]float64, w [][]float64) [][]float64
	}{
		"lstm": {Layer{Kind: "lstm", Units: units}, func(x, w [][]float64) [][]float64 { return plainLSTM(x, units, w[0], w[1], w[2]) }},
		"conv1d": {Layer{Kind: "conv1d", Channels: units, Activation: "none"}, func(x, w [][]float64) [][]float64 {
			return plainConv1D(x, 5, units, w[0], w[1])
		}},
		"even kernel": {Layer{Kind: "conv1d", Channels: units, Kernel: 2, Activation: "none"}, func(x, w [][]float64) [][]float64 {
			return plainConv1D(x, 2, units, w[0], w[1])
		}},
	} {
		for _, pool := range []string{"mean", "last", "first"} {
			t.Run(name+", "+pool, func(t *testing.T) {
				spec := Spec{Name: "n", Input: seriesShape(steps, inputs), Classes: 2, Layers: []Layer{c.layer, {Kind: "pool", Pool: pool}}}
				onBoth(t, func(t *testing.T, e *xla.Engine) {
					lengths := []float64{5, 3, 1}
					b := buildSeries(t, e, spec, lengths...)
					got := b.compile(t, e, false, func(_ []*Node, bu *Builder, _ *Node) []*Node {
						return []*Node{bu.values[0], bu.outputs[0], bu.outputs[1]}
					})(b.x)
					for i, length := range lengths {
						row := b.x[0][i*(steps*inputs+1):]
						var x [][]float64
						for s := range int(length) {
							x = append(x, row[s*inputs:(s+1)*inputs])
						}
						want := c.want(x, b.x[1:])
						for k := range units {
							mean := 0.0
							for s := range steps {
								value := 0.0
								if s < len(want) {
									value = want[s][k]
								}
								mean += value / length
								isNear(t, got[0][(i*steps+s)*units+k], value)
							}
							pooled := map[string]float64{"mean": mean, "last": want[len(want)-1][k], "first": want[0][k]}[pool]
							isNear(t, got[1][i*units+k], pooled)
							isNear(t, got[2][i*units+k], pooled)
						}
					}
				})
			})
		}
	}
}

func isNear(t *testing.T, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6 { // XLA's tanh is single precision at heart
		t.Fatalf("%v instead of %v", got, want)
	}
}
