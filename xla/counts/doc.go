// Package counts counts on a device what perm.Tally counts of predictions on the
// processor: on an accelerator, predictions of all label sets are many and far away,
// and what is counted of them is little.
//
//  1. A probe leaves the predictions of some label sets where it made them: Predicted.
//  2. Its ClassHits are what a sequential stop asks for, its First the predictions of one
//     label set.
//  3. A Counter counts the rest for a tally's layout; perm.Tally.AddCounted takes it.
//
// Everything is a whole number and exact, whatever adds it up: products are of zeros and
// ones in float32, whose sums are below 2²⁴, which Fits sees to. What is divided is divided by perm.
package counts
