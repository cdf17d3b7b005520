package nn

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/memtest/seed"
	"github.com/seed-1a417598/memtest/xla"
)

// activations maps the name of an activation to its function.
var activations = map[string]func(*Node) *Node{
	"":     relu,
	"relu": relu,
	"tanh": Tanh,
	"none": func(x *Node) *Node { return x },
}

func relu(x *Node) *Node { return Max(x, ScalarZero(x.Graph(), x.DType())) }

// param is one array of weights of a network.
type param struct {
	name  string
	dims  []int
	bound float64 // start values are uniform in ±bound
	decay bool    // weight decay applies
}

// params lists the network's weights, layer by layer, logits last. Start values
// are uniform in ±√(6/fan-in) before a ReLU (He et al. 2015) and ±√(3/fan-in)
// elsewhere, biases zero.
func (s Spec) params() []param {
	var ps []param
	width := s.Input.Size()
	dense := func(name string, units int, gain float64) {
		ps = append(ps,
			param{name + "/weights", []int{width, units}, math.Sqrt(3 * gain / float64(width)), true},
			param{name + "/biases", []int{units}, 0, false})
		width = units
	}
	for i, name := range s.LayerNames() {
		gain := 1.0
		if a := s.Layers[i].Activation; a == "" || a == "relu" {
			gain = 2
		}
		dense(name, s.Layers[i].Units, gain)
	}
	dense(LayerLogits, s.Classes, 1)
	return ps
}

// size is the number of values of the array.
func (p param) size() int {
	n := 1
	for _, d := range p.dims {
		n *= d
	}
	return n
}

// initial makes the start values of the network's weights from the seed.
func (s Spec) initial(base uint64) [][]float32 {
	ps := s.params()
	out := make([][]float32, len(ps))
	for i, p := range ps {
		r := seed.Stream(base, "weights", p.name)
		out[i] = make([]float32, p.size())
		if p.bound == 0 {
			continue
		}
		for j := range out[i] {
			out[i][j] = float32(p.bound * (2*r.Float64() - 1))
		}
	}
	return out
}

// forward builds the network's graph on x [batch, input size] and returns the
// output of each hidden layer, flat, and the logits [batch, classes].
func (s Spec) forward(weights []*Node, x *Node) (hidden []*Node, logits *Node) {
	next := 0
	dense := func(x *Node) *Node {
		w, b := weights[next], weights[next+1]
		next += 2
		return Add(Dot(x, w), ExpandAxes(b, 0))
	}
	for _, l := range s.Layers {
		x = activations[l.Activation](dense(x))
		hidden = append(hidden, x)
	}
	return hidden, dense(x)
}

// network is a spec on an engine with the programs that compute its layers,
// compiled when first used and shared by all its snapshots.
type network struct {
	spec   Spec
	engine *xla.Engine
	layers map[string]*xla.Program
}

// evalRows is the number of examples that one run of a layer's program takes.
const evalRows = 1000

// program computes the output of a layer, or of the logits, for evalRows examples.
func (n *network) program(layer string) (*xla.Program, error) {
	if p, ok := n.layers[layer]; ok {
		return p, nil
	}
	names := n.spec.LayerNames()
	p, err := n.engine.NewProgram("layer "+layer, func(args []*Node) []*Node {
		hidden, logits := n.spec.forward(args[1:], args[0])
		for i, name := range names {
			if name == layer {
				return []*Node{hidden[i]}
			}
		}
		return []*Node{logits}
	})
	if err != nil {
		return nil, fmt.Errorf("network %q: %w", n.spec.Name, err)
	}
	n.layers[layer] = p
	return p, nil
}

// evaluate computes a layer for all rows of x [rows, input size], evalRows at a
// time, the last block filled up with zeros so that one program serves all.
func (n *network) evaluate(weights []*tensors.Tensor, layer string, x xla.Matrix) (xla.Matrix, error) {
	program, err := n.program(layer)
	if err != nil {
		return xla.Matrix{}, err
	}
	var out xla.Matrix
	for first := 0; first < x.Rows; first += evalRows {
		rows := min(evalRows, x.Rows-first)
		block := x.Data[first*x.Cols : (first+rows)*x.Cols]
		if rows < evalRows {
			full := make([]float32, evalRows*x.Cols)
			copy(full, block)
			block = full
		}
		in, err := xla.Tensor(n.engine, block, evalRows, x.Cols)
		if err != nil {
			return xla.Matrix{}, err
		}
		args := []any{in}
		for _, w := range weights {
			args = append(args, w)
		}
		res, err := program.Run(args...)
		xla.Free(in)
		if err != nil {
			return xla.Matrix{}, fmt.Errorf("network %q, layer %s: %w", n.spec.Name, layer, err)
		}
		flat, err := xla.Download[float32](res[0])
		xla.Free(res...)
		if err != nil {
			return xla.Matrix{}, err
		}
		if out.Data == nil {
			out = xla.Matrix{Rows: x.Rows, Cols: len(flat) / evalRows}
			out.Data = make([]float32, out.Rows*out.Cols)
		}
		copy(out.Data[first*out.Cols:], flat[:rows*out.Cols])
	}
	return out, nil
}
