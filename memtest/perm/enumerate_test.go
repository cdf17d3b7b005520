package perm

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// labelings lists all distinct labelings by plain recursion over the rows: an
// unused label of the row's block goes to each row in turn.
func labelings(labels, groups []int32, classes int) [][]int32 {
	left := blockCounts(labels, groups)
	var all [][]int32
	set := make([]int32, len(labels))
	var fill func(i int)
	fill = func(i int) {
		if i == len(labels) {
			all = append(all, slices.Clone(set))
			return
		}
		g := int32(0)
		if groups != nil {
			g = groups[i]
		}
		for k := range int32(classes) {
			key := [2]int32{g, k}
			if left[key] == 0 {
				continue
			}
			left[key]--
			set[i] = k
			fill(i + 1)
			left[key]++
		}
	}
	fill(0)
	return all
}

// Against the recursion: the same sets, each once, the observed one first.
func TestEnumerate(t *testing.T) {
	for _, c := range []struct {
		labels, groups []int32
		classes, want  int
	}{
		{[]int32{1, 0}, nil, 2, 2},
		{[]int32{0, 1, 0, 1, 1}, nil, 2, 10},
		{[]int32{2, 1, 0, 0, 1}, nil, 3, 30},
		{[]int32{2, 1, 0, 0, 1}, nil, 4, 30}, // class 3 has no labels
		{[]int32{0, 1, 1, 0, 0, 1}, []int32{0, 0, 1, 1, 2, 2}, 2, 8},
		{[]int32{0, 1, 1, 0, 1, 0, 0}, []int32{3, 1, 3, 1, 1, 1, 3}, 2, 3 * 6},
		{[]int32{0, 1, 2, 2, 1, 0, 0}, []int32{1, 1, 1, 0, 0, 0, 0}, 3, 6 * 12},
	} {
		e, err := enumerated(c.labels, c.classes, c.groups, c.want)
		if err != nil {
			t.Errorf("%v: %v", c.labels, err)
			continue
		}
		want := labelings(c.labels, c.groups, c.classes)
		if e.Len() != c.want || len(want) != c.want {
			t.Errorf("%v: %d labelings, recursion finds %d, by hand %d", c.labels, e.Len(), len(want), c.want)
			continue
		}
		got := Sets(e, 0, e.Len())
		if !slices.Equal(got[0], c.labels) {
			t.Errorf("set 0 is %v, labels are %v", got[0], c.labels)
		}
		slices.SortFunc(got, slices.Compare)
		slices.SortFunc(want, slices.Compare)
		for i := range want {
			if !slices.Equal(got[i], want[i]) {
				t.Fatalf("%v: labeling %d is %v, recursion has %v", c.labels, i, got[i], want[i])
			}
		}
		if _, err := enumerated(c.labels, c.classes, c.groups, c.want-1); err == nil {
			t.Errorf("%v: %d labelings pass as %d", c.labels, c.want, c.want-1)
		}
	}
}

func TestEnumerateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		labels, classes, groups := drawLabels(t)
		e, err := enumerated(labels, classes, groups, maxLabelings)
		if err != nil {
			return // more than 2^31-1
		}
		b := rapid.IntRange(0, e.Len()-1).Draw(t, "b")
		a := rapid.IntRange(0, e.Len()-1).Draw(t, "a")
		sets := append(Sets(e, a, a+1), Sets(e, b, b+1)...)
		if (a == b) != slices.Equal(sets[0], sets[1]) {
			t.Fatalf("sets %d and %d are %v and %v", a, b, sets[0], sets[1])
		}
		for _, s := range sets {
			if !equalCounts(blockCounts(s, groups), blockCounts(labels, groups)) {
				t.Fatalf("%v moves labels between blocks", s)
			}
		}
	})
}

// meanDifference is mean(x | label 1) - mean(x | label 0).
func meanDifference(x []float64, labels []int32) float64 {
	var sum, count [2]float64
	for i, y := range labels {
		sum[y] += x[i]
		count[y]++
	}
	return sum[1]/count[1] - sum[0]/count[0]
}

func statisticOver(s LabelSets, sets int, x []float64) []float64 {
	values := make([]float64, sets)
	for b, y := range Sets(s, 0, sets) {
		values[b] = meanDifference(x, y)
	}
	return values
}

// Exact p-values against scipy.stats.permutation_test, for two groups and for
// exchanges within pairs, one and two sides.
func TestExactAgainstSciPy(t *testing.T) {
	type row struct {
		X, Y      []float64
		Greater   float64
		TwoSided  float64 `json:"two_sided"`
		Labelings int
	}
	check := func(name string, g row, groups []int32) {
		x := append(slices.Clone(g.X), g.Y...)
		e, err := enumerated(classLabels(len(g.X), len(g.Y)), 2, groups, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if e.Len() != g.Labelings {
			t.Errorf("%s: %d labelings, SciPy has %d", name, e.Len(), g.Labelings)
		}
		values := statisticOver(e, e.Len(), x)
		for sides, want := range map[Sides]float64{Greater: g.Greater, TwoSided: g.TwoSided} {
			v, err := JudgeStatistic(values, nil, Options{Sides: sides, Enumerated: true})
			if err != nil {
				t.Fatal(err)
			}
			if !near(v.LearningP, want, 1e-12) {
				t.Errorf("%s: %v p %v, SciPy says %v", name, sides, v.LearningP, want)
			}
			if v.LearningPLow != v.LearningP || v.LearningPHigh != v.LearningP {
				t.Errorf("%s: a known p-value has the interval %v..%v", name, v.LearningPLow, v.LearningPHigh)
			}
		}
	}
	for i, g := range golden[[]row](t, "independent") {
		check(fmt.Sprint("independent ", i), g, nil)
	}
	for i, g := range golden[[]row](t, "paired") {
		pairs := make([]int32, 2*len(g.X))
		for j := range pairs {
			pairs[j] = int32(j % len(g.X))
		}
		check(fmt.Sprint("paired ", i), g, pairs)
	}
}

// Random shuffles estimate what enumeration knows, within their own interval at
// 99.9 %.
func TestRandomAgainstExact(t *testing.T) {
	for i, g := range golden[[]struct{ X, Y []float64 }](t, "independent") {
		x, labels := append(slices.Clone(g.X), g.Y...), classLabels(len(g.X), len(g.Y))
		e := must(enumerated(labels, 2, nil, 1000))
		s := must(NewShuffled(labels, 2, nil, 11))
		exact := must(JudgeStatistic(statisticOver(e, e.Len(), x), nil, Options{Enumerated: true}))
		random := must(JudgeStatistic(statisticOver(s, 5000, x), nil, Options{Confidence: 0.999}))
		if p := exact.LearningP; p < random.LearningPLow || p > random.LearningPHigh {
			t.Errorf("case %d: exact p %v, random %v (%v..%v)", i, p, random.LearningP, random.LearningPLow, random.LearningPHigh)
		}
	}
}
