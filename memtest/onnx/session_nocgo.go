//go:build !cgo

package onnx

import (
	"context"
	"errors"
)

// Runtime is ONNX Runtime, which a program built without cgo cannot load.
type Runtime struct{ Version, Library, Origin, Provider string }

// Open says that there is no ONNX Runtime in this program.
func Open(context.Context, Options) (*Runtime, error) {
	return nil, errors.New("this memtest was built without cgo and cannot compute ONNX models; build it with CGO_ENABLED=1 and a C compiler, or save features from Python and measure them with memtest probe")
}

// String is the version and the provider.
func (r *Runtime) String() string { return r.Version + " " + r.Provider }

type session struct{}

func (r *Runtime) session([]byte, string, []string, []string) (*session, error) {
	return nil, errors.New("there is no ONNX Runtime")
}

func (s *session) close() {}

func (s *session) run([]tensor) ([]tensor, error) { return nil, errors.New("there is no ONNX Runtime") }
