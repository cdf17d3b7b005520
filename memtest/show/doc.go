// Package show puts what was measured into the cells of a GoNB notebook. It is
// the only package that imports gonb.
//
//  1. Ready opens XLA once and says what is missing; it belongs into a
//     notebook's first cell.
//  2. Run and Cells measure an experiment, with progress live in the cell, and
//     keep what they measured, so that a cell can be run again at once.
//  3. Verdict, Rows, Networks, Curves, Null, Figure, Lines, Examples, Copies and Image show it;
//     Claim holds a sentence of the prose to it.
//
// Pictures are PNG, because nothing else appears in every viewer of notebooks,
// trusted or not. After each output the pipe to the kernel is synced: a cell's
// program may end right after it, and the output would be lost.
//
// Outside of a notebook the same functions print text.
package show
