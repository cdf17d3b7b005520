package xla

import (
	"strings"
	"testing"
)

func TestDoctor(t *testing.T) {
	m := fake(t, nil)
	checks := doctor(t.Context(), m)
	if c := checks[0]; c.Name != "backend" || c.OK || !strings.HasPrefix(c.Found, "go,") || !strings.Contains(c.Advice, "30 times slower") {
		t.Errorf("nothing there: %+v", c)
	}
	for name, want := range map[string]string{"go": "go,", "torch": "none"} {
		m = fake(t, map[string]string{"GOMLX_BACKEND": name})
		if c := doctor(t.Context(), m)[0]; c.OK != (name == "go") || !strings.HasPrefix(c.Found, want) {
			t.Errorf("GOMLX_BACKEND=%s: %+v", name, c)
		}
	}
	e := xlaEngine(t)
	defer e.Close()
	m = fake(t, map[string]string{"GOMLX_BACKEND": e.Describe().Plugin})
	if c := doctor(t.Context(), m)[0]; !c.OK || !strings.HasPrefix(c.Found, "xla:cpu") {
		t.Errorf("with a plugin: %+v", c)
	}
}
