package plugin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/xla/internal/pythontest"
)

func TestReport(t *testing.T) {
	env := map[string]string{"GOMLX_BACKEND": "xla:cpu", "CC": "no-such-compiler -m64"}
	m := fake(t, env)
	script, _ := pythontest.Python(t, []string{m.Root + "/site"}, "echo 'pip 23.0 from /x'")
	m.Python = []string{script}
	sound := pythontest.Write(t, m.Home+"/.local/lib/go-xla/pjrt_c_api_cpu_plugin.so", good())
	broken := pythontest.Write(t, m.Cache+"/w-1/libpjrt_cpu.so", []byte("broken"))
	pythontest.Write(t, m.Root+"/proc/driver/nvidia/version", []byte(nvrm580))
	checks := map[string]Check{}
	for _, c := range m.Report(t.Context()) {
		if c.Name == "" || c.Found == "" || c.OK == (c.Advice != "") {
			t.Errorf("a line that does not tell: %+v", c)
		}
		checks[c.Name] = c
	}
	for name, want := range map[string]struct {
		ok   bool
		text string
	}{
		"GOMLX_BACKEND":                        {true, "xla:cpu"},
		"PJRT_PLUGIN_LIBRARY_PATH":             {true, "not set"},
		"plugins in GoMLX's folder":            {true, sound},
		"plugins in " + cacheOrigin:            {true, "none in " + m.Cache},
		"plugins in the packages of " + script: {true, m.Root + "/site"},
		"broken plugin":                        {false, broken},
		"plugin cache":                         {true, m.Cache},
		"C compiler":                           {false, "gcc"},
		"Python and pip":                       {true, "pip 23.0"},
		"NVIDIA device":                        {false, "jax[cuda13]"},
	} {
		c, there := checks[name]
		if !there || c.OK != want.ok || !strings.Contains(c.Found+" "+c.Advice, want.text) {
			t.Errorf("%s: got %+v, want ok %v and %q", name, c, want.ok, want.text)
		}
	}
}

func TestReportBareMachine(t *testing.T) {
	m := fake(t, map[string]string{"PJRT_PLUGIN_LIBRARY_PATH": "plugins"})
	m.Home, m.Cache = "", ""
	checks := map[string]Check{}
	for _, c := range m.Report(t.Context()) {
		checks[c.Name] = c
	}
	if c := checks["Python and pip"]; c.OK || !strings.Contains(c.Advice, "python3-pip") {
		t.Errorf("%+v", c)
	}
	if c := checks["plugin cache"]; c.OK || !strings.Contains(c.Advice, "XDG_CACHE_HOME") {
		t.Errorf("%+v", c)
	}
	if c := checks["PJRT_PLUGIN_LIBRARY_PATH"]; c.OK || !strings.Contains(c.Advice, "absolute") {
		t.Errorf("a relative folder: %+v", c)
	}
	if c := checks["NVIDIA device"]; !c.OK {
		t.Errorf("%+v", c)
	}
}

// The doctor's look at the cache leaves nothing behind.
func TestReportWritesNothing(t *testing.T) {
	m := fake(t, nil)
	m.Report(t.Context())
	if entries, err := os.ReadDir(m.Root); err != nil || len(entries) != 0 {
		t.Errorf("left %v, %v in %s", entries, err, filepath.Base(m.Root))
	}
}
