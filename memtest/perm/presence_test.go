package perm

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// Ten examples on a line and their labels. Example 4 lies among those of the other
// class, 9 is alone, and 5 has neighbours of either class.
var (
	onALine    = []float64{0, 1, 2.1, 3.3, 2.6, 5, 6.5, 7, 8.2, 20}
	lineLabels = []int32{0, 0, 0, 0, 1, 1, 0, 1, 1, 0}
)

// nearest is a learner of which everything is known: it gives an example the label of
// the nearest one that it was trained on.
func nearest(member []bool) (right []bool) {
	for i, x := range onALine {
		best := -1
		for j, present := range member {
			if present && (best < 0 || math.Abs(onALine[j]-x) < math.Abs(onALine[best]-x)) {
				best = j
			}
		}
		right = append(right, lineLabels[best] == lineLabels[i])
	}
	return right
}

// allSubsets are all subsets of seven examples in ten.
func allSubsets() (all [][]bool) {
	for mask := range uint(1 << 10) {
		if bits.OnesCount(mask) != 7 {
			continue
		}
		member := make([]bool, 10)
		for i := range member {
			member[i] = mask>>i&1 == 1
		}
		all = append(all, member)
	}
	return all
}

// byHand is mem(i) of the nearest-neighbour learner without looking at subsets. An
// example that is present is its own nearest neighbour, and right. Absent, it is answered
// by the nearest that is present: the k-th nearest with probability that of the other
// nine the k−1 nearer ones are all absent, who then are among the two that are absent
// beside i, and that the k-th is there.
func byHand(i int) float64 {
	var others []int
	for j := range onALine {
		if j != i {
			others = append(others, j)
		}
	}
	slices.SortFunc(others, func(a, b int) int {
		return int(math.Copysign(1, math.Abs(onALine[a]-onALine[i])-math.Abs(onALine[b]-onALine[i])))
	})
	mem := 1.0
	for k, p := range []float64{7. / 9, 2. / 9 * 7 / 8, 2. / 9 * 1 / 8} {
		if lineLabels[others[k]] == lineLabels[i] {
			mem -= p
		}
	}
	return mem
}

// Over all subsets mem(i) is what the definition gives on paper; over random ones it
// comes as near as their number says.
func TestPresenceOfNearestNeighbour(t *testing.T) {
	subsets := allSubsets()
	all := NewPresence(10)
	for _, member := range subsets {
		if err := all.Add(member, nearest(member)); err != nil {
			t.Fatal(err)
		}
	}
	exact := must(all.Memorization())
	for i, got := range exact {
		if want := byHand(i); len(subsets) != 120 || math.Abs(got-want) > 1e-12 {
			t.Errorf("example %d: %g over %d subsets, want %g", i, got, len(subsets), want)
		}
	}
	const networks = 4000
	some := NewPresence(10)
	for r := range networks {
		member := RandomSubset(10, r, 1)
		if err := some.Add(member, nearest(member)); err != nil {
			t.Fatal(err)
		}
	}
	for i, got := range must(some.Memorization()) {
		q := 1 - exact[i] // the probability to be right when absent
		if se := math.Sqrt(q * (1 - q) / (0.3 * networks)); math.Abs(got-exact[i]) > 4*se+1e-12 {
			t.Errorf("example %d: %g over %d random subsets, want %g ± %.4f", i, got, networks, exact[i], se)
		}
	}
}

func TestRandomSubset(t *testing.T) {
	in := make([]int, 15)
	for r := range 2000 {
		member := RandomSubset(15, r, 7)
		size := 0
		for i, present := range member {
			if present {
				size++
				in[i]++
			}
		}
		if size != 11 { // 10.5, rounded
			t.Fatalf("subset %d has %d of 15 examples", r, size)
		}
	}
	for i, n := range in { // four standard errors around 2000 · 11/15
		if math.Abs(float64(n)-2000*11./15) > 4*math.Sqrt(2000*11./15*4./15) {
			t.Errorf("example %d is in %d of 2000 subsets", i, n)
		}
	}
	if !slices.Equal(RandomSubset(15, 3, 7), RandomSubset(15, 3, 7)) || slices.Equal(RandomSubset(15, 3, 7), RandomSubset(15, 3, 8)) {
		t.Error("a subset does not depend on the seed alone")
	}
}

