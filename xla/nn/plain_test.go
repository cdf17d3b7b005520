package nn

import "math"

// plainMLP is a multi-layer perceptron in plain Go and double precision, one
// example at a time: what the programs are compared with. Activations are ReLU,
// the loss is the mean cross-entropy.
type plainMLP struct {
	widths  []int       // inputs, hidden layers, classes
	weights [][]float64 // per layer [inputs·outputs], row by row
	biases  [][]float64
}

// newPlainMLP takes the arrays in the order of the params: weights and biases
// of each layer.
func newPlainMLP(widths []int, arrays [][]float32) *plainMLP {
	m := &plainMLP{widths: widths}
	for i := 0; i < len(arrays); i += 2 {
		m.weights = append(m.weights, wide(arrays[i]))
		m.biases = append(m.biases, wide(arrays[i+1]))
	}
	return m
}

func wide(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// forward returns the outputs of all layers, the input first, the logits last.
func (m *plainMLP) forward(x []float32) [][]float64 {
	out := [][]float64{wide(x)}
	for l, w := range m.weights {
		in, units := out[l], m.widths[l+1]
		y := make([]float64, units)
		for j := range y {
			y[j] = m.biases[l][j]
			for i, v := range in {
				y[j] += v * w[i*units+j]
			}
			if l < len(m.weights)-1 {
				y[j] = math.Max(y[j], 0)
			}
		}
		out = append(out, y)
	}
	return out
}

// gradients of the mean loss over a batch, in the order of the params, the loss
// and the number of right predictions.
func (m *plainMLP) gradients(batch [][]float32, labels []int32) (grads [][]float64, loss float64, hits int) {
	for l := range m.weights {
		grads = append(grads, make([]float64, len(m.weights[l])), make([]float64, len(m.biases[l])))
	}
	n := float64(len(batch))
	for e, x := range batch {
		out := m.forward(x)
		logits := out[len(out)-1]
		best, sum := 0, 0.0
		for k, v := range logits {
			if v > logits[best] {
				best = k
			}
			sum += math.Exp(v)
		}
		if int32(best) == labels[e] {
			hits++
		}
		loss += (math.Log(sum) - logits[labels[e]]) / n
		v := make([]float64, len(logits))
		for k := range v {
			v[k] = math.Exp(logits[k]) / sum / n
		}
		v[labels[e]] -= 1 / n
		for l := len(m.weights) - 1; l >= 0; l-- {
			in, units := out[l], m.widths[l+1]
			back := make([]float64, len(in))
			for i := range in {
				for j := range units {
					grads[2*l][i*units+j] += in[i] * v[j]
					if in[i] > 0 || l == 0 {
						back[i] += m.weights[l][i*units+j] * v[j]
					}
				}
			}
			for j := range units {
				grads[2*l+1][j] += v[j]
			}
			v = back
		}
	}
	return grads, loss, hits
}

// arrays are weights and biases in the order of the params.
func (m *plainMLP) arrays() [][]float64 {
	var out [][]float64
	for l := range m.weights {
		out = append(out, m.weights[l], m.biases[l])
	}
	return out
}

// plainOptimizer is Adam, AdamW or SGD with momentum as their papers have them.
type plainOptimizer struct {
	Optimizer
	step int
	m, v [][]float64
}

// apply moves the arrays; decay says which of them decay.
func (o *plainOptimizer) apply(arrays, grads [][]float64, decays []bool, scale float64) {
	if o.m == nil {
		for _, a := range arrays {
			o.m = append(o.m, make([]float64, len(a)))
			o.v = append(o.v, make([]float64, len(a)))
		}
	}
	o.step++
	rate := o.Rate * scale
	for k, a := range arrays {
		for i := range a {
			g := grads[k][i]
			if decays[k] && o.Kind == "adamw" {
				a[i] -= rate * o.Decay * a[i]
			} else if decays[k] {
				g += o.Decay * a[i]
			}
			if o.Kind == "sgd" {
				o.m[k][i] = o.Momentum*o.m[k][i] + g
				a[i] -= rate * o.m[k][i]
				continue
			}
			o.m[k][i] = 0.9*o.m[k][i] + 0.1*g
			o.v[k][i] = 0.999*o.v[k][i] + 0.001*g*g
			m := o.m[k][i] / (1 - math.Pow(0.9, float64(o.step)))
			v := o.v[k][i] / (1 - math.Pow(0.999, float64(o.step)))
			a[i] -= rate * m / (math.Sqrt(v) + 1e-8)
		}
	}
}
