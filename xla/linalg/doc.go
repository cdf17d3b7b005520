// Package linalg makes Gram matrices and Cholesky factors on the device, in
// float64: directions in which features hardly vary decide predictions, and
// float32 sums lose them. Products of matrices run on the device; gonum factors
// the small blocks on the diagonal.
package linalg
