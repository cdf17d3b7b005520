// Package datasets brings labelled examples into memory.
//
//  1. Load finds a set by name (Names, Describe) or reads one's own files by path.
//  2. What it returns are two Sets, training and test, that have passed Check:
//     finite values (pixels of images from files are scaled to 0..1), labels
//     0..K−1 with the names of the K classes, and groups for restricted shuffles
//     where the files state any.
//  3. Stratified and Split draw parts of a set by seed; Subset and Head cut it.
//
// fashion-mnist-sample is embedded, so that nothing needs to be downloaded to
// begin. Files are not trusted: no size in a header is allocated before the file
// was found large enough for it, and whatever is wrong with them is an error that
// names the file, the place and what to do.
package datasets
