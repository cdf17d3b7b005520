package counts

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla"
)

// cell is labels and predictions of label sets of one cell.
type cell struct {
	classes           int
	labels, predicted [][]int32 // [sets][n]
}

// random is a cell whose predictions follow the labels in part.
func random(r *rand.Rand, n, classes, sets int, groups []int32) cell {
	c := cell{classes: classes}
	truth := make([]int32, n)
	for i := range truth {
		truth[i] = int32(i % classes)
	}
	design, err := perm.NewDesign(truth, classes, groups)
	if err != nil {
		panic(err)
	}
	c.labels = perm.Sets(design.Shuffled(r.Uint64()), 0, sets)
	for _, y := range c.labels {
		p := slices.Clone(y)
		for i := range p {
			if r.IntN(3) > 0 {
				p[i] = int32(r.IntN(1 + r.IntN(classes)))
			}
		}
		c.predicted = append(c.predicted, p)
	}
	return c
}

// onDevice are some label sets as a probe leaves them: of P fits, of which the last ones
// fill up.
func (c cell) onDevice(t testing.TB, e *xla.Engine, from, to, most int) *Predicted {
	t.Helper()
	n := len(c.labels[0])
	flat := make([]int32, most*n)
	for i := range most {
		copy(flat[i*n:], c.predicted[min(from+i, to-1)])
	}
	tensor, err := xla.Tensor(e, flat, most, n)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPredicted(e, c.labels[from:to], c.classes, []*tensors.Tensor{tensor})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newTally(t testing.TB, n, classes int, o perm.TallyOptions) *perm.Tally {
	t.Helper()
	tally, err := perm.NewTally(n, classes, o)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// addOnDevice counts label sets from..to−1 on the device, but for those that come last,
// of which skip are left out.
func (c cell) addOnDevice(t *testing.T, e *xla.Engine, tally *perm.Tally, counter *Counter, from, to, most, skip int) {
	t.Helper()
	p := c.onDevice(t, e, from, to, most)
	defer p.Free()
	hits, err := p.ClassHits(0)
	if err != nil {
		t.Fatal(err)
	}
	first := 0
	if from == 0 {
		observed, err := p.First(0)
		if err != nil || !slices.Equal(observed, c.predicted[0]) {
			t.Fatalf("the first predictions are %v, %v", observed, err)
		}
		if err := tally.Add(0, c.labels[0], observed); err != nil {
			t.Fatal(err)
		}
		first = 1
	}
	counted, err := counter.Count(p, 0, first, to-from-skip, hits)
	if err != nil {
		t.Fatal(err)
	}
	if err := tally.AddCounted(from+first, counted); err != nil {
		t.Fatal(err)
	}
}

// What is counted on the device is, to the last bit, what a tally counts itself: with and
// without groups, strata, reshuffles and sums per example, in chunks that the label sets
// do not fill, and where the last sets do not count.
func TestCountsAsTally(t *testing.T) {
	e, err := xla.Open(t.Context(), "", xla.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []struct{ n, classes, sets, most int }{{12, 2, 5, 4}, {90, 3, 20, 7}, {340, 17, 9, 32}} {
		groups := make([]int32, size.n)
		for i := range groups {
			groups[i] = int32(9 - i/size.classes%2)
		}
		truth := random(r, size.n, size.classes, 1, nil).labels[0]
		for name, o := range map[string]perm.TallyOptions{
			"nothing":     {Reshuffles: -1},
			"half":        {Reshuffles: -1, Strata: truth},
			"groups":      {Reshuffles: 11, Groups: groups, PerExample: true},
			"strata":      {Strata: truth, PerExample: true},
			"all, few":    {Reshuffles: 11, Strata: truth, Groups: groups, PerExample: true},
			"all as ever": {Strata: truth, Groups: groups, PerExample: true},
		} {
			t.Run(fmt.Sprintf("n=%d,K=%d,%s", size.n, size.classes, name), func(t *testing.T) {
				c := random(r, size.n, size.classes, size.sets, o.Groups)
				want, got := newTally(t, size.n, size.classes, o), newTally(t, size.n, size.classes, o)
				counter := NewCounter(got.Layout())
				defer counter.Close()
				if size.classes == 17 { // the reshuffles in several pieces
					counter.bytes = 4 * size.n * size.most * 30
				}
				if !Fits(got.Layout()) {
					t.Fatal("the layout does not fit")
				}
				for b := range size.sets - 1 {
					if err := want.Add(b, c.labels[b], c.predicted[b]); err != nil {
						t.Fatal(err)
					}
				}
				for from := 0; from < size.sets; from += size.most {
					to, skip := min(size.sets, from+size.most), 0
					if to == size.sets {
						skip = 1
					}
					c.addOnDevice(t, e, got, counter, from, to, size.most, skip)
				}
				if g, w := got.Counts(), want.Counts(); !reflect.DeepEqual(g, w) {
					t.Errorf("on the device\n%+v\nas a tally\n%+v", g, w)
				}
			})
		}
	}
}

// Of each layout it is known whether it is counted on a device.
func TestFits(t *testing.T) {
	of := func(n, blocks, strata int) perm.Layout {
		return perm.Layout{Examples: n, Classes: 2, Blocks: perm.Parting{Number: blocks}, Strata: perm.Parting{Number: strata}}
	}
	for _, l := range []perm.Layout{of(10, 1, 0), of(10_000, 1000, 10_000), of(1_000_000, 1, 100)} {
		if !Fits(l) {
			t.Errorf("%+v does not fit", l)
		}
	}
	for _, l := range []perm.Layout{of(100_000, 1, 5000), of(100_000, 5000, 0), of(1<<24, 1, 2)} {
		if Fits(l) {
			t.Errorf("%+v fits", l)
		}
	}
}
