package memtest

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
)

// What is found on a half of the examples is what measuring them alone gives, with
// the half's own label sets; and the errors of the row are those of the evidence.
func TestHalvesAreMeasuredAlone(t *testing.T) {
	c := small()
	c.N, c.Levels = 200, []float64{0.3}
	f, _ := inputFeatures(t, c)
	e, ctx := engine(t), context.Background()
	for _, metric := range []string{MetricAccuracy, MetricAUC} {
		o := Options{Probes: []string{"ridge:40"}, Permutations: 19, Scale: ScaleNone, Halves: 2, Metric: metric}
		cell := oneCell(t, Measure(ctx, e, features.Stream(f), o))
		if cell.Row.Halves != 2 || len(cell.Evidence.Halves.Learning) != 2 {
			t.Fatalf("%d splits in the row, %d in the evidence, want 2", cell.Row.Halves, len(cell.Evidence.Halves.Learning))
		}
		m, err := newMeasurement(o.withDefaults())
		if err != nil {
			t.Fatal(err)
		}
		for r, pair := range m.drawHalves(f.Labels, f.Classes, nil) {
			for s, h := range pair {
				alone := oneCell(t, Measure(ctx, e, features.Stream(halfFeatures(f, h)), Options{Probes: []string{"ridge:20"}, Scale: ScaleNone, Metric: metric}))
				if got := cell.Evidence.Halves.Learning[r][s]; math.Abs(got.Observed-alone.Row.Observed) > 1e-9 || !slices.EqualFunc(got.Sets, alone.Row.Null, func(a, b float64) bool { return math.Abs(a+b) < 1e-9 }) {
					t.Errorf("%s, split %d, half %d: %+v, alone %v and %v", metric, r, s, got, alone.Row.Observed, alone.Row.Null)
				}
				own := cell.Evidence.Halves.Own[r][s].Sets
				sum := 0.0
				for _, v := range own {
					sum += v / float64(len(own))
				}
				if math.Abs(sum-*alone.Row.MemorizationOwn) > 1e-9 {
					t.Errorf("%s, split %d, half %d: own part %v, alone %v", metric, r, s, sum, *alone.Row.MemorizationOwn)
				}
			}
		}
		l, err := newEffects(cell.Row, cell.Evidence)
		if err != nil || l.learning.SE() != *cell.Row.LearningSE || l.memorization.SE() != *cell.Row.MemorizationSE {
			t.Errorf("errors %v and %v of the row, %v and %v of the evidence: %v", *cell.Row.LearningSE, *cell.Row.MemorizationSE, l.learning.SE(), l.memorization.SE(), err)
		}
	}
}

// The chance of a half is of exchanges within its own groups.
func TestHalvesHaveTheirGroups(t *testing.T) {
	c := small()
	c.N, c.Levels = 600, []float64{0.3}
	f, _ := inputFeatures(t, c)
	f.Groups = make([]int32, len(f.Labels))
	for i, y := range f.Labels { // groups whose classes differ, each with some of every class
		if (y < int32(f.Classes)/2) == (i%4 == 0) {
			f.Groups[i] = 1
		}
	}
	e, ctx := engine(t), context.Background()
	o := Options{Probes: []string{"ridge:40"}, Permutations: 19, Scale: ScaleNone, Halves: 2, Metric: MetricAUC}
	cell := oneCell(t, Measure(ctx, e, features.Stream(f), o))
	m, err := newMeasurement(o.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	for r, pair := range m.drawHalves(f.Labels, f.Classes, f.Groups) {
		for s, h := range pair {
			half := halfFeatures(f, h)
			half.Groups = h.groups
			alone := oneCell(t, Measure(ctx, e, features.Stream(half), Options{Probes: []string{"ridge:20"}, Scale: ScaleNone, Metric: MetricAUC}))
			sum, sets := 0.0, cell.Evidence.Halves.Memorization[r][s].Sets
			for _, v := range sets {
				sum += v / float64(len(sets))
			}
			if math.Abs(sum-alone.Row.Memorization) > 1e-9 || alone.Row.Chance == 0.5 {
				t.Errorf("split %d, half %d: memorization %v, alone %v with the chance %v", r, s, sum, alone.Row.Memorization, alone.Row.Chance)
			}
		}
	}
}

// halfFeatures are the features of a half with its label sets given.
func halfFeatures(f features.Features, h half) features.Features {
	var copies []arrays.Matrix
	for v := range f.Copies {
		copies = append(copies, pickedRows(v, h.rows))
	}
	f.Train, f.Labels, f.Copies = pickedRows(f.Train, h.rows), picked(f.Labels, h.rows), features.Matrices(copies...)
	f.Fresh, f.FreshLabels = arrays.Matrix{}, nil
	f.Permuted = perm.Sets(h.sets, 1, halfSets+1)
	return f
}

// oneCell is the only cell of a measurement.
func oneCell(t *testing.T, cells func(func(Cell, error) bool)) Cell {
	t.Helper()
	var all []Cell
	for c, err := range cells {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	if len(all) != 1 {
		t.Fatalf("%d cells, want 1", len(all))
	}
	return all[0]
}
