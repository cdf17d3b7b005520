package memtest

import (
	"context"
	"math"
	"reflect"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Every row of a run has the two parts of memorization. The classes of a twin are
// the shuffled labels that it was trained on, those of a refit the real ones.
func TestSplitOfEveryNetwork(t *testing.T) {
	ctx := context.Background()
	c := small()
	c.N, c.Epochs, c.Refs, c.Probes, c.Refit = 203, []int{1}, nil, []string{"centroid", "knn"}, 19
	x, err := New(ctx, c, datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	shuffled := x.training(x.Config.Seed)
	shuffled.LabelNoise = 1
	roles := map[features.Role]int{}
	for cell, err := range x.Cells(ctx, engine(t)) {
		if err != nil {
			t.Fatal(err)
		}
		roles[cell.Role]++
		classes := x.Train.Y
		if cell.Role == features.Twin {
			classes = shuffled.Labels(x.Train)
		}
		sizes := make([]int32, len(x.Train.Classes))
		for _, y := range classes {
			sizes[y]++
		}
		for i, y := range classes {
			if cell.Counts.StratumSize[i] != sizes[y] {
				t.Fatalf("%s: example %d is in a stratum of %d, its class has %d", cell.Cell(), i, cell.Counts.StratumSize[i], sizes[y])
			}
		}
		if cell.MemorizationClass == nil || cell.MemorizationOwn == nil || cell.MemorizationOwnP == nil {
			t.Fatalf("%s: memorization is not split", cell.Cell())
		}
		if sum := *cell.MemorizationClass + *cell.MemorizationOwn; math.Abs(sum-cell.Memorization) > 1e-12 {
			t.Errorf("%s: the parts add up to %v, memorization is %v", cell.Cell(), sum, cell.Memorization)
		}
		if (cell.Row.Parents != nil) != (cell.Probe == "knn") {
			t.Errorf("%s: share of parents %v", cell.Cell(), cell.Row.Parents)
		}
	}
	for _, role := range []features.Role{features.Network, features.Input, features.Twin, features.Refit} {
		if roles[role] != 4 { // two probes at two levels
			t.Errorf("%d cells of %s, want 4", roles[role], role)
		}
	}
}

// The parts are of hits whatever the metric, and a share of parents of 0 is said.
func TestSplitIsOfHits(t *testing.T) {
	r := seed.Stream(1, "split, hits")
	const n = 90
	x := arrays.Matrix{Rows: n, Cols: 2, Data: make([]float32, 2*n)}
	far := arrays.Matrix{Rows: n, Cols: 2, Data: make([]float32, 2*n)}
	f := features.Features{Train: x, Levels: []float64{1}, Copies: features.Matrices(far), Network: "net", Layer: "h"}
	for i := range n {
		f.Labels = append(f.Labels, int32(i%3))
		for j := range 2 {
			x.Data[2*i+j] = float32(r.NormFloat64()) + 100*float32(i%2)
			far.Data[2*i+j] = x.Data[2*i+j] + 100 - 200*float32(i%2) // among the other half
		}
	}
	e := engine(t)
	var first []result.Row
	for _, metric := range []string{MetricAccuracy, MetricBalanced, MetricAUC} {
		got, err := measured(e, f, Options{Probes: []string{"ridge", "knn"}, Permutations: 29, Metric: metric})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		}
		for i, row := range got {
			if *row.MemorizationOwn != *first[i].MemorizationOwn || *row.MemorizationClass != *first[i].MemorizationClass || *row.MemorizationOwnP != *first[i].MemorizationOwnP {
				t.Errorf("%s, %s: the parts are %v and %v with p %v, by accuracy %v and %v with p %v", row.Probe, metric,
					*row.MemorizationClass, *row.MemorizationOwn, *row.MemorizationOwnP, *first[i].MemorizationClass, *first[i].MemorizationOwn, *first[i].MemorizationOwnP)
			}
		}
		if p := got[1].Parents; p == nil || *p != 0 {
			t.Errorf("%s: no copy is near its parent, but the share of parents is %v", metric, p)
		}
	}
}

// Memorization by k-NN is the share of copies with their parent among the
// neighbours, times what a vote with the parent's label in it gives more than
// chance: with five votes of ten classes 0.258, by going through all others' labels.
func TestMemorizationOfKNNIsParents(t *testing.T) {
	recalled := 0 // of the labels of a parent and of four others, all combinations
	for combination := range 100000 {
		var votes [10]int
		own, rest := combination%10, combination
		for range 5 {
			votes[rest%10]++
			rest /= 10
		}
		best := 0 // of equal ones the first
		for k, v := range votes {
			if v > votes[best] {
				best = k
			}
		}
		if best == own {
			recalled++
		}
	}
	more := float64(recalled)/100000 - 0.1
	if math.Abs(more-0.258) > 0.001 {
		t.Fatalf("a vote with the parent gives %v more than chance, the pages say 0.258", more)
	}
	r := seed.Stream(1, "split, parents")
	const n, d = 1000, 5
	x := arrays.Matrix{Rows: n, Cols: d, Data: make([]float32, d*n)}
	f := features.Features{Train: x, Network: "net", Layer: "h"}
	var copies []arrays.Matrix
	for _, level := range []float64{0.3, 0.6, 1.2} {
		c := arrays.Matrix{Rows: n, Cols: d, Data: make([]float32, d*n)}
		f.Levels, copies = append(f.Levels, level), append(copies, c)
	}
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
		for v, level := range f.Levels {
			copies[v].Data[i] = x.Data[i] + float32(level*r.NormFloat64())
		}
	}
	for i := range n {
		f.Labels = append(f.Labels, int32(i%10))
	}
	f.Copies = features.Matrices(copies...)
	got, err := measured(engine(t), f, Options{Probes: []string{"knn"}, Permutations: 199})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range got {
		if want := more * *row.Parents; math.Abs(row.Memorization-want) > 0.005 || *row.Parents < 0.01 || *row.Parents > 0.99 {
			t.Errorf("level %g: memorization %.4f, but %.3f of the copies have their parent among the neighbours, which gives %.4f", row.Level, row.Memorization, *row.Parents, want)
		}
	}
}

