package perm

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// elsewhere counts label sets 1, 2, … by what a Layout says, one comparison at a time.
func elsewhere(l Layout, labels, predicted [][]int32) Counted {
	var c Counted
	if l.PerExample {
		c.Recalled = make([]int32, l.Examples)
	}
	for b, y := range labels {
		p, hits := predicted[b], make([]int32, l.Classes)
		for i := range y {
			if y[i] == p[i] {
				hits[y[i]]++
				if l.PerExample {
					c.Recalled[i]++
				}
			}
		}
		c.ClassHits = append(c.ClassHits, hits)
		byPrediction, byLabel := l.Blocks.table(l.Classes, p), l.Blocks.table(l.Classes, y)
		c.Predicted, c.Labels = append(c.Predicted, byPrediction), append(c.Labels, byLabel)
		var pairs []int64
		of, at := l.Strata.table(l.Classes, p), l.Strata.table(l.Classes, y)
		for g := range l.Strata.Number {
			pairs = append(pairs, 0)
			for k := range l.Classes {
				pairs[g] += int64(of[g*l.Classes+k]) * int64(at[g*l.Classes+k])
			}
		}
		c.StratumPairs = append(c.StratumPairs, pairs)
	}
	c.Blocks, c.Strata = l.Blocks.sums(l, labels, predicted), l.Strata.sums(l, labels, predicted)
	return c
}

func (p Parting) part(i int) int {
	if p.Of == nil {
		return 0
	}
	return int(p.Of[i])
}

// table counts classes by part.
func (p Parting) table(classes int, values []int32) []int32 {
	to := make([]int32, max(1, p.Number)*classes)
	for i, v := range values {
		to[p.part(i)*classes+int(v)]++
	}
	return to
}

func (p Parting) sums(l Layout, labels, predicted [][]int32) CountedSums {
	s := CountedSums{Reshuffled: make([]int64, len(p.Orders))}
	if l.PerExample {
		s.Share, s.ShareHit, s.ShareSq = make([]int64, l.Examples), make([]int64, l.Examples), make([]int64, l.Examples)
	}
	for b, y := range labels {
		table := p.table(l.Classes, y)
		for i, class := range predicted[b] {
			if same := int64(table[p.part(i)*l.Classes+int(class)]); l.PerExample {
				s.Share[i] += same
				s.ShareSq[i] += same * same
				if class == y[i] {
					s.ShareHit[i] += same
				}
			}
		}
		for j, order := range p.Orders {
			for i, from := range order {
				if predicted[b][from] == y[i] {
					s.Reshuffled[j]++
				}
			}
		}
	}
	return s
}

// Label sets that are counted by what the layout says give the counts of label sets that
// are added, to the last bit, whatever a tally keeps.
func TestAddCounted(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, classes := range []int{2, 3, 17} {
		n := 20 * classes
		truth, groups := make([]int32, n), make([]int32, n)
		for i := range truth {
			truth[i], groups[i] = int32(i%classes), int32(5+i/classes%3)
		}
		sets := [][]int32{truth}
		var predicted [][]int32
		for range 9 {
			y := slices.Clone(truth)
			r.Shuffle(n, func(i, j int) { y[i], y[j] = y[j], y[i] })
			sets = append(sets, y)
		}
		for range sets {
			p := make([]int32, n)
			for i := range p {
				p[i] = int32(r.IntN(classes))
			}
			predicted = append(predicted, p)
		}
		for _, o := range []TallyOptions{
			{},
			{Reshuffles: -1, Strata: truth},
			{Seed: 3, Groups: groups, PerExample: true},
			{Seed: 3, Groups: groups, Strata: truth, PerExample: true, Reshuffles: 7},
		} {
			added, given := must(NewTally(n, classes, o)), must(NewTally(n, classes, o))
			for b := range sets {
				if err := added.Add(b, sets[b], predicted[b]); err != nil {
					t.Fatal(err)
				}
			}
			if err := given.Add(0, sets[0], predicted[0]); err != nil {
				t.Fatal(err)
			}
			for _, part := range [][2]int{{1, 7}, {7, 10}} {
				c := elsewhere(given.Layout(), sets[part[0]:part[1]], predicted[part[0]:part[1]])
				if err := given.AddCounted(part[0], c); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := given.Counts(), added.Counts(); !reflect.DeepEqual(got, want) {
				t.Errorf("K = %d, %+v: counted elsewhere\n%+v\nadded\n%+v", classes, o, got, want)
			}
		}
	}
}

// What does not have the form that the layout asks for is refused, and nothing of it counts.
func TestAddCountedRefuses(t *testing.T) {
	truth := []int32{0, 1, 0, 1, 0, 1}
	o := TallyOptions{Reshuffles: 3, Strata: truth, PerExample: true}
	wrong := map[string]func(c *Counted) (first int){
		"the observed set": func(*Counted) int { return 0 },
		"a set twice":      func(*Counted) int { return 2 },
		"no labels":        func(c *Counted) int { c.Labels = nil; return 1 },
		"no pairs":         func(c *Counted) int { c.StratumPairs = nil; return 1 },
		"other classes":    func(c *Counted) int { c.ClassHits[0] = []int32{1}; return 1 },
		"other blocks":     func(c *Counted) int { c.Predicted[0] = make([]int32, 4); return 1 },
		"other strata":     func(c *Counted) int { c.StratumPairs[0] = make([]int64, 3); return 1 },
		"other reshuffles": func(c *Counted) int { c.Strata.Reshuffled = nil; return 1 },
		"no sums":          func(c *Counted) int { c.Blocks.ShareSq = nil; return 1 },
		"no hits":          func(c *Counted) int { c.Recalled = nil; return 1 },
	}
	for name, spoil := range wrong {
		tally := must(NewTally(len(truth), 2, o))
		if err := tally.Add(2, truth, truth); err != nil {
			t.Fatal(err)
		}
		before := tally.Counts()
		c := elsewhere(tally.Layout(), [][]int32{truth}, [][]int32{truth})
		if err := tally.AddCounted(spoil(&c), c); err == nil {
			t.Errorf("%s: no error", name)
		}
		if !reflect.DeepEqual(tally.Counts(), before) {
			t.Errorf("%s: the counts changed", name)
		}
	}
}
