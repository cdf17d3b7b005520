package plugin

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/xla/internal/pythontest"
)

// found lists what Libraries yields, paths below the machine's root.
func found(t *testing.T, m Machine, platform string) (fit, unfit []string) {
	for l := range m.Libraries(t.Context(), platform) {
		path := strings.TrimPrefix(l.Path, m.Root)
		if l.Err != nil {
			unfit = append(unfit, path)
		} else {
			fit = append(fit, path)
		}
	}
	return fit, unfit
}

// All places hold a plugin; they come in the documented order, and those for
// other devices only when asked for.
func TestLibrariesOrder(t *testing.T) {
	env := map[string]string{}
	m := fake(t, env)
	env["PJRT_PLUGIN_LIBRARY_PATH"] = filepath.Join(m.Root, "named") + ":relative:" + filepath.Join(m.Root, "missing")
	env["VIRTUAL_ENV"] = filepath.Join(m.Root, "venv [x]")
	env["CONDA_PREFIX"] = filepath.Join(m.Root, "conda")
	want := []string{
		"/named/pjrt_c_api_cpu_plugin.so",
		"/home/.local/lib/go-xla/pjrt_c_api_cpu_v0.83.3_plugin.so",
		"/usr/local/lib/go-xla/pjrt-plugin-cpu.so",
		"/cache/some-wheel-1.0/libpjrt_cpu.so",
		"/venv [x]/lib/python3.11/site-packages/xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so",
		"/conda/lib/python3.12/site-packages/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
	}
	cuda := []string{
		"/home/.local/lib/go-xla/nvidia/pjrt_c_api_cuda_plugin.so",
		"/venv [x]/lib/python3.11/site-packages/jax_plugins/xla_cuda13/xla_cuda_plugin.so",
	}
	for _, path := range slices.Concat(want, cuda) {
		pythontest.Write(t, m.Root+path, good())
	}
	pythontest.Write(t, m.Root+"/named/libother.so", good())
	pythontest.Write(t, m.Root+"/cache/.some-wheel-1.0.part-1/wheel/x.so", good())
	pythontest.Write(t, m.Root+"/cache/.some-wheel-1.0.part-1/ready/pjrt_c_api_cpu_plugin.so", good()) // before it is in its place
	if fit, unfit := found(t, m, "cpu"); !slices.Equal(fit, want) || unfit != nil {
		t.Errorf("cpu: got %q and unfit %q, want %q", fit, unfit, want)
	}
	if fit, _ := found(t, m, "cuda"); !slices.Equal(fit, cuda) {
		t.Errorf("cuda: got %q, want %q", fit, cuda)
	}
	if fit, _ := found(t, m, ""); len(fit) != len(want)+len(cuda) {
		t.Errorf("all: got %d, want %d", len(fit), len(want)+len(cuda))
	}
	if fit, _ := found(t, m, "rocm"); fit != nil {
		t.Errorf("rocm: got %q", fit)
	}
}

func TestLibrariesUnfitAndTwice(t *testing.T) {
	m := fake(t, nil)
	dir := m.Home + "/.local/lib/go-xla/"
	pythontest.Write(t, dir+"pjrt_c_api_cpu_a_plugin.so", []byte("not a library"))
	pythontest.Write(t, dir+"pjrt_c_api_cpu_b_plugin.so", good())
	// GoMLX's own installer leaves a link without the version beside the file.
	if err := os.Symlink("pjrt_c_api_cpu_b_plugin.so", dir+"pjrt_c_api_cpu_plugin.so"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", dir+"pjrt_c_api_cpu_z_plugin.so"); err != nil {
		t.Fatal(err)
	}
	fit, unfit := found(t, m, "cpu")
	if want := []string{"/home/.local/lib/go-xla/pjrt_c_api_cpu_b_plugin.so"}; !slices.Equal(fit, want) {
		t.Errorf("fit: got %q, want %q", fit, want)
	}
	if len(unfit) != 2 {
		t.Errorf("unfit: got %q, want the text and the dead link", unfit)
	}
}

