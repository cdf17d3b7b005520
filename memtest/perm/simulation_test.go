package perm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/internal/uniform"
)

// This file is the proof by simulation. TestSimulationPage runs everything and
// holds docs/simulation.md to what it finds; with -update it writes the page.

const (
	page     = "../../docs/simulation.md"
	begin    = "<!-- perm: begin, written by go test ./memtest/perm -run Simulation -update -->\n"
	end      = "<!-- perm: end -->\n"
	dataSets = 500
	nullSets = 99 // B
)

// table is a Markdown table.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...any) {
	var row []string
	for _, c := range cells {
		switch v := c.(type) {
		case float64:
			row = append(row, fmt.Sprintf("%.3f", v))
		default:
			row = append(row, fmt.Sprint(v))
		}
	}
	t.rows = append(t.rows, row)
}

func (t *table) String() string {
	var s strings.Builder
	line := func(cells []string) { fmt.Fprintf(&s, "| %s |\n", strings.Join(cells, " | ")) }
	line(t.head)
	line(slices.Repeat([]string{"---"}, len(t.head)))
	for _, r := range t.rows {
		line(r)
	}
	return s.String()
}

// broken is p with ties broken at random: with u uniform on [0, 1) it is uniform
// exactly when the observed value is exchangeable with the others. p itself can
// only be larger, so its distribution is uniform or, by ties, less extreme.
func broken[T float64 | int | int64](observed T, null []T, u float64) float64 {
	greater, ties := 0, 0
	for _, v := range null {
		switch {
		case v > observed:
			greater++
		case v == observed:
			ties++
		}
	}
	return (float64(greater) + u*float64(1+ties)) / float64(len(null)+1)
}

// design is data in which features and labels are independent, given the block.
type design struct {
	name   string
	counts [][]int // [blocks][classes] examples
	shift  float64 // features of block g are shifted by g·shift
	naive  bool    // the shuffles ignore the blocks: not a fair null where there is a shift
	metric Metric
}

var designs = []design{
	{name: "two classes, 20 + 20", counts: [][]int{{20, 20}}},
	{name: "unequal classes, 36 + 15 + 9", counts: [][]int{{36, 15, 9}}},
	{name: "unequal classes, balanced accuracy", counts: [][]int{{36, 15, 9}}, metric: BalancedAccuracy},
	{name: "strata, 15 + 5, 10 + 10, 5 + 15", counts: [][]int{{15, 5}, {10, 10}, {5, 15}}, shift: 0.7},
	{name: "*control*: the same, strata ignored", counts: [][]int{{15, 5}, {10, 10}, {5, 15}}, shift: 0.7, naive: true},
}

// Small data sets and many label sets: there the control is furthest off.
var freshDesigns = []design{
	{name: "two classes, 10 + 10", counts: [][]int{{10, 10}}},
	{name: "unequal classes, 12 + 5 + 3", counts: [][]int{{12, 5, 3}}},
	{name: "strata, 6 + 2, 4 + 4, 2 + 6", counts: [][]int{{6, 2}, {4, 4}, {2, 6}}, shift: 0.7},
}

// draw makes features [n][3], labels and groups of one data set.
func (d design) draw(r *rand.Rand) (x [][]float64, labels, groups []int32) {
	for g, counts := range d.counts {
		block := classLabels(counts...)
		labels = append(labels, block...)
		groups = append(groups, slices.Repeat([]int32{int32(g)}, len(block))...)
	}
	x = gaussian(r, len(labels), 3)
	for i := range x {
		for j := range x[i] {
			x[i][j] += d.shift * float64(groups[i])
		}
	}
	if d.naive || len(d.counts) == 1 {
		groups = nil
	}
	return x, labels, groups
}

