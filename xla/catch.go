package xla

import (
	"fmt"
	"runtime"
	"strings"
)

// Catch runs fn and turns a panic into an error. GoMLX panics while a graph is
// built (wrong shapes, an operation that the backend lacks); this is the border
// at which those panics end. A run-time error (nil pointer, index out of range)
// is one too, and says in which line it happened.
func Catch(fn func()) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case runtime.Error:
			err = fmt.Errorf("%w, in %s", p, panicked())
		case error:
			err = p
		default:
			err = fmt.Errorf("%v", p)
		}
	}()
	fn()
	return nil
}

// panicked is the function, file and line that panicked: the first caller below
// the run-time's own frames.
func panicked() string {
	pc := make([]uintptr, 32)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)]) // skip Callers, panicked and the deferred function
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf("%s (%s:%d)", f.Function, f.File, f.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}
