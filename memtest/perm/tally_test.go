package perm

import (
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
	"pgregory.net/rapid"
)

// plainly counts by the definitions, one comparison at a time.
func plainly(n, classes int, o TallyOptions, labels, predicted map[int][]int32) *Counts {
	j := o.Reshuffles
	if j == 0 {
		j = DefaultReshuffles
	}
	rows := must(NewReshuffles(n, o.Groups, j, o.Seed))
	group := o.Groups
	if group == nil {
		group = make([]int32, n)
	}
	c := &Counts{N: n, Classes: classes, Key: rows.key, Reshuffled: make([]int64, j)}
	distinct := map[int32]int{}
	for _, g := range group {
		distinct[g]++
	}
	c.Blocks = len(distinct)
	if o.Strata != nil {
		plainlyWithin(c, o, group, j, labels, predicted)
	}
	if o.PerExample {
		c.Recalled, c.Share, c.ShareHit, c.ShareSq = make([]int32, n), make([]int64, n), make([]int64, n), make([]int64, n)
		for _, g := range group {
			c.BlockSize = append(c.BlockSize, int32(distinct[g]))
		}
	}
	for b := range labels {
		c.B = append(c.B, b)
	}
	slices.Sort(c.B)
	for _, b := range c.B {
		y, p := labels[b], predicted[b]
		hits, chance := 0, 0.0
		classHits, byPrediction, byLabel, classChance := make([]int32, classes), make([]int32, classes), make([]int32, classes), make([]float64, classes)
		for i := range n {
			byPrediction[p[i]]++
			byLabel[y[i]]++
			if p[i] == y[i] {
				hits++
				classHits[y[i]]++
			}
			// Copy i against the label of every row of its block.
			same := 0
			for k := range n {
				if group[k] == group[i] && y[k] == p[i] {
					same++
				}
			}
			share := float64(same) / float64(distinct[group[i]])
			chance += share / float64(n)
			classChance[p[i]] += share
			if b == 0 && o.PerExample {
				c.ObservedHit = append(c.ObservedHit, map[bool]uint8{true: 1}[p[i] == y[i]])
			}
			if b > 0 && o.PerExample {
				c.Share[i] += int64(same)
				c.ShareSq[i] += int64(same * same)
				if p[i] == y[i] {
					c.Recalled[i]++
					c.ShareHit[i] += int64(same)
				}
			}
			for j := range rows.order {
				if b > 0 && p[rows.order[j][i]] == y[i] {
					c.Reshuffled[j]++
				}
			}
		}
		c.Hits, c.Chance = append(c.Hits, hits), append(c.Chance, chance)
		c.ClassHits, c.Predicted, c.Labels = append(c.ClassHits, classHits), append(c.Predicted, byPrediction), append(c.Labels, byLabel)
		c.ClassChance = append(c.ClassChance, classChance)
	}
	return c
}

// plainlyWithin counts what is about strata, one comparison at a time.
func plainlyWithin(c *Counts, o TallyOptions, group []int32, j int, labels, predicted map[int][]int32) {
	within := must(NewReshufflesWithin(o.Strata, o.Groups, j, o.Seed))
	c.StratumKey, c.StratumReshuffled = within.key, make([]int64, j)
	c.StratumShare, c.StratumShareHit, c.StratumShareSq, c.StratumSize = make([]int64, c.N), make([]int64, c.N), make([]int64, c.N), make([]int32, c.N)
	alike := func(i, k int) bool { return group[i] == group[k] && o.Strata[i] == o.Strata[k] }
	for i := range c.N {
		first := true
		for k := range c.N {
			if alike(i, k) {
				c.StratumSize[i]++
				first = first && k >= i
			}
		}
		if first {
			c.Strata++
		}
	}
	for b := range len(labels) { // they are numbered from 0
		y, p, chance := labels[b], predicted[b], 0.0
		for i := range c.N {
			same := int64(0)
			for k := range c.N {
				if alike(i, k) && y[k] == p[i] {
					same++
				}
			}
			chance += float64(same) / float64(c.StratumSize[i]) / float64(c.N)
			if b == 0 {
				continue
			}
			c.StratumShare[i] += same
			c.StratumShareSq[i] += same * same
			if p[i] == y[i] {
				c.StratumShareHit[i] += same
			}
			for k, order := range within.order {
				if p[order[i]] == y[i] {
					c.StratumReshuffled[k]++
				}
			}
		}
		c.StratumChance = append(c.StratumChance, chance)
	}
}

