//go:build cgo

package xla

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// TrimMemory gives back what is not in use, and does not look for it in a small process.
func TestTrimMemory(t *testing.T) {
	collections := func() int64 {
		var s debug.GCStats
		debug.ReadGCStats(&s)
		return s.NumGC
	}
	room := make([]byte, littleMemory)
	for i := range room {
		room[i] = 1
	}
	full, known := resident()
	runtime.KeepAlive(room)
	if !known || full < len(room) {
		t.Fatalf("%d bytes are in memory (known: %v)", full, known)
	}
	TrimMemory()
	after, _ := resident()
	if after > full-littleMemory/2 {
		t.Errorf("%d of %d bytes are in memory still", after, full)
	}
	before := collections()
	TrimMemory()
	if n := collections() - before; (n == 0) != (after < littleMemory) {
		t.Errorf("%d collections with %d bytes in memory", n, after)
	}
}
