package perm

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// DefaultReshuffles is the number of reshuffles J behind a memorization p-value
// where none is asked for; its floor is 1/(J+1) = 0.005.
const DefaultReshuffles = 199

// Reshuffles is the null of memorization: J permutations σ_j of the rows of a
// validation set. Under σ_j the prediction for copy σ_j(i) is compared with
// row i's label.
//
// The same σ_j serves every label set b. If the predictions carry nothing about
// the parents' labels then, given the training set and all label sets, the rows
// of the validation set are exchangeable, so the sum over b of the hits has the
// same distribution under the identity and under each σ_j, and
// (1 + #{j: sum under σ_j ≥ sum})/(J + 1) is an exact p-value. Fresh
// permutations for each b would not be exact: the predictions of different
// label sets are made for the same copies and move together, and independent
// reshuffles would break that and give the sum too small a spread.
type Reshuffles struct {
	n     int
	order [][]int32 // [J][n]
	key   uint64
}

// The streams of the two kinds of reshuffles.
const (
	streamAll    = "reshuffle"
	streamWithin = "reshuffle within class"
)

// NewReshuffles draws J permutations of n rows, within groups where they are
// given (nil = one block); permutation j comes from the stream "reshuffle", j of
// the seed. It takes 4·n·J bytes; all cells of a run can share one.
func NewReshuffles(n int, groups []int32, j int, s uint64) (*Reshuffles, error) {
	if err := checkReshuffles(n, groups, j); err != nil {
		return nil, err
	}
	return newReshuffles(newBlocks(n, groups), streamAll, j, s), nil
}

// NewReshufflesWithin draws J permutations of rows within their true classes [n],
// the labels of label set 0, and within groups where they are given (nil = one
// block); permutation j comes from the stream "reshuffle within class", j of the
// seed. They are the null of the example's own part of memorization: if copies
// tell nothing of their parents but the class and the group, the rows of each
// class of a group are exchangeable, and the argument above holds for them.
func NewReshufflesWithin(classes, groups []int32, j int, s uint64) (*Reshuffles, error) {
	if err := checkReshuffles(len(classes), groups, j); err != nil {
		return nil, err
	}
	return newReshuffles(strata(classes, groups), streamWithin, j, s), nil
}

func checkReshuffles(n int, groups []int32, j int) error {
	if n < 1 || j < 0 {
		return fmt.Errorf("reshuffles: %d reshuffles of %d rows; give at least one row and no negative number", j, n)
	}
	if groups != nil && len(groups) != n {
		return fmt.Errorf("reshuffles: %d groups for %d rows; give one group per row", len(groups), n)
	}
	return nil
}

// newReshuffles draws J permutations within blocks from the stream of this name.
func newReshuffles(within blocks, stream string, j int, s uint64) *Reshuffles {
	r := &Reshuffles{n: len(within.rows), order: make([][]int32, j), key: reshuffleKey(within, stream, j, s)}
	for j := range r.order {
		r.order[j] = make([]int32, r.n)
		for i := range r.order[j] {
			r.order[j][i] = int32(i)
		}
		within.shuffle(r.order[j], seed.Stream(s, stream, j))
	}
	return r
}

// reshuffleKey tells reshuffles apart, so that sums over different ones are
// never added up.
func reshuffleKey(within blocks, stream string, j int, s uint64) uint64 {
	h := sha256.New()
	if stream != streamAll { // kept counts have keys without it
		fmt.Fprintf(h, "%s/", stream)
	}
	if within.number() > 1 {
		binary.Write(h, binary.LittleEndian, within.id)
	}
	fmt.Fprintf(h, "/%d/%d/%d", len(within.rows), j, s)
	return binary.LittleEndian.Uint64(h.Sum(nil))
}
