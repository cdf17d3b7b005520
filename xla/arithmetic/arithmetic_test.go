package arithmetic

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-1a417598/memtest/xla"
)

// The two backends sum in another order, so they must differ; each must agree with
// itself, whether it is computed or read.
func TestAnotherBackendIsAnotherArithmetic(t *testing.T) {
	ctx := context.Background()
	engines, found := map[string]*xla.Engine{}, map[string]Hashes{}
	for _, backend := range []string{"go", "xla"} {
		e, err := xla.Open(ctx, backend, xla.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		engines[backend] = e
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // from here on, for the plugin is in the usual one
	cache, _ := os.UserCacheDir()
	for backend, e := range engines {
		h, err := Of(ctx, e, "a processor")
		if err != nil {
			t.Fatal(err)
		}
		again, err := compute(ctx, e)
		if err != nil || again != h.Arithmetic {
			t.Errorf("%s: %s, then %s (%v)", backend, h.Arithmetic, again, err)
		}
		files, _ := filepath.Glob(filepath.Join(cache, "memtest", "arithmetic", "*.json"))
		if len(files) != len(found)+1 {
			t.Errorf("the cache holds %v", files)
		}
		if kept, err := Of(ctx, e, "a processor"); err != nil || kept != h {
			t.Errorf("%s: kept %v, computed %v (%v)", backend, kept, h, err)
		}
		found[backend] = h
	}
	if found["go"].Arithmetic == found["xla"].Arithmetic || found["go"].Plugin != "" || found["xla"].Plugin == "" {
		t.Errorf("found %v", found)
	}
	// A damaged file is not believed.
	files, _ := filepath.Glob(filepath.Join(cache, "memtest", "arithmetic", "*.json"))
	for _, f := range files {
		if err := os.WriteFile(f, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
		if h, ok := read(f, "any"); ok {
			t.Errorf("an empty file says %v", h)
		}
	}
}