// sameCounts asks for equal integers and for chances equal up to rounding.
func sameCounts(t interface{ Errorf(string, ...any) }, got, want *Counts) {
	g, w := *got, *want
	for i := range want.B {
		if i < len(got.Chance) && !near(got.Chance[i], want.Chance[i], 1e-12) {
			t.Errorf("chance of set %d is %v, want %v", want.B[i], got.Chance[i], want.Chance[i])
		}
		if i < len(got.StratumChance) && !near(got.StratumChance[i], want.StratumChance[i], 1e-12) {
			t.Errorf("chance within strata of set %d is %v, want %v", want.B[i], got.StratumChance[i], want.StratumChance[i])
		}
		for k := range want.Classes {
			if i < len(got.ClassChance) && math.Abs(got.ClassChance[i][k]-want.ClassChance[i][k]) > 1e-9 {
				t.Errorf("chance of set %d, class %d is %v, want %v", want.B[i], k, got.ClassChance[i][k], want.ClassChance[i][k])
			}
		}
	}
	g.Chance, w.Chance, g.ClassChance, w.ClassChance, g.StratumChance, w.StratumChance = nil, nil, nil, nil, nil, nil
	for f := range reflect.TypeOf(g).NumField() {
		a, b := reflect.ValueOf(g).Field(f).Interface(), reflect.ValueOf(w).Field(f).Interface()
		if !reflect.DeepEqual(a, b) {
			t.Errorf("n %d, K %d: %s is %v, want %v", want.N, want.Classes, reflect.TypeOf(g).Field(f).Name, a, b)
		}
	}
}

// predictions that hold the label with probability signal, else anything.
func predictions(r *rand.Rand, labels []int32, classes int, signal float64) []int32 {
	p := make([]int32, len(labels))
	for i, y := range labels {
		p[i] = y
		if r.Float64() >= signal {
			p[i] = int32(r.IntN(classes))
		}
	}
	return p
}

// The batched tally against the plain loop: few and many classes (one to three
// planes of planes), sets that fill no lane, one lane and more, with and without
// blocks.
func TestTallyAgainstPlainLoop(t *testing.T) {
	for _, c := range []struct {
		n, classes, sets int
		blocks           int32
	}{{1, 2, 3, 1}, {23, 2, 5, 1}, {40, 10, 64, 1}, {17, 16, 65, 1}, {31, 17, 70, 1}, {60, 256, 66, 1}, {300, 300, 10, 1}, {30, 5000, 9, 1}, {40, 3, 130, 4}, {25, 2, 20, 25}} {
		r := seed.Stream(7, "tally", c.n, c.classes)
		o := TallyOptions{Reshuffles: 5, Seed: 3, PerExample: true}
		if c.blocks > 1 {
			for i := range c.n {
				o.Groups = append(o.Groups, int32(i)%c.blocks)
			}
		}
		for range c.n {
			o.Strata = append(o.Strata, int32(r.IntN(min(c.classes, 4))))
		}
		labels, predicted := map[int][]int32{}, map[int][]int32{}
		tally := must(NewTally(c.n, c.classes, o))
		for b := range c.sets {
			labels[b] = make([]int32, c.n)
			for i := range c.n {
				labels[b][i] = int32(r.IntN(c.classes))
			}
			predicted[b] = predictions(r, labels[b], c.classes, 0.3)
			if err := tally.Add(b, labels[b], predicted[b]); err != nil {
				t.Fatal(err)
			}
		}
		sameCounts(t, tally.Counts(), plainly(c.n, c.classes, o, labels, predicted))
	}
}

// Any order of the sets, any chunks between which counts are read, one tally or
// parts that are merged, one core or more: the same counts.
func TestTallyOrderAndChunks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		labels, classes, groups := drawLabels(t)
		n := len(labels)
		s := must(NewShuffled(labels, classes, groups, 5))
		b := rapid.IntRange(1, 150).Draw(t, "B")
		o := TallyOptions{Reshuffles: 7, Seed: 2, Groups: groups, PerExample: true}
		if rapid.Bool().Draw(t, "split") {
			o.Strata = labels
		}
		if rapid.Bool().Draw(t, "shared") {
			o.Shared, o.SharedWithin = must(NewReshuffles(n, groups, 7, 2)), must(NewReshufflesWithin(labels, groups, 7, 2))
		}
		r := seed.Stream(rapid.Uint64().Draw(t, "seed"), "predictions")
		predicted := make([][]int32, b+1)
		sets := Sets(s, 0, b+1)
		whole := must(NewTally(n, classes, o))
		for i, y := range sets {
			predicted[i] = predictions(r, y, classes, 0.5)
			if err := whole.Add(i, y, predicted[i]); err != nil {
				t.Fatal(err)
			}
		}
		want := whole.Counts()

		parts := make([]*Tally, rapid.IntRange(1, 3).Draw(t, "parts"))
		for i := range parts {
			parts[i] = must(NewTally(n, classes, o))
		}
		for _, i := range rapid.Permutation(seq(b+1)).Draw(t, "order") {
			p := parts[i%len(parts)]
			if err := p.Add(i, sets[i], predicted[i]); err != nil {
				t.Fatal(err)
			}
			if i%11 == 0 {
				p.Counts()
			}
		}
		got := parts[0].Counts()
		for _, p := range parts[1:] {
			if err := got.Merge(p.Counts()); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("parts give\n%+v, the whole\n%+v", got, want)
		}
	})
}

