package perm

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// pairings calls yield with every order of rows 0..n-1 in which each row stays
// within its stratum.
func pairings(stratum []int32, yield func(order []int32)) {
	order, taken := make([]int32, len(stratum)), make([]bool, len(stratum))
	var place func(i int)
	place = func(i int) {
		if i == len(order) {
			yield(order)
			return
		}
		for k := range order {
			if !taken[k] && stratum[k] == stratum[i] {
				order[i], taken[k] = int32(k), true
				place(i + 1)
				taken[k] = false
			}
		}
	}
	place(0)
}

// Chance within strata is the mean of the hits over all pairings of copies and
// labels within strata, which are few here and are gone through one by one; so is
// the share of them with as many hits as there are what p estimates.
func TestSplitAgainstAllPairings(t *testing.T) {
	for _, c := range []struct{ classes, groups []int32 }{
		{[]int32{0, 0, 0, 0, 1, 1, 1}, nil},
		{[]int32{2, 0, 2, 0, 2, 1, 0}, nil}, // the example of class 1 is alone
		{[]int32{0, 1, 0, 1, 0, 0, 1, 1}, []int32{5, 5, 5, 5, 9, 9, 9, 9}},
	} {
		n := len(c.classes)
		stratum := make([]int32, n)
		for i, k := range c.classes {
			stratum[i] = 3 * k
			if c.groups != nil {
				stratum[i] += 100 * c.groups[i]
			}
		}
		r := seed.Stream(1, "split, pairings", n)
		const sets = 4
		const j = 4000
		labels, predicted := make([][]int32, sets), make([][]int32, sets)
		tally := must(NewTally(n, 3, TallyOptions{Reshuffles: j, Seed: 1, Groups: c.groups, Strata: c.classes, PerExample: true}))
		for b := range sets {
			labels[b] = slices.Clone(c.classes)
			newBlocks(n, c.groups).shuffle(labels[b], r)
			predicted[b] = predictions(r, labels[b], 3, 0.5)
			if err := tally.Add(b, labels[b], predicted[b]); err != nil {
				t.Fatal(err)
			}
		}
		counts := tally.Counts()
		sums, pairs := make([]int, sets), 0
		var totals []int
		pairings(stratum, func(order []int32) {
			total := 0
			for b := range sets {
				h := 0
				for i, s := range order {
					if predicted[b][s] == labels[b][i] {
						h++
					}
				}
				sums[b] += h
				if b > 0 {
					total += h
				}
			}
			pairs++
			totals = append(totals, total)
		})
		for b := range sets {
			if want := float64(sums[b]) / float64(pairs*n); math.Abs(counts.StratumChance[b]-want) > 1e-12 {
				t.Errorf("classes %v, set %d: chance within strata %v, the mean over %d pairings is %v", c.classes, b, counts.StratumChance[b], pairs, want)
			}
		}
		hits, reached := counts.Hits[1]+counts.Hits[2]+counts.Hits[3], 0
		for _, h := range totals {
			if h >= hits {
				reached++
			}
		}
		v := must(Judge(counts, Options{Confidence: 0.9999}))
		if exact := float64(reached) / float64(pairs); exact < v.MemorizationOwnPLow || exact > v.MemorizationOwnPHigh {
			t.Errorf("classes %v: own p %v in %v..%v, but %v of the pairings have as many hits", c.classes, v.MemorizationOwnP, v.MemorizationOwnPLow, v.MemorizationOwnPHigh, exact)
		}
	}
}

