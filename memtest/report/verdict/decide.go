package verdict

import "github.com/seed-1a417598/memtest/memtest/perm"

// Generalization is what examples that the network was not trained on say.
type Generalization int

// What fresh examples can say.
const (
	NotKnown    Generalization = iota // there are none, or what chance would give is not known
	AtChance                          // they get their label no more often than by chance
	Above                             // more often
	Contradicts                       // by the probe they are at chance, by the network itself they are not
)

// reason is why nothing can be said.
type reason int

// Reasons, the first that holds counts.
const (
	noReason              reason = iota
	becauseDoubtfulCopies        // copies seem not to be copies of their parents
	becauseTooStrong             // the copies have left their parents at every level
	becauseOnlyZero              // no level above 0 tells anything
	becauseNoLevel               // memory has not faded at any level at which copies are near
	becauseTooFewSets            // with so few label sets no p-value can be small enough
	becauseFitsAnything          // observed and null tie, since the probe fits whatever labels it is given
	becauseOneClass              // the probe gives nearly all copies one class
	becauseTwinNotShown          // whether it learned more than the twin is not shown
	becauseTwinAsGood            // no more than the twin, and yet it generalizes
	becauseLayerAside            // the network is right on new examples, a probe of this layer is not
)

// Facts are what a verdict rests on, all of it at the level that is read.
type Facts struct {
	Doubtful     bool // a test says that the copies are doubtful
	Fit          Fit
	Trained      bool // false: the network is known to be untrained, or no better than chance on its own training examples
	Learns       bool // learning is shown by its permutation test
	TooFewSets   bool // the test could not have shown it
	FitsAnything bool // as many columns as examples, or observed and null both at their most
	OneClass     bool

	Twin *perm.Standing // of learning beside the twin's, by the interval of the difference; nil = no twin
	// MostOfIt says that the lower end of that interval is at least half of what the
	// probe reaches above chance.
	MostOfIt bool

	Fresh Generalization
	// InPart says that the network is right on new examples less often than on
	// near-copies, by more than the margin.
	InPart bool
	// KnowsTraining says that the network is right on its training examples more often
	// than by chance.
	KnowsTraining bool
}

// Case is what a network comes to.
type Case int

// The cases.
const (
	CannotSay Case = iota
	Untrained
	NothingToSee
	Memorized
	NearOnly       // learned near the training examples only
	Learned        // and it generalizes
	LearnedInPart  // learned, and it generalizes in part
	LearnedUnknown // learned; whether it generalizes is not known
)

// Verdict is a case with what belongs to it.
type Verdict struct {
	Case
	reason reason // of CannotSay
	// Degree is how much of what the probe reaches above chance was learned beyond what
	// a twin has that could only memorize: +1 mostly, −1 partly, 0 not said.
	Degree int
	// NotGeneral says that new examples are at chance, which is said first.
	NotGeneral bool
}

// Of decides.
func Of(f Facts) Verdict {
	v := Verdict{NotGeneral: f.Fresh == AtChance}
	v.Case, v.reason = decide(f)
	if f.Twin != nil && v.Case >= Learned {
		if v.Degree = -1; f.MostOfIt {
			v.Degree = +1
		}
	}
	if v.Case == Untrained {
		v.NotGeneral = false // that goes without saying
	}
	return v
}

func decide(f Facts) (Case, reason) {
	memorized := f.Fresh == AtChance && f.KnowsTraining
	switch {
	case f.Doubtful:
		return CannotSay, becauseDoubtfulCopies
	case !f.Trained:
		return Untrained, noReason
	case f.Fit == UnfitFar:
		return CannotSay, becauseTooStrong
	case f.Fit == UnfitLevel:
		return CannotSay, becauseOnlyZero
	case f.Fit == UnfitMemory:
		return CannotSay, becauseNoLevel
	case f.TooFewSets:
		return CannotSay, becauseTooFewSets
	case !f.Learns && memorized:
		return Memorized, noReason
	case !f.Learns && f.FitsAnything:
		return CannotSay, becauseFitsAnything
	case !f.Learns && f.OneClass:
		return CannotSay, becauseOneClass
	case !f.Learns:
		return NothingToSee, noReason
	case f.Twin == nil || *f.Twin == perm.More:
		return learned(f)
	case f.Fresh == AtChance && *f.Twin == perm.NotShown:
		return NearOnly, noReason
	case *f.Twin == perm.NotShown:
		return CannotSay, becauseTwinNotShown
	case f.Fresh == Above || f.Fresh == Contradicts:
		return CannotSay, becauseTwinAsGood
	}
	return Memorized, noReason
}

// learned is the case of learning that is shown, beyond the twin's where there is one.
func learned(f Facts) (Case, reason) {
	switch f.Fresh {
	case Above:
		if f.InPart {
			return LearnedInPart, noReason
		}
		return Learned, noReason
	case AtChance:
		return NearOnly, noReason
	case Contradicts:
		return CannotSay, becauseLayerAside
	}
	return LearnedUnknown, noReason
}
