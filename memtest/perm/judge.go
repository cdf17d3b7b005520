package perm

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// Sides says which statistics count as at least as extreme as the observed one.
type Sides int

const (
	Greater  Sides = iota // those that are at least as large
	TwoSided              // twice the smaller of the two one-sided p-values, at most 1
)

func (s Sides) String() string {
	if s == TwoSided {
		return "two-sided"
	}
	return "greater"
}

// Metric is the statistic that Judge takes from counts.
type Metric int

const (
	Accuracy         Metric = iota // share of hits
	BalancedAccuracy               // mean over the classes that have labels of the share of hits in the class
)

func (m Metric) String() string {
	if m == BalancedAccuracy {
		return "balanced accuracy"
	}
	return "accuracy"
}

// DefaultAlpha is the level of a test where none is asked for.
const DefaultAlpha = 0.05

// Options of a verdict. The zero value is a one-sided test of accuracy at level
// 0.05 with 95 % intervals, label sets drawn at random.
type Options struct {
	Alpha      float64 // level of the test; 0 = DefaultAlpha
	Confidence float64 // of intervals; 0 = DefaultConfidence
	Sides      Sides   // of the learning p-values; the memorization p-value has one side always
	Metric     Metric  // of Judge
	// Enumerated says that the label sets are all distinct labelings, each once,
	// as Design.Enumerated gives them: the p-value is then known, not estimated, and its
	// interval is the p-value itself.
	Enumerated bool
}

func (o Options) resolved() (Options, error) {
	if o.Alpha == 0 {
		o.Alpha = DefaultAlpha
	}
	if o.Confidence == 0 {
		o.Confidence = DefaultConfidence
	}
	if err := checkShare("alpha", o.Alpha); err != nil {
		return o, err
	}
	if err := checkShare("confidence", o.Confidence); err != nil {
		return o, err
	}
	if o.Sides != Greater && o.Sides != TwoSided {
		return o, fmt.Errorf("sides: %d; choose Greater or TwoSided", o.Sides)
	}
	if o.Metric != Accuracy && o.Metric != BalancedAccuracy {
		return o, fmt.Errorf("metric: %d; choose Accuracy or BalancedAccuracy", o.Metric)
	}
	return o, nil
}

// Verdict is what the counts of one cell say. T_b is the statistic of label set
// b, c_b its chance: what it is on average when predictions and labels are
// paired at random. Means over b are over b ≥ 1.
type Verdict struct {
	Permutations int       `json:"permutations"` // B
	Observed     float64   `json:"observed"`     // T_0
	Null         []float64 `json:"null"`         // T_1..T_B
	NullMean     float64   `json:"null_mean"`
	NullSD       float64   `json:"null_sd"` // divisor B-1; 0 where B is 1

	Learning   float64 `json:"learning"`    // L = T_0 - mean T_b
	LearningSE float64 `json:"learning_se"` // error of L from having B permutations only: NullSD/√B
	Z          float64 `json:"z"`           // L / NullSD; 0 where ZDefined is false
	ZDefined   bool    `json:"z_defined"`   // NullSD is not 0

	// LearningP is (1 + Exceed)/(B + 1), or twice the smaller tail. Low and High
	// bound the probability that a random label set reaches the observed
	// statistic: what LearningP becomes with ever more permutations.
	Exceed        int     `json:"exceed"` // label sets b ≥ 1 with T_b ≥ T_0 (two sides: in the smaller tail)
	LearningP     float64 `json:"learning_p"`
	LearningPLow  float64 `json:"learning_p_low"`
	LearningPHigh float64 `json:"learning_p_high"`
	Floor         float64 `json:"floor"` // the smallest value LearningP can have with B permutations
	Alpha         float64 `json:"alpha"` // level of the test

	// Chance, Memorization and its p-value are 0, 0 and 1 where
	// MemorizationDefined is false: a real-valued statistic without chance.
	MemorizationDefined bool    `json:"memorization_defined"`
	Chance              float64 `json:"chance"`          // mean c_b
	Memorization        float64 `json:"memorization"`    // M = mean (T_b - c_b)
	MemorizationSE      float64 `json:"memorization_se"` // error of M from having B permutations only
	// MemorizationP is (1 + #{j: hits under row reshuffle j ≥ hits})/(J + 1),
	// always on hits, whatever the metric; see Reshuffles. 1 where J is 0.
	MemorizationP      float64 `json:"memorization_p"`
	MemorizationPLow   float64 `json:"memorization_p_low"`
	MemorizationPHigh  float64 `json:"memorization_p_high"`
	MemorizationPFloor float64 `json:"memorization_p_floor"`

	// The two parts of memorization, always of hits and of accuracy, whatever the
	// metric: MemorizationClass, the mean of c'_b − c_b, is what remains when copies
	// are exchanged within the true class of their parent (and block); MemorizationOwn,
	// the mean of T_b − c'_b, is what the example itself gives. c'_b is the mean of T_b
	// over all such exchanges. A copy that is alone in its class has none, and an own
	// part of 0. MemorizationOwnP is (1 + #{j: hits under reshuffle j within classes ≥
	// hits})/(J + 1). 0, 0 and 1 where SplitDefined is false: the counts have no strata.
	SplitDefined          bool    `json:"split_defined"`
	MemorizationClass     float64 `json:"memorization_class"`
	MemorizationOwn       float64 `json:"memorization_own"`
	MemorizationOwnP      float64 `json:"memorization_own_p"`
	MemorizationOwnPLow   float64 `json:"memorization_own_p_low"`
	MemorizationOwnPHigh  float64 `json:"memorization_own_p_high"`
	MemorizationOwnPFloor float64 `json:"memorization_own_p_floor"`

	PerClass []ClassVerdict `json:"per_class,omitempty"` // [K]; nil where there are no counts per class
}

