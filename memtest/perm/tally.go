package perm

import (
	"fmt"
	"iter"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/parallel"
)

// TallyOptions says what a Tally keeps. The zero value keeps what a Verdict
// needs, with 199 reshuffles from seed 0 in one block.
type TallyOptions struct {
	// Reshuffles is J of the memorization p-value; 0 = DefaultReshuffles,
	// below 0 = none (the p-value is then 1).
	Reshuffles int
	Seed       uint64  // of the reshuffles
	Groups     []int32 // [n] blocks of the label sets; nil = one block

	// Shared are reshuffles made before, shared by all tallies of a run; nil = made
	// here. They must be of the same number, seed and groups as named above.
	Shared *Reshuffles

	// Strata [n] are the true classes of the copies' parents, the labels of label
	// set 0, by which memorization is split into what the class gives and what the
	// example itself gives; nil = no split. Crossed with Groups they are the strata,
	// within which a second set of J reshuffles exchanges the copies.
	Strata []int32
	// SharedWithin are reshuffles within strata made before, as Shared.
	SharedWithin *Reshuffles

	// PerExample keeps what Counts.PerExample needs: and the effects need: 29 bytes per example, and 24
	// more for Counts.PerExampleOwn where there are Strata.
	PerExample bool
}

// setsPerWord is the number of label sets that are compared at once.
const setsPerWord = 64

// Tally counts the hits of one cell: one probe on one validation set. Label
// sets come one by one, in any order. It is not for use by several goroutines
// at once; it uses all cores itself where there is enough to do.
//
// Memory: 64·n bytes for the label sets in flight (K ≤ 16), setBytes per label set,
// and the reshuffles.
type Tally struct {
	n, classes, width int // examples, K, bitPlanes that hold the class of an example
	rows              *Reshuffles
	blocks            blocks
	perExample        bool

	sets map[int]setCounts

	// Label sets b ≥ 1 in flight, and how many they are.
	labels, predicted []bitPlanes // [n][width]
	pending           int

	reshuffled []int64 // [J]
	examples   exampleCounts
	split      *split // nil = memorization is not split

	perBlock [2][]int32 // scratch [blocks][K]: predictions and labels
}

// setCounts is what one label set leaves behind.
type setCounts struct {
	hits                         int
	chance, stratumChance        float64 // c_b and c'_b
	classHits, predicted, labels []int32
	classChance                  []float64
}

// exampleCounts holds sums over the label sets b ≥ 1, per example: h = 1 for a
// hit, s = rows of its block, or stratum, that carry the predicted class as their
// label. Recalled is kept once, for blocks.
type exampleCounts struct {
	recalled []int32 // Σ h
	share    []int64 // Σ s
	shareHit []int64 // Σ s·h
	shareSq  []int64 // Σ s²
	observed []uint8 // h of label set 0; nil = not counted yet
}

func newExampleCounts(n int) exampleCounts {
	return exampleCounts{share: make([]int64, n), shareHit: make([]int64, n), shareSq: make([]int64, n)}
}

// add adds one label set to the sums over s of example i.
func (e *exampleCounts) add(i int32, s int64, hit bool) {
	e.share[i] += s
	e.shareSq[i] += s * s
	if hit {
		e.shareHit[i] += s
	}
}

