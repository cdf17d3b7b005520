package onnx

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/xla/wheels"
)

// environment makes an active Python environment with a file as ONNX Runtime.
func environment(t *testing.T, name, content string) machine {
	t.Helper()
	root := t.TempDir()
	folder := filepath.Join(root, "lib", "python3.12", "site-packages", "onnxruntime", "capi")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	m := here()
	m.cache = wheels.Cache{Folder: filepath.Join(root, "cache")}
	m.getenv = func(name string) string {
		if name == "VIRTUAL_ENV" {
			return root
		}
		return ""
	}
	return m
}

// A library of the active environment comes first; one that is too old, or none, is
// passed over with a word, and nothing is installed where that is forbidden.
func TestFindPassesOver(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"libonnxruntime.so.1.18.1", "ONNX Runtime 1.18 at"},
		{"libonnxruntime.so.2.0.0", "ONNX Runtime 2.0 at"},
		{"libonnxruntime.so.1.32.0", "is not a whole ELF library"},
	} {
		if c.want == "is not a whole ELF library" && !strings.HasPrefix(here().platform, "linux/") {
			continue // only there files are looked into
		}
		var log strings.Builder
		_, err := environment(t, c.name, "no library").find(context.Background(), Options{Log: &log, NoInstall: true})
		if err == nil || !strings.Contains(err.Error(), "nothing may be installed") || !strings.Contains(log.String(), c.want) {
			t.Errorf("%s: %v, log %q, want %q", c.name, err, log.String(), c.want)
		}
	}
	// The library that the tests compute with, as one of an environment.
	r := engine(t)
	m := environment(t, "libonnxruntime.so.1.0.0", "")
	target := filepath.Join(filepath.Dir(m.candidates()[0].path), filepath.Base(r.Library))
	if err := os.Symlink(r.Library, target); err != nil {
		t.Skip("no links here:", err)
	}
	if c, err := m.find(context.Background(), Options{NoInstall: true}); err != nil || c.path != target || c.origin != activeOrigin {
		t.Errorf("%+v %v, want %s", c, err, target)
	}
}

// Every pinned wheel has all that installing it needs.
func TestRuntimeWheels(t *testing.T) {
	for platform, w := range runtimeWheels {
		if len(w.SHA256) != 64 || w.Download < 1e7 || w.Size < w.Download/2 || w.Python == "" || w.Platform == "" || !strings.HasPrefix(w.Member, "onnxruntime/capi/") {
			t.Errorf("%s: %+v", platform, w)
		}
	}
}
