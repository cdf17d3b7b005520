// Package paper puts the claims of arXiv 1802.07714 to the test and writes what
// came out as one document, docs/paper.md.
//
//  1. Runs lists the experiments of a setting, small or full, as configurations
//     of package memtest (settings.go, and the file of the section that needs
//     them).
//  2. Measure measures them into a folder, and goes on with what is there
//     (measure.go). Facts are measured beside the rows where they belong to no
//     cell of a run: how far copies are from their parents, and whether single
//     examples that are memorized are those that are forgotten or mislabelled, or
//     memorized in the sense of Feldman and Zhang (facts.go).
//  3. An Archive keeps the rows and facts of all runs (archive.go).
//  4. Document turns an archive into tables, figures, intervals over training
//     seeds and verdicts. Each section has a file, section1_mlp.go and so on: its
//     runs, the numbers that it takes from rows, the rule of its verdict, and its
//     prose. No number in it is written by hand. Rows and facts are asked for by
//     results….go.
//  5. Draw writes the document of a folder.
package paper
