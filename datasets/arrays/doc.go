// Package arrays reads and writes files of arrays: .npz, .npy, .safetensors, .csv
// and .tsv. Matrix is what features are kept in.
//
//  1. Open reads the names, types and shapes of the arrays of a file. Sizes are
//     checked against the file's own before anything is allocated for them;
//     pickled objects are never opened.
//  2. Array.Matrix reads an array as rows of float32, Array.Blocks does so block
//     by block, and Array.Labels reads classes: whole numbers, text, exact
//     floats or one-hot rows.
//  3. Classes numbers the classes.
//
// WriteNPZ goes the other way. The package needs neither GoMLX nor XLA.
package arrays
