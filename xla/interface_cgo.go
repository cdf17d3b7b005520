//go:build cgo && (linux || darwin)

package xla

/*
#cgo linux LDFLAGS: -ldl
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

// The head of the struct PJRT_Api of pjrt_c_api.h; pointers to functions follow it.
typedef struct {
	size_t size;
	void *extensions;
	size_t version_size;
	void *version_extensions;
	int major, minor;
	void *functions[1];
} memtest_interface;

// memtest_look calls a library's GetPjrtApi; NULL where it has none, or cannot be
// loaded, which the loader itself says better.
static const memtest_interface *memtest_look(const char *path, int *called) {
	void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	if (library == NULL) return NULL;
	const memtest_interface *(*get)(void) = (const memtest_interface *(*)(void))dlsym(library, "GetPjrtApi");
	if (get == NULL) return NULL;
	*called = 1;
	return get();
}

static int memtest_missing(const memtest_interface *api, int function) { return api->functions[function] == NULL; }
static size_t memtest_reach(int function) { return offsetof(memtest_interface, functions) + (function + 1) * sizeof(void *); }
*/
import "C"

import (
	"fmt"
	"slices"
	"unsafe"
)

// interfaceMajor is the version of the interface that go-xla speaks; another one has
// other functions at the same places.
const interfaceMajor = 0

// Places in the interface's table of functions, from 0, in the order of pjrt_c_api.h.
const (
	firstNeeded = 22 // up to PJRT_Client_BufferFromHostBuffer all are needed
	lastUsed    = 93 // PJRT_Client_CreateViewOfDeviceBuffer
)

// alsoNeeded are the other functions without which nothing runs: freeing, finding
// and executing a program, and freeing, measuring and fetching a buffer.
var alsoNeeded = []int{50, 51, 55, 58, 59, 60, 70}

// checkInterface says what is wrong with the interface that a plugin offers: go-xla
// calls its functions without a look, and a call of a function that is not there ends
// the process.
func checkInterface(path string) error {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	var called C.int
	api := C.memtest_look(name, &called)
	switch {
	case api == nil && called == 0:
		return nil // the loader says why
	case api == nil:
		return fmt.Errorf("plugin %s cannot be loaded: its GetPjrtApi returns nothing", path)
	case api.size == 0:
		return fmt.Errorf("plugin %s cannot be used: its interface is empty; install it again", path)
	case api.major != interfaceMajor:
		return fmt.Errorf("plugin %s cannot be used: its interface is of version %d.%d, and %d.x is needed; take another plugin", path, api.major, api.minor, interfaceMajor)
	case api.size < C.memtest_reach(lastUsed):
		return fmt.Errorf("plugin %s cannot be used: its interface, version %d.%d, lacks functions that are needed; take a newer one", path, api.major, api.minor)
	}
	for function := range lastUsed + 1 {
		if (function <= firstNeeded || slices.Contains(alsoNeeded, function)) && C.memtest_missing(api, C.int(function)) != 0 {
			return fmt.Errorf("plugin %s cannot be used: function %d of its interface, version %d.%d, is missing; install it again", path, function, api.major, api.minor)
		}
	}
	return nil
}