// Python costs a tenth of a second: it is asked last, and only by a caller that
// wants more than the cache held.
func TestPythonAskedLast(t *testing.T) {
	env := map[string]string{}
	m := fake(t, env)
	site := filepath.Join(m.Root, "site")
	script, calls := pythontest.Python(t, []string{site, "", site}, "exit 1")
	m.Python = []string{filepath.Join(m.Root, "no-such-python"), script}
	inSite := "/site/fastatomstruct_xla_cpu/libpjrt_cpu.so"
	pythontest.Write(t, m.Root+inSite, good())
	if fit, _ := found(t, m, "cpu"); !slices.Equal(fit, []string{inSite}) || pythontest.Count(t, calls) != 1 {
		t.Errorf("nothing else: got %q after %d calls", fit, pythontest.Count(t, calls))
	}
	pythontest.Write(t, m.Cache+"/wheel-1/pjrt_c_api_cpu_plugin.so", good())
	for l := range m.Libraries(t.Context(), "cpu") {
		if l.Origin != cacheOrigin {
			t.Errorf("got %+v", l)
		}
		break
	}
	if n := pythontest.Count(t, calls); n != 1 {
		t.Errorf("Python was asked %d times, want 1", n)
	}
	env["VIRTUAL_ENV"] = filepath.Join(m.Root, "venv")
	pythontest.Write(t, env["VIRTUAL_ENV"]+"/lib/python3.11/site-packages/p/libpjrt_cpu.so", good())
	if fit, _ := found(t, m, "cpu"); len(fit) != 2 || pythontest.Count(t, calls) != 1 {
		t.Errorf("active environment: got %q after %d calls", fit, pythontest.Count(t, calls))
	}
}

// What lies in the current folder under the name of a module is not run, and the
// folders of packages are found all the same.
func TestPythonOfTheCurrentFolder(t *testing.T) {
	python, marker := pythontest.Trap(t, "json", "site", "sysconfig", "pip")
	m := fake(t, nil)
	m.Python = []string{python}
	if p := m.pythonFolders(t.Context()); len(p.dirs) == 0 {
		t.Errorf("%s names no folder of packages", python)
	}
	c := m.reportPython(t.Context())
	if text, err := os.ReadFile(marker); err == nil {
		t.Errorf("%s of the current folder was run", text)
	}
	if !c.OK && !strings.Contains(c.Found, "without pip") {
		t.Errorf("pip: %+v", c)
	}
}

func TestPythonThatBabbles(t *testing.T) {
	m := fake(t, nil)
	script := pythontest.Write(t, filepath.Join(m.Root, "python3"), []byte("#!/bin/sh\necho hello\n"))
	m.Python = []string{script}
	if fit, unfit := found(t, m, "cpu"); fit != nil || unfit != nil {
		t.Errorf("got %q %q", fit, unfit)
	}
}

