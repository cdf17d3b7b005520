package seed

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"testing"
)

// The start of a stream is the SHA-256 of the seed, 8 bytes little-endian, and
// of the name's parts, each after a slash: other programs can make it too.
func TestSumIsAHashOfSeedAndName(t *testing.T) {
	want := sha256.Sum256([]byte("\x01\x00\x00\x00\x00\x00\x00\x00/permutation/17"))
	hi, lo := Sum(1, "permutation", 17)
	if hi != binary.LittleEndian.Uint64(want[:]) || lo != binary.LittleEndian.Uint64(want[8:]) {
		t.Errorf("got %x %x", hi, lo)
	}
}

func TestStreamsDependOnSeedAndNameOnly(t *testing.T) {
	first := func(seed uint64, name ...any) uint64 { return Stream(seed, name...).Uint64() }
	want := first(1, "weights", 3)
	_ = Stream(1, "other").Uint64()
	if got := first(1, "weights", 3); got != want {
		t.Error("the same name gave another stream")
	}
	for _, other := range []uint64{first(2, "weights", 3), first(1, "weights", 4), first(1, "weight", "s", 3), first(1, "weights")} {
		if other == want {
			t.Error("another name or seed gave the same stream")
		}
	}
}

// Members of a family must look independent: the correlation of neighbours'
// first draws, n = 100,000, stays within five standard errors of 0, and so does
// the mean.
func TestMembersAreIndependent(t *testing.T) {
	hi, lo := Sum(1, "family")
	const n = 100_000
	draw := func(i int) float64 {
		a, b := Member(hi, lo, i)
		return float64((a^b)>>11)/(1<<53) - 0.5
	}
	var mean, product float64
	for i := range n {
		mean += draw(i)
		product += draw(i) * draw(i+1)
	}
	if limit := 5 * math.Sqrt(1.0/12/n); math.Abs(mean/n) > limit {
		t.Errorf("mean %g, limit %g", mean/n, limit)
	}
	if limit := 5.0 / 12 / math.Sqrt(n); math.Abs(product/n) > limit {
		t.Errorf("covariance of neighbours %g, limit %g", product/n, limit)
	}
	seen := map[[2]uint64]bool{}
	for i := range n {
		a, b := Member(hi, lo, i)
		seen[[2]uint64{a, b}] = true
	}
	if len(seen) != n {
		t.Errorf("%d members have %d starts", n, len(seen))
	}
}
