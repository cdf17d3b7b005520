// Package perm is the statistics of the permutation test: labels under
// permutation, counts of hits, p-values, intervals and corrections. It knows
// nothing of networks, probes or images.
//
// The pipeline, in the order of use:
//
//  1. NewDesign checks the labels and their groups. A Design gives LabelSets: set 0
//     is the observed labels; sets b ≥ 1 are shuffles of them (Design.Shuffled,
//     NewShuffled in one call), sets that the user brought (Design.Given), or every
//     distinct labeling (Design.Enumerated). Design.Null chooses between the last
//     and the first.
//  2. A probe, elsewhere, is fitted to every label set and predicts classes for the
//     copies. A Tally counts, set by set, how often the predicted class is the
//     label of the copy's parent.
//  3. Judge turns the Counts of one cell (one probe on one validation set) into a
//     Verdict: learning, memorization and the two parts of it, their p-values,
//     intervals and floors.
//     JudgeStatistic does so for real-valued statistics. Sequential and
//     Stopping say when enough sets were drawn and which of them count for
//     estimates, Counts.PerExampleOwn what single examples show, AmongTop how many
//     of those that stand out are known to be of a kind.
//  4. Of one cell or the difference of two an Effect holds, by example and by label
//     set, what errors over other images need; Effect.Minus pairs two cells.
//  5. Over cells: MaxT, MaxTTwoSided and Holm adjust p-values, Calibrate puts
//     learning on the scale of a twin trained on shuffled labels, Stand and
//     Simultaneous say more, less or the same of differences.
//  6. Over training seeds: OverSeedsAndImages, SeedInterval and LargestP.
//  7. Over many networks: Zoo says which measures go with the generalization gap.
//  8. Before a run: a Pilot says what one of another size can show.
//  9. For a page: OverSeeds and NullBand are what it draws, AtChance and Floor its
//     warnings.
//
// Counts are integers and are compared as integers, and a tie counts as an
// exceedance. Label set b depends on the seed and on b only, so nothing here
// depends on the order of the sets, on chunks or on the number of threads, and
// a run that is continued gives what asking for all at once would have given.
package perm
