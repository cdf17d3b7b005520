// Package xla is the only door to GoMLX.
//
//  1. Open finds a PJRT plugin, or installs one, and gives an Engine.
//  2. Engine.Program compiles a graph once per shape and keeps it; tensors are
//     uploaded, handed over, downloaded and freed by the functions here.
//  3. Batches runs the rows of a matrix through a network, so many at a time.
//  4. Gradients that GoMLX expands into outer products are replaced by better
//     ones, for every graph of the process.
//
// GoMLX's panics while a graph is built end here as errors, see Catch.
package xla

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/gomlx/gomlx/backends"
	"github.com/gomlx/gomlx/backends/simplego"
	"github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/xla/plugin"
)

// Engine compiles and runs programs on one backend: XLA through a PJRT plugin,
// or GoMLX's pure-Go backend.
type Engine struct {
	backend *countingBackend
	about   Description

	device   backends.DeviceNum
	programs *programCache
}

// programCache are the programs that stay compiled for the next features; see Program.
// The engines of all devices share them.
type programCache struct {
	mu    sync.Mutex
	execs map[string]*graph.Exec
}

// Description says what an Engine runs on; it goes into the manifest of a run.
type Description struct {
	Name    string `json:"name"`             // "xla:cpu", "xla:cuda", …, or "go"
	Real    bool   `json:"real"`             // true = XLA
	Plugin  string `json:"plugin,omitempty"` // path of the PJRT plugin
	Origin  string `json:"origin,omitempty"` // which part of the search path held the plugin
	PJRT    string `json:"pjrt,omitempty"`   // version of the plugin's interface, "0.115"
	Devices int    `json:"devices"`          // how many devices the backend shows
	Device  string `json:"device"`           // the first one
}

// String is one line for a person.
func (d Description) String() string {
	if !d.Real {
		return d.Name + ", GoMLX in pure Go, about 30 times slower than XLA"
	}
	return fmt.Sprintf("%s, PJRT %s, %d devices (%s), plugin %s (%s)", d.Name, d.PJRT, d.Devices, d.Device, d.Plugin, d.Origin)
}

// Options of Open; the zero value says nothing and installs what is missing.
type Options struct {
	Log       io.Writer // gets one line per notice or step of an installation; nil = discarded
	NoInstall bool      // use what is there, fetch nothing
}

func (o Options) log(format string, args ...any) {
	if o.Log != nil {
		fmt.Fprintf(o.Log, format+"\n", args...)
	}
}

// Open opens a backend. backend "" stands for the value of GOMLX_BACKEND, and
// if that is empty too, for the best there is:
//
//  1. on a machine with an NVIDIA device and NVIDIA's libraries, a CUDA plugin from
//     the usual folders (plugin.Machine.Libraries), else one that pip installs into
//     the user's cache, once (Linux on amd64);
//  2. a CPU plugin from the usual folders;
//  3. a CPU plugin that pip installs into the user's cache, once (Linux on amd64);
//  4. a CPU plugin from GoMLX's own releases;
//  5. GoMLX's pure-Go backend, with a warning.
//
// With Options.NoInstall nothing is installed. "xla" stops before step 5, and
// "xla:cpu", "xla:cuda" (or rocm, oneapi, metal, tpu) name the device as well: with
// these an error says what is missing. A plugin that cannot be loaded is skipped
// with a notice.
//
// A path, or "xla:" with a path, loads that plugin; the file name of one for CUDA
// must hold "cuda". Options follow an XLA backend after a comma: shared_buffers or
// noshared_buffers (whether tensors lie in the host's memory; by default they do
// for cpu) and tf32 (CUDA: faster products, rounded to 10 bits). "go" is the
// pure-Go backend; options of GoMLX's simplego follow it after a colon, none =
// ops_sequential.
func Open(ctx context.Context, backend string, o Options) (*Engine, error) {
	return open(ctx, plugin.Here(), backend, o)
}

func open(ctx context.Context, m plugin.Machine, backend string, o Options) (*Engine, error) {
	repairGradients()
	r, err := parseRequest(backend, m.Getenv(backends.ConfigEnvVar))
	if err != nil {
		return nil, err
	}
	switch {
	case r.golang:
		return openGo(r.options)
	case r.path != "":
		return openPath(m, r)
	}
	e, err := openBest(ctx, m, r, o)
	if err == nil || ctx.Err() != nil || !r.any {
		return e, err
	}
	o.log("WARNING: no XLA here, so GoMLX's pure-Go backend computes, about 30 times slower. Why and what to do: %v. `memtest doctor` says more.", err)
	return openGo("")
}

// openBest opens the best XLA backend that the request allows.
func openBest(ctx context.Context, m plugin.Machine, r request, o Options) (*Engine, error) {
	if cgoMissing != nil {
		return nil, cgoMissing
	}
	platforms := []string{r.platform}
	if r.platform == "" {
		platforms = []string{"cpu"}
		if m.NVIDIA() {
			platforms = []string{"cuda", "cpu"}
		}
	}
	var failures []error
	for _, platform := range platforms {
		e, err := openPlatform(ctx, m, platform, r.options, o)
		if err == nil || ctx.Err() != nil {
			return e, err
		}
		if platform != platforms[len(platforms)-1] {
			o.log("%s is not used: %v", platform, err)
		}
		failures = append(failures, err)
	}
	return nil, errors.Join(failures...)
}

