// Package oracle computes the fields of a row by definition: plain loops over
// float64, one label set after the other, as docs/method.md and docs/rows.md
// state them, to hold the fast computation to. Its test runs memtest and compares
// every field of every kind of row.
//
// It shares no code with what it checks: it must import neither memtest/perm nor
// xla/probe, nor anything that stands on them, which memtest/arrows_test.go holds.
// Random numbers come from datasets/seed, since the names of the streams are part
// of the definition. Matrices are [rows][columns], classes 0..K−1.
package oracle
