package perm

import "fmt"

// defaultStop is the number of exceedances after which a sequential test stops
// where none is given.
const defaultStop = 10

// Sequential is the sequential Monte Carlo test of Besag and Clifford (1991):
// draw label sets until H of them reach the observed statistic, but at most Max.
// The p-value is valid although the number of sets depends on the data. Cells
// that are far from significant stop early.
//
// It has no state: it looks at the statistics of label sets 1, 2, … in this
// order and uses those up to its stop only, so sets that were drawn beyond the
// stop, as the last chunk has them, change nothing.
type Sequential struct {
	H   int // exceedances to stop at; 0 = 10
	Max int // most label sets to draw, at least 1
}

// Stop is the state of the test after the sets seen so far.
type Stop struct {
	Done   bool // no more label sets are needed
	Used   int  // label sets 1..Used count
	Exceed int  // those of them that reach the observed statistic
	// P is H/Used where H exceedances were reached and (Exceed+1)/(Max+1) where
	// Max sets were drawn. Before the end it is what P will be at least:
	// (Exceed+1)/(Max+1).
	P float64
	// Low and High bound the probability that a random label set reaches the
	// observed statistic, exactly, for where the test stopped. Before the end
	// they are 0 and 1.
	Low, High float64
}

// Hits looks at integer hits: observed, and null[b-1] of label set b.
// Confidence 0 = DefaultConfidence.
func (s Sequential) Hits(observed int, null []int, confidence float64) (Stop, error) {
	return s.stop(len(null), func(i int) bool { return null[i] >= observed }, confidence)
}

// Values looks at real-valued statistics, with the ties of JudgeStatistic.
func (s Sequential) Values(observed float64, null []float64, confidence float64) (Stop, error) {
	if err := checkFinite("statistic of label set", append([]float64{observed}, null...)); err != nil {
		return Stop{}, err
	}
	return s.stop(len(null), func(i int) bool { return atLeast(null[i], observed) }, confidence)
}

func (s Sequential) stop(drawn int, reaches func(i int) bool, confidence float64) (Stop, error) {
	h := s.H
	if h == 0 {
		h = defaultStop
	}
	if h < 1 || s.Max < 1 {
		return Stop{}, fmt.Errorf("sequential test: stop after %d exceedances or %d permutations; both must be at least 1", h, s.Max)
	}
	if confidence == 0 {
		confidence = DefaultConfidence
	}
	if err := checkShare("confidence", confidence); err != nil {
		return Stop{}, err
	}
	var r Stop
	for r.Used < min(drawn, s.Max) && r.Exceed < h {
		if reaches(r.Used) {
			r.Exceed++
		}
		r.Used++
	}
	r.P, r.High = float64(r.Exceed+1)/float64(s.Max+1), 1
	tail := (1 - confidence) / 2
	switch {
	case r.Exceed == h:
		// Stopping at set l or before is "h or more of l"; at l or later is
		// "fewer than h of l-1".
		r.Done, r.P = true, float64(h)/float64(r.Used)
		r.Low, r.High = clopperLow(h, r.Used, tail), clopperHigh(h-1, r.Used-1, tail)
	case r.Used == s.Max:
		r.Done = true
		r.Low, r.High = clopperLow(r.Exceed, s.Max, tail), clopperHigh(r.Exceed, s.Max, tail)
	}
	return r, nil
}