// ClassVerdict is the verdict on one class k. Its statistic is the recall of the
// class: the share of the copies labelled k by set b that are predicted k.
type ClassVerdict struct {
	Class        int     `json:"class"`
	Labels       int     `json:"labels"`  // examples with this observed label
	Defined      bool    `json:"defined"` // the class has labels in set 0 and in some set b ≥ 1; else all below is 0 and LearningP is 1
	Observed     float64 `json:"observed"`
	NullMean     float64 `json:"null_mean"`
	NullSD       float64 `json:"null_sd"`
	Chance       float64 `json:"chance"`
	Learning     float64 `json:"learning"`
	Memorization float64 `json:"memorization"`
	LearningP    float64 `json:"learning_p"` // not adjusted for there being K classes
}

// Saturated says that observed and null are both at 1 (0.99 or more): the level
// tells nothing apart.
func (v Verdict) Saturated() bool { return v.Observed >= 0.99 && v.NullMean >= 0.99 }

// FloorAboveAlpha says that B permutations are too few for the level: no
// outcome could be significant.
func (v Verdict) FloorAboveAlpha() bool { return v.Floor > v.Alpha }

// Judge gives the verdict on one cell. The counts must hold label set 0 and at
// least one other.
func Judge(c *Counts, o Options) (Verdict, error) {
	o, err := o.resolved()
	if err != nil {
		return Verdict{}, err
	}
	if err := c.checkJudged(); err != nil {
		return Verdict{}, err
	}
	values, chance := c.statistics(o.Metric)
	var greater, less int
	if o.Metric == Accuracy {
		greater, less = tails(c.Hits, func(a, b int) bool { return a >= b })
	} else {
		greater, less = tails(values, atLeast)
	}
	v := verdict(values, chance, greater, less, o)
	v.MemorizationP, v.MemorizationPLow, v.MemorizationPHigh, v.MemorizationPFloor = c.reshuffleP(c.Reshuffled, o)
	c.splitMemorization(&v, o)
	for k := range c.Classes {
		v.PerClass = append(v.PerClass, c.class(k, o))
	}
	return v, nil
}