// simulateLearning: is the learning p-value uniform where there is nothing to
// learn?
func simulateLearning(t *testing.T) *table {
	out := &table{head: []string{"data", "KS distance", "KS p", "share p ≤ 0.05", "share p ≤ 0.10"}}
	for _, d := range designs {
		var p, even []float64
		for set := range dataSets {
			r := seed.Stream(1, "simulation", "learning", d.name, set)
			x, labels, groups := d.draw(r)
			classes := len(d.counts[0])
			sets := must(NewShuffled(labels, classes, groups, r.Uint64()))
			c := counted(x, perturbed(r, x, 0.3), sets, nullSets, TallyOptions{Reshuffles: -1, Groups: groups})
			p = append(p, must(Judge(c, Options{Metric: d.metric})).LearningP)
			values, _ := c.statistics(d.metric)
			for b := range values { // ties up to rounding are ties
				values[b] = math.Round(values[b] * 1e9)
			}
			even = append(even, broken(values[0], values[1:], r.Float64()))
		}
		distance, ks := uniform.Kolmogorov(even)
		five, ten := uniform.ShareAtMost(p, 0.05), uniform.ShareAtMost(p, 0.1)
		out.add(d.name, distance, ks, five, ten)
		if d.naive {
			if five < 0.1 || ks > 1e-6 {
				t.Errorf("learning, %s: the control does not fail (share %v, KS p %v), so the test could not see a fault", d.name, five, ks)
			}
			continue
		}
		checkUniform(t, "learning, "+d.name, ks, p)
	}
	return out
}

// checkUniform asks for a Kolmogorov–Smirnov p above 0.01, and for p-values that
// are not small more often than they may be: within three standard errors.
func checkUniform(t *testing.T, name string, ks float64, p []float64) {
	t.Helper()
	if ks < 0.01 {
		t.Errorf("%s: p-values are not uniform, Kolmogorov–Smirnov p %v", name, ks)
	}
	for _, level := range []float64{0.01, 0.05, 0.1, 0.25, 0.5, 0.9} {
		if share := uniform.ShareAtMost(p, level); share > level+3*math.Sqrt(level*(1-level)/float64(len(p))) {
			t.Errorf("%s: %v of the p-values are at most %v", name, share, level)
		}
	}
}

// simulateMemorization: is the memorization p-value uniform where the validation
// set is fresh? The control reshuffles each label set on its own.
func simulateMemorization(t *testing.T) *table {
	const j, own = 99, 39 // reshuffles, and those of the control
	out := &table{head: []string{"data", "KS distance", "KS p", "share p ≤ 0.05", "share p ≤ 0.10", "*control*: own reshuffle per label set, share p ≤ 0.05"}}
	for _, d := range freshDesigns {
		var p, even, control []float64
		for set := range dataSets {
			r := seed.Stream(1, "simulation", "memorization", d.name, set)
			x, labels, groups := d.draw(r)
			fresh, _, _ := d.draw(r)
			classes := len(d.counts[0])
			sets := must(NewShuffled(labels, classes, groups, r.Uint64()))
			o := TallyOptions{Reshuffles: j, Seed: r.Uint64(), Groups: groups}
			c := counted(x, fresh, sets, nullSets, o)
			p = append(p, must(Judge(c, Options{})).MemorizationP)
			hits := int64(0)
			for _, h := range c.Hits[1:] {
				hits += int64(h)
			}
			even = append(even, broken(hits, c.Reshuffled, r.Float64()))

			var sums [own]int64
			bl := newBlocks(len(labels), groups)
			for _, y := range Sets(sets, 1, nullSets+1) {
				predicted := centroids(x, fresh, y, classes)
				shuffled := slices.Clone(y)
				for k := range sums {
					bl.shuffle(shuffled, r)
					for i, v := range shuffled {
						if v == predicted[i] {
							sums[k]++
						}
					}
				}
			}
			reached := 0
			for _, h := range sums {
				if h >= hits {
					reached++
				}
			}
			control = append(control, float64(1+reached)/(own+1))
		}
		distance, ks := uniform.Kolmogorov(even)
		bad := uniform.ShareAtMost(control, 0.05)
		out.add(d.name, distance, ks, uniform.ShareAtMost(p, 0.05), uniform.ShareAtMost(p, 0.1), bad)
		checkUniform(t, "memorization, "+d.name, ks, p)
		if bad < 0.1 {
			t.Errorf("memorization, %s: the control does not fail (share %v)", d.name, bad)
		}
	}
	return out
}

