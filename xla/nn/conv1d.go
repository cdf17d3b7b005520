package nn

import (
	. "github.com/gomlx/gomlx/pkg/core/graph"
)

const kindConv1D = "conv1d"

// conv1d is a convolution over the steps with an activation: [batch, steps, C] → [batch,
// steps, channels], with zeros for what lies beyond the ends of a sequence.
func (b *Builder) conv1d(name string, x *Node, l Layer) *Node {
	x = b.masked(x)
	d := x.Shape().Dimensions
	batch, steps, in := d[0], d[1], d[2]
	kernel := b.Weights(name+"/kernel", FanIn(l.Kernel*in, rectifies(l.Activation)), l.Kernel, in, l.Channels)
	bias := b.Weights(name+"/biases", Start{}, l.Channels)
	y := b.multiply(Reshape(x, batch, steps, 1, in), Reshape(kernel, l.Kernel, 1, in, l.Channels), func(x, kernel *Node) *Node {
		return convolve(x, kernel, 1, true)
	})
	y = Add(Reshape(y, batch, steps, l.Channels), Reshape(bias, 1, 1, l.Channels))
	return activations[l.Activation](y)
}
