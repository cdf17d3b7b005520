package perm

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
	"pgregory.net/rapid"
)

// tallied counts these predictions, one row a label set.
func tallied(classes int, o TallyOptions, labels, predicted [][]int32) *Counts {
	t := must(NewTally(len(labels[0]), classes, o))
	for b := range labels {
		if err := t.Add(b, labels[b], predicted[b]); err != nil {
			panic(err)
		}
	}
	return t.Counts()
}

// Every figure derived by hand. Four examples, labels 0011; three shuffles.
//
//	b  labels  predicted  hits  predictions of 1  c_b
//	0  0011    0011       4     2                 2/4·2/4 + 2/4·2/4 = 1/2
//	1  0101    0111       3     3                 1/4·2/4 + 3/4·2/4 = 1/2
//	2  1100    0000       2     0                 1/2
//	3  0110    0110       4     2                 1/2
func TestJudgeByHand(t *testing.T) {
	c := tallied(2, TallyOptions{Reshuffles: 19},
		[][]int32{{0, 0, 1, 1}, {0, 1, 0, 1}, {1, 1, 0, 0}, {0, 1, 1, 0}},
		[][]int32{{0, 0, 1, 1}, {0, 1, 1, 1}, {0, 0, 0, 0}, {0, 1, 1, 0}})
	v := must(Judge(c, Options{}))
	if v.Permutations != 3 || v.Observed != 1 || !slices.Equal(v.Null, []float64{0.75, 0.5, 1}) {
		t.Errorf("B %d, observed %v, null %v", v.Permutations, v.Observed, v.Null)
	}
	for _, f := range []struct {
		name      string
		got, want float64
	}{
		{"null mean", v.NullMean, 0.75},
		{"null sd", v.NullSD, 0.25}, // √((0² + 0.25² + 0.25²)/2)
		{"learning", v.Learning, 0.25},
		{"learning se", v.LearningSE, 0.25 / math.Sqrt(3)},
		{"z", v.Z, 1},
		{"chance", v.Chance, 0.5},
		{"memorization", v.Memorization, 0.25},
		{"memorization se", v.MemorizationSE, 0.25 / math.Sqrt(3)},
		{"p", v.LearningP, 0.5}, // one tie: (1+1)/(3+1)
		{"floor", v.Floor, 0.25},
		{"memorization floor", v.MemorizationPFloor, 0.05},
		{"alpha", v.Alpha, 0.05},
	} {
		if !near(f.got, f.want, 1e-14) {
			t.Errorf("%s is %v, by hand %v", f.name, f.got, f.want)
		}
	}
	if v.Exceed != 1 || !v.ZDefined || !v.MemorizationDefined {
		t.Errorf("exceed %d, z defined %v, memorization defined %v", v.Exceed, v.ZDefined, v.MemorizationDefined)
	}
	// The memorization p-value by its definition, from the rows.
	reached := 0
	for _, h := range c.Reshuffled {
		if h >= 3+2+4 {
			reached++
		}
	}
	if want := float64(1+reached) / 20; v.MemorizationP != want {
		t.Errorf("memorization p %v, want %v", v.MemorizationP, want)
	}
	// Class 1: shares 2/2; 2/2, 0/2, 2/2. Chance of a copy of class 1: the share
	// of predictions that are 1: 3/4, 0, 2/4.
	want := ClassVerdict{Class: 1, Labels: 2, Defined: true, Observed: 1, NullMean: 2. / 3, Chance: 1.25 / 3, Learning: 1 - 2./3, Memorization: 2./3 - 1.25/3, LearningP: 0.75}
	got := v.PerClass[1]
	if !near(got.NullSD, math.Sqrt(1./3), 1e-14) {
		t.Errorf("class 1: null sd %v", got.NullSD)
	}
	got.NullSD = 0
	if !near(got.NullMean, want.NullMean, 1e-14) || !near(got.Chance, want.Chance, 1e-14) || !near(got.Learning, want.Learning, 1e-14) ||
		!near(got.Memorization, want.Memorization, 1e-14) || got.LearningP != want.LearningP || got.Observed != 1 || got.Labels != 2 || !got.Defined {
		t.Errorf("class 1: %+v, by hand %+v", got, want)
	}
	// Both sides: no set is below 1 but the tie, so the tails are 1 and 3.
	if two := must(Judge(c, Options{Sides: TwoSided})); two.LearningP != 1 || two.Floor != 0.5 || two.Exceed != 1 {
		t.Errorf("two-sided p %v, floor %v, exceed %d", two.LearningP, two.Floor, two.Exceed)
	}
	if all := must(Judge(c, Options{Enumerated: true})); all.LearningP != 0.5 || all.LearningPLow != 0.5 || all.LearningPHigh != 0.5 {
		t.Errorf("enumerated p %v (%v..%v)", all.LearningP, all.LearningPLow, all.LearningPHigh)
	}
}

