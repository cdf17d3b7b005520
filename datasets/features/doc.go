// Package features holds what is measured: the features that one layer of one
// network gives for its training examples, for near-copies of them and for fresh
// examples. Whatever makes them hands over the same type.
//
//  1. Features are one layer of one network at one epoch; a stream of them is an
//     iterator. The copies come level by level.
//  2. Examples.Layer and Examples.Layers take them of a network: a function from
//     a set to its features.
//  3. Load finds them in a file that another program saved, Layout.Read reads one
//     layer at a time, and Features.Arrays names them as Load finds them again.
package features
