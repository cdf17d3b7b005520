package nn

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

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

// Gradients by series of one step and, where that does not compile for long, of more steps
// than a recurrent layer takes, of which those after are not seen.
func TestGradientsOfFewAndManySteps(t *testing.T) {
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		for _, steps := range []int{1, mostSteps + 2} {
			if steps > 1 && e.Describe().Real {
				continue
			}
			input := series(steps, 1)
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
		t.Run(name, func(t *testing.T) {
			spec := Spec{Name: "n", Input: series(steps, inputs), Classes: 2, Layers: []Layer{c.layer, {Kind: "pool", Pool: "last"}}}
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
						for s := range steps {
							value := 0.0
							if s < len(want) {
								value = want[s][k]
							}
							isNear(t, got[0][(i*steps+s)*units+k], value)
						}
						isNear(t, got[1][i*units+k], want[len(want)-1][k])
						isNear(t, got[2][i*units+k], want[len(want)-1][k])
					}
				}
			})
		})
	}
}

func isNear(t *testing.T, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6 { // XLA's tanh is single precision at heart
		t.Fatalf("%v instead of %v", got, want)
	}
}

// goldenSteps are the trainings of testdata/steps_golden.py.
type goldenSteps struct {
	Lengths, Labels []int32
	LSTM, Conv1D    []struct {
		Loss    float64
		Weights [][]float64
	}
}

// Steps of training over series and tokens of unequal lengths, the last batch of an epoch not
// full, against torch from the same weights: the loss of each step and all weights after it,
// whatever stands in the padding.
func TestTrainOverStepsAgainstTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/steps.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden goldenSteps
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	const steps, classes = 6, 3
	lstm := LSTM(tokens(steps, 7), classes, 5)
	lstm.Layers[0].Units = 4
	conv1d := Conv1D(series(steps, 2), classes, []int{4, 3}, 4)
	conv1d.Layers[0].Kernel = 3
	for name, c := range map[string]struct {
		spec  Spec
		value func(i int) float64 // of all examples, i counting values
		want  []struct {
			Loss    float64
			Weights [][]float64
		}
	}{
		"lstm":   {lstm, func(i int) float64 { return float64(i * i % 11 % 7) }, golden.LSTM},
		"conv1d": {conv1d, func(i int) float64 { return math.Sin(0.9 * float64(i)) }, golden.Conv1D},
	} {
		t.Run(name, func(t *testing.T) {
			set := &datasets.Set{Name: "golden", Shape: c.spec.Input, Classes: make([]string, classes), Y: golden.Labels}
			for i, length := range golden.Lengths {
				for j := range set.Shape.Size() {
					v := float32(c.value(i*set.Shape.Size() + j))
					if j >= int(length)*set.Shape.Channels { // padding, of which a reader makes zeros
						v = 1e30
					}
					set.X = append(set.X, v)
				}
				set.X = append(set.X, float32(length))
			}
			onBoth(t, func(t *testing.T, e *xla.Engine) {
				r := trainerFrom(t, e, c.spec, set, Training{Batch: 4, Optimizer: Optimizer{Kind: "adam", Rate: 0.01}}, func(array, i int) float64 {
					return 0.5 * math.Sin(1.3*float64(i)+float64(array)+1)
				})
				for step, want := range c.want {
					first := step % 3 * 4
					var rows []int
					for row := first; row < min(first+4, set.Len()); row++ {
						rows = append(rows, row)
					}
					out, err := r.run(rows, nil)
					if err != nil {
						t.Fatal(err)
					}
					near(t, fmt.Sprintf("loss of step %d", step+1), out[:1], []float64{want.Loss}, 2e-6)
					for k, w := range r.weights {
						got, err := xla.Download[float32](w)
						if err != nil {
							t.Fatal(err)
						}
						near(t, fmt.Sprintf("%s after step %d", r.net.params[k].name, step+1), got, want.Weights[k], 2e-5)
					}
				}
			})
		})
	}
}

