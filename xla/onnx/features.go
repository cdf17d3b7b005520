package onnx

import (
	stdcontext "context"
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"github.com/gomlx/gomlx/pkg/ml/context"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/xla"
)

// batchRows is the number of examples of one run, where the model leaves it open.
const batchRows = 250

// runner computes tensors of a model on an engine. Its program is compiled once.
type runner struct {
	model   *Model
	engine  *xla.Engine
	feed    Feed
	tensors []string
	shapes  []datasets.Shape // of one example's values in each tensor; known once examples were computed
	batch   int
	exec    *context.Exec
}

// newRunner prepares a model to compute these tensors, names as Resolve gives
// them, of examples that go in as Fit says.
func (m *Model) newRunner(e *xla.Engine, f Feed, tensorNames []string) (*runner, error) {
	ctx, err := m.context()
	if err != nil {
		return nil, err
	}
	r := &runner{model: m, engine: e, feed: f, tensors: tensorNames, shapes: make([]datasets.Shape, len(tensorNames)), batch: m.batch(batchRows)}
	err = xla.Catch(func() {
		var err error
		r.exec, err = context.NewExec(e.Backend(), ctx.Reuse(), func(ctx *context.Context, x *graph.Node) []*graph.Node {
			in := graph.ConvertDType(x, m.m.InputsShapes[0].DType)
			var out []*graph.Node
			for i, n := range m.m.CallGraph(ctx, x.Graph(), map[string]*graph.Node{m.Input(): in}, tensorNames...) {
				if n.Rank() < 1 || n.Shape().Dimensions[0] != r.batch || !n.DType().IsFloat() {
					panic(fmt.Errorf("tensor %q is of shape %s for %d examples; only floats with one row an example can be features", tensorNames[i], n.Shape(), r.batch))
				}
				r.shapes[i] = features.ShapeOf(n.Shape().Dimensions[1:])
				out = append(out, graph.ConvertDType(graph.Reshape(n, r.batch, -1), dtypes.Float32))
			}
			return out
		})
		if err != nil {
			panic(err)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", m.Path, err)
	}
	return r, nil
}

// Close frees the program and the weights.
func (r *runner) Close() { r.exec.Finalize() }

// Features computes the tensors for all examples of a set: one matrix a tensor,
// one row an example.
func (r *runner) Features(ctx stdcontext.Context, set *datasets.Set) ([]arrays.Matrix, error) {
	if set.Shape != r.feed.Shape {
		return nil, fmt.Errorf("model %s is fed with examples of %v, but data set %q has %v", r.model.Path, r.feed.Shape, set.Name, set.Shape)
	}
	batches := xla.Batches{Rows: r.batch, Dims: r.feed.dims, Outputs: len(r.tensors), Run: r.run, Put: r.feed.put}
	return batches.Compute(ctx, r.engine, arrays.Matrix{Rows: set.Len(), Cols: set.Shape.Size(), Data: set.X})
}

// run executes one batch. An error of building the graph names the node where
// the converter gave up.
func (r *runner) run(in *tensors.Tensor) (out []*tensors.Tensor, err error) {
	err = xla.Catch(func() {
		var err error
		if out, err = r.exec.Exec(in); err != nil {
			panic(err)
		}
	})
	if err == nil {
		return out, nil
	}
	if named := r.model.blame(r.engine, append([]int{r.batch}, r.feed.dims...), r.tensors); named != nil {
		err = named
	}
	return nil, fmt.Errorf("model %s: %w", r.model.Path, err)
}

// blame finds the first node that the tensors need and the converter refuses.
func (m *Model) blame(e *xla.Engine, input []int, names []string) error {
	ctx, err := m.context()
	if err != nil {
		return err
	}
	for _, name := range names {
		for _, n := range m.ancestors(name) {
			err := xla.Catch(func() {
				g := graph.NewGraph(e.Backend(), "blame")
				defer g.Finalize()
				x := graph.Parameter(g, "x", shapes.Make(m.m.InputsShapes[0].DType, input...))
				m.m.CallGraph(ctx, g, map[string]*graph.Node{m.Input(): x}, n.Outputs[0])
			})
			if err != nil {
				title, known := m.titles[n.Outputs[0]]
				if !known {
					title = n.String()
				}
				return fmt.Errorf("node %s cannot be computed here: %s", title, firstSentence(err))
			}
		}
	}
	return nil
}

// firstSentence is an error of the converter without the dump of the node that
// some end in.
func firstSentence(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	text, _, _ = strings.Cut(text, " in node ")
	return strings.TrimSpace(text)
}