// JudgeStatistic gives the verdict on a real-valued statistic, say an AUC or the
// negative of a log-loss: large must be good. values[0] is the observed one,
// values[b] that of label set b. Values that differ by a relative 1e-12 are
// ties. chance[b] is what the statistic is on average when predictions and
// labels are paired at random; nil where that is not known: then memorization
// is not defined. NaN and infinite values are errors that name b. There is no
// reshuffling here, so MemorizationP is 1.
func JudgeStatistic(values, chance []float64, o Options) (Verdict, error) {
	o, err := o.resolved()
	if err != nil {
		return Verdict{}, err
	}
	if len(values) < 2 {
		return Verdict{}, fmt.Errorf("statistic: %d values; the observed one and at least one of a shuffled label set are needed", len(values))
	}
	if chance != nil && len(chance) != len(values) {
		return Verdict{}, fmt.Errorf("statistic: %d values but chance for %d label sets", len(values), len(chance))
	}
	if err := checkFinite("statistic of label set", values); err != nil {
		return Verdict{}, err
	}
	if err := checkFinite("chance of label set", chance); err != nil {
		return Verdict{}, err
	}
	greater, less := tails(values, atLeast)
	v := verdict(values, chance, greater, less, o)
	v.MemorizationP, v.MemorizationPHigh, v.MemorizationPFloor = 1, 1, 1
	v.MemorizationOwnP, v.MemorizationOwnPHigh, v.MemorizationOwnPFloor = 1, 1, 1
	return v, nil
}

// reshuffleP is the share of the reshuffles, the identity counted in, under which
// the label sets b ≥ 1 have as many hits as they have, with its interval and floor;
// 1 in 0..1 where there are no reshuffles.
func (c *Counts) reshuffleP(reshuffled []int64, o Options) (p, low, high, floor float64) {
	hits, reached, j := int64(0), 0, len(reshuffled)
	for _, h := range c.Hits[1:] {
		hits += int64(h)
	}
	for _, h := range reshuffled {
		if h >= hits {
			reached++
		}
	}
	p, high, floor = float64(1+reached)/float64(j+1), 1, 1/float64(j+1)
	if j > 0 {
		tail := (1 - o.Confidence) / 2
		low, high = clopperLow(reached, j, tail), clopperHigh(reached, j, tail)
	}
	return p, low, high, floor
}

// splitMemorization fills in the two parts of memorization.
func (c *Counts) splitMemorization(v *Verdict, o Options) {
	v.MemorizationOwnP, v.MemorizationOwnPHigh, v.MemorizationOwnPFloor = 1, 1, 1
	if c.Strata == 0 {
		return
	}
	v.SplitDefined = true
	v.MemorizationOwnP, v.MemorizationOwnPLow, v.MemorizationOwnPHigh, v.MemorizationOwnPFloor = c.reshuffleP(c.StratumReshuffled, o)
	b := float64(len(c.B) - 1)
	for i := 1; i < len(c.B); i++ {
		v.MemorizationClass += (c.StratumChance[i] - c.Chance[i]) / b
		v.MemorizationOwn += (float64(c.Hits[i])/float64(c.N) - c.StratumChance[i]) / b
	}
}

// verdict fills in what follows from the statistics: values[0] observed, chance
// nil where it is not known.
func verdict(values, chance []float64, greater, less int, o Options) Verdict {
	null := append([]float64(nil), values[1:]...)
	v := Verdict{Permutations: len(null), Observed: values[0], Null: null, Alpha: o.Alpha}
	v.NullMean, v.NullSD = meanSD(null)
	v.Learning = v.Observed - v.NullMean
	v.LearningSE = v.NullSD / math.Sqrt(float64(len(null)))
	if v.NullSD > 0 {
		v.Z, v.ZDefined = v.Learning/v.NullSD, true
	}
	v.Exceed, v.LearningP, v.LearningPLow, v.LearningPHigh, v.Floor = pValue(greater, less, len(null), o)
	if chance != nil {
		excess := make([]float64, len(null))
		for b := range excess {
			excess[b] = null[b] - chance[b+1]
		}
		v.MemorizationDefined = true
		v.Chance = stat.Mean(chance[1:], nil)
		var sd float64
		v.Memorization, sd = meanSD(excess)
		v.MemorizationSE = sd / math.Sqrt(float64(len(null)))
	}
	return v
}

// pValue returns the p-value for these numbers of label sets b ≥ 1 in the two
// tails, of b in all, its interval and its floor. With the observed labeling
// counted in, an enumeration has exactly (1 + #)/(b + 1) of its labelings in the
// tail, so both kinds of label sets share the formula.
func pValue(greater, less, b int, o Options) (exceed int, p, low, high, floor float64) {
	exceed, times := greater, 1.0
	if o.Sides == TwoSided {
		exceed, times = min(greater, less), 2
	}
	p = min(1, times*float64(1+exceed)/float64(b+1))
	floor = min(1, times/float64(b+1))
	if o.Enumerated {
		return exceed, p, p, p, floor
	}
	tail := (1 - o.Confidence) / 2
	return exceed, p, min(1, times*clopperLow(exceed, b, tail)), min(1, times*clopperHigh(exceed, b, tail)), floor
}

