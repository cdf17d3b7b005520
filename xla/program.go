package xla

import (
	"fmt"

	"github.com/gomlx/gomlx/backends"
	"github.com/gomlx/gomlx/pkg/core/dtypes"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Program is a function of tensors that XLA compiles once per shape of its
// arguments. It may be run from several goroutines.
type Program struct {
	exec   *graph.Exec
	device backends.DeviceNum
}

// NewProgram makes a program from the function that builds its graph. The
// graph is built and compiled at the first Run of each combination of argument
// shapes; name appears in errors.
func (e *Engine) NewProgram(name string, build func(args []*graph.Node) []*graph.Node) (*Program, error) {
	exec, err := e.newExec(name, build)
	return &Program{exec, e.device}, err
}

func (e *Engine) newExec(name string, build func(args []*graph.Node) []*graph.Node) (*graph.Exec, error) {
	var exec *graph.Exec
	err := Catch(func() {
		var err error
		if exec, err = graph.NewExec(e.Backend(), build); err != nil {
			panic(err)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("program %s: %w", name, err)
	}
	return exec.WithName(name).SetMaxCache(-1), nil
}

// Program returns the program of this name, making it when it is first asked
// for. The name must say everything that build depends on apart from the shapes
// of its arguments, since another build of the same name is not looked at. The
// engine keeps it, so that the next features of the same shape need no
// compilation; it must not be closed.
func (e *Engine) Program(name string, build func(args []*graph.Node) []*graph.Node) (*Program, error) {
	e.programs.mu.Lock()
	defer e.programs.mu.Unlock()
	exec, ok := e.programs.execs[name]
	if !ok {
		var err error
		if exec, err = e.newExec(name, build); err != nil {
			return nil, err
		}
		if e.programs.execs == nil {
			e.programs.execs = map[string]*graph.Exec{}
		}
		e.programs.execs[name] = exec
	}
	return &Program{exec, e.device}, nil
}

// Run executes the program. Arguments are *tensors.Tensor, or what Donate
// returned; results stay on the device until they are read.
func (p *Program) Run(args ...any) ([]*tensors.Tensor, error) {
	var out []*tensors.Tensor
	err := Catch(func() {
		var err error
		// ExecOnDevice of GoMLX v0.27.0 drops its device.
		if out, _, err = p.exec.ExecWithGraphOnDevice(p.device, args...); err != nil {
			panic(err)
		}
	})
	return out, err
}

// Call runs the program of this name that makes one result of its arguments; what
// Program says of the name holds.
func (e *Engine) Call(name string, build func(args []*graph.Node) *graph.Node, args ...any) (*tensors.Tensor, error) {
	program, err := e.Program(name, func(args []*graph.Node) []*graph.Node { return []*graph.Node{build(args)} })
	if err != nil {
		return nil, err
	}
	out, err := program.Run(args...)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// Close frees the compiled programs.
func (p *Program) Close() { p.exec.Finalize() }

// Donate gives the device buffer of t to the program it is passed to, which may
// overwrite it with a result: t is not usable after that.
func (e *Engine) Donate(t *tensors.Tensor) (any, error) {
	return graph.DonateTensorBuffer(t, e.Backend(), e.device)
}

// Upload copies a matrix to the device.
func (e *Engine) Upload(m arrays.Matrix) (*tensors.Tensor, error) {
	return Tensor(e, m.Data, m.Rows, m.Cols)
}

// number are the types that tensors have here.
type number interface {
	float32 | float64 | int32 | int64 | uint8
}

// Tensor copies flat data of the given dimensions to the device.
func Tensor[T number](e *Engine, flat []T, dims ...int) (*tensors.Tensor, error) {
	var t *tensors.Tensor
	err := Catch(func() {
		backend, shape := e.Backend(), shapes.Make(dtypes.FromGenericsType[T](), dims...)
		if shape.Size() != len(flat) {
			panic(fmt.Errorf("%d values are not the %d of shape %v", len(flat), shape.Size(), dims))
		}
		buffer, err := backend.BufferFromFlatData(e.device, flat, shape)
		if err != nil {
			panic(err)
		}
		if t, err = tensors.FromBuffer(backend, buffer); err != nil {
			panic(err)
		}
	})
	return t, err
}

// Fill makes a tensor of the given dimensions on the device and has fill write all of its
// values [product of dims]. Where the device shares the host's memory
// they are written where they lie.
func Fill[T float32 | float64 | int32 | uint8](e *Engine, fill func(flat []T), dims ...int) (*tensors.Tensor, error) {
	shape := shapes.Make(dtypes.FromGenericsType[T](), dims...)
	if !e.Backend().HasSharedBuffers() {
		flat := make([]T, shape.Size())
		fill(flat)
		return Tensor(e, flat, dims...)
	}
	var t *tensors.Tensor
	err := Catch(func() {
		buffer, shared, err := e.Backend().NewSharedBuffer(e.device, shape)
		if err != nil {
			panic(err)
		}
		fill(shared.([]T))
		if t, err = tensors.FromBuffer(e.Backend(), buffer); err != nil {
			panic(err)
		}
	})
	return t, err
}

// Rows are the rows of a matrix, which need not lie in memory as they are read.
type Rows interface {
	Dims() (rows, cols int)
	// CopyRows copies rows from the first on into to [any·cols], as many as it holds;
	// beyond the last row it gets zeros.
	CopyRows(first int, to []float32)
}

// UploadRows copies so many rows, from the first on, to the device [count, cols].
func (e *Engine) UploadRows(r Rows, first, count int) (*tensors.Tensor, error) {
	_, cols := r.Dims()
	return Fill(e, func(flat []float32) { r.CopyRows(first, flat) }, count, cols)
}

// Download copies a tensor's values to host memory.
func Download[T number](t *tensors.Tensor) ([]T, error) {
	var flat []T
	err := Catch(func() {
		var err error
		if flat, err = tensors.CopyFlatData[T](t); err != nil {
			panic(err)
		}
	})
	return flat, err
}

// Free releases tensors at once, host and device side, rather than when the
// garbage collector finds them: it knows nothing of the device's memory.
func Free(ts ...*tensors.Tensor) {
	for _, t := range ts {
		if t != nil {
			_ = t.FinalizeAll() // freeing is best effort; the buffer is unreachable afterwards either way
		}
	}
}

// View calls read with a tensor's values, without a copy where the device
// shares the host's memory. The values are valid during the call only.
func View[T number](t *tensors.Tensor, read func(flat []T)) error {
	return Catch(func() {
		if err := tensors.ConstFlatData(t, read); err != nil {
			panic(err)
		}
	})
}