// simulateIntervals: does the interval of a p-value from random shuffles hold
// the p-value that enumeration knows?
func simulateIntervals(t *testing.T) *table {
	out := &table{head: []string{"confidence", "share of intervals that hold the exact p", "mean width"}}
	for _, confidence := range []float64{0.9, 0.95, 0.99} {
		held, width := 0, 0.0
		for set := range dataSets {
			r := seed.Stream(1, "simulation", "interval", set)
			labels, x := classLabels(5, 5), make([]float64, 10)
			for i := range x {
				x[i] = r.NormFloat64() + r.Float64()*float64(labels[i])
			}
			e := must(enumerated(labels, 2, nil, 252))
			s := must(NewShuffled(labels, 2, nil, r.Uint64()))
			exact := must(JudgeStatistic(statisticOver(e, e.Len(), x), nil, Options{Enumerated: true})).LearningP
			v := must(JudgeStatistic(statisticOver(s, nullSets+1, x), nil, Options{Confidence: confidence}))
			if v.LearningPLow <= exact && exact <= v.LearningPHigh {
				held++
			}
			width += (v.LearningPHigh - v.LearningPLow) / dataSets
		}
		share := float64(held) / dataSets
		out.add(fmt.Sprintf("%.2f", confidence), share, width)
		if share < confidence-3*math.Sqrt(confidence*(1-confidence)/dataSets) {
			t.Errorf("intervals of confidence %v hold the p-value in %v of cases", confidence, share)
		}
	}
	return out
}

// simulateFamilies: how often is one or more cell without effect rejected at
// 0.05? Cells are correlated columns (correlation 0.3) of 30 examples in two
// classes, the statistic is the difference of the means.
func simulateFamilies(t *testing.T) *table {
	const n, level = 30, 0.05
	out := &table{head: []string{"cells", "of them with effect", "B", "max-T", "Holm", "not adjusted", "*control*: max-T scaled by the null alone", "power of max-T"}}
	for _, c := range []struct{ cells, effects, b, runs int }{{6, 0, 199, 2000}, {6, 2, 199, 2000}, {20, 0, 99, 1000}, {20, 0, 19, 2000}, {20, 5, 19, 2000}} {
		var wrong [4]int
		right := 0
		for run := range c.runs {
			r := seed.Stream(1, "simulation", "family", c.cells, c.effects, c.b, run)
			labels := classLabels(n/2, n/2)
			x := make([][]float64, c.cells) // [cells][n]
			common := gaussian(r, 1, n)[0]
			for k := range x {
				x[k] = gaussian(r, 1, n)[0]
				for i := range x[k] {
					x[k][i] = math.Sqrt(0.7)*x[k][i] + math.Sqrt(0.3)*common[i]
					if k < c.effects {
						x[k][i] += 1.5 * float64(labels[i])
					}
				}
			}
			sets := Sets(must(NewShuffled(labels, 2, nil, r.Uint64())), 0, c.b+1)
			observed, nulls, plain := make([]float64, c.cells), make([][]float64, c.cells), make([]float64, c.cells)
			for k := range x {
				values := make([]float64, len(sets))
				for b, y := range sets {
					values[b] = meanDifference(x[k], y)
				}
				observed[k], nulls[k] = values[0], values[1:]
				plain[k] = must(JudgeStatistic(values, nil, Options{})).LearningP
			}
			for m, p := range [][]float64{must(MaxT(nulls, observed)), Holm(plain), plain, scaledByNull(nulls, observed)} {
				for k, v := range p {
					if v <= level+1e-12 && k < c.effects && m == 0 {
						right++
					}
				}
				if slices.ContainsFunc(p[c.effects:], func(v float64) bool { return v <= level+1e-12 }) {
					wrong[m]++
				}
			}
		}
		share := func(count int) float64 { return float64(count) / float64(c.runs) }
		power := "–"
		if c.effects > 0 {
			power = fmt.Sprintf("%.3f", share(right)/float64(c.effects))
		}
		out.add(c.cells, c.effects, c.b, share(wrong[0]), share(wrong[1]), share(wrong[2]), share(wrong[3]), power)
		limit := level + 3*math.Sqrt(level*(1-level)/float64(c.runs))
		if share(wrong[0]) > limit || share(wrong[1]) > limit {
			t.Errorf("%d cells, %d with effect, B %d: family error of max-T %v, of Holm %v", c.cells, c.effects, c.b, share(wrong[0]), share(wrong[1]))
		}
		if share(wrong[2]) < 2*level {
			t.Errorf("%d cells: unadjusted p-values have a family error of %v only, so the test could not see a fault", c.cells, share(wrong[2]))
		}
	}
	return out
}

