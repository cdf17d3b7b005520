package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/verdict"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// found is the verdict on a network as one probe sees it: fixed words, and a sentence
// with the numbers that a person can repeat.
type found struct {
	verdict.Verdict
	Title, Sentence string
}

func (v *view) found(r reading) found {
	f := found{Verdict: verdict.Of(v.facts(r))}
	f.Title = f.Verdict.Title()
	f.Sentence = v.probeSentence(r)
	if s := v.freshSentence(r, f.Verdict); s != "" {
		f.Sentence += " " + s
	}
	return f
}

// facts are what the rows say of the cell that is read.
func (v *view) facts(r reading) verdict.Facts {
	row := r.rows[0]
	f := verdict.Facts{
		Mixed: mixed(r.perturbation), Doubtful: r.flagged(result.FlagDoubtful), OldRows: slices.ContainsFunc(r.rows, func(r result.Row) bool { return r.LearningSE == nil }), Constant: r.flagged(result.FlagConstant), Fit: r.fit,
		Untrained: r.epoch == 0, Lost: r.lost(), Learns: r.shows(learningEffect),
		TooFewSets:   perm.Floor(row.Permutations) > row.AlphaOrDefault(),
		FitsAnything: r.flagged(result.FlagWide) || r.flagged(result.FlagSaturated),
		OneClass:     r.flagged(result.FlagOneClass) || row.Metric == "" && 1-r.mean(chance) < leastRoom*v.margin(),
		Fresh:        v.generalization(r.cell), InPart: v.inPart(r.cell), KnowsTraining: r.knowsTraining(),
	}
	if d := v.besideTwin(r.cell); d != nil {
		standing := perm.Stand(*d, v.margin())
		f.Twin, f.DeadTwin = &standing, v.deadTwin(r.setting)
		f.NoDegree = row.Metric == "log-loss"
		f.MostOfIt = !f.NoDegree && d.Low >= (r.mean(observed)-r.mean(chance))/2
	}
	return f
}

// leastRoom is how many margins there must be between chance and being always right:
// with less, everything is the same within a margin.
const leastRoom = 4

// deadTwin says that the twin of a setting shows nothing of its labels at any level, and
// is not known to be as accurate on them as its network.
func (v *view) deadTwin(s setting) bool {
	cells := v.cells[v.other(s, features.Twin)]
	for _, c := range cells {
		if c.shows(learningEffect) || c.optional(trainAccuracy) != nil && !c.flagged(result.FlagTwinAccuracy) {
			return false
		}
	}
	return len(cells) > 0
}

// besideTwin is the interval of the learning of a cell less its twin's; nil without one.
func (v *view) besideTwin(c cell) *perm.Interval {
	for _, o := range v.beside(c.setting, c, learningEffect) {
		if o.role == features.Twin {
			d := c.less(o.cell, learningEffect).interval(v.confidence())
			return &d
		}
	}
	return nil
}

// lost says that a network is right on its own training examples no more often than by
// chance. Of classes of very different sizes accuracy does not tell.
func (c cell) lost() bool {
	train := c.optional(trainAccuracy)
	if train == nil || c.classShares(math.Max) > 1.5/float64(max(1, c.rows[0].Classes)) {
		return false
	}
	return perm.AtChance(*train, c.classShares(func(sum, share float64) float64 { return sum + share*share }), c.rows[0].N)
}

// knowsTraining says whether the network is right on its training examples more often
// than it would be by giving all of them their largest class.
func (c cell) knowsTraining() bool {
	train := c.optional(trainAccuracy)
	return train != nil && !perm.AtChance(*train, c.classShares(math.Max), c.rows[0].N)
}

// classShares folds the shares of the classes among the labels; classes count as equal
// where the rows do not say them.
func (c cell) classShares(fold func(sum, share float64) float64) float64 {
	r := c.rows[0]
	if len(r.PerClass) == 0 {
		return 1 / float64(max(1, r.Classes))
	}
	sum := 0.0
	for _, k := range r.PerClass {
		sum = fold(sum, float64(k.Labels)/float64(r.N))
	}
	return sum
}

// Shares of what lies above chance: below the first the accuracy on new examples is
// taken to be chance, below the second to be hardly more, each by the upper end of an
// interval.
const (
	nothingAbove = 0.25 // of being always right
	hardlyAbove  = 0.25 // of what training examples reach
)

// generalization is what fresh examples say: by the probe, which knows what chance would
// give, and by the network's own accuracy, which must not contradict it. So few examples
// that they might be right far more often than by chance say nothing.
func (v *view) generalization(c cell) verdict.Generalization {
	fresh, byChance, own := c.fresh(), c.optional(freshChance), c.optional(testAccuracy)
	n := c.rows[0].FreshN
	if fresh == nil || byChance == nil || n == 0 {
		return verdict.NotKnown
	}
	most := func(accuracy float64) float64 { // upper end of its distance to chance
		return perm.ShareInterval(hitsOf(accuracy, n), v.confidence()).High - *byChance
	}
	if !perm.AtChance(*fresh, *byChance, n) {
		if train := c.optional(trainAccuracy); train != nil && own != nil && most(*own) < hardlyAbove*(*train-*byChance) {
			return verdict.Hardly
		}
		return verdict.Above
	}
	switch {
	case own != nil && !perm.AtChance(*own, *byChance+v.margin(), n):
		return verdict.Contradicts
	case most(*fresh) < nothingAbove*(1-*byChance):
		return verdict.AtChance
	}
	return verdict.NotKnown
}

