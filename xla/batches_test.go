package xla

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// counted is a matrix of the numbers 1, 2, 3, ….
func counted(rows, cols int) arrays.Matrix {
	m := arrays.Matrix{Rows: rows, Cols: cols}
	for i := range rows * cols {
		m.Data = append(m.Data, float32(i+1))
	}
	return m
}

// doubler is a network of two outputs, 2·in and the sum of each row, with the
// blocks and tensors that went through it.
type doubler struct {
	program *Program
	blocks  [][]float32
	used    []*tensors.Tensor
}

func newDoubler(t *testing.T, e *Engine) *doubler {
	p, err := e.NewProgram("doubler", func(in []*graph.Node) []*graph.Node {
		x := in[0]
		return []*graph.Node{graph.MulScalar(x, 2), graph.ReduceSum(x, 1, 2)}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return &doubler{program: p}
}

func (d *doubler) run(in *tensors.Tensor) ([]*tensors.Tensor, error) {
	flat, err := Download[float32](in)
	if err != nil {
		return nil, err
	}
	out, err := d.program.Run(in)
	d.blocks = append(d.blocks, flat)
	d.used = append(append(d.used, in), out...)
	return out, err
}

// 7 rows in batches of 3: the last is filled up with zeros, and their results are
// cut off.
func TestBatches(t *testing.T) {
	onBoth(t, func(t *testing.T, e *Engine) {
		x := counted(7, 4)
		before := slices.Clone(x.Data)
		backwards := func(dst, src []float32) { // the values of each row in reverse
			for i := 0; i < len(src); i += 4 {
				copy(dst[i:], src[i:i+4])
				slices.Reverse(dst[i : i+4])
			}
		}
		for name, put := range map[string]func(dst, src []float32){"as they are": nil, "backwards": backwards} {
			d := newDoubler(t, e)
			out, err := Batches{Rows: 3, Dims: []int{2, 2}, Outputs: 2, Run: d.run, Put: put}.Compute(t.Context(), e, x)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.blocks) != 3 || !slices.Equal(d.blocks[2][4:], make([]float32, 8)) {
				t.Errorf("%s: %d batches, the last %v, want 3 and zeros after 4 values", name, len(d.blocks), d.blocks[len(d.blocks)-1])
			}
			for i := range d.used {
				if d.used[i].Ok() {
					t.Errorf("%s: tensor %d is not freed", name, i)
				}
			}
			double, sum := out[0], out[1]
			if len(out) != 2 || double.Rows != 7 || double.Cols != 4 || sum.Rows != 7 || sum.Cols != 1 || len(double.Data) != 28 || len(sum.Data) != 7 {
				t.Fatalf("%s: %d outputs of %d×%d and %d×%d", name, len(out), double.Rows, double.Cols, sum.Rows, sum.Cols)
			}
			for i := range 7 {
				row := slices.Clone(x.Row(i))
				if put != nil {
					slices.Reverse(row)
				}
				total := float32(0)
				for j, v := range row {
					total += v
					if double.Row(i)[j] != 2*v {
						t.Errorf("%s: row %d of the first output is %v for %v", name, i, double.Row(i), row)
					}
				}
				if sum.Data[i] != total {
					t.Errorf("%s: row %d of the second output is %v, want %v", name, i, sum.Data[i], total)
				}
			}
		}
		if !slices.Equal(x.Data, before) {
			t.Error("the rows were changed")
		}
	})
}

// No rows are no batch; without Dims a row goes in flat.
func TestBatchesOfFewRows(t *testing.T) {
	onBoth(t, testBatchesOfFewRows)
}

func testBatchesOfFewRows(t *testing.T, e *Engine) {
	var shape []int
	b := Batches{Rows: 5, Outputs: 1, Run: func(in *tensors.Tensor) ([]*tensors.Tensor, error) {
		shape = in.Shape().Dimensions
		out, err := Tensor(e, []float32{1, 2, 3, 4, 5}, 5)
		return []*tensors.Tensor{out}, err
	}}
	out, err := b.Compute(t.Context(), e, counted(0, 2))
	if err != nil || len(out) != 1 || out[0].Rows != 0 || shape != nil {
		t.Errorf("no rows: %v, %v, a batch of %v", out, err, shape)
	}
	out, err = b.Compute(t.Context(), e, counted(2, 2))
	if err != nil || !slices.Equal(shape, []int{5, 2}) || !slices.Equal(out[0].Data, []float32{1, 2}) {
		t.Errorf("two rows: %v, %v, a batch of %v", out, err, shape)
	}
}

func TestBatchesEnd(t *testing.T) {
	onBoth(t, testBatchesEnd)
}

func testBatchesEnd(t *testing.T, e *Engine) {
	d := newDoubler(t, e)
	b := Batches{Rows: 3, Dims: []int{2, 2}, Outputs: 2, Run: d.run}

	ctx, cancel := context.WithCancel(t.Context())
	cancelling := b
	cancelling.Run = func(in *tensors.Tensor) ([]*tensors.Tensor, error) {
		cancel()
		return d.run(in)
	}
	if out, err := cancelling.Compute(ctx, e, counted(7, 4)); out != nil || !errors.Is(err, context.Canceled) || len(d.blocks) != 1 {
		t.Errorf("cancelled in the first batch: %v, %v after %d", out, err, len(d.blocks))
	}

	broken := errors.New("broken")
	var in *tensors.Tensor
	failing := b
	failing.Run = func(x *tensors.Tensor) ([]*tensors.Tensor, error) {
		in = x
		return nil, broken
	}
	if _, err := failing.Compute(t.Context(), e, counted(2, 4)); !errors.Is(err, broken) || in.Ok() {
		t.Errorf("a run that fails: %v, its input freed: %v", err, !in.Ok())
	}

	short := counted(7, 4)
	short.Data = short.Data[1:]
	more, other, none := b, b, b
	more.Outputs, other.Dims, none.Rows = 3, []int{5}, 0
	for _, c := range []struct {
		b    Batches
		x    arrays.Matrix
		want string
	}{
		{b, short, "a matrix of 7 rows and 4 columns has 27 values"},
		{none, counted(7, 4), "batches of 0 rows"},
		{more, counted(7, 4), "a batch gave 2 outputs, where 3 are wanted"},
		{other, counted(7, 4), "15"},
	} {
		if _, err := c.b.Compute(t.Context(), e, c.x); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	for i, used := range d.used {
		if used.Ok() {
			t.Errorf("tensor %d is not freed", i)
		}
	}
}