// The two parts against their definition in a plain loop of float64, and their sum
// against memorization; those of the examples have the mean of the cell.
func TestSplitAgainstPlainLoop(t *testing.T) {
	const n, classes, sets = 120, 5, 70
	r := seed.Stream(1, "split, plain loop")
	y := randomLabels(r, n, classes)
	groups := make([]int32, n)
	for i := range groups {
		groups[i] = int32(i % 2)
	}
	for _, g := range [][]int32{nil, groups} {
		var class, own float64
		each := make([]float64, n)
		tally := must(NewTally(n, classes, TallyOptions{Reshuffles: 9, Groups: g, Strata: y, PerExample: true}))
		for b := range sets {
			labels := slices.Clone(y)
			newBlocks(n, g).shuffle(labels, r)
			predicted := predictions(r, labels, classes, 0.3)
			if err := tally.Add(b, labels, predicted); err != nil {
				t.Fatal(err)
			}
			if b == 0 {
				continue
			}
			for i := range n {
				var block, stratum, inBlock, inStratum, hit float64
				for k := range n {
					same := 0.0
					if labels[k] == predicted[i] {
						same = 1
					}
					if g == nil || g[k] == g[i] {
						block, inBlock = block+1, inBlock+same
						if y[k] == y[i] {
							stratum, inStratum = stratum+1, inStratum+same
						}
					}
				}
				if predicted[i] == labels[i] {
					hit = 1
				}
				class += (inStratum/stratum - inBlock/block) / (n * (sets - 1))
				own += (hit - inStratum/stratum) / (n * (sets - 1))
				each[i] += (hit - inStratum/stratum) / (sets - 1)
			}
		}
		c := tally.Counts()
		v := must(Judge(c, Options{}))
		if !v.SplitDefined || math.Abs(v.MemorizationClass-class) > 1e-12 || math.Abs(v.MemorizationOwn-own) > 1e-12 {
			t.Errorf("parts %v and %v, want %v and %v", v.MemorizationClass, v.MemorizationOwn, class, own)
		}
		if sum := v.MemorizationClass + v.MemorizationOwn; math.Abs(sum-v.Memorization) > 1e-12 {
			t.Errorf("the parts add up to %v, memorization is %v", sum, v.Memorization)
		}
		mean := 0.0
		for i, e := range c.PerExampleOwn() {
			if mean += e.Memorization / n; math.Abs(e.Memorization-each[i]) > 1e-12 || e.Index != i {
				t.Errorf("example %d has an own part of %v, want %v", e.Index, e.Memorization, each[i])
			}
		}
		if math.Abs(mean-v.MemorizationOwn) > 1e-12 {
			t.Errorf("the own parts of the examples have the mean %v, the cell has %v", mean, v.MemorizationOwn)
		}
	}
}

// The standard error of an example's own part is that of the mean of hit less s'/m.
func TestPerExampleOwnError(t *testing.T) {
	labels := [][]int32{{0, 0, 0, 1, 1}, {0, 1, 0, 1, 0}, {1, 0, 0, 1, 0}, {0, 0, 1, 0, 1}}
	predicted := [][]int32{{0, 0, 0, 1, 1}, {0, 0, 1, 1, 0}, {1, 1, 0, 0, 1}, {0, 1, 1, 1, 1}}
	all := tallied(2, TallyOptions{Strata: labels[0], PerExample: true}, labels, predicted).PerExampleOwn()
	// Example 0, stratum {0, 1, 2}: hits 1, 1, 1; labels equal to its predictions 0,
	// 1 and 0 are 2, 1 and 2 of 3, so the differences are 1/3, 2/3, 1/3.
	e := all[0]
	if !near(e.Recalled, 1, 1e-12) || !near(e.Chance, 5.0/9, 1e-12) || !near(e.Memorization, 4.0/9, 1e-12) || !near(e.SE, 1.0/9, 1e-12) {
		t.Errorf("example 0 is %+v, want recalled 1, chance 5/9, memorization 4/9 and a standard error of 1/9", e)
	}
}

// An example that is alone in its class has no exchange, so nothing is its own.
func TestSplitOfSingleCopies(t *testing.T) {
	r := seed.Stream(1, "split, single copies")
	y := []int32{0, 1, 2, 3}
	tally := must(NewTally(4, 4, TallyOptions{Reshuffles: 19, Strata: y, PerExample: true}))
	for b := range 30 {
		labels := slices.Clone(y)
		newBlocks(4, nil).shuffle(labels, r)
		if err := tally.Add(b, labels, predictions(r, labels, 4, 0.8)); err != nil {
			t.Fatal(err)
		}
	}
	c := tally.Counts()
	v := must(Judge(c, Options{}))
	if v.Memorization < 0.3 || v.MemorizationOwn != 0 || v.MemorizationOwnP != 1 || math.Abs(v.MemorizationClass-v.Memorization) > 1e-12 {
		t.Errorf("memorization %v, its parts %v and %v with p %v; want all of it in the first", v.Memorization, v.MemorizationClass, v.MemorizationOwn, v.MemorizationOwnP)
	}
	for _, e := range c.PerExampleOwn() {
		if e.Memorization != 0 || e.SE != 0 {
			t.Errorf("example %+v has a part of its own", e)
		}
	}
}

