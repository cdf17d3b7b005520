package counts

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla"
)

// BenchmarkCount counts the predictions of a chunk, 256 label sets of 10,000 copies in ten
// classes, with the 199 reshuffles of both kinds: all that a level of a probe needs. The
// first pass, which compiles, is not timed. perm's BenchmarkTally is the same work on a
// processor.
func BenchmarkCount(b *testing.B) {
	e, err := xla.Open(b.Context(), "", xla.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			const sets = 256
			c := random(rand.New(rand.NewPCG(1, 2)), n, 10, sets, nil)
			tally := newTally(b, n, 10, perm.TallyOptions{Strata: c.labels[0], PerExample: true})
			p := c.onDevice(b, e, 0, sets, sets)
			defer p.Free()
			counter := NewCounter(tally.Layout())
			defer counter.Close()
			pass := func() {
				hits, err := p.ClassHits(0)
				if err == nil {
					_, err = counter.Count(p, 0, 1, sets, hits)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			pass()
			for b.Loop() {
				pass()
			}
		})
	}
}
