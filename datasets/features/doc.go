// Package features reads a file of features that another program saved: layers
// with their copies, labels, fresh examples and label sets, whichever format of
// package arrays holds them.
//
//  1. Load reads names, shapes and labels and checks that they go together.
//  2. Layout.Read reads the features of one layer, so that only one lies in
//     memory.
package features
