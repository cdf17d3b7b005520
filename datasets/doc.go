// Package datasets brings labelled examples into memory.
//
//  1. Load finds a set by name (Names, Describe) or reads one's own files by path.
//     Shape.KindOf says what its examples are: images, rows of a table, series or tokens.
//  2. What it returns are two Sets, training and test, that have passed Check:
//     finite values (pixels of images from files are scaled to 0..1), labels
//     0..K−1 with the names of the K classes, and groups for restricted shuffles
//     where the files state any.
//  3. Stratified and Split draw parts of a set by seed; Subset and Head cut it.
//
// Of each kind there is a set that needs no download: images fashion-mnist-sample, the
// table adult-sample and the tokens words are embedded, the series cbf are generated. The
// labels of words and all of cbf are drawn by Options.Seed. Files are not trusted: no size
// in a header is allocated before the file was found large enough for it, and whatever is
// wrong with them is an error that names the file, the place and what to do.
package datasets