// Balanced accuracy by hand: labels 000111 2, recalled 3 of 3, 1 of 3, 0 of 1;
// a shuffle with shares 2/3, 2/3, 1/1 and one equal to the observed up to the
// order of the sum.
func TestBalancedAccuracy(t *testing.T) {
	y := []int32{0, 0, 0, 1, 1, 1, 2}
	c := tallied(3, TallyOptions{}, [][]int32{y, y, y},
		[][]int32{{0, 0, 0, 1, 2, 2, 1}, {0, 0, 1, 1, 1, 0, 2}, {0, 1, 1, 1, 1, 1, 0}})
	v := must(Judge(c, Options{Metric: BalancedAccuracy}))
	if !near(v.Observed, 4./9, 1e-14) || !near(v.Null[0], 7./9, 1e-14) || !near(v.Null[1], 4./9, 1e-14) {
		t.Errorf("observed %v, null %v", v.Observed, v.Null)
	}
	if v.Exceed != 2 || v.LearningP != 1 {
		t.Errorf("%d exceedances, p %v; one set is above and one ties", v.Exceed, v.LearningP)
	}
	// Chance is 1/3 however the predictions fall: Σ_k (share predicted k)/3.
	if !near(v.Chance, 1./3, 1e-14) {
		t.Errorf("chance %v", v.Chance)
	}
	// Equal class sizes: the same as accuracy.
	even := []int32{0, 1, 2, 0, 1, 2}
	c = tallied(3, TallyOptions{}, [][]int32{even, even}, [][]int32{{0, 1, 1, 1, 1, 2}, {0, 0, 0, 0, 0, 0}})
	a, b := must(Judge(c, Options{})), must(Judge(c, Options{Metric: BalancedAccuracy}))
	if !near(a.Observed, b.Observed, 1e-14) || !near(a.Memorization+1, b.Memorization+1, 1e-14) || a.LearningP != b.LearningP {
		t.Errorf("accuracy %+v, balanced %+v", a, b)
	}
}

