package perm

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Parts of accuracy are its hits, so their effects are those of the counts, to the
// 2⁻³² that parts are kept to; in another order and in two parts they are the same
// bit for bit.
func TestPartsOfAccuracy(t *testing.T) {
	const n, classes, b = 50, 3, 20
	r := seed.Stream(3, "parts")
	sets := must(NewShuffled(randomLabels(r, n, classes), classes, nil, 5))
	tally := must(NewTally(n, classes, TallyOptions{Reshuffles: -1, PerExample: true}))
	whole, first, later := NewParts(n), NewParts(n), NewParts(n)
	var parts, chances [b + 1][]float32
	for s, y := range Sets(sets, 0, b+1) {
		p := predictions(r, y, classes, 0.4)
		if err := tally.Add(s, y, p); err != nil {
			t.Fatal(err)
		}
		share := make([]float32, classes)
		for _, k := range y {
			share[k] += 1. / n
		}
		for i := range y {
			parts[s], chances[s] = append(parts[s], map[bool]float32{true: 1}[p[i] == y[i]]), append(chances[s], share[p[i]])
		}
		whole.Add(s, parts[s], chances[s])
	}
	for s := range parts {
		if back := b - s; back < 7 {
			first.Add(back, parts[back], chances[back])
		} else {
			later.Add(back, parts[back], chances[back])
		}
	}
	merged := must(first.Merged(later))
	if !reflect.DeepEqual(merged, whole) {
		t.Errorf("%+v merged, %+v at once", merged, whole)
	}
	c := tally.Counts()
	values, chance := c.Statistics(Accuracy)
	for what, pair := range map[string][2]Effect{
		"learning":     {must(whole.LearningEffect(values)), must(c.LearningEffect())},
		"memorization": {must(whole.MemorizationEffect(values, chance)), must(c.MemorizationEffect())},
	} {
		got, want := pair[0], pair[1]
		if got.Estimate != want.Estimate || !reflect.DeepEqual(got.Sets, want.Sets) || !near(got.SE(), want.SE(), 1e-6) {
			t.Errorf("%s: %v ± %v, by counts %v ± %v", what, got.Estimate, got.SE(), want.Estimate, want.SE())
		}
		for i := range got.Examples {
			if math.Abs(got.Examples[i]-want.Examples[i]) > 1e-7 {
				t.Fatalf("%s: part of example %d is %v, by counts %v", what, i, got.Examples[i], want.Examples[i])
			}
		}
	}
}

// The parts of balanced accuracy have it as their mean, and each is what an example
// changes: the derivative of the statistic by the example's weight, found by giving
// it a little more. Classes are unequal, and one is missing.
func TestBalancedParts(t *testing.T) {
	labels := []int32{0, 0, 0, 0, 0, 2, 2, 2, 3}
	predicted := []int32{0, 0, 1, 0, 2, 2, 0, 2, 3}
	n := float64(len(labels))
	balanced := func(weight func(i int) float64) float64 {
		hits, members := map[int32]float64{}, map[int32]float64{}
		for i, y := range labels {
			members[y] += weight(i)
			if predicted[i] == y {
				hits[y] += weight(i)
			}
		}
		sum := 0.0
		for k, m := range members {
			sum += hits[k] / m
		}
		return sum / float64(len(members))
	}
	at := balanced(func(int) float64 { return 1 })
	parts, sum := BalancedParts(labels, predicted, 4), 0.0
	for i, part := range parts {
		sum += float64(part) / n
		const little = 1e-6
		heavier := balanced(func(j int) float64 {
			if i == j {
				return 1 + little
			}
			return 1
		})
		if want := at + n*(heavier-at)/little; math.Abs(float64(part)-want) > 1e-4 {
			t.Errorf("part of example %d is %v, by a little more weight %v", i, part, want)
		}
	}
	if !near(sum, at, 1e-6) {
		t.Errorf("parts have mean %v, balanced accuracy is %v", sum, at)
	}
}

func TestPartsErrors(t *testing.T) {
	p := NewParts(2)
	p.Add(1, []float32{1, 0}, nil)
	_, few := p.LearningEffect([]float64{1, 0})
	p.Add(2, []float32{1, 0}, nil)
	_, other := p.LearningEffect([]float64{1, 0})
	_, observed := p.LearningEffect([]float64{1, 0, 0})
	_, chance := p.MemorizationEffect([]float64{1, 0, 0}, nil)
	_, infinite := p.MemorizationEffect([]float64{1, 0, math.Inf(1)}, nil)
	_, merge := p.Merged(NewParts(3))
	for want, err := range map[string]error{
		"effect: 2 examples and 1 label sets beside the observed one; two of each":                few,
		"effect: parts of 2 label sets beside the observed one, but 2 values; measure":            other,
		"effect: the parts of the observed labels were not added; measure the cell again":         observed,
		"effect: values of 3 label sets, but chance of 0":                                         chance,
		"effect: the value of label set 2 is +Inf; values must be finite":                         infinite,
		"parts: sums of 2 and 3 examples, or of other statistics; only one cell's parts can be m": merge,
	} {
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
