// Package paper puts the claims of arXiv 1802.07714 to the test and writes what
// came out as one document.
//
//  1. Runs lists the experiments of a setting, small or full, as configurations
//     of package memtest (settings.go).
//  2. Facts are measured where they belong to no cell of a run: how far copies
//     are from their parents, and whether single examples that are memorized are
//     those that are forgotten or mislabelled (facts.go).
//  3. An Archive keeps the rows and facts of all runs in one folder
//     (archive.go).
//  4. Document turns an archive into tables, figures, intervals over training
//     seeds and verdicts, a file for each claim (claim_….go). No number in it is
//     written by hand.
package paper
