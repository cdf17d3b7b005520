// Package memtest tells learning from memorization in neural networks by
// permuted probes on shared structure validation sets (arXiv 1802.07714).
//
// An experiment runs in one direction:
//
//  1. New reads the data set and checks that perturbed copies of it can be made;
//     copies that take little memory are made at once, others level by level.
//  2. Networks are trained; at each epoch asked for, the features of the
//     training examples, of the copies and of the fresh examples are taken.
//  3. A probe is fitted to the features with the real labels and with B
//     shuffles of them; each fit classifies the copies, and a copy carries its
//     parent's (shuffled) label.
//  4. The hits become a result.Row: observed above the null is learned, the
//     null above chance is memorized.
//
// Run does all of it from a Config, and RunIn keeps it in a folder. Measure makes
// rows of features from anywhere: an experiment, a file, a model, a hook of a
// training loop. Complete adds what is known only when all rows are there, and
// Compare compares two runs.
package memtest
