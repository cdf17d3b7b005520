package perm

import (
	"fmt"
	"slices"
)

// Counts is everything that was counted of one cell: one probe on one
// validation set. It is plain data; as JSON it can be kept and a run continued
// from it. Slices of length len(B) have one element per label set, in the
// order of B.
type Counts struct {
	N       int `json:"n"`       // copies
	Classes int `json:"classes"` // K
	Blocks  int `json:"blocks"`  // of the restricted shuffle; 1 = none

	B         []int     `json:"b"`          // numbers of the label sets, ascending; 0 is the observed one
	Hits      []int     `json:"hits"`       // copies whose predicted class is their parent's label
	Chance    []float64 `json:"chance"`     // c_b, a share
	ClassHits [][]int32 `json:"class_hits"` // [·][K] hits among the copies with this label
	Predicted [][]int32 `json:"predicted"`  // [·][K] predictions of each class
	Labels    [][]int32 `json:"labels"`     // [·][K] labels of each class
	// ClassChance [·][K] is the number of hits of each class that pairing
	// predictions and labels at random, within blocks, has on average.
	ClassChance [][]float64 `json:"class_chance"`

	// Reshuffled [J] is the sum over b ≥ 1 of the hits under row reshuffle j.
	// Key tells which reshuffles they are.
	Reshuffled []int64 `json:"reshuffled"`
	Key        uint64  `json:"key"`

	// Strata is the number of strata by which memorization is split: copies whose
	// parents are of the same true class, in the same block. 0 = it is not split, as
	// in counts of older versions; then the fields named after strata are nil.
	Strata        int       `json:"strata,omitempty"`
	StratumChance []float64 `json:"stratum_chance,omitempty"` // c'_b, a share: pairing at random within strata
	// StratumReshuffled [J] is Reshuffled under reshuffles within strata, which
	// StratumKey tells.
	StratumReshuffled []int64 `json:"stratum_reshuffled,omitempty"`
	StratumKey        uint64  `json:"stratum_key,omitempty"`

	// Per example [N], sums over b ≥ 1; nil where TallyOptions.PerExample was
	// not set. h is 1 for a hit; s is the number of labels in the example's
	// block that equal its predicted class, out of BlockSize.
	Recalled  []int32 `json:"recalled,omitempty"`   // Σ h
	Share     []int64 `json:"share,omitempty"`      // Σ s
	ShareHit  []int64 `json:"share_hit,omitempty"`  // Σ s·h
	ShareSq   []int64 `json:"share_sq,omitempty"`   // Σ s²
	BlockSize []int32 `json:"block_size,omitempty"` // rows of the example's block
	// ObservedHit [N] is h of label set 0; nil where that was not counted, without
	// sums per example, and in files of older versions.
	ObservedHit []uint8 `json:"observed_hit,omitempty"`
	// The same with s' in the place of s: labels in the example's stratum that equal
	// its predicted class, out of StratumSize.
	StratumShare    []int64 `json:"stratum_share,omitempty"`     // Σ s'
	StratumShareHit []int64 `json:"stratum_share_hit,omitempty"` // Σ s'·h
	StratumShareSq  []int64 `json:"stratum_share_sq,omitempty"`  // Σ s'²
	StratumSize     []int32 `json:"stratum_size,omitempty"`      // rows of the example's stratum
}

// Permutations is the number of label sets b ≥ 1.
func (c *Counts) Permutations() int {
	if len(c.B) > 0 && c.B[0] == 0 {
		return len(c.B) - 1
	}
	return len(c.B)
}

// Merge adds the counts of other label sets of the same cell to c, so that a run
// which is continued gives what asking for all sets at once gives. It is an
// error, and c stays as it was, where a set is in both or the cells differ in
// size, blocks, strata or reshuffles.
func (c *Counts) Merge(other *Counts) error {
	for _, each := range []*Counts{c, other} {
		if err := each.Check(); err != nil {
			return err
		}
	}
	switch {
	case c.N != other.N || c.Classes != other.Classes || c.Blocks != other.Blocks:
		return fmt.Errorf("counts: %d examples, %d classes, %d blocks do not go with %d, %d, %d; only one cell's counts can be merged",
			c.N, c.Classes, c.Blocks, other.N, other.Classes, other.Blocks)
	case c.Key != other.Key || len(c.Reshuffled) != len(other.Reshuffled):
		return fmt.Errorf("counts: the two parts have different row reshuffles; continue with the same seed, groups and number of reshuffles")
	case (c.Recalled == nil) != (other.Recalled == nil) || !slices.Equal(c.BlockSize, other.BlockSize):
		return fmt.Errorf("counts: per-example sums are kept in one part only or are of other blocks; continue with the same options")
	case c.Strata != other.Strata || c.StratumKey != other.StratumKey || len(c.StratumReshuffled) != len(other.StratumReshuffled) || !slices.Equal(c.StratumSize, other.StratumSize):
		return fmt.Errorf("counts: memorization is split by class in one part only, or by other classes; continue with the same true classes, or count all label sets again")
	}
	for _, b := range other.B {
		if _, both := slices.BinarySearch(c.B, b); both {
			return fmt.Errorf("counts: label set %d is in both parts; continue after the last set", b)
		}
	}
	all := append(slices.Clone(c.B), other.B...)
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return all[i] - all[j] })
	c.B = joined(c.B, other.B, order)
	c.Hits = joined(c.Hits, other.Hits, order)
	c.Chance = joined(c.Chance, other.Chance, order)
	if c.Strata > 0 {
		c.StratumChance = joined(c.StratumChance, other.StratumChance, order)
	}
	c.ClassHits = joined(c.ClassHits, other.ClassHits, order)
	c.Predicted = joined(c.Predicted, other.Predicted, order)
	c.Labels = joined(c.Labels, other.Labels, order)
	c.ClassChance = joined(c.ClassChance, other.ClassChance, order)
	c.Reshuffled = sum(c.Reshuffled, other.Reshuffled)
	c.StratumReshuffled = sum(c.StratumReshuffled, other.StratumReshuffled)
	c.Recalled = sum(c.Recalled, other.Recalled)
	c.Share = sum(c.Share, other.Share)
	c.ShareHit = sum(c.ShareHit, other.ShareHit)
	c.ShareSq = sum(c.ShareSq, other.ShareSq)
	c.ObservedHit = observedHits(c.ObservedHit, other.ObservedHit)
	c.StratumShare = sum(c.StratumShare, other.StratumShare)
	c.StratumShareHit = sum(c.StratumShareHit, other.StratumShareHit)
	c.StratumShareSq = sum(c.StratumShareSq, other.StratumShareSq)
	return nil
}

// joined is a followed by b, in this order.
func joined[T any](a, b []T, order []int) []T {
	to := make([]T, len(order))
	for i, j := range order {
		if j < len(a) {
			to[i] = a[j]
		} else {
			to[i] = b[j-len(a)]
		}
	}
	return to
}

func sum[T int32 | int64](a, b []T) []T {
	if a == nil {
		return nil
	}
	to := make([]T, len(a))
	for i := range to {
		to[i] = a[i] + b[i]
	}
	return to
}
