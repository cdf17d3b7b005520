package perm

import (
	"fmt"
	"slices"
)

// Standing is what an interval says of a difference a − b.
type Standing int

const (
	NotShown Standing = iota // the interval holds 0 and reaches beyond the margin: nothing is shown
	More                     // all of it is above 0
	Less                     // all of it is below 0
	Same                     // it holds 0 and lies within the margin
)

var standings = []string{"not shown", "more", "less", "the same"}

func (s Standing) String() string { return standings[s] }

// MarshalText is the word of String.
func (s Standing) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a word of String.
func (s *Standing) UnmarshalText(text []byte) error {
	i := slices.Index(standings, string(text))
	if i < 0 {
		return fmt.Errorf("standing: %q is not known; it is one of %q", text, standings)
	}
	*s = Standing(i)
	return nil
}

// DefaultMargin is the difference below which two cells count as the same where
// none is given: one copy in twenty. It is small beside what networks and their
// references differ by, and an interval of a few thousand images can lie within
// it, so that "the same" can be shown at all.
const DefaultMargin = 0.05

// Stand reads an interval of a difference. More and Less are the two-sided test
// that goes with the interval. Same is a test of equivalence, two one-sided tests
// (Schuirmann 1987) of |a − b| ≥ margin; an interval of confidence 1 − 2α would do
// for the level α, so that with one of 1 − α it errs on the side of silence.
// A difference that is shown is More or Less however small it is.
func Stand(difference Interval, margin float64) Standing {
	switch {
	case difference.Low > 0:
		return More
	case difference.High < 0:
		return Less
	case difference.Low > -margin && difference.High < margin:
		return Same
	}
	return NotShown
}

// Simultaneous is the confidence that each of m intervals needs so that all of
// them hold at once with confidence 1 − alpha, whatever their dependence:
// 1 − alpha/m (Bonferroni; Dunn 1961). No intervals count as one.
func Simultaneous(alpha float64, m int) float64 { return 1 - alpha/float64(max(1, m)) }
