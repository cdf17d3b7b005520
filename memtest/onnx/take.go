package onnx

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
)

// batchRows is the number of examples of one run, where the model leaves it open.
const batchRows = 128

// runner computes tensors of a model.
type runner struct {
	model   *Model
	feed    Feed
	tensors []string
	shapes  []datasets.Shape // of one example's values in each tensor; known once examples were computed
	batch   int
	session *session

	checked bool // that an example's features do not depend on the others of its batch
}

// newRunner prepares a model to compute these tensors, names as Resolve gives
// them, of examples that go in as Fit says.
func (m *Model) newRunner(r *Runtime, f Feed, tensors []string) (*runner, error) {
	model, outputs := m.tap(tensors, true)
	s, err := r.session(model, m.Path, f.names(), outputs)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", m.Path, m.explain(err))
	}
	return &runner{model: m, feed: f, tensors: tensors, shapes: make([]datasets.Shape, len(tensors)), batch: f.batch(batchRows), session: s}, nil
}

// Close frees the session and its weights.
func (r *runner) Close() { r.session.close() }

// Features computes the tensors for all examples of a set: one matrix a tensor,
// one row an example. Between two batches ctx can end it.
func (r *runner) Features(ctx context.Context, set *datasets.Set) ([]arrays.Matrix, error) {
	if set.Shape != r.feed.Shape {
		return nil, fmt.Errorf("model %s is fed with examples of %v, but data set %q has %v", r.model.Path, r.feed.Shape, set.Name, set.Shape)
	}
	if set.Tokens != nil && set.Tokens.Words != nil {
		return nil, fmt.Errorf("model %s takes numbers of tokens, but those of data set %q were given here to a text; save the numbers that the model's own tokenizer gives, and read them with --own layout=tokens", r.model.Path, set.Name)
	}
	if err := r.padded(set); err != nil {
		return nil, err
	}
	if !r.checked && set.Len() > 0 {
		if err := r.check(set); err != nil {
			return nil, err
		}
		r.checked = true
	}
	out := make([]arrays.Matrix, len(r.tensors))
	for first := 0; first < set.Len(); first += r.batch {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := min(r.batch, set.Len()-first)
		results, err := r.run(set, first, rows)
		if err != nil {
			return nil, err
		}
		for i, t := range results {
			m := &out[i]
			if m.Data == nil {
				*m = arrays.Matrix{Rows: set.Len(), Cols: t.Cols, Data: make([]float32, set.Len()*t.Cols)}
			}
			if t.Cols != m.Cols {
				return nil, fmt.Errorf("model %s: tensor %q has %d values an example in one batch and %d in another; choose one of a fixed size with --outputs", r.model.Path, r.tensors[i], m.Cols, t.Cols)
			}
			copy(m.Data[first*m.Cols:], t.Data)
		}
	}
	for i, m := range out {
		if err := m.CheckFinite(fmt.Sprintf("tensor %q of %s", r.tensors[i], set.Name)); err != nil {
			return nil, fmt.Errorf("model %s: %w; choose a tensor before it with --outputs, or check the scale of the examples (--mean, --sd)", r.model.Path, err)
		}
	}
	return out, nil
}

// run computes rows of a set from first on. A batch of fixed size is filled up with
// its last example, whose rows are cut off.
func (r *runner) run(set *datasets.Set, first, rows int) ([]arrays.Matrix, error) {
	x, lengths := rowsOf(set, first, rows)
	size, batch := set.Shape.Size(), rows
	if r.feed.fixed > 0 {
		batch = r.feed.fixed
		x = slices.Clone(x)
		for len(x) < batch*size {
			x, lengths = append(x, x[(rows-1)*size:rows*size]...), append(lengths, lengths[rows-1])
		}
	}
	in, err := r.feed.tensors(x, lengths, batch)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", r.model.Path, err)
	}
	results, err := r.session.run(in)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", r.model.Path, r.model.explain(err))
	}
	out := make([]arrays.Matrix, len(results))
	for i, t := range results {
		if t.element != typeFloat || len(t.dims) < 1 || t.dims[0] != batch || len(t.data) == 0 {
			return nil, fmt.Errorf("model %s: tensor %q of node %v is of shape %v for %d examples, and features need one row an example; choose one that --list shows with --outputs", r.model.Path, r.tensors[i], r.model.makers[r.tensors[i]], t.dims, batch)
		}
		r.shapes[i] = features.ShapeOf(t.dims[1:])
		cols := len(t.data) / batch
		out[i] = arrays.Matrix{Rows: rows, Cols: cols, Data: t.data[:rows*cols]}
	}
	return out, nil
}

