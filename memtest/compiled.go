package memtest

import (
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// Compiled is what an engine has compiled so far, see xla.Engine.Compiled, as the
// manifest of a run notes it.
func Compiled(e *xla.Engine) result.Compiled { return result.NewCompiled(e.Compiled()) }
