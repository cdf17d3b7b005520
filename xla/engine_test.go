package xla

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla/plugin"
)

func floats(dims ...int) shapes.Shape { return shapes.Make(dtypes.Float32, dims...) }

// fake is this machine with an empty folder for home, cache and system, without
// Python, and with only the given environment.
func fake(t *testing.T, env map[string]string) plugin.Machine {
	m := plugin.Here()
	m.Root = t.TempDir()
	m.Home, m.Cache, m.Python = filepath.Join(m.Root, "home"), filepath.Join(m.Root, "cache"), nil
	m.Getenv = func(name string) string { return env[name] }
	return m
}

// xlaEngine is the CPU plugin of this machine, installed if need be. Rows come from
// it, so without one the test fails.
func xlaEngine(t *testing.T) *Engine {
	t.Helper()
	return openReal(t, "xla:cpu")
}

func openReal(t *testing.T, backend string) *Engine {
	t.Helper()
	e, err := Open(t.Context(), backend, Options{})
	if err != nil {
		t.Fatalf("no XLA here: %v", err)
	}
	return e
}

// square runs a product of two matrices and checks it.
func square(t *testing.T, e *Engine) {
	t.Helper()
	p, err := e.NewProgram("square", func(in []*graph.Node) []*graph.Node {
		return []*graph.Node{graph.DotProduct(in[0], in[0])}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	x, err := e.Upload(arrays.Matrix{Rows: 2, Cols: 2, Data: []float32{1, 2, 3, 4}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Run(x)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Download[float32](out[0]); err != nil || !slices.Equal(got, []float32{7, 10, 15, 22}) {
		t.Errorf("got %v, %v", got, err)
	}
	Free(append(out, x)...)
}

func TestOpenGo(t *testing.T) {
	e, err := Open(t.Context(), "go", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	square(t, e)
	if d := e.Describe(); d.Name != "go" || d.Real || d.Devices != 1 || !strings.Contains(d.String(), "30 times slower") {
		t.Errorf("%+v", d)
	}
	if _, err := Open(t.Context(), "go:turbo", Options{}); err == nil || !strings.Contains(err.Error(), "turbo") {
		t.Errorf("an unknown option: %v", err)
	}
}

func TestOpenXLA(t *testing.T) {
	e := xlaEngine(t)
	square(t, e)
	d := e.Describe()
	if d.Name != "xla:cpu" || !d.Real || d.Devices < 1 || d.Plugin == "" || d.Origin == "" || !strings.HasPrefix(d.PJRT, "0.") || d.Device == "" {
		t.Errorf("%+v", d)
	}
	if !e.Backend().HasSharedBuffers() {
		t.Error("the CPU's buffers are not shared, so each tensor is copied once more")
	}
	e.Close()
	e.Close() // harmless

	// Open again, by path, after the first was closed, and two at a time.
	for _, name := range []string{d.Plugin, "xla:" + d.Plugin} {
		a, err := Open(t.Context(), name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		square(t, a)
		if got := a.Describe(); got.Plugin != d.Plugin || got.Name != "xla:cpu" || !a.Backend().HasSharedBuffers() {
			t.Errorf("%s: %+v", name, got)
		}
	}
	b, err := Open(t.Context(), d.Plugin+",noshared_buffers", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if b.Backend().HasSharedBuffers() {
		t.Error("noshared_buffers was not heeded")
	}

	// A name that does not tell the device: the plugin does.
	odd := filepath.Join(t.TempDir(), "plugin.so")
	if err := os.Symlink(d.Plugin, odd); err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), odd, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := c.Describe(); got.Name != "xla:cpu" {
		t.Errorf("%+v", got)
	}
	comma := filepath.Join(t.TempDir(), "a,b")
	if err := os.Mkdir(comma, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(d.Plugin, filepath.Join(comma, "pjrt_c_api_cpu_plugin.so")); err != nil {
		t.Fatal(err)
	}
	m := fake(t, map[string]string{"PJRT_PLUGIN_LIBRARY_PATH": comma})
	var said bytes.Buffer
	if _, err := open(t.Context(), m, "xla:cpu", Options{Log: &said, NoInstall: true}); err == nil || !strings.Contains(said.String(), "comma") {
		t.Errorf("got %v, said %s", err, said.String())
	}
}

// A plugin in the cache is used without a question to Python or pip, and broken
// plugins before it cost a notice each.
func TestOpenSkipsBroken(t *testing.T) {
	e := xlaEngine(t)
	path := e.Describe().Plugin
	e.Close()
	m := fake(t, nil)
	goxla := filepath.Join(m.Home, ".local", "lib", "go-xla")
	cached := filepath.Join(m.Cache, "wheel-1")
	for _, dir := range []string{goxla, cached} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	text := filepath.Join(goxla, "pjrt_c_api_cpu_plugin.so")
	if err := os.WriteFile(text, []byte("not a library"), 0o644); err != nil {
		t.Fatal(err)
	}
	// The plugin's own head: sound to look at from the front, no section table.
	whole, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	head := make([]byte, 1<<20)
	if _, err := whole.Read(head); err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(goxla, "pjrt_plugin_cpu.so")
	if err := os.WriteFile(cut, head, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, filepath.Join(cached, "pjrt_c_api_cpu_plugin.so")); err != nil {
		t.Fatal(err)
	}
	m.Python = []string{filepath.Join(m.Root, "python3")}
	calls := filepath.Join(m.Root, "calls")
	if err := os.WriteFile(m.Python[0], []byte("#!/bin/sh\necho >> '"+calls+"'\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	got, err := open(t.Context(), m, "", Options{Log: &said})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	square(t, got)
	if d := got.Describe(); d.Name != "xla:cpu" || filepath.Dir(d.Plugin) != cached {
		t.Errorf("%+v", d)
	}
	if lines := strings.Split(strings.TrimSpace(said.String()), "\n"); len(lines) != 2 || !strings.Contains(lines[0], text) || !strings.Contains(lines[1], cut) {
		t.Errorf("said %q", lines)
	}
	if _, err := os.Stat(calls); err == nil {
		t.Error("Python was asked although the cache held a plugin")
	}
}

// Libraries that pass the look at their symbols and fail in the loader, or
// return no interface, are skipped as well.
func TestOpenSkipsUnloadable(t *testing.T) {
	e := xlaEngine(t)
	path := e.Describe().Plugin
	e.Close()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler to make such libraries with")
	}
	dir := t.TempDir()
	for name, code := range map[string]string{
		"pjrt_c_api_cpu_a_plugin.so": "void *GetPjrtApi(void) { return 0; }",
		"pjrt_c_api_cpu_b_plugin.so": "extern int memtest_no_such_variable; void *GetPjrtApi(void) { return &memtest_no_such_variable; }",
	} {
		source := filepath.Join(dir, name+".c")
		if err := os.WriteFile(source, []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(cc, "-shared", "-fPIC", "-o", filepath.Join(dir, name), source).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if err := os.Symlink(path, filepath.Join(dir, "pjrt_c_api_cpu_c_plugin.so")); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	got, err := open(t.Context(), fake(t, map[string]string{"PJRT_PLUGIN_LIBRARY_PATH": dir}), "", Options{Log: &said, NoInstall: true})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if !got.Describe().Real || strings.Count(said.String(), "skipped a plugin") != 2 || !strings.Contains(said.String(), "returns nothing") || !strings.Contains(said.String(), "memtest_no_such_variable") {
		t.Errorf("%+v, said %s", got.Describe(), said.String())
	}
}

// Without any plugin "" falls back to pure Go with one loud line, and the
// explicit names fail with a sentence.
func TestOpenNothingThere(t *testing.T) {
	m := fake(t, nil)
	var said bytes.Buffer
	e, err := open(t.Context(), m, "", Options{Log: &said, NoInstall: true})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if e.Describe().Name != "go" || strings.Count(said.String(), "\n") != 1 || !strings.HasPrefix(said.String(), "WARNING") || !strings.Contains(said.String(), "30 times slower") {
		t.Errorf("%+v, said %q", e.Describe(), said.String())
	}
	for _, name := range []string{"xla", "xla:cpu", "xla:cuda", "xla:rocm"} {
		if e, err := open(t.Context(), m, name, Options{NoInstall: true}); err == nil {
			t.Errorf("%s: opened %+v", name, e.Describe())
		}
	}
	// The same by the environment.
	m = fake(t, map[string]string{"GOMLX_BACKEND": "xla:/no/such/plugin.so"})
	if cgoMissing == nil {
		if _, err := open(t.Context(), m, "", Options{}); err == nil || !strings.Contains(err.Error(), "GOMLX_BACKEND") || !strings.Contains(err.Error(), "/no/such/plugin.so") {
			t.Errorf("got %v", err)
		}
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := open(stopped, fake(t, nil), "xla:cpu", Options{}); cgoMissing == nil && !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// With a device but without NVIDIA's libraries the GPU is left alone, with
// advice; with them the CUDA plugin is chosen before the CPU's.
func TestOpenCUDA(t *testing.T) {
	if cgoMissing != nil || runtime.GOOS != "linux" {
		t.Skip("there is no CUDA in this program: ", cgoMissing)
	}
	m := fake(t, nil)
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(m.Root+path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(m.Root+path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("/dev/nvidiactl", "")
	write("/home/.local/lib/go-xla/nvidia/pjrt_c_api_cuda_plugin.so", "not a library")
	var said bytes.Buffer
	if _, err := open(t.Context(), m, "xla:cuda", Options{NoInstall: true}); err == nil || !strings.Contains(err.Error(), "jax[cuda12]") {
		t.Errorf("without libraries: %v", err)
	}
	write("/usr/lib64/libcudart.so.12", "")
	write("/usr/lib64/libcudnn.so.9", "")
	e, err := open(t.Context(), m, "", Options{Log: &said, NoInstall: true})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if !strings.Contains(said.String(), "pjrt_c_api_cuda_plugin.so is not a whole ELF library") || !strings.Contains(said.String(), "cuda is not used") {
		t.Errorf("the CUDA plugin was not tried: %s", said.String())
	}
}

func TestOpenConcurrently(t *testing.T) {
	xlaEngine(t).Close()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			e, err := Open(t.Context(), "xla:cpu", Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer e.Close()
			square(t, e)
		})
	}
	wg.Wait()
}

// TestOpenSilent opens XLA in a process of its own: TensorFlow's log lines, or
// anything else, must not reach standard output or standard error.
func TestOpenSilent(t *testing.T) {
	if os.Getenv("MEMTEST_SILENT") != "" {
		e := xlaEngine(t)
		square(t, e)
		e.Close()
		os.Exit(0) // before the testing package prints its own line
	}
	xlaEngine(t).Close()
	cmd := exec.Command(os.Args[0], "-test.run=^TestOpenSilent$")
	cmd.Env = append(os.Environ(), "MEMTEST_SILENT=1")
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v, said %q", err, out)
	}
}

// Of an engine's name it is told whether its devices have memory of their own.
func TestAccelerator(t *testing.T) {
	for about, want := range map[Description]bool{
		{Name: "go"}: false, {Name: "xla:cpu", Real: true}: false, {Name: "xla:cuda", Real: true}: true, {Name: "xla:tpu", Real: true}: true,
	} {
		if got := (&Engine{about: about}).Accelerator(); got != want {
			t.Errorf("%s is an accelerator: %v", about.Name, got)
		}
	}
}
