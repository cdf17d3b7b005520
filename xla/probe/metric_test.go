package probe

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestMacroAUC compares with the definition, the share of pairs that are in
// order, with many ties and more rows than are sorted by comparison.
func TestMacroAUC(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 7, 60, 2500} {
		for range 4 {
			scores, labels := newClassScores(3, n), make([]int32, n)
			for i := range labels {
				labels[i] = int32(r.IntN(3))
				for k := range scores {
					scores[k][i] = float32(r.IntN(40)-20) / 8
					if r.IntN(9) == 0 {
						scores[k][i] = float32(math.Copysign(0, -1))
					}
				}
			}
			sum, classes := 0.0, 0.0
			for k, s := range scores {
				won, pairs := 0.0, 0.0
				for i := range n {
					for j := range n {
						if labels[i] == int32(k) && labels[j] != int32(k) {
							pairs++
							if s[i] > s[j] {
								won++
							} else if s[i] == s[j] {
								won += 0.5
							}
						}
					}
				}
				if pairs > 0 {
					sum += won / pairs
					classes++
				}
			}
			want := 0.5
			if classes > 0 {
				want = sum / classes
			}
			if got, _ := macroAUC(scores, labels, blocks{}, nil); math.Abs(got-want) > 1e-12 {
				t.Errorf("%d rows: area %v instead of %v", n, got, want)
			}
		}
	}
}

// TestLogLossChance: chance is the mean over all orders of the labels.
func TestLogLossChance(t *testing.T) {
	scores := classScores{{-1, 2, 0.5, 3}, {0, 1, -2, 0.25}, {4, 0, 0, 1}}
	scores.logSoftmax()
	for i := range scores[0] {
		sum := 0.0
		for k := range scores {
			sum += math.Exp(float64(scores[k][i]))
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("the probabilities of row %d add up to %v", i, sum)
		}
	}
	labels := []int32{0, 1, 1, 2}
	m := LogLoss.measure(scores, labels, blocks{})
	value, chance := m.value, m.chance
	var parts, chanceParts float64
	for i := range labels {
		parts, chanceParts = parts+float64(m.parts[i])/4, chanceParts+float64(m.chanceParts[i])/4
	}
	if math.Abs(parts-value) > 1e-6 || math.Abs(chanceParts-chance) > 1e-6 {
		t.Errorf("parts have the means %v and %v, value and chance are %v and %v", parts, chanceParts, value, chance)
	}
	if want := float64(scores[0][0]+scores[1][1]+scores[1][2]+scores[2][3]) / 4; math.Abs(value-want) > 1e-6 {
		t.Errorf("log-loss %v instead of %v", value, want)
	}
	sum, count := 0.0, 0.0
	var visit func(k int)
	visit = func(k int) {
		if k == len(labels) {
			sum += LogLoss.measure(scores, labels, blocks{}).value
			count++
		}
		for i := k; i < len(labels); i++ {
			labels[k], labels[i] = labels[i], labels[k]
			visit(k + 1)
			labels[k], labels[i] = labels[i], labels[k]
		}
	}
	visit(0)
	if math.Abs(chance-sum/count) > 1e-6 {
		t.Errorf("chance %v, the mean over all orders %v", chance, sum/count)
	}
}

func TestLogShares(t *testing.T) {
	// Four votes for three classes: (0 + 1)/7, (4 + 1)/7, (1 + 1)/7.
	s := classScores{{0, 1, 0.25}, {1, 0, 0.25}, {0, 0, 0.5}}
	s.logShares(4)
	if want := []float32{float32(math.Log(1. / 7)), float32(math.Log(5. / 7)), float32(math.Log(2. / 7))}; !slices.Equal(s[0], want) {
		t.Errorf("%v instead of %v", s[0], want)
	}
}

func TestSorter(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 500, 1024, 5000} {
		for _, most := range []uint32{0, 5, 1 << 11, 1 << 13, 1 << 24, math.MaxUint32} {
			keys := make([]uint64, n)
			for i := range keys {
				keys[i] = r.Uint64N(uint64(most)+1)<<32 | uint64(i)
			}
			want := slices.Clone(keys)
			slices.Sort(want)
			var s sorter
			if s.sort(keys, most); !slices.Equal(keys, want) { // the sort is stable, and i rises
				t.Errorf("%d keys up to %d are not sorted", n, most)
			}
		}
	}
}

// The parts of an area are what each example changes: its derivative by the
// example's weight among the pairs, from the definition in float64, ties counted
// half.
func TestMacroAUCParts(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const n, classes = 40, 3
	scores, labels := newClassScores(classes, n), make([]int32, n)
	for i := range labels {
		labels[i] = int32(r.IntN(classes))
		for k := range scores {
			scores[k][i] = float32(r.IntN(20)) / 4
		}
	}
	area := func(heavy int, more float64) float64 {
		sum := 0.0
		for k, s := range scores {
			var won, pairs float64
			for i := range n {
				for j := range n {
					if labels[i] != int32(k) || labels[j] == int32(k) {
						continue
					}
					w := 1.0
					if i == heavy || j == heavy {
						w += more
					}
					pairs += w
					if s[i] > s[j] {
						won += w
					} else if s[i] == s[j] {
						won += w / 2
					}
				}
			}
			sum += won / pairs / classes
		}
		return sum
	}
	parts, mean := make([]float32, n), 0.0
	at, _ := macroAUC(scores, labels, blocks{}, parts)
	for i, part := range parts {
		mean += float64(part) / n
		if want := at + n*(area(i, 1e-6)-at)/1e-6; math.Abs(float64(part)-want) > 1e-4 {
			t.Errorf("part of example %d is %v, by a little more weight %v", i, part, want)
		}
	}
	if math.Abs(mean-at) > 1e-6 {
		t.Errorf("parts have mean %v, the area is %v", mean, at)
	}
}
