package perm

// LeastSets is the number of label sets below which means and standard deviations
// over them are flagged as of few sets, and the least that a sequential stop
// draws: 19, the fewest with which a p-value of one side reaches 0.05. With B
// sets the error of L and M by the sets alone is sd/√B, 0.23 of the null's standard
// deviation at 19; the relative error of that standard deviation itself, and so of
// z, is about 1/√(2(B−1)), 17 % at 19.
const LeastSets = 19

// Stopping draws label sets for several cells that share them, as one probe at
// several levels, until the sequential test of each has stopped, but at least
// LeastSets, or all that there are.
//
// It also says whether the last set drawn may count for estimates. Where drawing
// ends because of what the last set gave, that set reaches the observed statistic
// of some cell by construction, and a mean over all sets drawn is too high: without
// effect, at one exceedance, L would be biased by −0.25 null standard deviations
// (docs/simulation.md). The sets before it could have come in any order without
// ending the drawing sooner: given which they are, each order is as likely, so
// their mean is the conditional mean of the first of them, which is a random label
// set, and unbiased. (For a share it is (h−1)/(N−1), the estimate of Haldane
// (1945) and of Girshick, Mosteller and Savage (1946) for inverse sampling.) Where
// drawing ends at LeastSets, or at the last set there is while some test goes on,
// the same holds of all sets, and all count.
type Stopping struct {
	test  Sequential
	cells []stoppingCell
}

// stoppingCell is how far the test of a cell has come.
type stoppingCell struct {
	observed, drawn, exceed int
	begun                   bool // the observed labels have come
}

// Stopping starts the tests of so many cells. With s.H = 0 there is no sequential
// test: they are never done.
func (s Sequential) Stopping(cells int) *Stopping {
	return &Stopping{s, make([]stoppingCell, cells)}
}

// Add takes the hits of the next label set in a cell; the first is the observed one.
func (s *Stopping) Add(cell, hits int) {
	c := &s.cells[cell]
	if !c.begun {
		c.observed, c.begun = hits, true
		return
	}
	c.drawn++
	if hits >= c.observed {
		c.exceed++
	}
}

// Done says whether no cell needs another label set.
func (s *Stopping) Done() bool {
	for _, c := range s.cells {
		if s.test.H == 0 || c.drawn < min(LeastSets, s.test.Max) || c.exceed < s.test.H && c.drawn < s.test.Max {
			return false
		}
	}
	return true
}

// LastDecided says, once they are done, whether the last label set ended the
// drawing, so that no estimate may count it.
func (s *Stopping) LastDecided() bool {
	for _, c := range s.cells {
		if c.drawn <= LeastSets || c.exceed < s.test.H {
			return false
		}
	}
	return s.Done()
}