// simulateFamiliesTwoSided: the same for both sides, with skewed nulls: columns are
// exponential and the classes unequal, so the difference of the means has a long
// side. Half of the effects lie below the null.
func simulateFamiliesTwoSided(t *testing.T) *table {
	const small, large, level, b, runs = 6, 24, 0.05, 99, 2000
	out := &table{head: []string{"cells", "of them with effect", "family error, two-sided max-T", "not adjusted", "power, effects above", "power, effects below", "*control*: one-sided max-T, power below", "*control*: by size alone, cells below their own p"}}
	for _, c := range []struct{ cells, effects int }{{6, 0}, {6, 2}, {20, 0}, {20, 6}} {
		var wrong, unadjusted, less int
		var found [2]int // effects above, below
		oneSided := 0
		for run := range runs {
			r := seed.Stream(1, "simulation", "family, both sides", c.cells, c.effects, run)
			labels := classLabels(large, small)
			x := gaussian(r, c.cells, len(labels))
			for k := range x {
				for i := range x[k] {
					x[k][i] = r.ExpFloat64()
					if k < c.effects {
						x[k][i] += 2 * float64(labels[i]) * float64(1-2*(k%2))
					}
				}
			}
			sets := Sets(must(NewShuffled(labels, 2, nil, r.Uint64())), 0, b+1)
			observed, nulls, plain := make([]float64, c.cells), make([][]float64, c.cells), make([]float64, c.cells)
			for k := range x {
				values := make([]float64, len(sets))
				for b, y := range sets {
					values[b] = meanDifference(x[k], y)
				}
				observed[k], nulls[k] = values[0], values[1:]
				plain[k] = must(JudgeStatistic(values, nil, Options{Sides: TwoSided})).LearningP
			}
			adjusted, bySize, above := must(MaxTTwoSided(nulls, observed)), must(maxT(nulls, observed, TwoSided)), must(MaxT(nulls, observed))
			significant := func(p float64) bool { return p <= level+1e-12 }
			for k := range c.cells {
				if adjusted[k] < plain[k] {
					t.Errorf("both sides, %d cells: p %v is adjusted to %v", c.cells, plain[k], adjusted[k])
				}
				if bySize[k] < plain[k] {
					less++
				}
				if k < c.effects && significant(adjusted[k]) {
					found[k%2]++
				}
				if k < c.effects && k%2 == 1 && significant(above[k]) {
					oneSided++
				}
			}
			if slices.ContainsFunc(adjusted[c.effects:], significant) {
				wrong++
			}
			if slices.ContainsFunc(plain[c.effects:], significant) {
				unadjusted++
			}
		}
		power := func(count int) string {
			if c.effects == 0 {
				return "–"
			}
			return fmt.Sprintf("%.3f", float64(count)/float64(runs*c.effects/2))
		}
		family := float64(wrong) / runs
		out.add(c.cells, c.effects, family, float64(unadjusted)/runs, power(found[0]), power(found[1]), power(oneSided), float64(less)/float64(runs*c.cells))
		if family > level+3*math.Sqrt(level*(1-level)/runs) {
			t.Errorf("both sides, %d cells, %d with effect: family error %v", c.cells, c.effects, family)
		}
		if less == 0 || oneSided > 0 {
			t.Errorf("both sides, %d cells: the controls do not fail (%d below their own p, %d found on the other side)", c.cells, less, oneSided)
		}
	}
	return out
}

