package paper

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// book answers questions about an archive. What an archive cannot answer is an
// error of the document; the first one is kept.
type book struct {
	Archive
	scale scale
	err   error
}

func (b *book) fail(format string, args ...any) {
	if b.err == nil {
		b.err = bad(format, args...)
	}
}

// cell says which rows of a run are meant: one a training seed.
type cell struct {
	run     string
	network string // "" = the trained one
	epoch   int    // epochNone for the raw inputs
	layer   string // "" = whichever there is
	probe   string
	level   float64
}

func (c cell) String() string {
	return fmt.Sprintf("run %s, network %q, epoch %d, layer %q, probe %s, level %g", c.run, c.network, c.epoch, c.layer, c.probe, c.level)
}

func (c cell) has(r result.Row) bool {
	if c.network == "" && !r.Role.UnderTest() || c.network != "" && c.network != r.Network {
		return false
	}
	return r.Epoch == c.epoch && (c.layer == "" || r.Layer == c.layer) && r.Probe == c.probe && r.Level == c.level
}

// rows are the rows of a cell by training seed; there must be some.
func (b *book) rows(c cell) []result.Row {
	var out []result.Row
	for _, r := range b.Rows[c.run] {
		if c.has(r) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(x, y result.Row) int { return cmp.Compare(x.Seed, y.Seed) })
	for i := 1; i < len(out); i++ {
		if out[i].Seed == out[i-1].Seed {
			b.fail("%v: seed %d is there twice", c, out[i].Seed)
		}
	}
	if len(out) == 0 {
		b.fail("%v: there are no rows", c)
	}
	return out
}

// quantity is a number that a row holds.
type quantity func(result.Row) float64

func learning(r result.Row) float64     { return r.Learning }
func memorization(r result.Row) float64 { return r.Memorization }
func nullMean(r result.Row) float64     { return r.NullMean }
func trainAccuracy(r result.Row) float64 {
	return valueOf(r.TrainAccuracy)
}
func testAccuracy(r result.Row) float64 { return valueOf(r.TestAccuracy) }
func within(r result.Row) float64       { return valueOf(r.WithinClass) }
func fresh(r result.Row) float64        { return valueOf(r.Fresh) }

func valueOf(p *float64) float64 {
	if p == nil {
		return 0
	}
	return *p
}

func (b *book) values(c cell, of quantity) []float64 {
	var out []float64
	for _, r := range b.rows(c) {
		out = append(out, of(r))
	}
	return out
}

// one is a quantity of a cell that has a single row, as the raw inputs have.
func (b *book) one(c cell, of quantity) float64 {
	v := b.values(c, of)
	if len(v) != 1 {
		b.fail("%v: %d rows in place of one", c, len(v))
		return 0
	}
	return v[0]
}

// over is the mean over training seeds with its 95 % interval.
func (b *book) over(c cell, of quantity) perm.Interval {
	return b.interval(c.String(), b.values(c, of))
}

// differ is the mean over training seeds of x less y, paired by seed.
func (b *book) differ(x, y cell, of quantity) perm.Interval {
	return b.interval(x.String(), b.differences(x, y, of))
}

func (b *book) differences(x, y cell, of quantity) []float64 {
	p, q := b.rows(x), b.rows(y)
	if len(p) != len(q) {
		b.fail("%v: %d rows against %d of %v", x, len(p), len(q), y)
		return nil
	}
	var out []float64
	for i := range p {
		if p[i].Seed != q[i].Seed {
			b.fail("%v and %v are of different seeds", x, y)
		}
		out = append(out, of(p[i])-of(q[i]))
	}
	return out
}

func (b *book) interval(what string, values []float64) perm.Interval {
	v, err := perm.SeedInterval(values, 0)
	if err != nil {
		b.fail("%s: %v", what, err)
	}
	return v
}

// calibrated is calibrated learning over training seeds; false where the scale
// is not defined for each of them.
func (b *book) calibrated(c cell) (perm.Interval, bool) {
	var values []float64
	for _, r := range b.rows(c) {
		if r.Calibrated == nil {
			return perm.Interval{}, false
		}
		values = append(values, *r.Calibrated)
	}
	return b.interval(c.String(), values), true
}

// axis lists the values that rows of a run take, in order of appearance.
func axis[T comparable](rows []result.Row, of func(result.Row) T) []T {
	var out []T
	for _, r := range rows {
		if v := of(r); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func (b *book) levels(run string) []float64 {
	all := axis(b.Rows[run], func(r result.Row) float64 { return r.Level })
	slices.Sort(all)
	return all
}

func (b *book) probes(run string) []string {
	return axis(b.Rows[run], func(r result.Row) string { return r.Probe })
}

// epochs are those of the network, ascending.
func (b *book) epochs(run string) []int {
	var all []int
	for _, e := range axis(b.Rows[run], func(r result.Row) int { return r.Epoch }) {
		if e != result.EpochNone {
			all = append(all, e)
		}
	}
	slices.Sort(all)
	return all
}

func (b *book) lastEpoch(run string) int { return slices.Max(b.epochs(run)) }

// between are the levels above 0 and below the largest: at 0 a copy is its
// parent, and at the other end little of it is left.
func (b *book) between(run string) []float64 {
	all := b.levels(run)
	return all[1 : len(all)-1]
}

// named are the runs of the setting whose name begins with a prefix.
func (b *book) named(prefix string) []string {
	runs, err := Runs(b.Setting)
	if err != nil {
		b.fail("%v", err)
	}
	var out []string
	for _, r := range runs {
		if strings.HasPrefix(r.Name, prefix) {
			out = append(out, r.Name)
		}
	}
	return out
}

// data is the name of the data set of a run.
func (b *book) data(run string) string {
	for _, r := range b.Rows[run] {
		return r.Data
	}
	return ""
}

// n is the number of training examples of a run.
func (b *book) n(run string) int {
	for _, r := range b.Rows[run] {
		return r.N
	}
	return 0
}

// facts are the values of a fact by training seed.
func (b *book) facts(run, name, probe string, level float64) []float64 {
	var found []Fact
	for _, f := range b.Facts {
		if f.Run == run && f.Name == name && f.Probe == probe && f.Level == level {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(x, y Fact) int { return cmp.Compare(x.Seed, y.Seed) })
	var out []float64
	for _, f := range found {
		out = append(out, f.Value)
	}
	if len(out) == 0 {
		b.fail("run %s: there is no fact %s of probe %q at level %g", run, name, probe, level)
	}
	return out
}

func (b *book) fact(run, name string, level float64) float64 {
	v := b.facts(run, name, "", level)
	if len(v) != 1 {
		b.fail("run %s: %d facts %s at level %g", run, len(v), name, level)
		return 0
	}
	return v[0]
}

// figure makes a figure of a plot.
func (b *book) figure(p chart.Figure) document.Block {
	if err := p.Check(); err != nil {
		b.err = errors.Join(b.err, err)
	}
	return document.Block{Figure: &p}
}

// curve is a series of intervals over x.
func curve(name string, x []float64, of func(x float64) perm.Interval) chart.Line {
	s := chart.Line{Name: name, X: x}
	for _, v := range x {
		i := of(v)
		s.Y, s.Low, s.High = append(s.Y, i.Estimate), append(s.Low, i.Low), append(s.High, i.High)
	}
	return s
}