// rowsOf are the values of examples of a set from first on, [rows, values], and their
// lengths. Padding of sequences is 0, of tokens the number that the set has for it.
func rowsOf(set *datasets.Set, first, rows int) (x []float32, lengths []int) {
	size := set.Shape.Size()
	if !set.Shape.Sequence() {
		return set.X[first*size : (first+rows)*size], slices.Repeat([]int{set.Shape.Height}, rows)
	}
	var pad float32
	if set.Tokens != nil {
		pad = float32(set.Tokens.Pad)
	}
	for i := first; i < first+rows; i++ {
		row := set.Row(i)
		length := set.Shape.Length(row)
		x = append(x, row[:length*set.Shape.Channels]...)
		for len(x) < (i-first+1)*size {
			x = append(x, pad)
		}
		lengths = append(lengths, length)
	}
	return x, lengths
}

// padded refuses token numbers that end early where no token stands for padding: a model
// would take another number for a token, as -1 for the last one.
func (r *runner) padded(set *datasets.Set) error {
	s := set.Shape
	if s.Kind != datasets.Tokens || set.Tokens == nil || set.Tokens.Pad >= 0 && int(set.Tokens.Pad) < s.Vocabulary {
		return nil
	}
	for i := range set.Len() {
		if length := s.Length(set.Row(i)); length < s.Height {
			return fmt.Errorf("model %s takes %d tokens, but example %d of data set %q has %d, and number %d, which stands for padding, is outside the vocabulary 0..%d; state another one, as in --own pad=0, or copies that keep the length, as in --perturb token-replace", r.model.Path, s.Height, i, set.Name, length, set.Tokens.Pad, s.Vocabulary-1)
		}
	}
	return nil
}

// sameRow is how far the features of an example may lie apart, as a share of the
// largest, when it is computed twice: in another batch, sums have another order.
const sameRow = 1e-3

// check refuses a model that gives another result each time, as dropout in training
// mode does, and takes the examples one by one where those of a batch change each
// other, as the scales of dynamic quantization do.
func (r *runner) check(set *datasets.Set) error {
	rows := min(r.batch, set.Len())
	first, err := r.run(set, 0, rows)
	if err != nil {
		return err
	}
	again, err := r.run(set, 0, rows)
	if err != nil {
		return err
	}
	for i := range first {
		if apart(first[i], again[i]) > sameRow {
			return fmt.Errorf("model %s: tensor %q is another one each time that it is computed; call model.eval() before the export", r.model.Path, r.tensors[i])
		}
	}
	if rows == 1 || r.batch == 1 {
		return nil
	}
	alone, err := r.run(set, 0, 1)
	if err != nil {
		return err
	}
	for i := range first {
		if apart(arrays.Matrix{Rows: 1, Cols: first[i].Cols, Data: first[i].Row(0)}, alone[i]) <= sameRow {
			continue
		}
		if r.feed.fixed > 0 {
			return fmt.Errorf("model %s: tensor %q of an example changes with the other examples of its batch; export it with a batch of 1, and after model.eval()", r.model.Path, r.tensors[i])
		}
		r.batch = 1
	}
	return nil
}