// hitsOf is a share as hits of n.
func hitsOf(share float64, n int) perm.Scored {
	return perm.Scored{Hits: int(math.Round(share * float64(n))), N: n}
}

// inPart says whether the network is right on fresh examples less often than on copies,
// by more than the margin, as an interval shows.
func (v *view) inPart(c cell) bool {
	copies, fresh, n := c.optional(ownAccuracy), c.optional(testAccuracy), c.rows[0].FreshN
	if copies == nil || fresh == nil || n == 0 {
		return false
	}
	return perm.ShareDifference(hitsOf(*copies, c.rows[0].N), hitsOf(*fresh, n), v.confidence()).Low > v.margin()
}

// probeSentence is what the probe reaches, with the twin beside it.
func (v *view) probeSentence(r reading) string {
	s := fmt.Sprintf("The %s probe on %s %s", word.Name(r.probe), where(r.setting), r.reaches(v.examples(r.perturbation)))
	for _, o := range v.beside(r.setting, r.cell, learningEffect) {
		if o.role == features.Twin {
			s += "; a twin that could only memorize reaches " + o.reached(o.mean(observed))
		}
	}
	if !r.shows(learningEffect) {
		s += fmt.Sprintf("; that is no more than chance may give (p = %s)", number.P(perm.LargestP(r.values(learningPOf))))
	}
	return s + "."
}

// where names the layer of a setting, and says where its network was not trained yet.
func where(s setting) string {
	if s.epoch == 0 {
		return word.Name(s.layer) + " before training"
	}
	return word.Name(s.layer)
}

// reaches is what a probe gives copies, in the words of its metric.
func (c cell) reaches(examples string) string {
	a, b, copies := c.reached(c.mean(observed)), c.reached(c.mean(nullMean)), copiesName(c.rows[0].Perturbation)
	switch c.rows[0].Metric {
	case "":
		return fmt.Sprintf("gives %s of the %s their class back and %s a shuffled label", a, copies, b)
	case "balanced":
		return fmt.Sprintf("gives, classes weighed alike, %s of the %s their class back and %s a shuffled label", a, copies, b)
	}
	return fmt.Sprintf("has on %s of the %s %s %s with the real labels and %s with shuffled ones", copies, examples, article(metricName(c.rows[0])), a, b)
}

// article is the name of a metric as a sentence has it.
func article(metric string) string {
	switch metric {
	case "auc":
		return "an area under the ROC curve of"
	case "log-loss":
		return "a mean log probability of"
	}
	return "a " + metric + " of"
}

// reached is a value of the metric of a cell for a sentence.
func (c cell) reached(value float64) string {
	switch c.rows[0].Metric {
	case "", "balanced":
		return number.Percent(value)
	}
	return number.Share(value)
}

// freshSentence is how the network does on examples that it was not trained on.
func (v *view) freshSentence(r reading, found verdict.Verdict) string {
	fresh, own := r.fresh(), r.optional(testAccuracy)
	examples := v.examples(r.perturbation)
	var s string
	switch {
	case own != nil && found.Case == verdict.Lost:
		s = fmt.Sprintf("The network itself is right in %s of its training %s and in %s of new ones", number.Percent(*r.optional(trainAccuracy)), examples, number.Percent(*own))
	case own != nil && found.Case == verdict.Untrained:
		s = fmt.Sprintf("The network itself is right in %s of new %s", number.Percent(*own), examples)
	case own != nil:
		s = fmt.Sprintf("On new %s the network itself is right in %s", examples, number.Percent(*own))
	case fresh != nil:
		s = fmt.Sprintf("On new %s the probe is right in %s", examples, number.Percent(*fresh))
	default:
		return fmt.Sprintf("There are no new %s to try it on.", examples)
	}
	switch copies, train := r.optional(ownAccuracy), r.optional(trainAccuracy); {
	case found.Case == verdict.Untrained || found.Case == verdict.Lost:
	case found.Fresh == verdict.AtChance:
		s += ", which is chance"
	case found.Fresh == verdict.Hardly:
		s += fmt.Sprintf(", far less than on its training %s (%s)", examples, number.Percent(*train))
	case found.Fresh == verdict.NotKnown && r.rows[0].FreshN > 0 && r.optional(freshChance) != nil:
		n := r.rows[0].FreshN
		s += fmt.Sprintf(", but %s %s too few to tell that from chance", number.Count(n), word.Plural(n, "is", "are"))
	case found.Case == verdict.LearnedInPart:
		s += fmt.Sprintf(", less often than on the near-copies (%s)", number.Percent(*copies))
	}
	return s + "."
}
