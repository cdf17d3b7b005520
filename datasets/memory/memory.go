// Package memory says how much memory there is to be had, and refuses what needs
// more before it is spent: a sentence is better than a process killed half-way.
package memory

import (
	"fmt"
	"math"
)

// Free is how many bytes of memory this process may still take: the least of what
// the machine has, what its control group leaves, and what limits on the process
// leave (see ulimit -v, -d). It is false where nothing of this is known, as on
// systems other than Linux.
func Free() (int64, bool) { return free("/") }

// little is what is not worth asking for: to look takes a tenth of a millisecond.
const little = 16 << 20

// Enough is nil where need bytes can be had, or where it is not known what can be.
// Its error is one sentence that begins with what: "what needs about 12.0 GiB of
// memory and 3.4 GiB are free". Callers add what to type next.
func Enough(need float64, what string) error {
	if need <= little {
		return nil
	}
	there, known := Free()
	if !known || need <= float64(there) {
		return nil
	}
	return fmt.Errorf("%s needs about %s of memory and %s are free", what, Size(need), Size(float64(there)))
}

// Size is a number of bytes for people, in GiB with one digit, or MiB where it is
// less than one.
func Size(bytes float64) string {
	const mib, gib = 1 << 20, 1 << 30
	switch {
	case bytes >= 1e6*gib:
		return fmt.Sprintf("%.1e GiB", bytes/gib)
	case bytes >= gib:
		return fmt.Sprintf("%.1f GiB", bytes/gib)
	}
	return fmt.Sprintf("%.0f MiB", math.Ceil(bytes/mib))
}

// Product multiplies sizes without overflow: it is exact below 2^53 and +Inf at
// worst, so sizes that come from files can be multiplied before they are believed.
// A negative factor counts as 0.
func Product(factors ...int) float64 {
	all := 1.0
	for _, f := range factors {
		all *= float64(max(0, f))
	}
	return all
}
