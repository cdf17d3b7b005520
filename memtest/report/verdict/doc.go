// Package verdict puts a network into one of a handful of cases, from what tests
// and intervals say of it: learned, and it generalizes; learned near its training
// examples only; memorized; nothing to see at this perturbation; cannot be said. It
// knows no rows and computes no statistic: the caller tests, this package decides.
// The rules are those of docs/method.md, "The verdict".
//
//  1. level.go chooses the level at which a verdict is read, by quantities that do
//     not look at what the network learned;
//  2. decide.go gives the case;
//  3. words.go has the words of each.
package verdict
