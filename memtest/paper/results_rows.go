package paper

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// condition says which rows of a run are meant: one a training seed.
type condition struct {
	run     string
	network string // "" = the trained one
	epoch   int    // result.EpochNone for the raw inputs
	layer   string // "" = whichever there is
	probe   string
	level   float64
}

func (c condition) String() string {
	return fmt.Sprintf("run %s, network %q, epoch %d, layer %q, probe %s, level %g", c.run, c.network, c.epoch, c.layer, c.probe, c.level)
}

// twin is the same condition of the network's shuffled-label twin.
func (c condition) twin() condition { c.network = memtest.RefTwin; return c }

// untrained is the same condition of the network before training.
func (c condition) untrained() condition { c.epoch = 0; return c }

// input is the same condition of the raw inputs.
func (c condition) input() condition {
	c.network, c.epoch, c.layer = memtest.RefInput, result.EpochNone, ""
	return c
}

func (c condition) has(r result.Row) bool {
	if c.network == "" && !r.UnderTest() || c.network != "" && c.network != r.Network {
		return false
	}
	return r.Epoch == c.epoch && (c.layer == "" || r.Layer == c.layer) && r.Probe == c.probe && r.Level == c.level
}

// rows are the rows of a condition by training seed; there must be some.
func (res *results) rows(c condition) []result.Row {
	var out []result.Row
	for _, r := range res.Rows[c.run] {
		if c.has(r) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(x, y result.Row) int { return cmp.Compare(x.Seed, y.Seed) })
	for i := 1; i < len(out); i++ {
		if out[i].Seed == out[i-1].Seed {
			res.fail("%v: seed %d is there twice", c, out[i].Seed)
		}
	}
	if len(out) == 0 {
		res.fail("%v: there are no rows", c)
	}
	return out
}

// row is the row of a condition that has a single one, as that of the raw inputs.
func (res *results) row(c condition) result.Row {
	rows := res.rows(c)
	if len(rows) != 1 {
		res.fail("%v: %d rows in place of one", c, len(rows))
		return result.Row{}
	}
	return rows[0]
}

// first is some row of a run, for what all its rows have in common: data, number
// of examples and classes, perturbation.
func (res *results) first(run string) result.Row {
	if len(res.Rows[run]) == 0 {
		res.fail("run %s: there are no rows", run)
		return result.Row{}
	}
	return res.Rows[run][0]
}

// quantity is a number that a row holds.
type quantity func(result.Row) float64

func learning(r result.Row) float64      { return r.Learning }
func memorization(r result.Row) float64  { return r.Memorization }
func nullMean(r result.Row) float64      { return r.NullMean }
func trainAccuracy(r result.Row) float64 { return valueOf(r.TrainAccuracy) }
func testAccuracy(r result.Row) float64  { return valueOf(r.TestAccuracy) }
func withinClass(r result.Row) float64   { return valueOf(r.WithinClass) }
func probeFresh(r result.Row) float64    { return valueOf(r.Fresh) }
func trainedEpochs(r result.Row) float64 { return float64(r.TrainedEpochs) }

// valueOf is 0 where a row does not have the value.
func valueOf(p *float64) float64 {
	if p == nil {
		return 0
	}
	return *p
}
