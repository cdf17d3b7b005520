package perm

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// LabelSets is a source of label sets for the same examples. Set 0 is the
// observed labels; sets b ≥ 1 are the null. Sets are made on demand, so memory
// does not grow with their number, and they can be asked for in any order.
type LabelSets interface {
	Examples() int // n
	Classes() int  // K; labels are in 0..K-1
	// Set writes set b to dst, which must have n elements. It panics where the
	// source has no set b, as an index out of range does.
	Set(b int, dst []int32)
}

// Sets returns the label sets from..to-1 of a source, [to-from][n].
func Sets(s LabelSets, from, to int) [][]int32 {
	n := s.Examples()
	all := make([]int32, max(0, to-from)*n)
	sets := make([][]int32, max(0, to-from))
	for i := range sets {
		sets[i] = all[i*n : (i+1)*n : (i+1)*n]
		s.Set(from+i, sets[i])
	}
	return sets
}

// SetsHash is the SHA-256, in hexadecimal, of label sets.
func SetsHash(sets [][]int32) string {
	h := sha256.New()
	for _, set := range sets {
		b := make([]byte, 0, 4*len(set))
		for _, y := range set {
			b = binary.LittleEndian.AppendUint32(b, uint32(y))
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ShuffledLabels is the label sets of a permutation test: set b ≥ 1 is the observed
// labels shuffled by the stream "permutation", b of the seed.
type ShuffledLabels struct {
	design *Design
	seed   uint64
}

// NewShuffled returns the shuffles of these labels, as many as are asked for.
// Labels move within groups only; nil groups are one block. See NewDesign for
// what the groups must be like.
func NewShuffled(labels []int32, classes int, groups []int32, seed uint64) (*ShuffledLabels, error) {
	d, err := NewDesign(labels, classes, groups)
	if err != nil {
		return nil, err
	}
	return d.Shuffled(seed), nil
}

func (s *ShuffledLabels) Examples() int { return len(s.design.labels) }
func (s *ShuffledLabels) Classes() int  { return s.design.classes }

// Set writes set b, for any b ≥ 0.
func (s *ShuffledLabels) Set(b int, dst []int32) {
	checkSet(b, -1, len(s.design.labels), dst)
	copy(dst, s.design.labels)
	if b > 0 {
		s.design.blocks.shuffle(dst, seed.Stream(s.seed, "permutation", b))
	}
}

// GivenLabels is label sets that the user brought.
type GivenLabels struct {
	sets    [][]int32
	classes int
}

func (g *GivenLabels) Examples() int { return len(g.sets[0]) }
func (g *GivenLabels) Classes() int  { return g.classes }

// Len is the number of sets, the observed one included.
func (g *GivenLabels) Len() int { return len(g.sets) }

// Set writes set b, for b in 0..Len()-1.
func (g *GivenLabels) Set(b int, dst []int32) {
	checkSet(b, len(g.sets), len(g.sets[0]), dst)
	copy(dst, g.sets[b])
}

// checkSet panics where a caller asks for a set that is not there (sets < 0:
// there is no end) or brings a buffer of the wrong length: both are mistakes of
// the program, not of its input.
func checkSet(b, sets, n int, dst []int32) {
	if b < 0 || sets >= 0 && b >= sets {
		panic(fmt.Sprintf("perm: label set %d of %d", b, sets))
	}
	if len(dst) != n {
		panic(fmt.Sprintf("perm: buffer of %d for label sets of %d", len(dst), n))
	}
}
