package nn

import (
	. "github.com/gomlx/gomlx/pkg/core/graph"
)

const (
	normEps       = 1e-5 // added to variances
	batchMomentum = 0.9  // what the running statistics keep of their old value at each step
)

// batchNorm centres and scales each channel of x [batch, …, C] over batch and
// positions (Ioffe and Szegedy 2015). Inference uses running statistics of the
// training batches, the variance with the denominator n−1. Examples that only
// fill a batch up do not count.
func (b *Builder) batchNorm(name string, x *Node) *Node {
	d := x.Shape().Dimensions
	channels, axes := d[len(d)-1], leading(len(d))
	wide := onlyLast(d)
	scale := Reshape(b.Weights(name+"/scale", Start{Value: 1}, channels), wide...)
	offset := Reshape(b.Weights(name+"/offset", Start{}, channels), wide...)
	iMean, mean := b.param(param{name: name + "/mean", dims: []int{channels}, statistic: true})
	iVar, variance := b.param(param{name: name + "/variance", dims: []int{channels}, start: Start{Value: 1}, statistic: true})
	if b.training {
		var n *Node
		total := func(y *Node) *Node { return ReduceSum(y, axes...) }
		if b.mask == nil {
			n = Scalar(x.Graph(), x.DType(), float64(product(d)/channels))
		} else {
			mask := make([]int, len(d))
			for i := range mask {
				mask[i] = 1
			}
			mask[0] = d[0]
			weight := Reshape(ConvertDType(b.mask, x.DType()), mask...)
			n = MulScalar(ReduceAllSum(weight), float64(product(d[1:])/channels))
			total = func(y *Node) *Node { return ReduceSum(Mul(y, weight), axes...) }
		}
		oldMean, oldVariance := mean, variance
		mean = Div(total(x), n)
		variance = Div(total(Square(Sub(x, Reshape(mean, wide...)))), n)
		unbiased := Mul(variance, Div(n, MaxScalar(SubScalar(n, 1), 1)))
		running := func(old, now *Node) *Node {
			return Add(MulScalar(old, batchMomentum), MulScalar(StopGradient(now), 1-batchMomentum))
		}
		b.updates[iMean], b.updates[iVar] = running(oldMean, mean), running(oldVariance, unbiased)
	}
	mean.AssertDims(channels)
	variance.AssertDims(channels)
	return normalize(x, Reshape(mean, wide...), Reshape(variance, wide...), scale, offset)
}

// layerNorm centres and scales the channels of each position of x [batch, …, C]
// (Ba et al. 2016).
func (b *Builder) layerNorm(name string, x *Node) *Node {
	d := x.Shape().Dimensions
	channels := d[len(d)-1]
	wide := onlyLast(d)
	scale := Reshape(b.Weights(name+"/scale", Start{Value: 1}, channels), wide...)
	offset := Reshape(b.Weights(name+"/offset", Start{}, channels), wide...)
	mean := ReduceAndKeep(x, ReduceMean, -1)
	variance := ReduceAndKeep(Square(Sub(x, mean)), ReduceMean, -1)
	return normalize(x, mean, variance, scale, offset)
}

func normalize(x, mean, variance, scale, offset *Node) *Node {
	return Add(Mul(Div(Sub(x, mean), Sqrt(AddScalar(variance, normEps))), scale), offset)
}

// leading are all axes but the last.
func leading(rank int) []int {
	axes := make([]int, rank-1)
	for i := range axes {
		axes[i] = i
	}
	return axes
}

// onlyLast are the dimensions with all but the last set to 1.
func onlyLast(dims []int) []int {
	out := make([]int, len(dims))
	for i := range out {
		out[i] = 1
	}
	out[len(out)-1] = dims[len(dims)-1]
	return out
}
