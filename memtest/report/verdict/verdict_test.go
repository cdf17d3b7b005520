package verdict

import (
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// good is a network that learned, beside a twin, with new examples above chance.
func good() Facts {
	more := perm.More
	return Facts{Fit: FitBoth, Learns: true, Twin: &more, MostOfIt: true, Fresh: Above, KnowsTraining: true}
}

func TestOf(t *testing.T) {
	standing := func(s perm.Standing) *perm.Standing { return &s }
	for name, c := range map[string]struct {
		change func(*Facts)
		words  string
		reason reason
	}{
		"learned":                       {func(*Facts) {}, "Mostly learned, and it generalizes", noReason},
		"partly":                        {func(f *Facts) { f.MostOfIt = false }, "Partly learned, and it generalizes", noReason},
		"in part":                       {func(f *Facts) { f.InPart = true }, "Mostly learned, and it generalizes in part", noReason},
		"no twin":                       {func(f *Facts) { f.Twin = nil }, "Learned, and it generalizes", noReason},
		"no new examples":               {func(f *Facts) { f.Fresh = NotKnown }, "Mostly learned; whether it generalizes is not known", noReason},
		"fresh at chance":               {func(f *Facts) { f.Fresh = AtChance }, "Does not generalize: learned near its training examples only", noReason},
		"near, twin not shown":          {func(f *Facts) { f.Fresh, f.Twin = AtChance, standing(perm.NotShown) }, "Does not generalize: learned near its training examples only", noReason},
		"memorized":                     {func(f *Facts) { f.Fresh, f.Twin = AtChance, standing(perm.Same) }, "Does not generalize: memorized", noReason},
		"less than the twin":            {func(f *Facts) { f.Fresh, f.Twin = NotKnown, standing(perm.Less) }, "Cannot be said", becauseTwinAsGood},
		"knows training only":           {func(f *Facts) { f.Fresh, f.Learns = AtChance, false }, "Does not generalize: memorized", noReason},
		"nothing":                       {func(f *Facts) { f.Learns = false }, "Nothing to see at this perturbation", noReason},
		"nothing at all":                {func(f *Facts) { f.Learns, f.Fresh, f.KnowsTraining = false, AtChance, false }, "Does not generalize, and nothing to see at this perturbation", noReason},
		"untrained":                     {func(f *Facts) { f.Untrained, f.Fresh = true, AtChance }, "Not trained: nothing learned yet", noReason},
		"lost":                          {func(f *Facts) { f.Lost, f.Fresh = true, AtChance }, "No better than chance on its own training examples", noReason},
		"hardly, more than the twin":    {func(f *Facts) { f.Fresh = Hardly }, "Hardly generalizes: learned near its training examples only", noReason},
		"hardly, no twin":               {func(f *Facts) { f.Fresh, f.Twin = Hardly, nil }, "Hardly generalizes: learned near its training examples only", noReason},
		"hardly, as its twin":           {func(f *Facts) { f.Fresh, f.Twin = Hardly, standing(perm.Same) }, "Hardly generalizes: memorized", noReason},
		"neither twin nor new":          {func(f *Facts) { f.Fresh, f.Twin = NotKnown, nil }, "Cannot be said", becauseNothingTells},
		"a dead twin":                   {func(f *Facts) { f.DeadTwin = true }, "Cannot be said", becauseDeadTwin},
		"old rows":                      {func(f *Facts) { f.OldRows = true }, "Cannot be said", becauseOldRows},
		"a dead layer":                  {func(f *Facts) { f.Constant, f.Learns = true, false }, "Cannot be said", becauseConstant},
		"no degree":                     {func(f *Facts) { f.NoDegree = true }, "Learned, and it generalizes", noReason},
		"one class, as its twin":        {func(f *Facts) { f.OneClass, f.Twin = true, standing(perm.Same) }, "Cannot be said", becauseOneClass},
		"one class, more than its twin": {func(f *Facts) { f.OneClass = true }, "Mostly learned, and it generalizes", noReason},
		"doubtful":                      {func(f *Facts) { f.Doubtful = true }, "Cannot be said", becauseDoubtfulCopies},
		"doubtful and chance":           {func(f *Facts) { f.Doubtful, f.Fresh = true, AtChance }, "Does not generalize; the rest cannot be said", becauseDoubtfulCopies},
		"too strong":                    {func(f *Facts) { f.Fit = UnfitFar }, "Cannot be said", becauseTooStrong},
		"only level 0":                  {func(f *Facts) { f.Fit = UnfitLevel }, "Cannot be said", becauseOnlyZero},
		"memory stays":                  {func(f *Facts) { f.Fit = UnfitMemory }, "Cannot be said", becauseNoLevel},
		"few label sets":                {func(f *Facts) { f.TooFewSets, f.Learns = true, false }, "Cannot be said", becauseTooFewSets},
		"wide":                          {func(f *Facts) { f.FitsAnything, f.Learns = true, false }, "Cannot be said", becauseFitsAnything},
		"wide, but it learns":           {func(f *Facts) { f.FitsAnything = true }, "Mostly learned, and it generalizes", noReason},
		"one class":                     {func(f *Facts) { f.OneClass, f.Learns = true, false }, "Cannot be said", becauseOneClass},
		"twin not shown":                {func(f *Facts) { f.Twin = standing(perm.NotShown) }, "Cannot be said", becauseTwinNotShown},
		"twin as good":                  {func(f *Facts) { f.Twin = standing(perm.Same) }, "Cannot be said", becauseTwinAsGood},
		"another layer knows":           {func(f *Facts) { f.Fresh = Contradicts }, "Cannot be said", becauseLayerAside},
		"only memory asked":             {func(f *Facts) { f.Fit = FitNeither }, "Mostly learned, and it generalizes", noReason},
	} {
		f := good()
		c.change(&f)
		v := Of(f)
		if v.Words() != c.words || v.reason != c.reason {
			t.Errorf("%s: %q, reason %d", name, v.Words(), v.reason)
		}
		if (v.Case == CannotSay) != (reasons[v.reason] != "") {
			t.Errorf("%s: %q because %q", name, v.Words(), reasons[v.reason])
		}
	}
}

// Whatever the facts are, nothing is called learned that no test shows, new examples at
// chance come first, and there are words for it.
func TestOfKeepsItsPromises(t *testing.T) {
	standings := []*perm.Standing{nil}
	for s := perm.NotShown; s <= perm.Same; s++ {
		standings = append(standings, &s)
	}
	cases := 0
	for bits := range 1 << 9 {
		on := func(i int) bool { return bits>>i&1 == 1 }
		for fit := FitBoth; fit <= UnfitLevel; fit++ {
			for fresh := NotKnown; fresh <= Contradicts; fresh++ {
				for _, twin := range standings {
					f := Facts{Doubtful: on(0), Fit: fit, Untrained: on(1), DeadTwin: on(8), Learns: on(2), TooFewSets: on(3), FitsAnything: on(4), OneClass: on(5), Twin: twin, MostOfIt: on(6), InPart: on(7), Fresh: fresh, KnowsTraining: on(6)}
					v := Of(f)
					learned := v.Case >= Learned
					switch {
					case learned && (!f.Learns || f.Doubtful || f.Untrained || fit > FitNeither || f.poor() || twin != nil && (*twin != perm.More || f.DeadTwin) || twin == nil && fresh != Above):
						t.Fatalf("%+v is called %q", f, v.Words())
					case (v.Case == Memorized || v.Case == NearOnly) && !f.poor():
						t.Fatalf("%+v is called %q", f, v.Words())
					case fresh == AtChance && v.Case != Untrained && !strings.HasPrefix(v.Words(), "Does not generalize"):
						t.Fatalf("%+v is called %q", f, v.Words())
					}
					cases++
				}
			}
		}
	}
	if cases != 512*7*5*5 {
		t.Errorf("%d cases", cases)
	}
}

func TestReadingLevel(t *testing.T) {
	type at struct{ level, near, memory float64 } // −1 = not known
	known := func(v float64) *float64 {
		if v < 0 {
			return nil
		}
		return &v
	}
	for name, c := range map[string]struct {
		levels []at
		want   float64
		fit    Fit
	}{
		"the smallest faded":              {[]at{{0, 1, .6}, {.1, 1, .5}, {.3, 1, .2}, {.5, .99, .05}}, .3, FitBoth},
		"half is not below half":          {[]at{{0, 1, .6}, {.1, 1, .3}, {.3, 1, .2}}, .3, FitBoth},
		"too far where it fades":          {[]at{{0, 1, .6}, {.1, 1, .5}, {.3, .94, .2}}, .1, UnfitMemory},
		"too far everywhere":              {[]at{{0, 1, .6}, {2, .5, .1}, {5, .1, 0}}, 2, UnfitFar},
		"never faded":                     {[]at{{0, 1, .6}, {.1, 1, .5}, {.2, .96, .4}}, .2, UnfitMemory},
		"nearness not known":              {[]at{{0, -1, .6}, {.1, -1, .5}, {.3, -1, .2}, {.5, -1, .1}}, .3, FitMemory},
		"without level 0":                 {[]at{{.1, 1, .5}, {.3, .96, .2}, {.5, .9, .1}}, .3, FitNear},
		"memory not known":                {[]at{{0, 1, -1}, {.1, 1, -1}, {.3, .96, -1}}, .3, FitNear},
		"nothing known":                   {[]at{{.2, -1, -1}, {.4, -1, -1}}, .2, FitNeither},
		"nearness known of some":          {[]at{{0, 1, .6}, {.1, 1, .5}, {.3, -1, .2}, {.5, .99, .05}}, .5, FitBoth},
		"nearness known of level 0 alone": {[]at{{0, 1, .6}, {.1, -1, .5}, {.3, -1, .2}}, .3, FitMemory},
		"only level 0":                    {[]at{{0, 1, .6}}, 0, UnfitLevel},
		"no memory at level 0":            {[]at{{0, 1, 0}, {.1, 1, 0}, {.3, 1, 0}}, .1, FitBoth},
		"hidden at level 0, then faded":   {[]at{{0, 1, .02}, {.1, 1, .3}, {.3, 1, .2}, {.5, 1, .1}}, .5, FitBoth},
		"other levels are not looked at":  {[]at{{0, 1, .6}, {.3, 1, .2}, {.5, 1, .9}}, .3, FitBoth},
	} {
		var all []Candidate
		for _, l := range c.levels {
			all = append(all, Candidate{Level: l.level, Near: known(l.near), Memory: known(l.memory), Tells: true})
		}
		got := ReadingLevel(all)
		if (got.Fit == FitBoth) && all[got.Index].Near == nil {
			t.Errorf("%s: a level is said to be near of which that is not known", name)
		}
		if c.levels[got.Index].level != c.want || got.Fit != c.fit {
			t.Errorf("%s: level %g, fit %d; want %g, %d", name, c.levels[got.Index].level, got.Fit, c.want, c.fit)
		}
	}
	// A level at which observed and null are both at their most tells nothing.
	one, half, little := 1.0, 0.5, 0.1
	all := []Candidate{{0, &one, &half, true}, {0.1, &one, &little, false}, {0.3, &one, &little, true}}
	if got := ReadingLevel(all); got.Index != 2 || got.Fit != FitBoth {
		t.Errorf("a level that tells nothing is read: %+v", got)
	}
}
