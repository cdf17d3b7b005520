package perm

import "testing"

// By hand: observed 5, stop at 2 of at most 30 sets. Exceedances before the least
// number of sets end nothing; later the set that brings the second one decides.
func TestStoppingByHand(t *testing.T) {
	for _, c := range []struct {
		name      string
		h         int
		exceed    [][]int // by cell: the sets that reach the observed hits
		done      int     // sets drawn
		lastCount bool    // the last set counts
	}{
		{"stopped long before", 2, [][]int{{3, 4}}, 19, true},
		{"stopped at the least number", 2, [][]int{{3, 19}}, 19, true},
		{"stopped just after", 2, [][]int{{3, 20}}, 20, false},
		{"the later of two cells decides", 2, [][]int{{3, 25}, {1, 2}}, 25, false},
		{"one cell never stops", 2, [][]int{{1, 2}, {4}}, 30, true},
		{"stopped by the last set there is", 2, [][]int{{3, 30}}, 30, false},
		{"one exceedance", 1, [][]int{{21}}, 21, false},
	} {
		s := Sequential{H: c.h, Max: 30}.Stopping(len(c.exceed))
		drawn := 0
		for ; !s.Done(); drawn++ {
			for cell, at := range c.exceed {
				hits := 4
				for _, b := range at {
					if drawn == b || drawn == 0 {
						hits = 5
					}
				}
				s.Add(cell, hits)
			}
		}
		if drawn-1 != c.done || s.LastDecided() == c.lastCount {
			t.Errorf("%s: %d sets, the last decided: %v; want %d, %v", c.name, drawn-1, s.LastDecided(), c.done, !c.lastCount)
		}
	}
	never := Sequential{Max: 5}.Stopping(1)
	for range 9 {
		never.Add(0, 1)
	}
	if never.Done() || never.LastDecided() {
		t.Error("done without a number of exceedances")
	}
}