// scaledByNull is the one-step max-T with each cell scaled by its null sets
// alone: what MaxT does not do.
func scaledByNull(nulls [][]float64, observed []float64) []float64 {
	highest := slices.Repeat([]float64{math.Inf(-1)}, len(nulls[0]))
	p := make([]float64, len(nulls))
	for k := range nulls {
		mean, sd := stat.MeanStdDev(nulls[k], nil)
		for b, v := range nulls[k] {
			highest[b] = max(highest[b], (v-mean)/sd)
		}
	}
	for k := range nulls {
		mean, sd := stat.MeanStdDev(nulls[k], nil)
		reached := 0
		for _, h := range highest {
			if h >= (observed[k]-mean)/sd {
				reached++
			}
		}
		p[k] = float64(1+reached) / float64(len(highest)+1)
	}
	return p
}

// simulateSequential: are p-values of the sequential test small no more often
// than they may be, and how many label sets does it save?
func simulateSequential(t *testing.T) *table {
	const runs, most = 20000, 199
	levels := []float64{0.01, 0.05, 0.1, 0.5}
	out := &table{head: []string{"stop after", "effect (null sd)", "share p ≤ 0.01", "≤ 0.05", "≤ 0.10", "≤ 0.50", "mean label sets of 199", "share of intervals that hold the exact p"}}
	for _, h := range []int{1, 5, 10} {
		for _, effect := range []float64{0, 2.5} {
			var p []float64
			used, held := 0.0, 0
			r := seed.Stream(1, "simulation", "sequential", h, effect)
			null := make([]float64, most)
			for range runs {
				observed := effect + r.NormFloat64()
				for b := range null {
					null[b] = r.NormFloat64()
				}
				s := must(Sequential{H: h, Max: most}.Values(observed, null, 0.95))
				p = append(p, s.P)
				used += float64(s.Used) / runs
				if exact := distuv.UnitNormal.Survival(observed); s.Low <= exact && exact <= s.High {
					held++
				}
			}
			row := []any{h, fmt.Sprint(effect)}
			for _, level := range levels {
				share := uniform.ShareAtMost(p, level)
				row = append(row, share)
				if effect == 0 && share > level+3*math.Sqrt(level*(1-level)/runs) {
					t.Errorf("sequential, h %d: %v of the p-values are at most %v", h, share, level)
				}
			}
			covered := float64(held) / runs
			if covered < 0.95-3*math.Sqrt(0.95*0.05/runs) {
				t.Errorf("sequential, h %d, effect %v: %v of the intervals hold the p-value", h, effect, covered)
			}
			out.add(append(row, fmt.Sprintf("%.1f", used), covered)...)
		}
	}
	return out
}

