// Package complexity computes complexity measures: numbers made of a trained network's
// weights and its training examples that the literature holds to tell how well the
// network generalizes (Jiang et al. 2020, Fantastic Generalization Measures and Where
// to Find Them).
//
// Of computes all of them. A measure that cannot be computed for a network is NaN;
// which, and why, stands beside its field in Measures.
package complexity

// Measures are those of one trained network. Training examples and labels are the
// set given to Of. Weight layers are the arrays of two axes or more: those of dense
// layers [inputs, units], the logits among them, and kernels of convolutions.
type Measures struct {
	// MarginInput is the lower quartile, over the training examples, of the normalized
	// margin at the input (Jiang et al. 2019): (f_y − f_j) / ‖∇(f_y − f_j)‖₂, j the
	// class of greatest logit but the label y, divided by the square root of the total
	// variation of the layer's outputs, the trace of their covariance over the examples
	// (denominator N). The quartile is interpolated between order statistics. An example
	// whose gradient is zero is infinitely far from the other class as far as the
	// gradient tells. NaN where the quartile falls on such an example, and where all
	// outputs of the layer are the same.
	MarginInput float64
	// MarginLast is the same at the last hidden layer.
	MarginLast float64

	// DaviesBouldin is the index of the last hidden layer's outputs, grouped by label;
	// NaN where the function DaviesBouldin gives that.
	DaviesBouldin float64
	// MixupAccuracy is the accuracy on blends: each training example halfway to
	// another, drawn at random, of the same label, which the network should give that
	// label. The label-wise mixup of Natekar and Sharma (2020) is the mean over labels of
	// that for all pairs in batches of ten examples a label or so; here each example
	// counts once.
	MixupAccuracy float64
	// MixupIndex is DaviesBouldin · (1 − MixupAccuracy), the product with which Natekar
	// and Sharma (2020) won the competition on predicting generalization of NeurIPS 2020.
	// Their program takes the index from an early layer, pooled, over batches of 120
	// examples; here it is that of the last hidden layer over all. NaN where
	// DaviesBouldin is.
	MixupIndex float64

	// SpectralLog is the logarithm of the product, over weight layers, of the squared
	// greatest singular value. A kernel [h, w, inputs, outputs] stands for the matrix
	// [h·w·inputs, outputs], which maps one patch; it is not the operator that maps whole
	// images. NaN where all weights of a layer are zero.
	SpectralLog float64
	// PathLog is the logarithm of the path norm (Neyshabur et al. 2015): the square root
	// of the sum over outputs of what the network with each weight squared makes of an
	// input of ones, as Jiang et al. (2020) compute it. That is the sum, over all paths
	// from an input to an output, of the squared product of the weights on the path.
	// Biases are squared too: a path may begin at one. Pooling stays what it is. All
	// values on the way are at least 0, where a ReLU is the identity; tanh and gelu are
	// taken for the identity as well. What standardizes the columns of a table is no
	// weight: the ones are what comes behind it. NaN where no path is left, or where
	// float32 cannot hold the sum.
	PathLog float64
	// Distance is the Frobenius norm of the difference of all weight layers from those
	// of the start; NaN without a start.
	Distance float64
	// Sharpness is 1/σ² for the largest σ such that noise of that size, relative to each
	// weight, takes off at most a tenth of accuracy on the training examples: each
	// trained value w, biases too, becomes w·(1 + σ·ε), ε standard normal, and the
	// accuracy is the mean over 5 draws of ε, which are the same for every σ. This is the
	// magnitude-aware sharpness of Jiang et al. (2020) without the small constant that
	// they add to the variance. The octave of σ is looked for from 1/2 up to 4 or down to
	// 1/1024, and bisected 7 times, which leaves 0.5 %; of more than 2,000 examples 2,000
	// are drawn. NaN where accuracy withstands σ = 4, as near chance, or does not withstand
	// 1/1024.
	Sharpness float64
	// Alpha is the mean, over weight layers, of the exponent of a power law fitted to the
	// eigenvalues of WᵀW (Martin and Mahoney 2021) as the Python package weightwatcher
	// 0.7.7 does by default. A kernel has the eigenvalues of its h·w matrices
	// [inputs, outputs] together. Left out are layers of fewer than 8 eigenvalues (as of
	// the logits of fewer than 8 classes), of more than 15,000, or with more than 50,000
	// on a side, and those that PowerLaw cannot fit; NaN where none is left.
	Alpha float64
}
