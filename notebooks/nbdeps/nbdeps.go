// Package nbdeps imports what the cells of the notebooks import, so that go.mod
// keeps it, `go test ./notebooks` fetches it and the first cell of a notebook can
// tell whether it is all there.
package nbdeps

import (
	_ "github.com/janpfeifer/gonb/gonbui"
	_ "github.com/janpfeifer/must"

	_ "github.com/seed-1a417598/memtest/datasets"
	_ "github.com/seed-1a417598/memtest/datasets/arrays"
	_ "github.com/seed-1a417598/memtest/datasets/features"
	_ "github.com/seed-1a417598/memtest/datasets/seed"
	_ "github.com/seed-1a417598/memtest/memtest"
	_ "github.com/seed-1a417598/memtest/memtest/onnx"
	_ "github.com/seed-1a417598/memtest/memtest/perm"
	_ "github.com/seed-1a417598/memtest/memtest/perturb"
	_ "github.com/seed-1a417598/memtest/memtest/report"
	_ "github.com/seed-1a417598/memtest/memtest/result"
	_ "github.com/seed-1a417598/memtest/memtest/show"
	_ "github.com/seed-1a417598/memtest/xla"
	_ "github.com/seed-1a417598/memtest/xla/nn"
	_ "github.com/seed-1a417598/memtest/xla/probe"
)
