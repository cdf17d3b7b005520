//go:build cgo

package xla

/*
#include <malloc.h>

static void keep_memory(void) {
#ifdef __GLIBC__
	mallopt(M_MMAP_MAX, 0);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	mallopt(M_ARENA_MAX, 1);
#endif
}

static void trim_memory(void) {
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
*/
import "C"

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync"
)

// keepMemory has the C library keep the memory that XLA frees. XLA allocates
// the temporary buffer of a program at every call, tens of megabytes. By its
// defaults glibc maps such a block anew each time and the kernel clears each
// page of it: in a small convolutional network that was 4.9 million page faults
// in 3 epochs, and half of the processor's time. With these settings big blocks
// come from one heap that is trimmed only when 1 GiB lies free at its end, so
// the process stays at its peak size. Whoever sets a MALLOC_ variable or a
// malloc tunable has decided otherwise. It works before the plugin is loaded,
// and once is enough.
var keepMemory = sync.OnceFunc(func() {
	for _, v := range os.Environ() {
		name, value, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "MALLOC_") || name == "GLIBC_TUNABLES" && strings.Contains(value, "glibc.malloc.") {
			return
		}
	}
	C.keep_memory()
})

// littleMemory is a process of which nothing is given back: the plugin's file alone takes
// more than half of it, and to look takes a collection of garbage. Twenty of those were a
// tenth of the time of a small probe.
const littleMemory = 256 << 20

// TrimMemory gives memory that is not in use back to the system: that of Go, and what XLA
// has freed, which keepMemory keeps. It is for where one kind of work ends: what comes next
// takes blocks of other sizes, and would find no room between those that are kept. Of a
// process that is small it gives nothing.
func TrimMemory() {
	if bytes, known := resident(); known && bytes < littleMemory {
		return
	}
	debug.FreeOSMemory()
	C.trim_memory()
}

// resident is how many bytes of the process are in memory; false where that is not known.
func resident() (bytes int, known bool) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, false
	}
	var size, pages int
	_, err = fmt.Sscan(string(text), &size, &pages)
	return pages * os.Getpagesize(), err == nil
}
