package xla

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// request is a backend as a person names it, taken apart.
type request struct {
	text     string // as written
	source   string // where: "the backend option" or "GOMLX_BACKEND"
	any      bool   // the best there is, pure Go too
	golang   bool   // the pure-Go backend
	path     string // a plugin file; absolute
	platform string // "cpu", "cuda", …; "" = the best
	options  string // GoMLX's options, separated by commas
}

// ErrBackend is in the chain of errors of a backend that was asked for and that is
// not known or not there: another name mends them, no second try.
var ErrBackend = errors.New("no such backend")

// askedError is an error with ErrBackend in its chain and not in its words.
type askedError struct{ error }

func (askedError) Is(target error) bool { return target == ErrBackend }
func (e askedError) Unwrap() error      { return e.error }

func asked(format string, args ...any) error { return askedError{fmt.Errorf(format, args...)} }

// parseRequest reads the name of a backend; environment is the value of GOMLX_BACKEND,
// used when backend is empty.
func parseRequest(backend, environment string) (request, error) {
	w := request{text: backend, source: "the backend option"}
	if backend == "" {
		w.text, w.source = environment, "GOMLX_BACKEND"
	}
	if w.text == "" {
		w.any = true
		return w, nil
	}
	fail := func(format string, args ...any) (request, error) {
		return request{}, asked("backend %q from %s: %s; use xla:cpu, xla:cuda, go or the path of a PJRT plugin", w.text, w.source, fmt.Sprintf(format, args...))
	}
	name, rest, _ := strings.Cut(w.text, ":")
	switch name {
	case "go":
		w.golang, w.options = true, rest
		return w, nil
	case "xla", "stablehlo", "shlo", "hlo": // GoMLX's names for one thing
	default:
		if !strings.ContainsRune(w.text, filepath.Separator) && !strings.HasSuffix(w.text, ".so") && !strings.HasSuffix(w.text, ".dylib") {
			return fail("unknown")
		}
		rest = w.text
	}
	device, options, _ := strings.Cut(rest, ",")
	for o := range strings.SplitSeq(options, ",") {
		if options != "" && !slices.Contains([]string{"shared_buffers", "noshared_buffers", "tf32"}, o) {
			return fail("GoMLX has no option %q (shared_buffers, noshared_buffers, tf32)", o)
		}
	}
	w.options = options
	if strings.ContainsRune(device, filepath.Separator) || strings.Contains(device, ".") {
		path, err := filepath.Abs(device)
		if err != nil {
			return fail("the current folder is unknown (%v)", err)
		}
		w.path = path
		return w, nil
	}
	w.platform = device
	if device != "" && !slices.Contains([]string{"cpu", "cuda", "rocm", "oneapi", "metal", "tpu"}, device) {
		return fail("no such device %q", device)
	}
	return w, nil
}
