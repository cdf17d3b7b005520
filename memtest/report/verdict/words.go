package verdict

// Words are the fixed words of a verdict, without a full stop. They are the same for
// every network of the case.
func (v Verdict) Words() string {
	first := map[Generalization]string{AtChance: "Does not generalize", Hardly: "Hardly generalizes"}[v.Fresh]
	if first == "" || v.Case == Untrained || v.Case == Lost {
		return v.caseWords()
	}
	switch v.Case {
	case Memorized:
		return first + ": memorized"
	case NearOnly:
		return first + ": learned near its training examples only"
	case NothingToSee:
		return first + ", and nothing to see at this perturbation"
	}
	return first + "; the rest cannot be said"
}

func (v Verdict) caseWords() string {
	learned := map[int]string{-1: "Partly learned", 0: "Learned", +1: "Mostly learned"}[v.Degree]
	switch v.Case {
	case Untrained:
		return "Not trained: nothing learned yet"
	case Lost:
		return "No better than chance on its own training examples"
	case NothingToSee:
		return "Nothing to see at this perturbation"
	case Memorized:
		return "Memorized"
	case NearOnly:
		return "Learned near its training examples only"
	case Learned:
		return learned + ", and it generalizes"
	case LearnedInPart:
		return learned + ", and it generalizes in part"
	case LearnedUnknown:
		return learned + "; whether it generalizes is not known"
	}
	return "Cannot be said"
}

// Title is the words, and where nothing can be said, why.
func (v Verdict) Title() string {
	if v.Case != CannotSay {
		return v.Words()
	}
	return v.Words() + ", " + reasons[v.reason]
}

// reasons are why nothing can be said, as half a sentence.
var reasons = map[reason]string{
	becauseDoubtfulCopies: "because the copies do not look like copies of their parents",
	becauseMixed:          "because blends of features of one label are no near-copies of examples",
	becauseOldRows:        "because these rows are of an older memtest, which said nothing of other examples",
	becauseConstant:       "because this layer gives every example the same",
	becauseTooStrong:      "because the perturbation is too strong at every level that was measured",
	becauseOnlyZero:       "because no level above 0 was measured that tells anything",
	becauseNoLevel:        "because memory alone still does well at every level that was measured",
	becauseTooFewSets:     "because so few shuffles cannot tell chance from anything",
	becauseFitsAnything:   "because the probe fits whatever labels it is given here",
	becauseOneClass:       "because one class is nearly all that there is, or that the probe gives",
	becauseDeadTwin:       "because the twin shows nothing of its labels, so it is no measure of memory",
	becauseTwinNotShown:   "because it is not shown that it learned more than a twin that could only memorize",
	becauseTwinAsGood:     "because near-copies show no more than a twin that could only memorize, and new examples do not say that it is memory",
	becauseNothingTells:   "because there is neither a twin nor enough new examples that could tell",
	becauseLayerAside:     "because a probe of this layer knows nothing of new examples, while the network itself does",
}