// apart is the largest difference of two matrices of one shape, as a share of the
// largest value.
func apart(a, b arrays.Matrix) float64 {
	if a.Cols != b.Cols || a.Rows != b.Rows {
		return math.Inf(1)
	}
	most, largest := 0.0, 0.0
	for i, v := range a.Data {
		w := float64(b.Data[i])
		if float64(v) == w || math.IsNaN(float64(v)) && math.IsNaN(w) {
			largest = max(largest, math.Abs(w))
			continue
		}
		most, largest = max(most, math.Abs(float64(v)-w)), max(largest, math.Abs(w))
	}
	if most == 0 {
		return 0
	}
	return most / largest
}

// Request says what Take takes.
type Request struct {
	Tensors []string          // as Resolve gives them; "input" stands for the raw inputs
	As      features.Features // whose features they are, Layer apart: network, role, epoch, and of a twin its labels

	// Scores names the tensor of which the network's own answers come; "" = the logits,
	// or an output that has a column for each class or names one; "none" = none.
	Scores    string
	ScoresAre features.ScoresAre // "" = what they look like

	Say func(set string) // is told the name of each set before it is computed; nil = nobody is
}

// Taken are a model's features of examples.
type Taken struct {
	Features []features.Features // one a tensor, with the network's own answers
	// OneByOne says that examples went in one by one, since those of a batch change
	// each other.
	OneByOne bool
	Answers  string // where the network's own answers come from, for people
}

// Take computes tensors for examples that go in as Fit says: all tensors in one pass
// over each set.
func (m *Model) Take(ctx context.Context, rt *Runtime, f Feed, x features.Examples, q Request) (taken Taken, err error) {
	if q.As.Network == "" {
		q.As.Network = m.Name
	}
	if q.As.Labels == nil {
		q.As.Labels = x.Train.Y
	}
	s, err := m.scorer(rt, f, len(x.Train.Classes), q.Scores, q.ScoresAre)
	if err != nil {
		return taken, err
	}
	wanted := slices.DeleteFunc(slices.Clone(q.Tensors), func(t string) bool { return t == WordInput })
	if s != nil && !slices.Contains(wanted, s.tensor) {
		wanted = append(wanted, s.tensor)
	}
	if len(wanted) == 0 {
		raw, err := x.Input(ctx)
		return Taken{Features: []features.Features{raw}, Answers: s.String()}, err
	}
	r, err := m.newRunner(rt, f, wanted)
	if err != nil {
		return taken, err
	}
	defer r.Close()
	described := make([]features.Features, len(wanted))
	for i, name := range wanted {
		described[i] = q.As
		described[i].Layer = name
	}
	all, err := x.Layers(ctx, described, func(ctx context.Context, set *datasets.Set) ([]arrays.Matrix, error) {
		if q.Say != nil {
			q.Say(set.Name)
		}
		return r.Features(ctx, set)
	})
	if err != nil {
		return taken, err
	}
	taken.OneByOne = r.batch == 1 && f.batch(batchRows) > 1
	var own *features.Answers
	if s != nil {
		if own, err = s.of(all[slices.Index(wanted, s.tensor)], x, q.As.Labels); err != nil {
			return taken, fmt.Errorf("model %s: %w", m.Path, err)
		}
	}
	taken.Answers = s.String()
	for i := range all {
		all[i].Shape, all[i].Own = r.shapes[i], own
		if own != nil {
			all[i].TrainAccuracy = &own.Train.Accuracy
		}
		if own != nil && own.Fresh != nil {
			all[i].TestAccuracy = &own.Fresh.Accuracy
		}
	}
	taken.Features, err = q.order(ctx, x, wanted, all)
	return taken, err
}

// order are the features that were asked for, in that order: of tensors that were
// computed, all[i] of wanted[i], and the raw inputs.
func (q Request) order(ctx context.Context, x features.Examples, wanted []string, all []features.Features) (out []features.Features, err error) {
	for _, name := range q.Tensors {
		var layer features.Features
		if name != WordInput {
			layer = all[slices.Index(wanted, name)]
		} else if layer, err = x.Input(ctx); err != nil {
			return nil, err
		}
		out = append(out, layer)
	}
	return out, nil
}