func TestPlatform(t *testing.T) {
	for path, want := range map[string]string{
		"/a/pjrt_c_api_cpu_plugin.so": "cpu", "/a/pjrt_c_api_cuda13_plugin.so": "cuda", "/a/xla_cuda_plugin.so": "cuda",
		"/cpu/xla_rocm_plugin.so": "rocm", "/a/libpjrt_cpu.so": "cpu", "/cuda/plugin.so": "",
	} {
		if got := Platform(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

// nvrm is the first line of /proc/driver/nvidia/version, of a closed and of an
// open kernel module.
const (
	nvrm580 = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (dvs-builder)  Sun Jul 27 07:12:35 UTC 2025\nGCC version:  gcc version 12.2.0\n"
	nvrm535 = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\nGCC version:  gcc version 12.2.0\n"
)

func TestWheelFor(t *testing.T) {
	m := fake(t, nil)
	if w, ok := m.wheelFor("cpu"); !ok || w.Name != cpuWheel.Name {
		t.Errorf("cpu: %+v %v", w, ok)
	}
	if w, ok := m.wheelFor("cuda"); ok || m.NVIDIA() {
		t.Errorf("no device, got %+v", w)
	}
	pythontest.Write(t, m.Root+"/dev/nvidiactl", nil)
	if w, ok := m.wheelFor("cuda"); !ok || w.Name != cuda12Wheel.Name || !m.NVIDIA() {
		t.Errorf("a device of unknown driver: %+v %v", w, ok)
	}
	pythontest.Write(t, m.Root+"/proc/driver/nvidia/version", []byte(nvrm535))
	if w, ok := m.wheelFor("cuda"); !ok || w.Name != cuda12Wheel.Name || m.driver() != 535 {
		t.Errorf("driver 535: %+v %v, read as %d", w, ok, m.driver())
	}
	pythontest.Write(t, m.Root+"/proc/driver/nvidia/version", []byte(nvrm580))
	if w, ok := m.wheelFor("cuda"); !ok || w.Name != cuda13Wheel.Name || m.driver() != 580 {
		t.Errorf("driver 580: %+v %v, read as %d", w, ok, m.driver())
	}
	if l := cached(filepath.Join(m.Cache, "w-1", path.Base(cuda13Wheel.Member))); l.Platform != "cuda" || filepath.Base(l.Path) != "xla_cuda_plugin.so" {
		t.Errorf("the installed CUDA plugin would be %+v", l)
	}
	m.Arch = "arm64"
	for _, platform := range []string{"cpu", "cuda"} {
		if w, ok := m.wheelFor(platform); ok {
			t.Errorf("arm64: %+v", w)
		}
	}
}

func TestCUDALibraries(t *testing.T) {
	env := map[string]string{}
	m := fake(t, env)
	if got := m.CUDA(t.Context()); got != "" {
		t.Errorf("nothing there: %q", got)
	}
	pythontest.Write(t, m.Root+"/usr/local/cuda/lib64/libcudart.so.13", nil)
	if got := m.CUDA(t.Context()); got != "" {
		t.Errorf("without cuDNN: %q", got)
	}
	pythontest.Write(t, m.Root+"/usr/lib/x86_64-linux-gnu/libcudnn.so.9", nil)
	if got, want := m.CUDA(t.Context()), m.Root+"/usr/local/cuda/lib64"; got != want {
		t.Errorf("of the system: %q, want %q", got, want)
	}
	env["VIRTUAL_ENV"] = m.Root + "/venv"
	nvidia := m.Root + "/venv/lib/python3.12/site-packages/nvidia"
	pythontest.Write(t, nvidia+"/cudnn/lib/libcudnn.so.9", nil)
	if got := m.CUDA(t.Context()); got != nvidia {
		t.Errorf("of the environment: %q, want %q", got, nvidia)
	}

	// The plugin in the cache gets a link to them, once and again.
	l := cached(m.Cache + "/w-1/xla_cuda_plugin.so")
	pythontest.Write(t, l.Path, good())
	for _, dir := range []string{m.Root + "/old/nvidia", nvidia, nvidia} {
		if err := LinkCUDA(l, dir); err != nil {
			t.Fatal(err)
		}
		if got, err := os.Readlink(filepath.Join(m.Cache, "nvidia")); err != nil || got != dir {
			t.Errorf("link to %q, %v; want %q", got, err, dir)
		}
	}
	l.Origin, l.Path = activeOrigin, m.Root+"/venv/a/b.so"
	if err := LinkCUDA(l, nvidia); err != nil || exists(m.Root+"/venv/nvidia") {
		t.Errorf("a plugin of an environment was given a link: %v", err)
	}
}

// A library is code that is run: one from a cache into which everybody can write is
// found unfit.
func TestCacheOfOthers(t *testing.T) {
	m := fake(t, map[string]string{})
	pythontest.Write(t, m.Root+"/cache/some-wheel-1.0/libpjrt_cpu.so", good())
	if fit, unfit := found(t, m, "cpu"); len(fit) != 1 || len(unfit) != 0 {
		t.Fatalf("fit %q, unfit %q", fit, unfit)
	}
	if err := os.Chmod(m.Cache, 0o777); err != nil {
		t.Fatal(err)
	}
	if fit, unfit := found(t, m, "cpu"); len(fit) != 0 || len(unfit) != 1 {
		t.Errorf("fit %q, unfit %q", fit, unfit)
	}
	for _, c := range m.Report(t.Context()) {
		if c.Name == "plugin cache" && (c.OK || !strings.Contains(c.Advice, "can be written by everybody")) {
			t.Errorf("%+v", c)
		}
	}
}
