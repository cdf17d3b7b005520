// Package arrays reads and writes files of arrays: .npz, .npy, .safetensors, and
// tables .csv, .tsv and .tab. Everything that reads such a file reads it here, so
// that the same file is the same numbers and labels to all.
//
//  1. Open reads the names, types and shapes of the arrays of a file, OpenFolder
//     those of a folder of .npy files. Sizes are checked against the file's own
//     before anything is allocated for them; pickled objects are never opened.
//  2. Array.Matrix reads an array as rows of float32, whatever its type, byte
//     order and order of axes; Array.Blocks does so block by block, Array.Centred
//     less the Origin of columns that float32 would lose. Array.Labels
//     and LabelSets read classes: whole numbers, text, floats that are whole
//     numbers, or one-hot rows. Source.Columns reads a table.
//  3. Classes numbers the classes.
//
// WriteNPZ and WriteSafetensors go the other way. The package needs neither GoMLX
// nor XLA.
package arrays