// tails counts the values after the first that are at least, and at most, it.
func tails[T any](values []T, atLeast func(a, b T) bool) (greater, less int) {
	for _, v := range values[1:] {
		if atLeast(v, values[0]) {
			greater++
		}
		if atLeast(values[0], v) {
			less++
		}
	}
	return greater, less
}

// tieTolerance is the relative difference up to which real-valued statistics
// are ties: sums of the same numbers in another order differ by less.
const tieTolerance = 1e-12

// atLeast says whether a ≥ b, ties counted in.
func atLeast(a, b float64) bool {
	return a >= b || b-a <= tieTolerance*max(math.Abs(a), math.Abs(b))
}

// meanSD is mean and standard deviation (divisor B-1); the deviation of a single
// value and of equal values is 0.
func meanSD(values []float64) (mean, sd float64) {
	equal := true
	for _, v := range values {
		equal = equal && v == values[0]
	}
	if equal {
		return values[0], 0
	}
	return stat.MeanStdDev(values, nil)
}

// checkFinite names the first value that is not finite by what it is and its
// number.
func checkFinite(what string, values []float64) error {
	for b, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s %d is %v; values must be finite", what, b, v)
		}
	}
	return nil
}

// checkJudged asks for set 0 and one other.
func (c *Counts) checkJudged() error {
	if err := c.Check(); err != nil {
		return err
	}
	if len(c.B) == 0 || c.B[0] != 0 {
		return fmt.Errorf("counts: label set 0, the observed labels, was not counted")
	}
	if len(c.B) < 2 {
		return fmt.Errorf("counts: only the observed labels were counted; at least one shuffled label set is needed")
	}
	return nil
}

// statistics is T_b and c_b for each label set.
func (c *Counts) statistics(m Metric) (values, chance []float64) {
	values = make([]float64, len(c.B))
	if m == Accuracy {
		for i, h := range c.Hits {
			values[i] = float64(h) / float64(c.N)
		}
		return values, c.Chance
	}
	chance = make([]float64, len(c.B))
	for i := range c.B {
		present := 0.0
		for k, l := range c.Labels[i] {
			if l > 0 {
				present++
				values[i] += float64(c.ClassHits[i][k]) / float64(l)
				chance[i] += c.ClassChance[i][k] / float64(l)
			}
		}
		if present > 0 {
			values[i] /= present
			chance[i] /= present
		}
	}
	return values, chance
}

// class is the verdict on class k. Sets of labels which lack the class, as given
// ones can, have no share of it: they are left out of the means and count as
// ties, so the p-value does not profit from them.
func (c *Counts) class(k int, o Options) ClassVerdict {
	v := ClassVerdict{Class: k, Labels: int(c.Labels[0][k]), LearningP: 1}
	var null, excess []float64
	var chance float64
	greater, less := 0, 0
	h0, l0 := int64(c.ClassHits[0][k]), int64(c.Labels[0][k])
	for i := 1; i < len(c.B); i++ {
		h, l := int64(c.ClassHits[i][k]), int64(c.Labels[i][k])
		if h*l0 >= h0*l {
			greater++
		}
		if h*l0 <= h0*l {
			less++
		}
		if l > 0 {
			t, e := float64(h)/float64(l), c.ClassChance[i][k]/float64(l)
			null, excess, chance = append(null, t), append(excess, t-e), chance+e
		}
	}
	if l0 == 0 || len(null) == 0 {
		return v
	}
	v.Defined = true
	v.Observed = float64(h0) / float64(l0)
	v.NullMean, v.NullSD = meanSD(null)
	v.Chance = chance / float64(len(null))
	v.Learning = v.Observed - v.NullMean
	v.Memorization, _ = meanSD(excess)
	_, v.LearningP, _, _, _ = pValue(greater, less, len(c.B)-1, o)
	return v
}
