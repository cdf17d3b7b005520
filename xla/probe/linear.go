package probe

import (
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/counts"
)

// linear is a fitted probe whose weights, of all label sets, come from one product
// of the features with indicators of the labels: their class sums. Of wide ridge the
// indicators themselves are the weights, see prepareWide.
type linear struct {
	*scorer
	shared []*tensors.Tensor // what the probe prepared
	fit    *xla.Program      // train where there is one, labels [P, n], shared... -> weights [K·P, d], biases [K·P]
}

// newLinear uploads the data, centred, as newScorer does, and compiles nothing yet. weigh turns class
// sums [K·P, d] and class counts [K·P] into weights and biases; kind names it.
// The linear owns the shared tensors, in the case of an error too.
func newLinear(e *xla.Engine, p Problem, c center, kind string, shared []*tensors.Tensor,
	weigh func(sums, counts *Node, n int, shared []*Node) (w, b *Node)) (_ *linear, err error) {
	n, classes := p.Train.Rows, p.Classes
	train, err := e.UploadRows(c.of(p.Train), 0, n)
	if err != nil {
		xla.Free(shared...)
		return nil, err
	}
	scorer, err := newScorer(e, p, c, train)
	if err != nil {
		xla.Free(shared...)
		return nil, err
	}
	l := &linear{scorer: scorer, shared: shared}
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	l.fit, err = e.Program(fmt.Sprintf("fit %s of %d classes, n = %d", kind, classes, n), func(args []*Node) []*Node {
		x, labels := args[0], args[1]
		chunk, d := labels.Shape().Dim(0), x.Shape().Dim(1)
		x.AssertDims(n, d)
		hot := oneHot(labels, classes)
		hot.AssertDims(classes*chunk, n)
		w, b := weigh(DotProduct(hot, x), ReduceSum(hot, -1), n, args[2:])
		w.AssertDims(classes*chunk, d)
		b.AssertDims(classes * chunk)
		return []*Node{w, b}
	})
	return l, err
}

// oneHot turns labels [P, n] into indicators [K·P, n].
func oneHot(labels *Node, classes int) *Node {
	p, n := labels.Shape().Dim(0), labels.Shape().Dim(1)
	return Reshape(counts.Indicators(labels, classes, dtypes.Float32), classes*p, n)
}

func (l *linear) Predict(ctx context.Context, labels [][]int32, observed bool) (Predictions, error) {
	out := l.newPredictions()
	var models []model
	defer func() { free(models) }()
	for part := range slices.Chunk(labels, l.chunk) {
		m, err := l.fitTo(part)
		if err != nil {
			return out, err
		}
		models = append(models, m)
	}
	if err := l.add(ctx, &out, models, labels); err != nil || !observed {
		return out, err
	}
	return out, l.addObserved(ctx, &out, models[0], labels[0])
}

// fitTo fits up to P label sets.
func (l *linear) fitTo(labels [][]int32) (model, error) {
	y, err := l.uploadLabels(labels)
	if err != nil {
		return nil, err
	}
	defer xla.Free(y)
	args := []any{y}
	if l.train != nil {
		args = []any{l.train, y}
	}
	for _, t := range l.shared {
		args = append(args, t)
	}
	return l.fit.Run(args...)
}

// uploadLabels makes the tensor [P, n] of up to P label sets, filled up with
// repeats of the first.
func (l *linear) uploadLabels(labels [][]int32) (*tensors.Tensor, error) {
	n := len(labels[0])
	flat := make([]int32, l.chunk*n)
	for p := range l.chunk {
		if p < len(labels) {
			copy(flat[p*n:], labels[p])
		} else {
			copy(flat[p*n:], labels[0])
		}
	}
	return xla.Tensor(l.engine, flat, l.chunk, n)
}

func (l *linear) Close() {
	l.scorer.Close()
	xla.Free(l.shared...)
}
