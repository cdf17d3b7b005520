package result

import "github.com/seed-1a417598/memtest/memtest/perm"

// Evidence is what a cell's row is computed from. Kept, it lets a run be
// continued with more permutations without repeating those it has.
type Evidence struct {
	Counts *perm.Counts
	// Decided is the hits of the label set that ended a sequential test. It counts
	// for the test's p-value and for no estimate, so Counts lacks it (see
	// perm.Stopping); none where no set ended it.
	Decided   []int
	Margins   []float32 // [n] score of the copy's real label less the best other, by the fit to the real labels
	Predicted []int32   // [n] class of the copy by that fit
	Fresh     *float64  // accuracy of that fit on fresh examples; nil = there are none
	FreshN    int       // fresh examples; 0 = there are none, or an older program did not note them
	// FreshByChance is of Fresh: its mean when predictions and labels are paired at
	// random.
	FreshByChance float64
	Parents       *float64 // share of copies with their parent among their neighbours; nil = the probe has no neighbours
	Strength      float64  // L2 penalty of the fits, under the name that folders keep it by; 0 = the probe has none

	// Values and Chance are the metric that was asked for and its mean under
	// random pairing, label set by label set; nil for metrics that follow from the
	// counts.
	Values, Chance []float64

	// Parts are those of the metric by example, for metrics other than accuracy; nil
	// in evidence of older versions.
	Parts *perm.Parts

	// Halves are from random halves of the examples; nil = not measured.
	Halves *Halves
}

// Halves is what a probe found on random halves of the examples, on each of which
// everything was done as if there were no others; from these, errors over other
// images have what a sample does to all its copies alike. One element per split.
type Halves struct {
	Learning, Memorization []perm.Halves // by the metric
	Own                    []perm.Halves // the examples' own part of memorization, of hits
}

// Cell is one measurement with the evidence behind it.
type Cell struct {
	Row
	Evidence
}