// filled are examples with room for so many steps, the padding filled with this value.
func filled(set *datasets.Set, steps int, fill float32) *datasets.Set {
	out := *set
	out.Shape.Height, out.X = steps, nil
	for i := range set.Len() {
		row := set.Row(i)
		values := set.Shape.Length(row) * set.Shape.Channels
		out.X = append(append(out.X, row[:values]...), slices.Repeat([]float32{fill}, out.Shape.Size()-values)...)
		out.X = append(out.X, row[set.Shape.Size()])
	}
	return &out
}

// afterSteps are the losses of steps of training on these examples, all in one batch that is
// filled up, the state of the optimizer and the weights.
func afterSteps(t *testing.T, e *xla.Engine, spec Spec, set *datasets.Set, steps int, o Optimizer) [][]float32 {
	t.Helper()
	spec.Input = set.Shape
	r := trainerFrom(t, e, spec, set, Training{Batch: 8, Optimizer: o}, func(array, i int) float64 { return math.Sin(1.3*float64(i) + float64(array)) })
	var out [][]float32
	for range steps {
		loss, err := r.run([]int{0, 1, 2, 3, 4, 5, 6}, nil)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, loss)
	}
	for _, a := range slices.Concat(r.state, r.weights) {
		flat, err := xla.Download[float32](a)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, flat)
	}
	return out
}

// What stands in padding changes no bit of a training, and more padding changes a loss or a
// gradient by rounding alone.
func TestPaddingOverSteps(t *testing.T) {
	for name, spec := range map[string]Spec{
		"lstm":          LSTM(series(9, 2), 2, 3),
		"lstm, words":   LSTM(tokens(9, 5), 2, 3),
		"conv1d":        Conv1D(series(9, 2), 2, []int{3, 4}, 5),
		"conv1d, words": Conv1D(tokens(9, 5), 2, []int{4}, 3),
		"both":          {Name: "both", Input: series(9, 2), Classes: 2, Layers: []Layer{{Kind: "conv1d", Channels: 3}, {Kind: "lstm", Units: 3}, {Kind: "conv1d", Channels: 2}, {Kind: "pool"}}},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, e *xla.Engine) {
				if e.Describe().Real && name != "lstm, words" && name != "both" {
					t.Skip("compiles for long; these two show that the backends agree")
				}
				set := sequences(8, spec.Input, 2)
				adam, sgd := Optimizer{Kind: "adam", Rate: 0.01}, Optimizer{Kind: "sgd", Rate: 0.01}
				want := afterSteps(t, e, spec, set, 3, adam)
				for _, fill := range []float32{1e30, float32(math.NaN())} {
					if got := afterSteps(t, e, spec, filled(set, 9, fill), 3, adam); !slices.EqualFunc(got, want, slices.Equal[[]float32]) {
						t.Errorf("padding of %v changes what is trained", fill)
					}
				}
				// After one step the momentum of SGD is the gradient.
				want = afterSteps(t, e, spec, set, 1, sgd)
				for k, got := range afterSteps(t, e, spec, filled(set, 16, 7), 1, sgd) {
					largest := 0.0
					for _, v := range want[k] {
						largest = max(largest, math.Abs(float64(v)))
					}
					for i := range got {
						if d := math.Abs(float64(got[i]) - float64(want[k][i])); d > 1e-6*largest {
							t.Errorf("with longer padding value %d of array %d is %v instead of %v, of at most %v", i, k, got[i], want[k][i], largest)
						}
					}
				}
			})
		})
	}
}

// trainerFrom is a trainer whose network starts with these weights: value i of an array.
func trainerFrom(t *testing.T, e *xla.Engine, spec Spec, set *datasets.Set, o Training, value func(array, i int) float64) *trainer {
	t.Helper()
	options, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	r, err := newTrainer(e, spec, set, group{labels: [][]int32{set.Y}, total: 1}, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	var values [][]float32
	for k, p := range r.net.params {
		array := make([]float32, p.size())
		for i := range array {
			array[i] = float32(value(k, i))
		}
		values = append(values, array)
	}
	xla.Free(r.weights...)
	if r.weights, err = r.net.upload(values); err != nil {
		t.Fatal(err)
	}
	return r
}