// kept is what a run measured before, with its evidence.
type kept map[string]Cell

func (k kept) Row(cell string) (result.Row, bool)    { c, ok := k[cell]; return c.Row, ok }
func (k kept) Evidence(cell string) (Evidence, bool) { c, ok := k[cell]; return c.Evidence, ok }

// Evidence of an older version does not split memorization. A run that has it goes
// on all the same: where it grows, such a cell is counted again from the start, and
// gives what asking for all label sets at once gives.
func TestOlderEvidenceIsCountedAgain(t *testing.T) {
	r := seed.Stream(1, "split, older")
	const n = 60
	x := arrays.Matrix{Rows: n, Cols: 3, Data: make([]float32, 3*n)}
	for i := range x.Data {
		x.Data[i] = float32(r.NormFloat64())
	}
	f := features.Features{Train: x, Levels: []float64{0}, Copies: features.Matrices(x), Network: "net", Layer: "h"}
	for i := range n {
		f.Labels = append(f.Labels, int32(i%3))
	}
	e := engine(t)
	cells := func(o Options) []Cell {
		o.Probes = []string{"centroid"}
		var all []Cell
		for cell, err := range Measure(context.Background(), e, features.Stream(f), o) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, cell)
		}
		return all
	}
	old := cells(Options{Permutations: 19})[0]
	had := *old.Counts
	had.Strata, had.StratumKey, had.StratumChance, had.StratumReshuffled = 0, 0, nil, nil
	had.StratumShare, had.StratumShareHit, had.StratumShareSq, had.StratumSize = nil, nil, nil, nil
	old.Evidence.Counts = &had
	known := kept{old.Row.Cell(): old}
	if again := cells(Options{Permutations: 19, Known: known}); len(again) != 0 {
		t.Errorf("%d cells are measured again though nothing more is asked for", len(again))
	}
	grown, whole := cells(Options{Permutations: 39, Known: known}), cells(Options{Permutations: 39})
	if len(grown) != 1 || !reflect.DeepEqual(grown[0].Row, whole[0].Row) || !reflect.DeepEqual(grown[0].Counts, whole[0].Counts) {
		t.Errorf("the run grew to %+v, all at once gives %+v", grown, whole)
	}
}