// openPlatform looks for a plugin for one kind of device, then installs one.
func openPlatform(ctx context.Context, m plugin.Machine, platform, options string, o Options) (*Engine, error) {
	cuda := ""
	if platform == "cuda" {
		if !m.NVIDIA() {
			return nil, asked("backend xla:cuda: there is no NVIDIA device (/dev/nvidiactl); use --backend xla:cpu")
		}
		if cuda = m.CUDA(ctx); cuda == "" {
			return nil, errors.New("NVIDIA's CUDA libraries were not found; " + m.CUDAAdvice())
		}
	}
	for l := range m.Libraries(ctx, platform) {
		e, err := openLibrary(m, l, options, cuda)
		if err == nil {
			return e, nil
		}
		o.log("skipped a plugin: %v", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if o.NoInstall {
		return nil, fmt.Errorf("no PJRT plugin for %s was found and nothing may be installed: start memtest once where it may install, or set PJRT_PLUGIN_LIBRARY_PATH to a folder that holds one", platform)
	}

	var failures []error
	for l, err := range m.Install(ctx, platform, o.log) {
		if err == nil {
			var e *Engine
			if e, err = openLibrary(m, l, options, cuda); err == nil {
				return e, nil
			}
		}
		failures = append(failures, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(failures) == 0 {
		return nil, asked("no PJRT plugin for %s was found, and none is known for %s/%s: set PJRT_PLUGIN_LIBRARY_PATH to a folder that holds one", platform, m.OS, m.Arch)
	}
	return nil, failures[0] // pip's; the last resort fails for the same reason, the network, or says less
}

// openPath loads the plugin that was named by its path.
func openPath(m plugin.Machine, r request) (*Engine, error) {
	if cgoMissing != nil {
		return nil, cgoMissing
	}
	l := plugin.Library{Path: r.path, Platform: plugin.Platform(r.path), Origin: "named by " + r.source, Err: m.Check(r.path)}
	e, err := openLibrary(m, l, r.options, "")
	if err != nil {
		return nil, asked("backend %q from %s: %w", r.text, r.source, err)
	}
	return e, nil
}

// openLibrary loads a plugin that was found.
func openLibrary(m plugin.Machine, l plugin.Library, options, cuda string) (*Engine, error) {
	if l.Err != nil {
		return nil, l.Err
	}
	if l.Platform == "cuda" {
		if err := prepareCUDA(l, options, cuda); err != nil {
			return nil, err
		}
	}
	return load(l, options)
}

// openGo opens the pure-Go backend, with operations one after the other unless
// options say otherwise: GoMLX v0.27.0's parallel executor waits for workers from
// within workers and can hang for ever on few cores.
func openGo(options string) (*Engine, error) {
	if options == "" {
		options = "ops_sequential"
	}
	b, err := simplego.New(options)
	if err != nil {
		return nil, asked("backend go: GoMLX has no options %q; known are ops_sequential, ops_parallel and parallelism=WORKERS", options)
	}
	return &Engine{programs: &programCache{}, backend: &countingBackend{Backend: b}, about: Description{Name: "go", Devices: b.NumDevices(), Device: b.Description()}}, nil
}

// Backend is GoMLX's backend, for the packages below this one.
func (e *Engine) Backend() backends.Backend { return e.backend }

// Describe says what the engine runs on.
func (e *Engine) Describe() Description { return e.about }

// Accelerator says whether the devices are others than the processors, with memory of
// their own: what they hold is far away, and they like few and large programs.
func (e *Engine) Accelerator() bool { return e.about.Real && e.about.Name != "xla:cpu" }

// Close frees the devices. The engine, its programs and its tensors are not
// usable after that.
func (e *Engine) Close() {
	e.programs.mu.Lock()
	defer e.programs.mu.Unlock()
	for _, exec := range e.programs.execs {
		exec.Finalize()
	}
	e.programs.execs = nil
	e.backend.Finalize()
}

// Devices are engines of the first n devices, this one the first; n = 0 means all
// that there are. Tensors of one are not to be mixed with those of another. They
// share the backend and end with it: only e is to be closed.
func (e *Engine) Devices(n int) ([]*Engine, error) {
	if n == 0 {
		n = e.about.Devices
	}
	if n < 1 || n > e.about.Devices {
		return nil, fmt.Errorf("backend %s has %d devices, not %d; type --devices all, or a number from 1 to %d", e.about.Name, e.about.Devices, n, e.about.Devices)
	}
	engines := []*Engine{e}
	for i := 1; i < n; i++ {
		other := *e
		other.device = backends.DeviceNum(i)
		engines = append(engines, &other)
	}
	return engines, nil
}