// A tally that is large enough for several goroutines gives what one gives.
func TestTallyOnOneCore(t *testing.T) {
	labels := randomLabels(seed.Stream(1, "labels"), 3000, 10)
	s := must(NewShuffled(labels, 10, nil, 1))
	count := func(cores int) *Counts {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		r := seed.Stream(1, "predictions")
		tally := must(NewTally(3000, 10, TallyOptions{Strata: labels}))
		for b, y := range Sets(s, 0, 70) {
			if err := tally.Add(b, y, predictions(r, y, 10, 0.2)); err != nil {
				t.Fatal(err)
			}
		}
		return tally.Counts()
	}
	if one, many := count(1), count(5); !reflect.DeepEqual(one, many) {
		t.Error("counts differ between one core and five")
	}
}

func TestTallyLeavesInputAlone(t *testing.T) {
	labels, predicted := []int32{0, 1, 1}, []int32{1, 1, 0}
	tally := must(NewTally(3, 2, TallyOptions{PerExample: true}))
	for b := range 70 {
		if err := tally.Add(b, labels, predicted); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(labels, []int32{0, 1, 1}) || !slices.Equal(predicted, []int32{1, 1, 0}) {
		t.Error("labels or predictions were changed")
	}
}

// An Add that fails counts nothing.
func TestTallyAddErrors(t *testing.T) {
	labels, predicted := []int32{0, 1, 1}, []int32{1, 1, 0}
	tally := must(NewTally(3, 2, TallyOptions{Reshuffles: 3}))
	for b := range 3 {
		if err := tally.Add(b, labels, predicted); err != nil {
			t.Fatal(err)
		}
	}
	before := tally.Counts()
	for _, c := range []struct {
		b                 int
		labels, predicted []int32
		want              string
	}{
		{-1, labels, predicted, "tally: label set -1; sets are numbered from 0"},
		{2, labels, predicted, "tally: label set 2 was counted before; each set counts once"},
		{3, labels[:2], predicted, "tally: label set 3 has 2 labels and 3 predictions for 3 examples"},
		{3, []int32{0, 2, 1}, predicted, "tally, labels: label 2 of example 1 is outside 0..1"},
		{3, labels, []int32{0, 1, -1}, "tally, predictions: label -1 of example 2 is outside 0..1"},
	} {
		if err := tally.Add(c.b, c.labels, c.predicted); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	if !reflect.DeepEqual(tally.Counts(), before) {
		t.Error("an Add that failed was counted")
	}
}

// n, B and J of the default run at full size: B = 1000 label sets of 10,000
// examples, 10 classes, 199 reshuffles. Label sets and predictions are made
// outside of the measurement.
func BenchmarkTally(b *testing.B) {
	const n, classes, sets = 10000, 10, 1000
	labels := randomLabels(seed.Stream(1, "labels"), n, classes)
	all := Sets(must(NewShuffled(labels, classes, nil, 1)), 0, sets+1)
	r := seed.Stream(1, "predictions")
	predicted := make([][]int32, len(all))
	for i, y := range all {
		predicted[i] = predictions(r, y, classes, 0.1)
	}
	rows, within := must(NewReshuffles(n, nil, DefaultReshuffles, 1)), must(NewReshufflesWithin(labels, nil, DefaultReshuffles, 1))
	for _, mode := range []struct {
		name string
		o    TallyOptions
	}{
		{"hits", TallyOptions{Reshuffles: -1}},
		{"memorization", TallyOptions{Seed: 1, Shared: rows}},
		{"per-example", TallyOptions{Seed: 1, Shared: rows, PerExample: true}},
		{"split", TallyOptions{Seed: 1, Shared: rows, PerExample: true, Strata: labels, SharedWithin: within}},
	} {
		b.Run(mode.name, func(b *testing.B) {
			if mode.o.Shared == nil {
				mode.o.Shared = must(NewReshuffles(n, nil, 0, 0))
			}
			b.ReportAllocs()
			for b.Loop() {
				tally := must(NewTally(n, classes, mode.o))
				for i, y := range all {
					if err := tally.Add(i, y, predicted[i]); err != nil {
						b.Fatal(err)
					}
				}
				tally.Counts()
			}
		})
	}
}

func BenchmarkShuffled(b *testing.B) {
	s := must(NewShuffled(randomLabels(seed.Stream(1, "labels"), 10000, 10), 10, nil, 1))
	dst := make([]int32, 10000)
	for i := 1; b.Loop(); i++ {
		s.Set(i, dst)
	}
}
