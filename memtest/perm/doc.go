// Package perm is the statistics of the permutation test: labels under
// permutation, counts of hits, p-values, intervals and corrections. It knows
// nothing of networks, probes or images.
//
// The pipeline, in the order of use:
//
//  1. LabelSets gives the label sets: set 0 the observed labels, set b ≥ 1 a
//     shuffle of them (NewShuffled), labels that the user brought (NewGiven),
//     or every distinct labelling (Enumerate).
//  2. A probe, elsewhere, fits every label set and predicts classes for the
//     copies. A Tally counts, set by set, how often the predicted class is the
//     label of the copy's parent.
//  3. Judge turns the Counts of one cell (one probe on one validation set) into
//     a Verdict: learning, memorization, their p-values, intervals and floors.
//     JudgeStatistic does it for real-valued statistics, JudgeRefit for networks
//     that were trained again on every label set.
//  4. Over cells: MaxT and Holm adjust p-values, Difference compares two cells
//     label set by label set. Over training seeds: SeedInterval,
//     CalibrateSeeds and LargestP.
//  5. What a page shows and says of it: OverSeeds and NullBand are what it draws,
//     Margin and Compare decide its words, AtChance and Floor its warnings.
//
// Counts are integers and are compared as integers, and a tie counts as an
// exceedance. Label set b depends on the seed and on b only, so nothing here
// depends on the order of the sets, on chunks or on the number of threads, and
// a run that is continued gives what asking for all at once would have given.
package perm
