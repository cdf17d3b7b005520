//go:build cgo

package onnx

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// Runtime is ONNX Runtime, loaded. A process loads it once and keeps it.
type Runtime struct {
	Version  string // "1.32.0"
	Library  string // path of its file
	Origin   string // where that was found
	Provider string // what computes: "CPUExecutionProvider"

	cuda bool
}

var loaded struct {
	sync.Mutex
	r *Runtime
}

// Open loads ONNX Runtime: of the active Python environment, of memtest's cache, or,
// where there is none, of its wheel, which it installs. A second call returns what the
// first one loaded.
func Open(ctx context.Context, o Options) (*Runtime, error) {
	loaded.Lock()
	defer loaded.Unlock()
	if loaded.r != nil {
		return loaded.r, nil
	}
	found, err := here().find(ctx, o)
	if err != nil {
		return nil, err
	}
	ort.SetSharedLibraryPath(found.path)
	if err := ort.InitializeEnvironment(ort.WithLogLevelFatal()); err != nil {
		return nil, fmt.Errorf("ONNX Runtime %s cannot be loaded (%s); remove it, and it is installed again", found.path, oneLine(err))
	}
	r := &Runtime{Version: ort.GetVersion(), Library: found.path, Origin: found.origin, Provider: "CPUExecutionProvider"}
	if found.cuda && !o.CPU {
		if err := r.tryCUDA(); err != nil && o.Log != nil {
			fmt.Fprintf(o.Log, "ONNX Runtime computes on the processor: its provider for NVIDIA's GPUs does not work here (%s)\n", oneLine(err))
		}
	}
	loaded.r = r
	return r, nil
}

// tryCUDA chooses NVIDIA's provider where it can be made.
func (r *Runtime) tryCUDA() error {
	r.cuda = true
	o, err := r.options("")
	if err != nil {
		r.cuda = false
		return err
	}
	r.Provider = "CUDAExecutionProvider"
	return o.Destroy()
}

// String is the version and the provider, as a manifest has them.
func (r *Runtime) String() string { return r.Version + " " + r.Provider }

// options are those of a session whose weights may lie in files of a folder.
func (r *Runtime) options(folder string) (*ort.SessionOptions, error) {
	o, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	entries := map[string]string{
		// Quantized models are computed as the definition of their operators says, which
		// is what the programs that quantize them emulate; sums of fused ones may overflow
		// on some processors.
		"session.disable_quant_qdq":         "1",
		"session.intra_op.allow_spinning":   "0", // threads that wait must not take the time of the probes
		"session.use_deterministic_compute": "1",
	}
	if folder != "" {
		entries["session.model_external_initializers_file_folder_path"] = folder
	}
	for key, val := range entries {
		if err := o.AddSessionConfigEntry(key, val); err != nil {
			o.Destroy()
			return nil, err
		}
	}
	if r.cuda {
		if err := withCUDA(o); err != nil {
			o.Destroy()
			return nil, err
		}
	}
	return o, nil
}

// withCUDA adds NVIDIA's provider, which computes float32 as a processor does.
func withCUDA(o *ort.SessionOptions) error {
	c, err := ort.NewCUDAProviderOptions()
	if err != nil {
		return err
	}
	defer c.Destroy()
	if err := c.Update(map[string]string{"use_tf32": "0"}); err != nil {
		return err
	}
	return o.AppendExecutionProviderCUDA(c)
}

// session computes outputs of a model.
type session struct {
	s *ort.DynamicAdvancedSession
	n int // outputs
}

// session loads a model whose weights may lie in files beside path. Inputs and outputs
// are taken and given in the order of these names.
func (r *Runtime) session(model []byte, path string, inputs, outputs []string) (*session, error) {
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	o, err := r.options(folder)
	if err != nil {
		return nil, err
	}
	defer o.Destroy()
	s, err := ort.NewDynamicAdvancedSessionWithONNXData(model, inputs, outputs, o)
	if err != nil {
		return nil, err
	}
	return &session{s, len(outputs)}, nil
}

func (s *session) close() { _ = s.s.Destroy() } // nothing can be done about it

// run computes all outputs of float32 inputs.
func (s *session) run(inputs []tensor) ([]tensor, error) {
	in := make([]ort.Value, len(inputs))
	defer func() { destroy(in) }()
	for i, t := range inputs {
		shape := make([]int64, len(t.dims))
		for j, d := range t.dims {
			shape[j] = int64(d)
		}
		var err error
		if in[i], err = ort.NewTensor(ort.NewShape(shape...), t.data); err != nil {
			return nil, err
		}
	}
	out := make([]ort.Value, s.n)
	defer func() { destroy(out) }()
	if err := s.s.Run(in, out); err != nil {
		return nil, err
	}
	results := make([]tensor, s.n)
	for i, v := range out {
		if v.GetONNXType() != ort.ONNXTypeTensor {
			continue // of type 0: no tensor
		}
		results[i].element = int(v.DataType())
		for _, d := range v.GetShape() {
			results[i].dims = append(results[i].dims, int(d))
		}
		if t, ok := v.(*ort.Tensor[float32]); ok {
			results[i].data = t.GetData() // the binding's own copy
		}
	}
	return results, nil
}

func destroy(values []ort.Value) {
	for _, v := range values {
		if v != nil {
			_ = v.Destroy() // nothing can be done about it
		}
	}
}
