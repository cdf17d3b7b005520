// Package features reads what other programs saved: arrays of features, labels
// and permutations.
//
//  1. Open reads the names, types and shapes of the arrays of a file (.npz,
//     .npy, .safetensors, .csv, .tsv). Sizes are checked against the file's own
//     before anything is allocated for them; pickled objects are never opened.
//  2. Array.Matrix reads an array as rows of float32, Array.Blocks does so block
//     by block, and Array.Labels reads classes: whole numbers, text, exact
//     floats or one-hot rows.
//  3. Encode numbers the classes.
//
// WriteNPZ goes the other way. The package needs neither GoMLX nor XLA.
package features
