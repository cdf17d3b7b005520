package memtest

import (
	"fmt"
	"time"
)

// pace tells how long the label sets take that a probe is still to be fitted to. The
// first ones do not count: with them goes the fit to the real labels, which takes
// longer than others, and the time to compile.
type pace struct {
	first int // last label set when it began
	began time.Time
}

// left is the time that the label sets after last take, up to number all, at the pace
// so far; 0 while that is not known, and of less than a second.
func (p *pace) left(last, all int, now time.Time) time.Duration {
	if p.began.IsZero() {
		p.first, p.began = last, now
	}
	done := last - p.first
	if done == 0 {
		return 0
	}
	return time.Duration(float64(now.Sub(p.began)) / float64(done) * float64(all-last)).Round(time.Second)
}

// toTheLast says that in words.
func toTheLast(left time.Duration) string {
	if left == 0 {
		return ""
	}
	return fmt.Sprintf(", about %v to the last", left)
}

// keeping says when evidence of a cell that takes long is to be kept: a process that
// is killed loses no more than what was measured since.
type keeping struct {
	last time.Time
	took time.Duration
}

// keepEvery is how often evidence is kept, where that takes little. Of many classes and
// label sets it takes seconds: it is then kept as seldom as makes a twentieth of the time.
const keepEvery, keepShare = 30 * time.Second, 20

// due says whether it is time to keep.
func (k *keeping) due(now time.Time) bool {
	return now.Sub(k.last) >= max(keepEvery, keepShare*k.took)
}

// kept notes that evidence was kept from one time to another.
func (k *keeping) kept(from, to time.Time) { k.last, k.took = to, to.Sub(from) }
