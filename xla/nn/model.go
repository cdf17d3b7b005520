package nn

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/xla"
)

// network is a spec on an engine with the programs that compute its layers,
// compiled when first used and shared by all its snapshots.
type network struct {
	spec   Spec
	engine *xla.Engine
	model  Model
	params []param
	drawn  bool // training draws random numbers
	rows   int  // examples that one run of a layer's program takes

	mu     sync.Mutex
	layers map[string]*xla.Program // by the names of layers that one gives
	users  int                     // training and snapshots that are not closed
}

const (
	evalRows   = 1000    // at most so many examples at a time
	evalValues = 1 << 25 // and at most so many values of the largest layer: 128 MiB
)

// newNetwork checks a spec and finds out which weights its model wants, by
// building the graph of training once. The caller releases it.
func newNetwork(engine *xla.Engine, spec Spec) (*network, error) {
	if err := spec.Check(); err != nil {
		return nil, err
	}
	n := &network{spec: spec, engine: engine, model: spec.Model, layers: map[string]*xla.Program{}, users: 1}
	if n.model == nil {
		n.model = spec.model
	}
	if spec.Standardize {
		bare := n.model
		n.model = func(b *Builder, x *Node) *Node { return bare(b, b.standardized(x)) }
	}
	err := xla.Catch(func() {
		g := NewGraph(engine.Backend(), "layers")
		defer g.Finalize()
		b := &Builder{graph: g, training: true, updates: map[int]*Node{}, pooling: spec.pooling()}
		x := Parameter(g, "x", shapes.Make(dtypes.Float32, 2, spec.Input.RowSize()))
		logits := n.model(b, n.feed(b, x))
		if d := logits.Shape().Dimensions; !slices.Equal(d, []int{2, spec.Classes}) {
			panic(fmt.Errorf("the model gives %v for 2 examples of %d classes; it must give [2 %d]", d, spec.Classes, spec.Classes))
		}
		if names := spec.LayerNames(); !slices.Equal(b.names, names) {
			panic(fmt.Errorf("the model names the layers %q, but layers: lists %q", b.names, names))
		}
		n.params, n.drawn = b.params, b.drawn
		n.rows = max(1, min(evalRows, evalValues/max(1, b.largest)))
	})
	if err == nil {
		err = enough(n.params)
	}
	if err != nil {
		return nil, fmt.Errorf("network %q: %w", spec.Name, err)
	}
	return n, nil
}

// enough says whether there is memory for weights and their gradients.
func enough(params []param) error {
	values := 0.0
	for _, p := range params {
		values += memory.Product(p.dims...)
	}
	return memory.Enough(2*4*values, "the gradient of its weights")
}

func (n *network) retain() *network {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.users++
	return n
}

// release frees the programs with the last user.
func (n *network) release() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.users--
	if n.users == 0 {
		for _, p := range n.layers {
			n.free(p)
		}
		n.layers = map[string]*xla.Program{}
	}
}

// compiled is a program of this network. Of a network that is data the engine
// keeps it for all networks like it: training one again, as for another seed or a
// twin, needs no compilation. settings say what build depends on besides the spec.
// The caller frees it.
func (n *network) compiled(name, settings string, build func(args []*Node) []*Node) (*xla.Program, error) {
	if n.spec.Model != nil { // nothing tells one function from another
		return n.engine.NewProgram(name, build)
	}
	spec, err := n.spec.YAML()
	if err != nil {
		return nil, err
	}
	return n.engine.Program(fmt.Sprintf("%s %s of %s", name, settings, spec), build)
}

// free frees a program of compiled, unless the engine keeps it.
func (n *network) free(p *xla.Program) {
	if n.spec.Model != nil {
		p.Close()
	}
}

// program computes the outputs of layers, logits among them where they are asked
// for, for n.rows examples, in inference mode.
func (n *network) program(layers []string) (*xla.Program, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	name := strings.Join(layers, "/") // which no layer has in its name
	if p, ok := n.layers[name]; ok {
		return p, nil
	}
	p, err := n.compiled("layer", name, func(args []*Node) []*Node {
		b := &Builder{graph: args[0].Graph(), params: n.params, weights: args[1:], pooling: n.spec.pooling()}
		logits := n.model(b, n.feed(b, args[0]))
		var out []*Node
		for _, layer := range layers {
			if i := slices.Index(b.names, layer); i >= 0 {
				out = append(out, b.outputs[i])
			} else {
				out = append(out, logits)
			}
		}
		return out
	})
	if err != nil {
		return nil, fmt.Errorf("network %q: %w", n.spec.Name, err)
	}
	n.layers[name] = p
	return p, nil
}

// evaluate computes layers for all rows of x [rows, input size], n.rows at a time, a
// matrix for each layer.
func (n *network) evaluate(ctx context.Context, weights []*tensors.Tensor, layers []string, x arrays.Matrix) ([]arrays.Matrix, error) {
	program, err := n.program(layers)
	if err != nil {
		return nil, err
	}
	return xla.Batches{Rows: n.rows, Outputs: len(layers), Run: func(in *tensors.Tensor) ([]*tensors.Tensor, error) {
		args := []any{in}
		for _, w := range weights {
			args = append(args, w)
		}
		out, err := program.Run(args...)
		if err != nil {
			return nil, fmt.Errorf("network %q, layer %s: %w", n.spec.Name, strings.Join(layers, "/"), err)
		}
		return out, nil
	}}.Compute(ctx, n.engine, x)
}
