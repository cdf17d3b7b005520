package xla

import (
	"sync/atomic"
	"time"

	"github.com/gomlx/gomlx/backends"
)

// Compiled says how many programs the backend of this engine has compiled since it was
// opened, whoever asked for them: programs of this package and of any other that uses
// Backend, and the small one by which Open tries a plugin. A program counts once for each
// combination of shapes that it was compiled for; one that fails to compile does not.
// spent is the time from the beginning of each graph to the end of its compilation: to
// build it in Go, to write it down, and to compile it. Programs that are compiled at the
// same time each add theirs. The engines of all devices share the numbers.
func (e *Engine) Compiled() (programs int, spent time.Duration) {
	return int(e.backend.programs.Load()), time.Duration(e.backend.spent.Load())
}

// countingBackend is a backend that notes what it compiles. All else passes through.
type countingBackend struct {
	backends.Backend
	programs, spent atomic.Int64 // spent in nanoseconds
}

// Builder begins a graph.
func (b *countingBackend) Builder(name string) backends.Builder {
	began := time.Now()
	return countingBuilder{b.Backend.Builder(name), b, began}
}

// countingBuilder is a graph that is being built.
type countingBuilder struct {
	backends.Builder
	of    *countingBackend
	began time.Time
}

// Compile ends the graph.
func (b countingBuilder) Compile() (backends.Executable, error) {
	program, err := b.Builder.Compile()
	if err == nil {
		b.of.programs.Add(1)
		b.of.spent.Add(int64(time.Since(b.began)))
	}
	return program, err
}
