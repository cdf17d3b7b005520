package perm

// Scored is how many of N examples got their label, N ≥ 1, and what share of them
// would by chance, predictions and labels being paired at random.
type Scored struct {
	Hits, N int
	Chance  float64
}

// farTail is the probability with which the end of an interval in FarBelow lies on
// the wrong side of its accuracy, at most.
const farTail = 0.0005

// FarBelow says whether the accuracy of a above its chance is less than so large a
// share of what b is above its own, and b above it at all: by the upper end of the
// exact interval of a's accuracy and the lower end of that of b's. Where it is not,
// that is said at most once in 1,000 times.
func FarBelow(a, b Scored, share float64) bool {
	above := clopperLow(b.Hits, b.N, farTail) - b.Chance
	return above > 0 && clopperHigh(a.Hits, a.N, farTail)-a.Chance < share*above
}
