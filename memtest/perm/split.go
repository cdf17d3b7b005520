package perm

import (
	"fmt"
	"slices"
)

// strata are the blocks of copies whose parents are of the same true class and in
// the same group; classes [n], groups [n] or nil.
func strata(classes, groups []int32) blocks {
	id := make([]int32, len(classes))
	number := map[[2]int32]int32{}
	for i, c := range classes {
		key := [2]int32{c, 0}
		if groups != nil {
			key[1] = groups[i]
		}
		k, seen := number[key]
		if !seen {
			k = int32(len(number))
			number[key] = k
		}
		id[i] = k
	}
	return newBlocks(len(classes), id)
}

// split is the part of a Tally that tells apart what the class of a copy's parent
// gives to memorization and what the example itself gives. It counts every label
// set a second time, now with copies paired within their stratum only.
type split struct {
	strata     blocks
	rows       *Reshuffles // within strata
	reshuffled []int64     // [J]
	// Sums over the label sets b ≥ 1, per example, s being the rows of its stratum
	// that carry the predicted class as their label; nil where they are not kept.
	examples exampleCounts
	labels   []int32 // scratch [K]: rows of one stratum with each label
}

// newSplit starts the split of a tally of n copies in K classes with j reshuffles.
func newSplit(n, classes, j int, o TallyOptions) (*split, error) {
	if len(o.Strata) != n {
		return nil, fmt.Errorf("tally: %d true classes for %d examples; give one class per example", len(o.Strata), n)
	}
	s := &split{strata: strata(o.Strata, o.Groups), rows: o.SharedWithin, reshuffled: make([]int64, j), labels: make([]int32, classes)}
	if s.rows == nil {
		s.rows = newReshuffles(s.strata, streamWithin, j, o.Seed)
	} else if s.rows.key != reshuffleKey(s.strata, streamWithin, j, o.Seed) {
		return nil, fmt.Errorf("tally: the shared reshuffles within classes are of other classes, groups, seed or J; make them with the same options")
	}
	if o.PerExample {
		s.examples = newExampleCounts(n)
	}
	return s, nil
}

// count returns c'_b of one label set: if predictions and labels of a stratum of
// m rows were paired at random, class k would have P_k·L_k/m hits in it on
// average, and the sum of that over the classes is, for each row, the share of
// the stratum's labels that equal its prediction. Where add is true the label set
// enters the sums per example. It takes 3·n steps, however many strata and
// classes there are.
func (s *split) count(labels, predicted []int32, add bool) float64 {
	chance := 0.0
	for g := range s.strata.number() {
		rows := s.strata.block(g)
		for _, i := range rows {
			s.labels[labels[i]]++
		}
		pairs := int64(0)
		for _, i := range rows {
			same := int64(s.labels[predicted[i]])
			pairs += same
			if add {
				s.examples.add(i, same, predicted[i] == labels[i])
			}
		}
		for _, i := range rows {
			s.labels[labels[i]] = 0
		}
		chance += s.share(g, pairs)
	}
	return chance
}

// share is what stratum g gives to c'_b, where so many of its pairs of a prediction
// and a label are equal.
func (s *split) share(g int, pairs int64) float64 {
	return float64(pairs) / (float64(len(s.strata.block(g))) * float64(len(s.strata.rows)))
}

// fill copies what was counted to the fields of the counts that are about strata.
func (s *split) fill(c *Counts) {
	c.Strata, c.StratumKey, c.StratumReshuffled = s.strata.number(), s.rows.key, slices.Clone(s.reshuffled)
	if e := s.examples; e.share != nil {
		c.StratumShare, c.StratumShareHit, c.StratumShareSq = slices.Clone(e.share), slices.Clone(e.shareHit), slices.Clone(e.shareSq)
		c.StratumSize = s.strata.sizes()
	}
}
