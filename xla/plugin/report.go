package plugin

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-1a417598/memtest/datasets/usercache"
	"github.com/seed-1a417598/memtest/xla/wheels"
)

// Check is one line of a report on the machine.
type Check struct {
	Name   string `json:"name"`             // what was looked at
	OK     bool   `json:"ok"`               // nothing needs doing
	Found  string `json:"found"`            // what was there
	Advice string `json:"advice,omitempty"` // what to do, when there is something to do
}

// Report looks at everything that decides how fast the program runs here: every
// place of plugins and what it held, the C compiler, Python and pip, the NVIDIA
// device, the cache, and the variables that steer the choice. It loads and
// installs nothing.
func (m Machine) Report(ctx context.Context) []Check {
	var checks []Check
	for _, name := range []string{"GOMLX_BACKEND", "PJRT_PLUGIN_LIBRARY_PATH"} {
		value := m.Getenv(name)
		if value == "" {
			value = "not set"
		}
		checks = append(checks, Check{Name: name, OK: true, Found: value})
	}
	if named := m.searchPath()[0]; m.Getenv("PJRT_PLUGIN_LIBRARY_PATH") != "" && len(named.files()) == 0 {
		c := &checks[len(checks)-1]
		c.OK, c.Advice = false, "no plugin is there: name folders by absolute paths that hold files such as pjrt_c_api_cpu_plugin.so, or unset it"
	}
	checks = append(checks, m.reportPlugins(ctx)...)
	return append(checks, m.reportCache(), m.reportCompiler(), m.reportPython(ctx), m.reportNVIDIA(ctx))
}

// reportPlugins has a line for every place, and one for every broken plugin.
func (m Machine) reportPlugins(ctx context.Context) []Check {
	places := m.searchPath()
	if python := m.pythonFolders(ctx); len(python.dirs) > 0 {
		places = append(places, python)
	}
	var checks []Check
	for _, p := range places {
		c := Check{Name: "plugins in " + p.origin, OK: true}
		var good []string
		for _, path := range p.files() {
			if err := m.Check(path); err != nil {
				checks = append(checks, Check{Name: "broken plugin", Found: err.Error(), Advice: "remove " + path})
				continue
			}
			good = append(good, path)
		}
		switch {
		case len(good) > 0:
			c.Found = strings.Join(good, ", ")
		case len(p.dirs) > 0:
			c.Found = "none in " + strings.Join(p.dirs, ", ")
		default:
			c.Found = "no folder named"
		}
		checks = append(checks, c)
	}
	return checks
}

func (m Machine) reportCache() Check {
	c := Check{Name: "plugin cache", Found: m.Cache}
	if m.Cache == "" {
		c.Found, c.Advice = "none", "set HOME or XDG_CACHE_HOME"
		return c
	}
	if err := usercache.Private(m.Cache); err != nil {
		c.Advice = err.Error()
		return c
	}
	// The nearest folder that exists decides whether the rest can be made.
	dir := m.Cache
	for !exists(dir) && filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir)
	}
	probe, err := os.CreateTemp(dir, ".memtest-doctor-")
	if err != nil {
		c.Advice = fmt.Sprintf("%s cannot be written: set XDG_CACHE_HOME to a folder that can", dir)
		return c
	}
	probe.Close()
	c.OK = os.Remove(probe.Name()) == nil
	return c
}

// reportCompiler looks for what cgo calls: $CC, else gcc or clang.
func (m Machine) reportCompiler() Check {
	c := Check{Name: "C compiler"}
	names := []string{"gcc", "clang"}
	if cc := strings.Fields(m.Getenv("CC")); len(cc) > 0 {
		names = cc[:1]
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			c.OK, c.Found = true, path
			return c
		}
	}
	c.Found = "none of " + strings.Join(names, ", ")
	c.Advice = "needed only to build memtest so that it reaches XLA, by cgo (Debian: apt-get install gcc libc6-dev)"
	return c
}

func (m Machine) reportPython(ctx context.Context) Check {
	c := Check{Name: "Python and pip", Found: "no Python"}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for _, python := range m.Python {
		if version, err := wheels.PipVersion(ctx, python); err == nil {
			c.OK, c.Found = true, fmt.Sprintf("%s: %s", python, version)
			return c
		}
		if _, missing := exec.LookPath(python); missing == nil {
			c.Found = python + " without pip"
		}
	}
	c.Advice = "needed only to install XLA (Debian: apt-get install python3-pip)"
	return c
}

func (m Machine) reportNVIDIA(ctx context.Context) Check {
	c := Check{Name: "NVIDIA device", OK: true, Found: "none"}
	if !m.NVIDIA() {
		return c
	}
	c.Found = fmt.Sprintf("yes, driver %d", m.driver())
	if dir := m.CUDA(ctx); dir != "" {
		c.Found += ", CUDA libraries in " + dir
		return c
	}
	c.OK, c.Found, c.Advice = false, c.Found+", no CUDA libraries", m.CUDAAdvice()
	return c
}

// CUDAAdvice says how to get NVIDIA's libraries together with a plugin that
// fits the driver: they are several gigabytes, so that is left to the user.
func (m Machine) CUDAAdvice() string {
	extra := "cuda12"
	if m.driver() >= 580 {
		extra = "cuda13"
	}
	return fmt.Sprintf("for the GPU make a Python environment, run pip install 'jax[%s]' in it, and start memtest with it active", extra)
}
