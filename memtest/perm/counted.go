package perm

import "fmt"

// Layout is what counting label sets of a Tally's cell needs to know beside the labels
// and predictions, for somebody who counts elsewhere, as on a GPU; see AddCounted.
type Layout struct {
	Examples, Classes int  // n, K
	PerExample        bool // sums per example are wanted
	Blocks            Parting
	Strata            Parting // of no parts where memorization is not split
}

// Parting is the copies in blocks, or in strata, with the reshuffles within them.
type Parting struct {
	Number int     // of the parts; 0 = there is no such parting
	Of     []int32 // [n] the part of each copy, 0..Number−1; nil = all are in one
	// Orders [J][n] are the reshuffles: under reshuffle j the prediction for copy
	// Orders[j][i] is compared with row i's label.
	Orders [][]int32
}

// Layout is that of all label sets of the tally. Its slices are the tally's own.
func (t *Tally) Layout() Layout {
	l := Layout{Examples: t.n, Classes: t.classes, PerExample: t.perExample, Blocks: partingOf(t.blocks, t.rows)}
	if t.split != nil {
		l.Strata = partingOf(t.split.strata, t.split.rows)
	}
	return l
}

func partingOf(b blocks, r *Reshuffles) Parting { return Parting{b.number(), b.id, r.order} }

// Counted is what was counted elsewhere of some label sets b ≥ 1, in whole numbers, which
// is what Tally.Add counts of each. Sums are over all of these sets.
type Counted struct {
	ClassHits         [][]int32 // [sets][K] hits among the copies with this label
	Predicted, Labels [][]int32 // [sets][blocks·K] predictions and labels of each class, block after block
	// StratumPairs [sets][strata] is Σ over the classes of predictions times labels of
	// the class in the stratum; of no strata where memorization is not split.
	StratumPairs [][]int64
	Recalled     []int32 // [n] Σ h; nil where no sums per example are kept, as those of CountedSums
	Blocks       CountedSums
	Strata       CountedSums
}

// CountedSums are the sums over label sets within blocks or strata, s being the labels
// of the example's block, or stratum, that equal its predicted class.
type CountedSums struct {
	Share, ShareHit, ShareSq []int64 // [n] Σ s, Σ s·h, Σ s²
	Reshuffled               []int64 // [J] hits under the reshuffles
}

// AddCounted adds what was counted elsewhere of the label sets first, first+1, …, as if
// each had come by Add. The observed set, number 0, comes by Add itself. On an error
// nothing is added.
func (t *Tally) AddCounted(first int, c Counted) error {
	if err := t.checkCounted(first, c); err != nil {
		return err
	}
	for i := range c.ClassHits {
		s := t.setOf(c.ClassHits[i], c.Predicted[i], c.Labels[i])
		if t.split != nil {
			for g, pairs := range c.StratumPairs[i] {
				s.stratumChance += t.split.share(g, pairs)
			}
		}
		t.sets[first+i] = s
	}
	add(t.reshuffled, c.Blocks.Reshuffled)
	if t.split != nil {
		add(t.split.reshuffled, c.Strata.Reshuffled)
	}
	if !t.perExample {
		return nil
	}
	add(t.examples.recalled, c.Recalled)
	t.examples.addSums(c.Blocks)
	if t.split != nil {
		t.split.examples.addSums(c.Strata)
	}
	return nil
}

func (e *exampleCounts) addSums(c CountedSums) {
	add(e.share, c.Share)
	add(e.shareHit, c.ShareHit)
	add(e.shareSq, c.ShareSq)
}

func add[T int32 | int64](to, from []T) {
	for i, v := range from {
		to[i] += v
	}
}

// checkCounted says whether counts have the lengths that the layout asks for, and are of
// sets that were not counted before.
func (t *Tally) checkCounted(first int, c Counted) error {
	sets := len(c.ClassHits)
	if first < 1 {
		return fmt.Errorf("tally: counts of label set %d; those of the sets from 1 on can be counted elsewhere", first)
	}
	for b := first; b < first+sets; b++ {
		if _, seen := t.sets[b]; seen {
			return fmt.Errorf("tally: label set %d was counted before; each set counts once", b)
		}
	}
	strata := 0
	if t.split != nil {
		strata = t.split.strata.number()
	}
	if len(c.Predicted) != sets || len(c.Labels) != sets || strata > 0 && len(c.StratumPairs) != sets {
		return fmt.Errorf("tally: counts of predictions, labels and pairs are not all of %d label sets", sets)
	}
	for i := range sets {
		k, cells := len(c.ClassHits[i]), t.blocks.number()*t.classes
		if k != t.classes || len(c.Predicted[i]) != cells || len(c.Labels[i]) != cells || strata > 0 && len(c.StratumPairs[i]) != strata {
			return fmt.Errorf("tally: the counts of label set %d are not of %d classes in %d blocks and %d strata", first+i, t.classes, t.blocks.number(), strata)
		}
	}
	if err := t.checkSums(c.Blocks); err != nil {
		return err
	}
	if t.perExample && len(c.Recalled) != t.n {
		return fmt.Errorf("tally: hits of %d examples, not of %d", len(c.Recalled), t.n)
	}
	if strata > 0 {
		return t.checkSums(c.Strata)
	}
	return nil
}

func (t *Tally) checkSums(c CountedSums) error {
	if len(c.Reshuffled) != len(t.reshuffled) {
		return fmt.Errorf("tally: hits under %d reshuffles, not %d", len(c.Reshuffled), len(t.reshuffled))
	}
	if t.perExample && (len(c.Share) != t.n || len(c.ShareHit) != t.n || len(c.ShareSq) != t.n) {
		return fmt.Errorf("tally: sums of %d, %d and %d examples, not of %d", len(c.Share), len(c.ShareHit), len(c.ShareSq), t.n)
	}
	return nil
}