// What holds for any counts.
func TestJudgeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		labels, classes, groups := drawLabels(t)
		b := rapid.IntRange(1, 80).Draw(t, "B")
		r := seed.Stream(rapid.Uint64().Draw(t, "seed"), "predictions")
		sets := Sets(must(NewShuffled(labels, classes, groups, 1)), 0, b+1)
		predicted := make([][]int32, len(sets))
		for i, y := range sets {
			predicted[i] = predictions(r, y, classes, rapid.Float64Range(0, 1).Draw(t, "signal"))
		}
		c := tallied(classes, TallyOptions{Groups: groups, PerExample: true}, sets, predicted)
		o := Options{Sides: rapid.SampledFrom([]Sides{Greater, TwoSided}).Draw(t, "sides"), Metric: rapid.SampledFrom([]Metric{Accuracy, BalancedAccuracy}).Draw(t, "metric")}
		v := must(Judge(c, o))
		if v.LearningP < v.Floor || v.LearningP > 1 || v.MemorizationP < v.MemorizationPFloor || v.MemorizationP > 1 {
			t.Fatalf("p %v (floor %v), memorization p %v (floor %v)", v.LearningP, v.Floor, v.MemorizationP, v.MemorizationPFloor)
		}
		if v.LearningPLow > v.LearningP || v.LearningP > v.LearningPHigh || v.LearningPLow < 0 || v.LearningPHigh > 1 {
			t.Fatalf("p %v is not in its interval %v..%v", v.LearningP, v.LearningPLow, v.LearningPHigh)
		}
		if !near(v.Observed, v.NullMean+v.Learning, 1e-12) || !near(v.NullMean, v.Chance+v.Memorization, 1e-12) {
			t.Fatalf("observed %v = null %v + learning %v = chance %v + memorization %v + learning", v.Observed, v.NullMean, v.Learning, v.Chance, v.Memorization)
		}
		// Learning and memorization by class, weighted by the classes, are those
		// of all; so is memorization by example.
		var learning, memorization, example float64
		for _, k := range v.PerClass {
			w := float64(k.Labels) / float64(c.N)
			if o.Metric == BalancedAccuracy {
				w = 1 / float64(classes)
			}
			learning += w * k.Learning
			memorization += w * k.Memorization
		}
		for _, e := range c.PerExample() {
			example += e.Memorization / float64(c.N)
		}
		if math.Abs(learning-v.Learning) > 1e-12 || math.Abs(memorization-v.Memorization) > 1e-12 {
			t.Fatalf("classes give learning %v and memorization %v, the whole %v and %v", learning, memorization, v.Learning, v.Memorization)
		}
		if o.Metric == Accuracy && math.Abs(example-v.Memorization) > 1e-12 {
			t.Fatalf("examples give memorization %v, the whole %v", example, v.Memorization)
		}
		// The same from the statistic as a real number.
		if o.Metric == Accuracy {
			values, chance := c.Statistics(Accuracy)
			real := must(JudgeStatistic(values, chance, o))
			real.MemorizationP, real.MemorizationPLow, real.MemorizationPHigh, real.MemorizationPFloor, real.PerClass =
				v.MemorizationP, v.MemorizationPLow, v.MemorizationPHigh, v.MemorizationPFloor, v.PerClass
			if !reflect.DeepEqual(real, v) {
				t.Fatalf("as a statistic %+v, as counts %+v", real, v)
			}
		}
		// Counts survive JSON, and so does the verdict.
		var again Counts
		if err := json.Unmarshal(must(json.Marshal(c)), &again); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(must(Judge(&again, o)), v) || !reflect.DeepEqual(again.PerExample(), c.PerExample()) {
			t.Fatal("verdicts differ after JSON")
		}
		if _, err := json.Marshal(v); err != nil {
			t.Fatal(err)
		}
	})
}

// Per-example memorization by hand: one example's hits and shares of three sets.
//
//	b  labels  predicted  example 0: hit, share of labels equal to its prediction
//	1  0111    0000       1, 1/4
//	2  1011    1111       1, 3/4
//	3  1110    0110       0, 1/4
//
// m = 2/3 - 5/12 = 1/4; hit - share is 3/4, 1/4, -1/4, with sd 1/2, so the
// standard error is 1/2/√3.
func TestPerExampleByHand(t *testing.T) {
	c := tallied(2, TallyOptions{PerExample: true},
		[][]int32{{0, 1, 1, 1}, {0, 1, 1, 1}, {1, 0, 1, 1}, {1, 1, 1, 0}},
		[][]int32{{0, 1, 1, 1}, {0, 0, 0, 0}, {1, 1, 1, 1}, {0, 1, 1, 0}})
	e := c.PerExample()[0]
	if e.Index != 0 || !near(e.Recalled, 2./3, 1e-14) || !near(e.Chance, 5./12, 1e-14) || !near(e.Memorization, 0.25, 1e-14) || !near(e.SE, 0.5/math.Sqrt(3), 1e-14) {
		t.Errorf("%+v", e)
	}
	if one := tallied(2, TallyOptions{PerExample: true}, [][]int32{{0, 1}, {1, 0}}, [][]int32{{0, 1}, {1, 1}}).PerExample(); one[0].SE != 0 || one[0].Memorization != 0.5 {
		t.Errorf("one set: %+v", one[0])
	}
	if tallied(2, TallyOptions{}, [][]int32{{0, 1}, {1, 0}}, [][]int32{{0, 1}, {1, 1}}).PerExample() != nil {
		t.Error("examples without sums per example")
	}
}

