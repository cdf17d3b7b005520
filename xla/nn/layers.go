package nn

import (
	"math"

	. "github.com/gomlx/gomlx/pkg/core/graph"
)

// activations maps the name of an activation to its function.
var activations = map[string]func(*Node) *Node{
	"relu": relu,
	"gelu": gelu,
	"tanh": Tanh,
	"none": func(x *Node) *Node { return x },
}

// relu has the gradient 0 at 0; that of GoMLX's Max is 1 there.
func relu(x *Node) *Node {
	zero := ZerosLike(x)
	return Where(GreaterThan(x, zero), x, zero)
}

// gelu is x·Φ(x), Φ the normal distribution function (Hendrycks and Gimpel 2016).
func gelu(x *Node) *Node {
	return MulScalar(Mul(x, AddScalar(Erf(MulScalar(x, math.Sqrt2/2)), 1)), 0.5)
}

// model is the network made of the spec's layers.
func (s Spec) model(b *Builder, x *Node) *Node {
	for i, name := range s.LayerNames() {
		x = b.Layer(name, s.Layers[i].build(b, name, x))
	}
	return b.dense(LayerLogits, x, s.Classes, "none")
}

// build adds a layer to the graph: x [batch, inputs] or [batch, H, W, C]. The
// shapes have been checked.
func (l Layer) build(b *Builder, name string, x *Node) *Node {
	l = l.withDefaults()
	switch l.Kind {
	case "dense":
		return b.dense(name, x, l.Units, l.Activation)
	case "conv":
		return b.conv(name, x, l)
	case kindConv1D:
		return b.conv1d(name, x, l)
	case kindLSTM:
		return b.lstm(name, x, l.Units)
	case "maxpool":
		return MaxPool(x).Window(l.Window).NoPadding().Done()
	case "avgpool":
		return MeanPool(x).Window(l.Window).NoPadding().Done()
	case "batchnorm":
		return b.batchNorm(name, x)
	case "layernorm":
		return b.layerNorm(name, x)
	case "dropout":
		return b.Dropout(x, l.Rate)
	case kindPool:
		return b.pooled(x, l.Pool)
	case kindEmbedding:
		return b.embedding(name, x, b.vocabulary, l.Units)
	case kindPositions:
		return b.positions(name, x)
	case kindAttention:
		return b.attentionBlock(name, x, l)
	case "flatten":
		return flat(x)
	case "residual":
		return b.residual(name, x, l)
	default:
		return activations[l.Kind](x)
	}
}

// dense is x·w + bias with an activation: [batch, …] → [batch, units].
func (b *Builder) dense(name string, x *Node, units int, activation string) *Node {
	x = flat(x)
	inputs := x.Shape().Dimensions[1]
	w := b.Weights(name+"/weights", FanIn(inputs, rectifies(activation)), inputs, units)
	bias := b.Weights(name+"/biases", Start{}, units)
	y := Add(b.multiply(x, w, DotProduct), ExpandAxes(bias, 0))
	y.AssertDims(x.Shape().Dimensions[0], units)
	return activations[activation](y)
}

func rectifies(activation string) bool { return activation == "relu" || activation == "gelu" }

// conv is a convolution with an activation: [batch, H, W, C] → [batch, H', W',
// channels].
func (b *Builder) conv(name string, x *Node, l Layer) *Node {
	in := x.Shape().Dimensions[3]
	kernel := b.Weights(name+"/kernel", FanIn(l.Kernel*l.Kernel*in, rectifies(l.Activation)), l.Kernel, l.Kernel, in, l.Channels)
	bias := b.Weights(name+"/biases", Start{}, l.Channels)
	y := b.multiply(x, kernel, func(x, kernel *Node) *Node { return convolve(x, kernel, l.Stride, l.Padding == "same") })
	y = Add(y, Reshape(bias, 1, 1, 1, l.Channels))
	y.AssertDims(x.Shape().Dimensions[0], -1, -1, l.Channels)
	return activations[l.Activation](y)
}

// convolve with zeros around the images where same: as many in all as the
// result needs to be the input's size divided by the stride, rounded up, the
// odd one at the end.
func convolve(x, kernel *Node, stride int, same bool) *Node {
	paddings := make([][2]int, 2)
	for i := range paddings {
		in, k := x.Shape().Dimensions[i+1], kernel.Shape().Dimensions[i]
		if same {
			out := (in + stride - 1) / stride
			total := max((out-1)*stride+k-in, 0)
			paddings[i] = [2]int{total / 2, total - total/2}
		}
	}
	return Convolve(x, kernel).Strides(stride).PaddingPerDim(paddings).Done()
}

// residual is activation(x + layers(x)); where the shapes differ x passes
// through weights of its own, a 1×1 convolution or a product.
func (b *Builder) residual(name string, x *Node, l Layer) *Node {
	y := x
	for i, inner := range layerNames(l.Layers) {
		if y = l.Layers[i].build(b, name+"/"+inner, y); b.isSequence(y) {
			y = b.masked(y)
		}
	}
	in, out := shapeOf(x), shapeOf(y)
	if stride, _ := shortcutStride(in, out); stride > 0 {
		start := FanIn(in.Channels, false)
		if in.flat {
			x = b.multiply(x, b.Weights(name+"/shortcut", start, in.Channels, out.Channels), DotProduct)
		} else {
			kernel := b.Weights(name+"/shortcut", start, 1, 1, in.Channels, out.Channels)
			x = b.multiply(x, kernel, func(x, kernel *Node) *Node { return convolve(x, kernel, stride, true) })
		}
	}
	return activations[l.Activation](Add(x, y))
}

// shapeOf is the shape of the examples of x.
func shapeOf(x *Node) extent {
	d := x.Shape().Dimensions
	switch len(d) {
	case 2:
		return vector(d[1])
	case 3:
		return sequence(d[1], d[2])
	}
	var e extent
	e.Height, e.Width, e.Channels = d[1], d[2], d[3]
	return e
}