// simulateStopping: are L and M unbiased after a sequential stop? Two cells share
// their label sets, with statistics of correlation 0.8 that are standard normal
// under the null; the second has more effect, so that it is the first cell's
// sets that it ends. The control takes all sets that the first cell's test draws.
func simulateStopping(t *testing.T) *table {
	const runs, most = 20000, 199
	out := &table{head: []string{"stop after", "effects (null sd)", "mean label sets counted", "error of L, first cell", "second cell", "*control*: all sets up to the stop", "share of memorization p ≤ 0.05"}}
	for _, h := range []int{1, 2, 5, 10} {
		for _, effects := range [][2]float64{{0, 0}, {0, 1}, {1, 2.5}} {
			var errors [2][]float64
			var control []float64
			counted, recalled := 0.0, 0
			r := seed.Stream(1, "simulation", "stopping", h, effects[0], effects[1])
			for range runs {
				s := Sequential{H: h, Max: most}.Stopping(2)
				var values [2][]float64
				common := r.NormFloat64()
				for b := 0; b <= most && !s.Done(); b++ {
					if b > 0 {
						common = r.NormFloat64()
					}
					for v := range values {
						x := math.Sqrt(0.8)*common + math.Sqrt(0.2)*r.NormFloat64()
						if b == 0 {
							x += effects[v]
						}
						values[v] = append(values[v], x)
						s.Add(v, int(math.Round(1e6*x)))
					}
				}
				n := len(values[0])
				if s.LastDecided() {
					n--
				}
				counted += float64(n-1) / runs
				for v := range values {
					errors[v] = append(errors[v], -stat.Mean(values[v][1:n], nil))
				}
				alone := must(Sequential{H: h, Max: most}.Values(values[0][0], values[0][1:], 0))
				control = append(control, -stat.Mean(values[0][1:alone.Used+1], nil))
				// A row reshuffle gives each set another draw of the same: the sum of so
				// many is normal, and this is the p-value of ever more reshuffles.
				if z := -errors[0][len(errors[0])-1] * math.Sqrt(float64(n-1)); distuv.UnitNormal.Survival(z) <= 0.05 {
					recalled++
				}
			}
			row := []any{h, fmt.Sprintf("%v and %v", effects[0], effects[1]), fmt.Sprintf("%.1f", counted)}
			for v := range errors {
				mean, se := stat.Mean(errors[v], nil), stat.StdDev(errors[v], nil)/math.Sqrt(runs)
				row = append(row, fmt.Sprintf("%+.4f ± %.4f", mean, se))
				if math.Abs(mean) > 3.5*se {
					t.Errorf("stopping after %d, effects %v: L of cell %d is wrong by %v ± %v", h, effects, v, mean, se)
				}
			}
			mean, se := stat.Mean(control, nil), stat.StdDev(control, nil)/math.Sqrt(runs)
			if mean > -3.5*se {
				t.Errorf("stopping after %d, effects %v: the control is not biased (%v ± %v), so the test could not see a fault", h, effects, mean, se)
			}
			share := float64(recalled) / runs
			if share > 0.06 {
				t.Errorf("stopping after %d, effects %v: %v of the memorization p-values are at most 0.05", h, effects, share)
			}
			out.add(append(row, fmt.Sprintf("%+.4f ± %.4f", mean, se), share)...)
		}
	}
	return out
}

// simulatePower: one feature, two classes of n/2 whose means are delta standard
// deviations apart; how often is p ≤ 0.05? The two-sided z-test that knows the
// standard deviation is the best there is: power Φ(δ√n/2 - 1.96) + Φ(-δ√n/2 - 1.96).
func simulatePower(t *testing.T) *table {
	const runs = 400
	deltas := []float64{0, 0.25, 0.5, 0.75, 1, 1.5}
	out := &table{head: []string{"n", "share p ≤ 0.05 of"}}
	for _, d := range deltas {
		out.head = append(out.head, fmt.Sprintf("δ = %v", d))
	}
	for _, n := range []int{20, 50, 100} {
		var test, best []any
		last := 0.0
		for _, delta := range deltas {
			count := 0
			for run := range runs {
				r := seed.Stream(1, "simulation", "power", n, delta, run)
				labels := classLabels(n/2, n/2)
				x := gaussian(r, n, 1)
				for i := range x {
					x[i][0] += delta * float64(labels[i])
				}
				c := counted(x, perturbed(r, x, 0.1), must(NewShuffled(labels, 2, nil, r.Uint64())), nullSets, TallyOptions{Reshuffles: -1})
				if must(Judge(c, Options{})).LearningP <= 0.05 {
					count++
				}
			}
			share, away := float64(count)/runs, delta*math.Sqrt(float64(n))/2
			bound := distuv.UnitNormal.CDF(away-1.959964) + distuv.UnitNormal.CDF(-away-1.959964)
			test, best = append(test, share), append(best, bound)
			if share > bound+3*math.Sqrt(bound*(1-bound)/runs) {
				t.Errorf("power at n %d, δ %v is %v, above the best there is, %v", n, delta, share, bound)
			}
			if share < last-3*math.Sqrt(0.5/runs) {
				t.Errorf("power at n %d falls to %v at δ %v", n, share, delta)
			}
			last = share
		}
		if n >= 50 && last < 0.9 {
			t.Errorf("power at n %d, δ 1.5 is %v only", n, last)
		}
		out.add(append([]any{n, "permuted probe"}, test...)...)
		out.add(append([]any{n, "best possible"}, best...)...)
	}
	return out
}