// The standard error of an example's memorization is its spread over label sets:
// z-scores over many independent batches have variance 1.
func TestPerExampleError(t *testing.T) {
	const n, classes, b, batches = 60, 3, 50, 60
	r := seed.Stream(4, "error")
	x := gaussian(r, n, 8)
	v := perturbed(r, x, 0.5)
	sets := must(NewShuffled(randomLabels(r, n, classes), classes, nil, 5))
	long := must(NewTally(n, classes, TallyOptions{Reshuffles: -1, PerExample: true}))
	var short [][]Example
	for i := range batches {
		tally := must(NewTally(n, classes, TallyOptions{Reshuffles: -1, PerExample: true}))
		for s := 1 + i*b; s <= (i+1)*b; s++ {
			y := Sets(sets, s, s+1)[0]
			p := centroids(x, v, y, classes)
			tally.Add(s, y, p)
			long.Add(s, y, p)
		}
		short = append(short, tally.Counts().PerExample())
	}
	truth := long.Counts().PerExample()
	var sum float64
	for _, batch := range short {
		for i, e := range batch {
			z := (e.Memorization - truth[i].Memorization) / e.SE
			sum += z * z
		}
	}
	if variance := sum / (n * batches); variance < 0.9 || variance > 1.15 {
		t.Errorf("variance of z-scores %v", variance)
	}
}

// oneAmongZeros is a statistic that is 1 with the observed labels and 0 with b
// shuffled sets.
func oneAmongZeros(b int) []float64 { return append([]float64{1}, make([]float64, b)...) }

func TestFlags(t *testing.T) {
	ones, noise := []float64{1, 1, 1, 1}, []float64{0.9, 0.1, 0.11, 0.12}
	if v := must(JudgeStatistic(ones, nil, Options{})); !v.Saturated() || v.Z != 0 || v.ZDefined || v.LearningP != 1 {
		t.Errorf("ones: %+v", v)
	}
	v := must(JudgeStatistic(noise, nil, Options{}))
	if v.Saturated() || !v.ZDefined || !v.FloorAboveAlpha() || v.LearningP != 0.25 {
		t.Errorf("noise: %+v", v)
	}
	if must(JudgeStatistic(noise, nil, Options{Alpha: 0.25})).FloorAboveAlpha() {
		t.Error("a floor of 0.25 is above the level 0.25")
	}
	if must(JudgeStatistic(oneAmongZeros(19), nil, Options{})).FloorAboveAlpha() {
		t.Error("19 permutations cannot reach 0.05")
	}
	if !must(JudgeStatistic(oneAmongZeros(18), nil, Options{})).FloorAboveAlpha() {
		t.Error("18 permutations can reach 0.05")
	}
	// No exceedance in 99: the interval is 0..0.0366. One in 99: up to 0.055.
	values := oneAmongZeros(99)
	if v := must(JudgeStatistic(values, nil, Options{})); v.LearningPLow != 0 || !near(v.LearningPHigh, 0.0366, 0.002) {
		t.Errorf("0 of 99 gives the interval %v..%v", v.LearningPLow, v.LearningPHigh)
	}
	values[8] = 1
	if v := must(JudgeStatistic(values, nil, Options{})); v.LearningPLow > 0.0003 || !near(v.LearningPHigh, 0.055, 0.002) {
		t.Errorf("1 of 99 gives the interval %v..%v", v.LearningPLow, v.LearningPHigh)
	}
	c := tallied(2, TallyOptions{Reshuffles: 18}, [][]int32{{0, 1}, {1, 0}}, [][]int32{{0, 1}, {1, 1}})
	if v := must(Judge(c, Options{})); v.MemorizationPFloor != 1./19 {
		t.Errorf("18 reshuffles can reach %v", v.MemorizationPFloor)
	}
	c = tallied(2, TallyOptions{Reshuffles: -1}, [][]int32{{0, 1}, {1, 0}}, [][]int32{{0, 1}, {1, 1}})
	if v := must(Judge(c, Options{})); v.MemorizationP != 1 || v.MemorizationPFloor != 1 || v.MemorizationPHigh != 1 {
		t.Errorf("no reshuffles: %+v", v)
	}
}

