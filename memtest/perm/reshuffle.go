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

// NewReshuffles draws J permutations of n rows, within groups where they are
// given (nil = one block); permutation j comes from the stream "reshuffle", j of
// the seed. It takes 4·n·J bytes; all cells of a run can share one.
func NewReshuffles(n int, groups []int32, j int, s uint64) (*Reshuffles, error) {
	if n < 1 || j < 0 {
		return nil, fmt.Errorf("reshuffles: %d reshuffles of %d rows; give at least one row and no negative number", j, n)
	}
	if groups != nil && len(groups) != n {
		return nil, fmt.Errorf("reshuffles: %d groups for %d rows; give one group per row", len(groups), n)
	}
	r := &Reshuffles{n: n, order: make([][]int32, j)}
	bl := newBlocks(n, groups)
	for j := range r.order {
		r.order[j] = make([]int32, n)
		for i := range r.order[j] {
			r.order[j][i] = int32(i)
		}
		bl.shuffle(r.order[j], seed.Stream(s, "reshuffle", j))
	}
	r.key = reshuffleKey(n, bl, j, s)
	return r, nil
}

// reshuffleKey tells reshuffles apart, so that sums over different ones are
// never added up.
func reshuffleKey(n int, bl blocks, j int, s uint64) uint64 {
	h := sha256.New()
	if bl.number() > 1 {
		binary.Write(h, binary.LittleEndian, bl.id)
	}
	fmt.Fprintf(h, "/%d/%d/%d", n, j, s)
	return binary.LittleEndian.Uint64(h.Sum(nil))
}