// simulateRecall: labels are noise and the validation set is copies of the
// training set: the more columns, the more a probe memorizes; the more
// perturbation, the less comes back.
func simulateRecall(t *testing.T) *table {
	const n, runs, b = 40, 200, 40
	levels := []float64{0.5, 1, 2, 4}
	out := &table{head: []string{"columns d", "figure"}}
	for _, s := range levels {
		out.head = append(out.head, fmt.Sprintf("σ = %v", s))
	}
	for _, d := range []int{1, 4, 16} {
		var effect, power []any
		last := 1.0
		for _, sigma := range levels {
			count, mean := 0, 0.0
			for run := range runs {
				r := seed.Stream(1, "simulation", "recall", d, sigma, run)
				x := gaussian(r, n, d)
				sets := must(NewShuffled(classLabels(n/2, n/2), 2, nil, r.Uint64()))
				v := must(Judge(counted(x, perturbed(r, x, sigma), sets, b, TallyOptions{Reshuffles: 99, Seed: r.Uint64()}), Options{}))
				mean += v.Memorization / runs
				if v.MemorizationP <= 0.05 {
					count++
				}
			}
			effect, power = append(effect, mean), append(power, float64(count)/runs)
			if mean > last {
				t.Errorf("memorization with %d columns rises to %v at σ %v", d, mean, sigma)
			}
			last = mean
		}
		out.add(append([]any{d, "memorization M, mean"}, effect...)...)
		out.add(append([]any{d, "share of memorization p ≤ 0.05"}, power...)...)
	}
	return out
}

func TestSimulationPage(t *testing.T) {
	text := fmt.Sprintf(simulationText, simulateLearning(t), simulateMemorization(t), simulateIntervals(t), simulateFamilies(t), simulateFamiliesTwoSided(t),
		simulateSequential(t), simulateStopping(t), simulatePower(t), simulateRecall(t), simulateOwn(t))
	old, err := os.ReadFile(page)
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Fatal(err)
	}
	before, after := "# Proof by simulation\n\n", ""
	from, to := strings.Index(string(old), begin), strings.Index(string(old), end)
	if from >= 0 && to > from {
		before, after = string(old[:from]), string(old[to+len(end):])
	} else if len(old) > 0 {
		t.Fatalf("%s has lost its marks %q and %q", page, begin, end)
	}
	want := before + begin + text + end + after
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(old) {
		wanted, have := strings.Split(want, "\n"), strings.Split(string(old), "\n")
		for i := range min(len(wanted), len(have)) {
			if wanted[i] != have[i] {
				t.Fatalf("%s, line %d:\n%s\nis now\n%s\nrun go test ./memtest/perm -run Simulation -update", page, i+1, have[i], wanted[i])
			}
		}
		t.Fatalf("%s has %d lines, is now %d", page, len(have), len(wanted))
	}
}

