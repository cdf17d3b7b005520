// Package seed turns one seed into independent, named streams of random numbers.
//
// Every random choice of an experiment names its stream, for example
// Stream(1, "permutation", 17) or Stream(1, "perturb", "gaussian", row). A
// stream depends on the seed and on its own name only, never on which other
// streams were drawn before it: so results do not depend on batch size, order,
// sharding or the number of threads, and asking for more permutations later
// gives the ones that asking for all of them at once would have given.
package seed

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// Stream returns the random numbers of the stream with this name. Parts of the
// name are joined as text, so use strings and integers only. Streams of
// different names or seeds are independent; equal ones are identical on every
// machine.
func Stream(seed uint64, name ...any) *rand.Rand {
	hi, lo := Sum(seed, name...)
	return rand.New(rand.NewPCG(hi, lo))
}

// Sum returns the 128 bits that start the stream with this name. It serves
// code that needs many cheap streams of one family: take Sum of the family
// once and mix the member's number into it with Member.
func Sum(seed uint64, name ...any) (hi, lo uint64) {
	h := sha256.New()
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], seed)
	h.Write(b[:])
	for _, part := range name {
		fmt.Fprintf(h, "/%v", part)
	}
	s := h.Sum(nil)
	return binary.LittleEndian.Uint64(s), binary.LittleEndian.Uint64(s[8:])
}

// Member returns the start of stream number i of the family hi, lo, as Sum gave
// them: two rounds of the SplitMix64 finalizer (Steele, Lea and Flood 2014), a
// few nanoseconds where hashing a name takes hundreds.
func Member(hi, lo uint64, i int) (uint64, uint64) {
	return mix(hi ^ mix(uint64(i)+0x9e3779b97f4a7c15)), mix(lo + mix(uint64(i)^0xd1b54a32d192ed03))
}

func mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}