// NewTally starts the counts of n copies.
func NewTally(n, classes int, o TallyOptions) (*Tally, error) {
	if n < 1 || classes < 2 {
		return nil, fmt.Errorf("tally: %d examples and %d classes; at least one example and two classes are needed", n, classes)
	}
	if o.Groups != nil && len(o.Groups) != n {
		return nil, fmt.Errorf("tally: %d groups for %d examples; give one group per example", len(o.Groups), n)
	}
	j := o.Reshuffles
	switch {
	case j == 0:
		j = DefaultReshuffles
	case j < 0:
		j = 0
	}
	t := &Tally{
		n: n, classes: classes, width: widthFor(classes), rows: o.Shared, blocks: newBlocks(n, o.Groups), perExample: o.PerExample,
		sets: map[int]setCounts{}, reshuffled: make([]int64, j),
	}
	if t.rows == nil {
		var err error
		if t.rows, err = NewReshuffles(n, o.Groups, j, o.Seed); err != nil {
			return nil, err
		}
	} else if t.rows.key != reshuffleKey(t.blocks, streamAll, j, o.Seed) {
		return nil, fmt.Errorf("tally: the shared reshuffles are of another number of rows, seed, groups or J; make them with the same options")
	}
	if o.Strata != nil {
		var err error
		if t.split, err = newSplit(n, classes, j, o); err != nil {
			return nil, err
		}
	}
	if j > 0 {
		t.labels, t.predicted = make([]bitPlanes, n*t.width), make([]bitPlanes, n*t.width)
	}
	for i := range t.perBlock {
		t.perBlock[i] = make([]int32, t.blocks.number()*classes)
	}
	if o.PerExample {
		t.examples = newExampleCounts(n)
		t.examples.recalled = make([]int32, n)
	}
	return t, nil
}

// Classes is K.
func (t *Tally) Classes() int { return t.classes }

// Add counts label set b: labels [n] of the copies' parents and the classes
// [n] predicted for the copies by the probe that was fitted to these labels.
// b = 0 is the observed set. On an error nothing is counted.
func (t *Tally) Add(b int, labels, predicted []int32) error {
	if b < 0 {
		return fmt.Errorf("tally: label set %d; sets are numbered from 0", b)
	}
	if _, seen := t.sets[b]; seen {
		return fmt.Errorf("tally: label set %d was counted before; each set counts once", b)
	}
	if len(labels) != t.n || len(predicted) != t.n {
		return fmt.Errorf("tally: label set %d has %d labels and %d predictions for %d examples", b, len(labels), len(predicted), t.n)
	}
	if err := checkRange("tally, labels", labels, t.classes); err != nil {
		return err
	}
	if err := checkRange("tally, predictions", predicted, t.classes); err != nil {
		return err
	}
	counted := t.count(labels, predicted)
	if t.split != nil {
		counted.stratumChance = t.split.count(labels, predicted, t.perExample && b > 0)
	}
	t.sets[b] = counted
	if b == 0 {
		if t.perExample {
			t.examples.observed = hitsOf(labels, predicted)
		}
		return nil
	}
	if t.perExample {
		t.addExamples(labels, predicted)
	}
	if len(t.reshuffled) > 0 {
		pack(t.labels, t.width, labels, t.pending)
		pack(t.predicted, t.width, predicted, t.pending)
		if t.pending++; t.pending == setsPerWord {
			t.flush()
		}
	}
	return nil
}

// count sums one label set, and leaves the counts of each block in t.perBlock.
func (t *Tally) count(labels, predicted []int32) setCounts {
	k := t.classes
	classHits := make([]int32, k)
	byPrediction, byLabel := t.perBlock[0], t.perBlock[1]
	clear(byPrediction)
	clear(byLabel)
	predicted = predicted[:len(labels)]
	for i, y := range labels {
		p, g := predicted[i], 0
		if t.blocks.id != nil {
			g = int(t.blocks.id[i]) * k
		}
		byLabel[g+int(y)]++
		byPrediction[g+int(p)]++
		if p == y {
			classHits[y]++
		}
	}
	return t.setOf(classHits, byPrediction, byLabel)
}

