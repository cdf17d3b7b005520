package result

import (
	"math"
	"time"
)

// Compiled is what was compiled for a run by the process that finished it: by `memtest run`
// of a whole run, probe and onnx from the opening of the backend on, else while the process measured this
// run. What a process that was stopped had compiled before is not in it. Of a run that was
// merged it is the sum over its parts. Zero values = not known, or none.
type Compiled struct {
	Programs int     `json:"programs,omitempty"`        // each once for every combination of shapes
	Seconds  float64 `json:"compile_seconds,omitempty"` // to build and to compile them, those at the same time added up
}

// NewCompiled is a number of programs and the time that they took, in milliseconds.
func NewCompiled(programs int, spent time.Duration) Compiled {
	return Compiled{programs, milliseconds(spent.Seconds())}
}

// Plus is what was compiled for two parts of a run.
func (c Compiled) Plus(other Compiled) Compiled {
	return Compiled{c.Programs + other.Programs, milliseconds(c.Seconds + other.Seconds)}
}

// Since is what was compiled after an earlier moment.
func (c Compiled) Since(earlier Compiled) Compiled {
	return Compiled{c.Programs - earlier.Programs, milliseconds(c.Seconds - earlier.Seconds)}
}

// milliseconds rounds seconds to them.
func milliseconds(seconds float64) float64 { return math.Round(1000*seconds) / 1000 }
