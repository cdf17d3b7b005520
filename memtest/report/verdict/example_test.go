package verdict_test

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/verdict"
)

// A network that learned more than its twin, and that new examples show to generalize.
func ExampleOf() {
	more := perm.More
	fmt.Println(verdict.Of(verdict.Facts{
		Fit: verdict.FitBoth, Learns: true, Twin: &more, MostOfIt: true, Fresh: verdict.Above, KnowsTraining: true,
	}).Title())
	// Output: Mostly learned, and it generalizes
}

// The words of the cases.
func ExampleVerdict_Words() {
	for _, c := range []verdict.Case{
		verdict.CannotSay, verdict.Untrained, verdict.Lost, verdict.NothingToSee, verdict.Memorized, verdict.NearOnly,
		verdict.Learned, verdict.LearnedInPart, verdict.LearnedUnknown,
	} {
		fmt.Println(verdict.Verdict{Case: c}.Words())
	}
	// Output:
	// Cannot be said
	// Not trained: nothing learned yet
	// No better than chance on its own training examples
	// Nothing to see at this perturbation
	// Memorized
	// Learned near its training examples only
	// Learned, and it generalizes
	// Learned, and it generalizes in part
	// Learned; whether it generalizes is not known
}
