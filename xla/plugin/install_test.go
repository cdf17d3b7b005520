package plugin

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/xla/internal/pythontest"
	"github.com/seed-1a417598/memtest/xla/wheels"
)

// lines collects what an installation says.
type lines []string

func (l *lines) log(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

// left lists what lies in the cache beside locks.
func left(t *testing.T, m Machine) []string {
	entries, err := os.ReadDir(m.Cache)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".lock") {
			names = append(names, e.Name())
		}
	}
	return names
}

// pluginWheel is a wheel whose member holds data, and its pin.
func pluginWheel(t *testing.T, data []byte) (path string, w wheels.Wheel) {
	const member = "pkg/pjrt_c_api_cpu_plugin.so"
	path, hash := pythontest.Wheel(t, map[string][]byte{member: data, "pkg/__init__.py": nil})
	return path, wheels.Wheel{Name: "pkg", Version: "1.0", SHA256: hash, Member: member, Size: int64(len(data))}
}

// A plugin is taken out of a wheel, checked and found; a broken one is replaced.
func TestInstallWheel(t *testing.T) {
	m := fake(t, nil)
	wheel, w := pluginWheel(t, good())
	script, calls := pythontest.Python(t, nil, pythontest.Download(wheel))
	m.Python = []string{"no-such-python", script}
	var said lines
	l, err := m.installWheel(t.Context(), w, said.log)
	if err != nil {
		t.Fatal(err)
	}
	if want := m.Cache + "/pkg-1.0/pjrt_c_api_cpu_plugin.so"; l.Path != want || l.Platform != "cpu" || l.Origin != cacheOrigin || l.Err != nil || m.Check(l.Path) != nil {
		t.Errorf("got %+v, want a sound %s", l, want)
	}
	if again, err := m.installWheel(t.Context(), w, said.log); err != nil || again != l || pythontest.Count(t, calls) != 1 || len(said) != 1 {
		t.Errorf("again: %+v, %v, %d calls of pip, said %q", again, err, pythontest.Count(t, calls), said)
	}
	if fit, _ := found(t, m, "cpu"); len(fit) != 1 {
		t.Errorf("found %q", fit)
	}
	pythontest.Write(t, l.Path, []byte("broken"))
	if _, err := m.installWheel(t.Context(), w, said.log); err != nil || m.Check(l.Path) != nil || len(left(t, m)) != 1 {
		t.Errorf("broken: %v, the cache holds %q", err, left(t, m))
	}
}

func TestInstallNoPlugin(t *testing.T) {
	m := fake(t, nil)
	wheel, w := pluginWheel(t, []byte("no library"))
	script, _ := pythontest.Python(t, nil, pythontest.Download(wheel))
	m.Python = []string{script}
	if l, err := m.installWheel(t.Context(), w, new(lines).log); err == nil || !strings.Contains(err.Error(), "not a whole ELF") || len(left(t, m)) != 0 {
		t.Errorf("got %+v, %v; the cache holds %q", l, err, left(t, m))
	}
}

// Installing goes from the pinned wheel to GoMLX's release, as far as it is asked
// to. Both are in the cache here, so that nothing is fetched.
func TestInstallOrder(t *testing.T) {
	m := fake(t, nil)
	pythontest.Write(t, m.Root+"/dev/nvidiactl", nil)
	wheel := pythontest.Write(t, m.Cache+"/lammps-jax-pjrt-cpu-0.11.2/pjrt_c_api_cpu_plugin.so", good())
	cuda := pythontest.Write(t, m.Cache+"/jax-cuda12-pjrt-0.12.0.1/xla_cuda_plugin.so", good())
	released := pythontest.Write(t, m.Cache+"/gomlx-v0.98.0/pjrt_c_api_cpu_plugin.so", good())
	other := m
	other.Arch = "riscv64"
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, test := range []struct {
		name     string
		m        Machine
		ctx      context.Context
		platform string
		want     []string
	}{
		{"cpu", m, t.Context(), "cpu", []string{wheel, released}},
		{"cuda", m, t.Context(), "cuda", []string{cuda}},
		{"rocm", m, t.Context(), "rocm", nil},
		{"another processor", other, t.Context(), "cpu", nil},
		{"stopped", m, stopped, "cpu", []string{"waiting for the installation of lammps-jax-pjrt-cpu-0.11.2 was stopped: context canceled"}},
	} {
		var got []string
		for l, err := range test.m.Install(test.ctx, test.platform, new(lines).log) {
			if err != nil {
				l.Path = err.Error()
			}
			got = append(got, l.Path)
		}
		if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	for l := range m.Install(t.Context(), "cpu", new(lines).log) {
		if l.Path != wheel {
			t.Errorf("asked for one, got another: %+v", l)
		}
		break
	}
}
