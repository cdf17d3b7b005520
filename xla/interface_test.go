//go:build cgo && (linux || darwin)

package xla

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A plugin whose interface is empty, of another version, too short or full of holes
// is refused by a sentence; called, it would end the process.
func TestInterfaceOfPlugins(t *testing.T) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler to make such libraries with")
	}
	const head = `#include <stddef.h>
struct { size_t size; void *e; size_t vs; void *ve; int major, minor; void *f[140]; } api;
static void *none(void *x) { return 0; }
static void fill(int major, int size) {
	api.size = size; api.major = major; api.minor = 83;
	for (int i = 0; i < 140; i++) api.f[i] = (void *)none;
}
`
	for name, c := range map[string]struct{ code, want string }{
		"nothing": {"void *GetPjrtApi(void) { return 0; }", "its GetPjrtApi returns nothing"},
		"empty":   {head + "void *GetPjrtApi(void) { return &api; }", "its interface is empty"},
		"version": {head + "void *GetPjrtApi(void) { fill(7, sizeof api); return &api; }", "its interface is of version 7.83, and 0.x is needed"},
		"short":   {head + "void *GetPjrtApi(void) { fill(0, 400); return &api; }", "its interface, version 0.83, lacks functions"},
		"table":   {head + "void *GetPjrtApi(void) { api.size = sizeof api; return &api; }", "function 0 of its interface, version 0.0, is missing"},
		"hole":    {head + "void *GetPjrtApi(void) { fill(0, sizeof api); api.f[55] = 0; return &api; }", "function 55 of its interface, version 0.83, is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "pjrt_c_api_cpu_plugin.so")
			if err := os.WriteFile(path+".c", []byte(c.code), 0o644); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(cc, "-shared", "-fPIC", "-o", path, path+".c").CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			_, err := Open(t.Context(), path, Options{NoInstall: true})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %q and the path", err, c.want)
			}
		})
	}
	e := xlaEngine(t) // a sound one passes
	defer e.Close()
	if err := checkInterface(e.Describe().Plugin); err != nil {
		t.Error(err)
	}
}