// Without strata, as in counts of older versions, nothing is split, and all else is
// as it was.
func TestNoSplitWithoutStrata(t *testing.T) {
	r := seed.Stream(1, "no split")
	y := randomLabels(r, 50, 3)
	sets := Sets(must(NewShuffled(y, 3, nil, 1)), 0, 5)
	with, without := TallyOptions{Reshuffles: 9, Strata: y, PerExample: true}, TallyOptions{Reshuffles: 9, PerExample: true}
	old, split := tallied(3, without, sets, sets), tallied(3, with, sets, sets)
	v, all := must(Judge(old, Options{})), must(Judge(split, Options{}))
	if v.SplitDefined || v.MemorizationClass != 0 || v.MemorizationOwn != 0 || v.MemorizationOwnP != 1 || old.PerExampleOwn() != nil {
		t.Errorf("counts without strata are split: %+v", v)
	}
	if !reflect.DeepEqual(old.Reshuffled, split.Reshuffled) || old.Key != split.Key || v.MemorizationP != all.MemorizationP || !reflect.DeepEqual(old.PerExample(), split.PerExample()) {
		t.Error("the strata change what is not of them")
	}
	if err := old.Merge(must(NewTally(50, 3, with)).Counts()); err == nil || !strings.Contains(err.Error(), "split by class in one part only") {
		t.Errorf("counts with and without strata are merged: %v", err)
	}
	if err := split.Merge(must(NewTally(50, 3, TallyOptions{Reshuffles: 9, Strata: sets[1], PerExample: true})).Counts()); err == nil {
		t.Error("counts of other classes are merged")
	}
}

// Reshuffles within classes stay within them and are not those of all rows.
func TestReshufflesWithin(t *testing.T) {
	y, groups := []int32{0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, []int32{0, 0, 0, 0, 0, 0, 1, 1, 1, 1}
	rows := must(NewReshufflesWithin(y, groups, 200, 1))
	var at [10][10]int
	for _, order := range rows.order {
		for i, s := range order {
			at[i][s]++
			if y[i] != y[s] || groups[i] != groups[s] {
				t.Fatalf("row %d goes to row %d of another class or group", s, i)
			}
		}
	}
	for i := range 6 { // three rows a stratum: each about 67 times
		for s := range 6 {
			if y[i] == y[s] && (at[i][s] < 40 || at[i][s] > 95) {
				t.Errorf("row %d comes to row %d %d times in 200", s, i, at[i][s])
			}
		}
	}
	all := must(NewReshuffles(10, nil, 200, 1))
	one := must(NewReshufflesWithin(make([]int32, 10), nil, 200, 1))
	if reflect.DeepEqual(all.order, one.order) || all.key == one.key {
		t.Error("reshuffles within one class are those of all rows")
	}
	for _, err := range []error{
		second(NewReshufflesWithin(nil, nil, 5, 0)), second(NewReshufflesWithin(y, groups[:2], 5, 0)),
		second(NewTally(10, 2, TallyOptions{Strata: y[:3]})),
		second(NewTally(10, 2, TallyOptions{Strata: y, Reshuffles: 200, Seed: 1, SharedWithin: one})),
	} {
		if err == nil {
			t.Error("passes")
		}
	}
	if _, err := NewTally(10, 2, TallyOptions{Strata: y, Groups: groups, Reshuffles: 200, Seed: 1, SharedWithin: rows}); err != nil {
		t.Error(err)
	}
}

func second[T any](_ T, err error) error { return err }
