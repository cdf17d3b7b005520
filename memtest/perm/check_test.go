package perm

import (
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Every sentence about bad input, word for word.
func TestErrors(t *testing.T) {
	two := []int32{0, 1, 0, 1}
	design := func(labels []int32, classes int, groups []int32) error {
		_, err := NewDesign(labels, classes, groups)
		return err
	}
	tally := func(n, classes int, o TallyOptions) error { _, err := NewTally(n, classes, o); return err }
	shuffled := func(labels []int32, classes int, groups []int32) error {
		_, err := NewShuffled(labels, classes, groups, 1)
		return err
	}
	givenError := func(observed []int32, permuted [][]int32, classes int) error {
		_, err := given(observed, permuted, classes)
		return err
	}
	enumerate := func(labels []int32, groups []int32, most int) error {
		_, err := enumerated(labels, 2, groups, most)
		return err
	}
	statistic := func(values, chance []float64, o Options) error {
		_, err := JudgeStatistic(values, chance, o)
		return err
	}
	rows := must(NewReshuffles(4, nil, 9, 1))
	for _, c := range []struct {
		err  error
		want string
	}{
		{checkLabels(two, 1), "labels: 1 classes; at least two are needed"},
		{checkLabels(nil, 2), "labels: 0 examples for 2 classes; give at least one example per class"},
		{checkLabels(two, 5), "labels: 4 examples for 5 classes; give at least one example per class"},
		{checkLabels([]int32{0, 1, 2, -7}, 2), "labels: label 2 of example 2 is outside 0..1"},
		{checkLabels([]int32{0, -7}, 2), "labels: label -7 of example 1 is outside 0..1"},
		{checkLabels([]int32{1, 1, 1}, 3), "labels: all 3 examples are of class 1; at least two classes must be present"},
		{design(two, 2, []int32{0, 0, 1}), "groups: 3 groups for 4 labels; give one group per example"},
		{design(two, 2, []int32{0, 0, -1, 0}), "groups: group -1 of example 2 is below 0; number the groups from 0"},
		{design(two, 2, []int32{4, 4, 9, 4}), "groups: group 9 has no example of class 1; merge groups until each holds every class, or give the permuted labels yourself"},
		{shuffled(two, 2, []int32{4, 4, 9, 4}), "groups: group 9 has no example of class 1; merge groups until each holds every class, or give the permuted labels yourself"},
		{shuffled([]int32{0, 2}, 2, nil), "labels: label 2 of example 1 is outside 0..1"},
		{givenError(two, nil, 2), "permuted labels: none are given; at least one set is needed, and 19 for a level of 0.05"},
		{givenError(two, [][]int32{two, {1, 0}}, 2), "permuted labels: set 2 has 2 labels, but there are 4 examples"},
		{givenError(two, [][]int32{{0, 1, 1, 2}}, 2), "permuted labels, set 1: label 2 of example 3 is outside 0..1"},
		{givenError([]int32{0, 0}, [][]int32{{0, 1}}, 2), "labels: all 2 examples are of class 0; at least two classes must be present"},
		{enumerate(two, nil, 0), "enumeration: at most 0 labelings asked for; choose 1..2147483647"},
		{enumerate(two, []int32{0}, 9), "groups: 1 groups for 4 labels; give one group per example"},
		{enumerate(two, nil, 5), "enumeration: these labels have about 10^0.8 distinct labelings, more than the 5 allowed; use random shuffles"},
		{enumerate(slices.Repeat(two, 100000), nil, math.MaxInt32), "enumeration: these labels have about 10^120409.1 distinct labelings, more than the 2147483647 allowed; use random shuffles"},
		{CheckPermutations(0, 10, 1), "permutations: 0; at least one is needed, and 19 for a level of 0.05"},
		{checkPermutations(1e7, 10, 4, 2<<30), "permutations: 10000000 need about 24.6 GiB of memory for the counts of 4 cells with 10 classes and 2.0 GiB are free; ask for at most 813440"},
		{checkPermutations(813440, 10, 4, 2<<30), ""},
		{checkPermutations(math.MaxInt, 2, 1, math.Inf(1)), "permutations: 9223372036854775807 are too many; ask for at most 1000000000"},
		{tally(0, 2, TallyOptions{}), "tally: 0 examples and 2 classes; at least one example and two classes are needed"},
		{tally(4, 2, TallyOptions{Groups: []int32{1}}), "tally: 1 groups for 4 examples; give one group per example"},
		{tally(4, 2, TallyOptions{Shared: rows, Reshuffles: 9, Seed: 2}), "tally: the shared reshuffles are of another number of rows, seed, groups or J; make them with the same options"},
		{tally(4, 2, TallyOptions{Shared: rows, Seed: 1}), "tally: the shared reshuffles are of another number of rows, seed, groups or J; make them with the same options"},
		{tally(4, 2, TallyOptions{Shared: rows, Reshuffles: 9, Seed: 1, Groups: []int32{0, 1, 0, 1}}), "tally: the shared reshuffles are of another number of rows, seed, groups or J; make them with the same options"},
		{tally(4, 2, TallyOptions{Shared: rows, Reshuffles: 9, Seed: 1}), ""},
		{statistic([]float64{1}, nil, Options{}), "statistic: 1 values; the observed one and at least one of a shuffled label set are needed"},
		{statistic([]float64{1, 2, math.NaN()}, nil, Options{}), "statistic of label set 2 is NaN; values must be finite"},
		{statistic([]float64{math.Inf(-1), 2}, nil, Options{}), "statistic of label set 0 is -Inf; values must be finite"},
		{statistic([]float64{1, 2}, []float64{1}, Options{}), "statistic: 2 values but chance for 1 label sets"},
		{statistic([]float64{1, 2}, []float64{1, math.NaN()}, Options{}), "chance of label set 1 is NaN; values must be finite"},
		{statistic([]float64{1, 2}, nil, Options{Alpha: 1}), "alpha: 1 is not between 0 and 1"},
		{statistic([]float64{1, 2}, nil, Options{Confidence: -0.5}), "confidence: -0.5 is not between 0 and 1"},
		{statistic([]float64{1, 2}, nil, Options{Sides: 7}), "sides: 7; choose Greater or TwoSided"},
		{statistic([]float64{1, 2}, nil, Options{Metric: -1}), "metric: -1; choose Accuracy or BalancedAccuracy"},
	} {
		got := ""
		if c.err != nil {
			got = c.err.Error()
		}
		if got != c.want {
			t.Errorf("error is\n%s\nwant\n%s", got, c.want)
		}
	}
	if _, err := NewReshuffles(3, []int32{1}, 5, 0); err == nil {
		t.Error("one group for three rows passes")
	}
	if _, err := NewReshuffles(0, nil, 5, 0); err == nil {
		t.Error("no rows pass")
	}
	if err := CheckPermutations(9999, 1000, 4); err != nil {
		t.Error(err)
	}
}

// What label sets cost is at least what they are said to cost, and not far below it.
func TestBytesOfALabelSet(t *testing.T) {
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	for _, classes := range []int{2, 10, 100} {
		labels := make([]int32, 200)
		for i := range labels {
			labels[i] = int32(i % classes)
		}
		tally, err := NewTally(len(labels), classes, TallyOptions{Reshuffles: -1, PerExample: true, Strata: labels})
		if err != nil {
			t.Fatal(err)
		}
		const sets = 20000
		before := heap()
		for b := range sets {
			if err := tally.Add(b, labels, labels); err != nil {
				t.Fatal(err)
			}
		}
		counts := tally.Counts()
		cost := (heap() - before) / sets
		runtime.KeepAlive(counts)
		runtime.KeepAlive(tally)
		if said := float64(setBytes(classes)); cost > 1.25*said || cost < 0.6*said {
			t.Errorf("%d classes: a label set costs %.0f bytes, not %.0f", classes, cost, said)
		}
	}
}

// Counts from elsewhere, say a file, are not taken on trust.
func TestCountsCheck(t *testing.T) {
	good := func() *Counts {
		return tallied(2, TallyOptions{Reshuffles: 3, PerExample: true, Strata: []int32{0, 0}}, [][]int32{{0, 1}, {1, 0}}, [][]int32{{0, 1}, {1, 1}})
	}
	for name, spoil := range map[string]func(c *Counts){
		"0 examples":                  func(c *Counts) { c.N = 0 },
		"not all of 2 label sets":     func(c *Counts) { c.Chance = c.Chance[:1] },
		"label set 0 is out of order": func(c *Counts) { c.B = []int{1, 0} },
		"label set 1 is out of order": func(c *Counts) { c.B = []int{1, 1} },
		"label set 1 has 3 hits of 2": func(c *Counts) { c.Hits[1] = 3 },
		"and chance NaN":              func(c *Counts) { c.Chance[0] = math.NaN() },
		"label set 1 is not of 2":     func(c *Counts) { c.Labels[1] = nil },
		"per-example sums of 1 and 2": func(c *Counts) { c.Share = c.Share[:1] },
		"0 blocks of 2 examples":      func(c *Counts) { c.Blocks = 0 },
		"-1 hits of class 1":          func(c *Counts) { c.ClassHits[0][1] = -1 },
		"label set 1 has 2 hits of class 1, 1 by chance, with 1 labels":        func(c *Counts) { c.ClassHits[1][1] = 2 },
		"1 labels and 0 predictions of it":                                     func(c *Counts) { c.ClassHits[1][0] = 1 },
		"hits of class 0, NaN by chance":                                       func(c *Counts) { c.ClassChance[0][0] = math.NaN() },
		"of label set 0 have 2 hits, 2 labels and 2 predictions in all, not 1": func(c *Counts) { c.Hits[0] = 1 },
		"of label set 1 have 1 hits, 3 labels":                                 func(c *Counts) { c.Labels[1][0] = 2 },
		"reshuffle 2 has 3 hits, and 1 sets of 2 examples allow 0..2":          func(c *Counts) { c.Reshuffled[2] = 3 },
		"reshuffle 0 has -1 hits":                                              func(c *Counts) { c.Reshuffled[0] = -1 },
		"per-example sums of 0 and 2":                                          func(c *Counts) { c.Recalled = nil },
		"example 1 is in a block of 0 of the 2":                                func(c *Counts) { c.BlockSize[1] = 0 },
		"example 1 is in a block of 3 of the 2":                                func(c *Counts) { c.BlockSize[1] = 3 },
		"example 0 has the sums 2, ":                                           func(c *Counts) { c.Recalled[0] = 2 },
		"example 0 has the sums 1, 0, 1 and":                                   func(c *Counts) { c.Share[0] = 0 },
		"and 9, which 1 label sets and a block of 2 cannot give":               func(c *Counts) { c.ShareSq[0] = 9 },
		"hits of the observed labels of 1 examples, not 2":                     func(c *Counts) { c.ObservedHit = c.ObservedHit[:1] },
		"2 hits by the observed labels":                                        func(c *Counts) { c.ObservedHit[1] = 2 },
		"1 examples are hit by the observed labels, but label set 0 has 2":     func(c *Counts) { c.ObservedHit[1] = 0 },
		"but no label set 0 or no sums per example": func(c *Counts) {
			c.Recalled, c.Share, c.ShareHit, c.ShareSq, c.BlockSize = nil, nil, nil, nil, nil
		},
		"sums within strata, but no strata":       func(c *Counts) { c.Strata = 0 },
		"3 strata of 2 examples in 1 blocks":      func(c *Counts) { c.Strata = 3 },
		"chance within strata of 1 of the 2":      func(c *Counts) { c.StratumChance = c.StratumChance[:1] },
		"sums are kept of strata only":            func(c *Counts) { c.StratumShare = nil },
		"has chance 1.5 within strata":            func(c *Counts) { c.StratumChance[1] = 1.5 },
		"reshuffle within strata 1 has 3 hits":    func(c *Counts) { c.StratumReshuffled[1] = 3 },
		"example 1 is in a stratum of 3 of the 2": func(c *Counts) { c.StratumSize[1] = 3 },
		"1 label sets and a stratum of 2 cannot":  func(c *Counts) { c.StratumShareSq[0] = 9 },
		"the observed labels, was not":            func(c *Counts) { c.B, c.ObservedHit = []int{1, 2}, nil },
		"only the observed labels were":           func(c *Counts) { *c = *tallied(2, TallyOptions{}, [][]int32{{0, 1}}, [][]int32{{0, 1}}) },
	} {
		c := good()
		spoil(c)
		if _, err := Judge(c, Options{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one with %q", err, name)
		}
		if c.Check() != nil && c.PerExample() != nil {
			t.Errorf("%s: single examples of counts that do not pass", name)
		}
	}
	if _, err := Judge(good(), Options{}); err != nil {
		t.Error(err)
	}
	if _, err := Judge(&Counts{}, Options{}); err == nil {
		t.Error("empty counts pass")
	}
}

// Asking for a label set that is not there is a mistake of the program.
func TestSetPanics(t *testing.T) {
	two := must(given([]int32{0, 1}, [][]int32{{1, 0}}, 2))
	fixed := must(NewDesign([]int32{0, 1}, 2, nil)).Fixed()
	for name, ask := range map[string]func(){
		"beyond the end": func() { two.Set(2, make([]int32, 2)) },
		"below 0":        func() { must(NewShuffled([]int32{0, 1}, 2, nil, 1)).Set(-1, make([]int32, 2)) },
		"fixed below 0":  func() { fixed.Set(-1, make([]int32, 2)) },
		"fixed, short":   func() { fixed.Set(3, make([]int32, 1)) },
		"fixed, long":    func() { fixed.Set(3, make([]int32, 3)) },
		"short buffer":   func() { must(enumerated([]int32{0, 1}, 2, nil, 2)).Set(0, make([]int32, 1)) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			ask()
		}()
	}
}
