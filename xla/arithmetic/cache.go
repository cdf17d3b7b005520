package arithmetic

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/datasets/filehash"
	"github.com/seed-1a417598/memtest/datasets/usercache"
	"github.com/seed-1a417598/memtest/xla"
)

// Hashes say what an engine computes with, and how. Both are SHA-256 in
// hexadecimal.
type Hashes struct {
	Plugin     string `json:"plugin,omitempty"` // of the plugin's file; "" = there is none
	Arithmetic string `json:"arithmetic"`       // of the fixed computation
}

// Of returns the hashes of an engine on a processor, which is named by its kind.
// They are computed once, in a second or two, and then kept in the user's cache
// under the processor, the number of cores, the backend, the plugin's file and the
// flags of XLA. A cache that cannot be written is none.
func Of(ctx context.Context, e *xla.Engine, processor string) (Hashes, error) {
	about := e.Describe()
	key, err := keyOf(about, processor)
	if err != nil {
		return Hashes{}, err
	}
	file, cached := cacheFile(key)
	if h, ok := read(file, key); cached && ok {
		return h, nil
	}
	var h Hashes
	if h.Plugin, err = fileHash(about.Plugin); err != nil {
		return h, err
	}
	if h.Arithmetic, err = compute(ctx, e); err != nil {
		return h, fmt.Errorf("the fixed computation by which arithmetic is known: %w", err)
	}
	if text, err := json.Marshal(entry{key, h}); cached && err == nil {
		_ = atomicfile.WriteFile(file, text)
	}
	return h, nil
}

// entry is a file of the cache. It holds its key, so that one that was damaged or
// belongs to another version is not believed.
type entry struct {
	Key string `json:"key"`
	Hashes
}

// keyOf is all that the hashes may depend on, in one text.
func keyOf(about xla.Description, processor string) (string, error) {
	key := fmt.Sprintf("memtest arithmetic %d; %s; %d cores; %s; XLA_FLAGS %q", version, processor, runtime.NumCPU(), about, os.Getenv("XLA_FLAGS"))
	if about.Plugin == "" {
		return key, nil
	}
	info, err := os.Stat(about.Plugin)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s; plugin of %d bytes, %s", key, info.Size(), info.ModTime().UTC().Format(time.RFC3339Nano)), nil
}

// cacheFile is where the hashes of a key are kept; false where the user has no cache
// that is theirs alone.
func cacheFile(key string) (string, bool) {
	sum := sha256.Sum256([]byte(key))
	file, err := usercache.Folder("arithmetic", hex.EncodeToString(sum[:12])+".json")
	if err != nil || usercache.Make(filepath.Dir(file)) != nil {
		return "", false
	}
	return file, true
}

func read(file, key string) (Hashes, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Hashes{}, false
	}
	var e entry
	err = json.Unmarshal(text, &e)
	return e.Hashes, err == nil && e.Key == key && len(e.Arithmetic) == 2*sha256.Size
}

// fileHash is the SHA-256 of a file; "" where there is none.
func fileHash(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	return filehash.Of(path)
}