// Sums in another order are ties; a real difference of the same size is not.
func TestTies(t *testing.T) {
	x, y, z := 0.1, 0.2, 0.3
	a, b := x+y+z, z+y+x
	if a == b {
		t.Fatal("the two sums are equal; the test shows nothing")
	}
	for _, values := range [][]float64{{a, b}, {b, a}, {-a, -b}, {-b, -a}} {
		if v := must(JudgeStatistic(values, nil, Options{})); v.LearningP != 1 {
			t.Errorf("%v is not a tie: p %v", values, v.LearningP)
		}
	}
	if v := must(JudgeStatistic([]float64{1 + 1e-11, 1}, nil, Options{})); v.LearningP != 0.5 {
		t.Errorf("a relative 1e-11 is a tie: p %v", v.LearningP)
	}
}

// Sets of given labels that lack a class have no share of it; they count as ties.
func TestClassMissingFromASet(t *testing.T) {
	c := tallied(3, TallyOptions{}, [][]int32{{0, 1, 2}, {0, 1, 1}, {2, 0, 1}}, [][]int32{{0, 1, 2}, {0, 1, 1}, {0, 0, 1}})
	v := must(Judge(c, Options{}))
	if k := v.PerClass[2]; !k.Defined || k.NullMean != 0 || k.LearningP != 2./3 {
		t.Errorf("class 2: %+v", k)
	}
	c = tallied(3, TallyOptions{}, [][]int32{{0, 1, 1}, {0, 1, 2}}, [][]int32{{0, 1, 2}, {0, 1, 1}})
	if k := must(Judge(c, Options{})).PerClass[2]; !reflect.DeepEqual(k, ClassVerdict{Class: 2, LearningP: 1}) {
		t.Errorf("class 2 without observed labels: %+v", k)
	}
}

// A set of the observed labels may come back as a shuffle: p is never 0.
func TestPNeverZero(t *testing.T) {
	v := must(JudgeStatistic(oneAmongZeros(999), nil, Options{}))
	if v.LearningP != 0.001 || v.Floor != 0.001 || v.LearningPLow != 0 || v.LearningPHigh < 0.001 {
		t.Errorf("%+v", v)
	}
}

func TestMergeErrors(t *testing.T) {
	y, p := [][]int32{{0, 1, 0, 1}, {1, 0, 1, 0}}, [][]int32{{0, 1, 1, 1}, {1, 1, 1, 0}}
	base := func() *Counts { return tallied(2, TallyOptions{Reshuffles: 5}, y, p) }
	other := func(classes int, o TallyOptions, b int) *Counts {
		tally := must(NewTally(4, classes, o))
		tally.Add(b, y[1], p[1])
		return tally.Counts()
	}
	broken := other(2, TallyOptions{Reshuffles: 5}, 3)
	broken.Hits = nil
	for _, c := range []struct {
		with *Counts
		want string
	}{
		{other(2, TallyOptions{Reshuffles: 5}, 1), "counts: label set 1 is in both parts; continue after the last set"},
		{other(3, TallyOptions{Reshuffles: 5}, 2), "counts: 4 examples, 2 classes, 1 blocks do not go with 4, 3, 1; only one cell's counts can be merged"},
		{other(2, TallyOptions{Reshuffles: 6}, 2), "different row reshuffles"},
		{other(2, TallyOptions{Reshuffles: 5, Seed: 1}, 2), "different row reshuffles"},
		{other(2, TallyOptions{Reshuffles: 5, PerExample: true}, 2), "per-example sums are kept in one part only"},
		{broken, "counts: hits, chance and classes are not all of 1 label sets"},
	} {
		to := base()
		if err := to.Merge(c.with); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %s", err, c.want)
		}
		if !reflect.DeepEqual(to, base()) {
			t.Error("counts were changed by a merge that failed")
		}
	}
}