// setOf is what a label set leaves behind: hits of each class [K], which it keeps, and
// how many predictions and labels of each class there are in each block [blocks][K].
func (t *Tally) setOf(classHits, byPrediction, byLabel []int32) setCounts {
	k := t.classes
	s := setCounts{classHits: classHits, predicted: make([]int32, k), labels: make([]int32, k), classChance: make([]float64, k)}
	for _, h := range s.classHits {
		s.hits += int(h)
	}
	// If predictions and labels of a block of m rows were paired at random,
	// class c would have P_c·L_c/m hits in it on average, exactly. The sum over
	// the classes is an integer, and divided once.
	for g := range t.blocks.number() {
		m := float64(len(t.blocks.block(g)))
		var pairs int64
		for c := range k {
			p, l := byPrediction[g*k+c], byLabel[g*k+c]
			s.predicted[c] += p
			s.labels[c] += l
			s.classChance[c] += float64(int64(p)*int64(l)) / m
			pairs += int64(p) * int64(l)
		}
		s.chance += float64(pairs) / (m * float64(t.n))
	}
	return s
}

// addExamples needs t.perBlock as count left it.
func (t *Tally) addExamples(labels, predicted []int32) {
	byLabel, e := t.perBlock[1], &t.examples
	for i, p := range predicted {
		g := 0
		if t.blocks.id != nil {
			g = int(t.blocks.id[i]) * t.classes
		}
		e.add(int32(i), int64(byLabel[g+int(p)]), p == labels[i])
		if p == labels[i] {
			e.recalled[i]++
		}
	}
}

// hitsOf is 1 for each prediction that equals its label, else 0.
func hitsOf(labels, predicted []int32) []uint8 {
	hits := make([]uint8, len(labels))
	for i, y := range labels {
		if predicted[i] == y {
			hits[i] = 1
		}
	}
	return hits
}

// flush counts the hits of the label sets in flight under every reshuffle.
func (t *Tally) flush() {
	if t.pending == 0 {
		return
	}
	t.addHits(t.reshuffled, t.rows)
	if t.split != nil {
		t.addHits(t.split.reshuffled, t.split.rows)
	}
	clear(t.labels)
	clear(t.predicted)
	t.pending = 0
}

// addHits adds to the sums [J] the hits of the label sets in flight: under
// reshuffle j the prediction for copy j(i) is compared with row i's label. Each
// sum has one writer and integers add up in any order, so the number of goroutines does
// not show in the result.
func (t *Tally) addHits(sums []int64, rows *Reshuffles) {
	size := 1 + 1<<17/(t.n*t.width) // a goroutine is worth its start from about 0.1 ms of work
	parallel.Blocks(len(sums), size, func(blocks iter.Seq2[int, int]) {
		for from, to := range blocks {
			for j := from; j < to; j++ {
				sums[j] += int64(t.pending*t.n - mismatches(t.predicted, t.labels, t.width, rows.order[j]))
			}
		}
	})
}

// Counts returns what was counted so far; the tally can go on.
func (t *Tally) Counts() *Counts {
	t.flush()
	c := &Counts{
		N: t.n, Classes: t.classes, Blocks: t.blocks.number(), Key: t.rows.key, Reshuffled: slices.Clone(t.reshuffled),
	}
	for b := range t.sets {
		c.B = append(c.B, b)
	}
	slices.Sort(c.B)
	for _, b := range c.B {
		s := t.sets[b]
		c.Hits = append(c.Hits, s.hits)
		c.Chance = append(c.Chance, s.chance)
		c.ClassHits = append(c.ClassHits, s.classHits)
		c.Predicted = append(c.Predicted, s.predicted)
		c.Labels = append(c.Labels, s.labels)
		c.ClassChance = append(c.ClassChance, s.classChance)
		if t.split != nil {
			c.StratumChance = append(c.StratumChance, s.stratumChance)
		}
	}
	if t.split != nil {
		t.split.fill(c)
	}
	if t.perExample {
		e := t.examples
		c.Recalled, c.Share, c.ShareHit, c.ShareSq = slices.Clone(e.recalled), slices.Clone(e.share), slices.Clone(e.shareHit), slices.Clone(e.shareSq)
		c.ObservedHit = slices.Clone(e.observed)
		c.BlockSize = t.blocks.sizes()
	}
	return c
}
