// Package perturb makes shared structure validation sets: near-copies of training
// examples, row i of the copies belonging to row i of the examples.
//
//  1. A Perturbation says what is done to an example: Parse reads one by name,
//     All lists them, Func makes one of your own function.
//  2. A level says how much, in the perturbation's unit. Level 0 is the identity,
//     bit for bit.
//  3. Copies applies it to every example of a set, Rows to any matrix of features.
//  4. Closeness says what a level means for a set: how far the copies are from
//     their parents, relative to the nearest other example.
//
// The copy of an example depends on its values, its index i, the level and the
// seed, not on the other rows or the number of threads (those that draw from the
// training set or use its means or spreads, such as mix, column-noise, jitter and
// token-replace, also need the set they were fitted to). All levels use the same
// random draws, so that copies at two levels differ by the level alone.
//
// A perturbation is of images, tables, series or tokens, or of several of them; of
// another kind it is refused. Copies of sequences that are cut or lose tokens are
// shorter, and have zeros for padding.
//
// Nothing is clipped to 0..1: noise that is cut off at black or white would
// depend on the picture.
package perturb