const simulationText = `
## The statistics, without networks

Every table below is computed by ` + "`go test ./memtest/perm`" + ` in a few seconds, and the test fails where this page says anything
else. All seeds are fixed: stream *simulation, table, …* of seed 1. The stand-in for a probe is the nearest class mean. Unless
said otherwise there are 500 data sets a row, B = 99 label sets, and standard errors of a share near 0.05 are 0.010.

p-values from integer hits have ties, and ties count as exceedances, so p is uniform or larger. *Kolmogorov–Smirnov* (KS) therefore
looks at p with ties broken at random, which is uniform exactly if the observed labels are exchangeable with the shuffled ones; the
shares are of the p-values as reported.

Rows and columns marked *control* do it the wrong way on purpose: they show that these tables would have seen the fault.

### The learning p-value is uniform where there is nothing to learn

Three features, independent of the labels given the stratum; the validation set is a copy with noise of 0.3. In the strata both
the features' mean and the shares of the classes differ, so that only shuffles within strata are a fair null.

%v
### The memorization p-value is uniform where the validation set is fresh

As above, but the validation set is drawn anew, independent of the training set; J = 99. The same row reshuffle serves all
label sets. The control reshuffles each label set on its own: predictions of different label sets are made for the same copies
and move together, which the control's null does not, so it is too narrow.

%v
### The interval of a p-value holds the exact one

Ten examples in two classes of five, 252 distinct labelings, an effect between 0 and 1 standard deviations: the exact p-value is
known by enumeration, and the Clopper–Pearson interval comes from 99 random shuffles.

%v
### Max-T and Holm hold the family error

How often one or more of the cells without effect is significant at 0.05. Cells are columns with correlation 0.3, 30 examples in two
classes; the effect is 1.5 standard deviations. Power is the share of the cells with effect that max-T finds (at B = 19 the
smallest p-value is 0.05). Holm can find nothing unless B + 1 is at least the number of cells over 0.05, so it is 0 for 20 cells here.
Standard error 0.005 (0.007 in the row with 1,000 runs).

%v
### Of both sides, an adjusted p-value is never below the cell's own

As above for two-sided p-values, B = 99, 2,000 runs, with skewed nulls: 24 + 6 examples, independent exponential columns, effects of 2 to
either side. Max-T takes sizes |z|, and the larger of that and the cell's own p, which is twice its smaller tail. By size alone a share of
the cells comes out below its own p; of one side, no effect below the null is ever found.

%v
### Stopping early keeps the p-value valid

Besag and Clifford's sequential test with statistics that are standard normal under the null, at most 199 label sets, 20,000 runs.
Without effect the share of p-values at most α must not exceed α. Confidence of the intervals is 0.95.

%v
### Learning and memorization are unbiased after a stop

Two cells share their label sets, as one probe at two levels does; statistics are standard normal under the null with correlation 0.8, at
most 199 sets, at least 19, 20,000 runs, errors in null standard deviations. Drawing ends when both tests have stopped, and the set that
ended it counts for p alone. The control is the mean over all sets up to the stop of the first cell, as a stop of its own would take it: the
last of them reaches the observed value by construction. Memorization p is not exact after a stop, since how many sets were drawn depends on
their hits; the last column is its level.

%v
### Power for a known effect

One feature, two classes of n/2 with means δ standard deviations apart, copies with noise of 0.1, 400 data sets a cell. The best
possible is the two-sided z-test that knows the standard deviation; the probe loses
to it because hits are a coarse statistic, with ties.

%v
### Memorization grows with the columns and fades with the perturbation

Labels are noise; 40 examples, two classes, d normal columns, copies with noise σ; B = 40, J = 99, 200 data sets a cell.

%v
### What the class gives is not the example's own

200 examples whose classes lie far apart, five columns, B = 99, J = 99. Where the validation set is *other draws of the class*, it knows
nothing of single examples, yet the whole class shares the label that is by chance the most frequent in its corner: memorization is there,
and its p-value, which is about copies and parents of any kind, says so. The own part is what is left beyond the class. It is 0, and its
p-value uniform; where the validation set is copies, it is found.

%v`