// Reliability and standard error against what they are said to be: the rank correlation
// with mem(i) of other networks, and the spread around what the networks tend to.
func TestSureness(t *testing.T) {
	const n, networks = 2000, 60
	r := rand.New(rand.NewPCG(5, 6))
	whenPresent, whenAbsent := make([]float64, n), make([]float64, n)
	for i := range n {
		whenPresent[i], whenAbsent[i] = 0.5+r.Float64()/2, r.Float64()
	}
	among := make([]bool, n)
	for i := range among {
		among[i] = i%3 > 0
	}
	measure := func(base uint64) (*Presence, []float64) {
		p := NewPresence(n)
		for k := range networks {
			member, right := RandomSubset(n, k, base), make([]bool, n)
			for i := range right {
				q := whenAbsent[i]
				if member[i] {
					q = whenPresent[i]
				}
				right[i] = r.Float64() < q
			}
			if err := p.Add(member, right); err != nil {
				t.Fatal(err)
			}
		}
		return p, must(p.Memorization())
	}
	p, first := measure(1)
	_, second := measure(2)
	squares := 0.0
	for i := range first {
		d := first[i] - (whenPresent[i] - whenAbsent[i])
		squares += d * d / n
	}
	for _, c := range [][]bool{nil, among} {
		sure := must(p.Sureness(c))
		if want := must(Spearman(first, second)); math.Abs(sure.Reliability-want) > 0.03 {
			t.Errorf("reliability %.3f, other networks correlate by %.3f", sure.Reliability, want)
		}
		if want := math.Sqrt(squares); math.Abs(sure.SE-want) > 0.1*want {
			t.Errorf("standard error %.4f, the true one is %.4f", sure.SE, want)
		}
	}
}

func TestPresenceRefuses(t *testing.T) {
	p := NewPresence(2)
	if p.Add([]bool{true}, []bool{true, true}) == nil || p.Add([]bool{true, true}, []bool{true}) == nil {
		t.Error("a network that tells of fewer examples is counted")
	}
	for range 2 {
		if err := p.Add([]bool{true, false}, []bool{true, true}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.Memorization(); err == nil {
		t.Error("an example that all networks were trained on has a value")
	}
	if err := p.Add([]bool{false, true}, []bool{false, true}); err != nil {
		t.Fatal(err)
	}
	if m, err := p.Memorization(); err != nil || !slices.Equal(m, []float64{1, 0}) {
		t.Errorf("mem is %v, %v", m, err)
	}
	if _, err := p.Sureness(nil); err == nil {
		t.Error("halves of which one has an example in all subsets are compared")
	}
}

// The reliability of m against its meaning, the correlation with m by other label sets.
func TestReliability(t *testing.T) {
	const n, sets = 3000, 50
	r := rand.New(rand.NewPCG(7, 8))
	for _, spread := range []float64{0, 0.1, 0.4} {
		measure := make([][]Example, 2)
		for i := range n {
			q := 0.5 + spread*(2*float64(i)/n-1)
			for k := range measure {
				hits := 0.0
				for range sets {
					if r.Float64() < q {
						hits++
					}
				}
				m := hits / sets
				measure[k] = append(measure[k], Example{Memorization: m, SE: math.Sqrt(m * (1 - m) / (sets - 1))})
			}
		}
		var x, y []float64
		for i := range n {
			x, y = append(x, measure[0][i].Memorization), append(y, measure[1][i].Memorization)
		}
		got, want := must(Reliability(measure[0])), must(Spearman(x, y))
		if math.Abs(got-want) > 0.06 {
			t.Errorf("spread %g: reliability %.3f, other label sets correlate by %.3f", spread, got, want)
		}
	}
	if _, err := Reliability([]Example{{Memorization: 1}, {Memorization: 1}}); err == nil {
		t.Error("examples that do not vary have a reliability")
	}
}
