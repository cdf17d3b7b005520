package verdict

import "github.com/seed-1a417598/memtest/memtest/perm"

// Generalization is what examples that the network was not trained on say.
type Generalization int

// What fresh examples can say.
const (
	NotKnown    Generalization = iota // there are none, or too few to tell their accuracy from chance
	AtChance                          // they get their label no more often than by chance, as an interval shows
	Hardly                            // more often, but far less than the training examples do
	Above                             // more often
	Contradicts                       // by the probe they are at chance, by the network itself they are not
)

// reason is why nothing can be said.
type reason int

// Reasons, the first that holds counts.
const (
	noReason              reason = iota
	becauseDoubtfulCopies        // copies seem not to be copies of their parents
	becauseMixed                 // copies are blends of features, and none of examples
	becauseOldRows               // no error over other examples is known
	becauseConstant              // the layer gives all examples the same
	becauseTooStrong             // the copies have left their parents at every level
	becauseOnlyZero              // no level above 0 tells anything
	becauseNoLevel               // memory has not faded at any level at which copies are near
	becauseTooFewSets            // with so few label sets no p-value can be small enough
	becauseFitsAnything          // observed and null tie, since the probe fits whatever labels it is given
	becauseOneClass              // one class is nearly all, or the probe gives nearly all copies one class
	becauseDeadTwin              // the twin shows nothing of its labels
	becauseTwinNotShown          // whether it learned more than the twin is not shown
	becauseTwinAsGood            // no more than the twin, and no new examples say that it is memory
	becauseNothingTells          // neither a twin nor new examples
	becauseLayerAside            // the network is right on new examples, a probe of this layer is not
)

// Facts are what a verdict rests on, all of it at the level that is read.
type Facts struct {
	Doubtful     bool // a test says that the copies are doubtful
	Mixed        bool // the copies are blends of the features of two examples, mix-class
	OldRows      bool // no error over other examples is known, as in rows of format 1
	Constant     bool // the features do not vary
	Fit          Fit
	Untrained    bool // the network is known to be untrained
	Lost         bool // it is right on its own training examples no more often than by chance
	Learns       bool // learning is shown by its permutation test
	TooFewSets   bool // the test could not have shown it
	FitsAnything bool // as many columns as examples, or observed and null both at their most
	OneClass     bool // nearly all copies get one class, or chance leaves so little room that margins mean nothing

	Twin     *perm.Standing // of learning beside the twin's, by the interval of the difference; nil = no twin
	DeadTwin bool           // the twin's learning is shown nowhere, and it is not known to fit its labels
	// MostOfIt says that the lower end of that interval is at least half of what the
	// probe reaches above chance; NoDegree that the metric has no such scale.
	MostOfIt, NoDegree bool

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
	Lost // no better than chance on its own training examples
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
	// Fresh is what new examples say: at chance, or hardly above it, is said first.
	Fresh Generalization
}

// Of decides.
func Of(f Facts) Verdict {
	v := Verdict{Fresh: f.Fresh}
	v.Case, v.reason = decide(f)
	if f.Twin != nil && !f.NoDegree && v.Case >= Learned {
		if v.Degree = -1; f.MostOfIt {
			v.Degree = +1
		}
	}
	return v
}

// poor says that new examples are at chance or hardly above it.
func (f Facts) poor() bool { return f.Fresh == AtChance || f.Fresh == Hardly }

func decide(f Facts) (Case, reason) {
	switch {
	case f.Doubtful:
		return CannotSay, becauseDoubtfulCopies
	case f.Untrained:
		return Untrained, noReason
	case f.Lost:
		return Lost, noReason
	case f.Constant:
		return CannotSay, becauseConstant
	case f.Mixed:
		return CannotSay, becauseMixed
	case f.OldRows:
		return CannotSay, becauseOldRows
	case f.Fit == UnfitFar:
		return CannotSay, becauseTooStrong
	case f.Fit == UnfitLevel:
		return CannotSay, becauseOnlyZero
	case f.Fit == UnfitMemory:
		return CannotSay, becauseNoLevel
	case f.TooFewSets:
		return CannotSay, becauseTooFewSets
	case !f.Learns:
		return unlearned(f)
	case f.Twin == nil || *f.Twin == perm.More && !f.DeadTwin:
		return learned(f)
	case f.DeadTwin:
		return CannotSay, becauseDeadTwin
	case f.OneClass:
		return CannotSay, becauseOneClass
	case f.poor() && *f.Twin == perm.NotShown:
		return NearOnly, noReason
	case *f.Twin == perm.NotShown:
		return CannotSay, becauseTwinNotShown
	case f.poor():
		return Memorized, noReason
	}
	return CannotSay, becauseTwinAsGood
}

// unlearned is the case where learning is not shown.
func unlearned(f Facts) (Case, reason) {
	switch {
	case f.FitsAnything:
		return CannotSay, becauseFitsAnything
	case f.OneClass:
		return CannotSay, becauseOneClass
	case f.Fresh == AtChance && f.KnowsTraining:
		return Memorized, noReason
	}
	return NothingToSee, noReason
}

// learned is the case of learning that is shown, beyond the twin's where there is one.
func learned(f Facts) (Case, reason) {
	switch {
	case f.poor():
		return NearOnly, noReason
	case f.Fresh == Contradicts:
		return CannotSay, becauseLayerAside
	case f.Fresh == Above && f.InPart:
		return LearnedInPart, noReason
	case f.Fresh == Above:
		return Learned, noReason
	case f.Twin == nil:
		return CannotSay, becauseNothingTells
	}
	return LearnedUnknown, noReason
}
