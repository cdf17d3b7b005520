package nn

import "github.com/seed-1a417598/memtest/datasets"

// MLP is a multi-layer perceptron with hidden layers of these widths. The columns of a
// table, which have units of their own, are standardized.
func MLP(input datasets.Shape, classes int, widths ...int) Spec {
	s := Spec{Name: "mlp", Input: input, Classes: classes, Standardize: input.KindOf() == datasets.Table}
	for _, w := range widths {
		s.Layers = append(s.Layers, Layer{Kind: "dense", Units: w})
	}
	return s
}

// CNN is a convolutional network: for each number of channels a 3×3 convolution
// and 2×2 max pooling, then dense layers of these widths.
func CNN(input datasets.Shape, classes int, channels []int, widths ...int) Spec {
	s := Spec{Name: "cnn", Input: input, Classes: classes}
	for _, c := range channels {
		s.Layers = append(s.Layers, Layer{Kind: "conv", Channels: c}, Layer{Kind: "maxpool"})
	}
	for _, w := range widths {
		s.Layers = append(s.Layers, Layer{Kind: "dense", Units: w})
	}
	return s
}

// LSTM is one layer of long short-term memory of this width, of whose states the last
// counts: for series, and for tokens, which are embedded in vectors as wide first.
func LSTM(input datasets.Shape, classes, width int) Spec {
	return Spec{Name: "lstm", Input: input, Classes: classes, Layers: append(embedded(input, width),
		Layer{Kind: kindLSTM, Units: width}, Layer{Kind: kindPool, Pool: poolLast})}
}

// Conv1D is a convolutional network over steps: convolutions of 5 steps to these numbers of
// channels, the mean over the steps, and dense layers of these widths; for series, and for
// tokens, which are embedded in vectors as wide as the first convolution first.
func Conv1D(input datasets.Shape, classes int, channels []int, widths ...int) Spec {
	s := Spec{Name: kindConv1D, Input: input, Classes: classes}
	if len(channels) > 0 {
		s.Layers = embedded(input, channels[0])
	}
	for _, c := range channels {
		s.Layers = append(s.Layers, Layer{Kind: kindConv1D, Channels: c})
	}
	s.Layers = append(s.Layers, Layer{Kind: kindPool})
	for _, w := range widths {
		s.Layers = append(s.Layers, Layer{Kind: "dense", Units: w})
	}
	return s
}

// embedded are the first layers of a network over steps: of tokens, an embedding.
func embedded(input datasets.Shape, width int) []Layer {
	if input.Kind != datasets.Tokens {
		return nil
	}
	return []Layer{{Kind: kindEmbedding, Units: width}}
}

// ResNet is a residual network for images such as CIFAR's 32×32 (He et al. 2016,
// section 4.2): a 3×3 convolution to 16 channels, three stages of blocks residual
// blocks at 16, 32 and 64 channels, each of two convolutions with batch norm,
// the size halved between stages, and means over squares with the side of the
// shorter axis: of a square image one, the mean over the image. It has
// 6·blocks + 2 layers with weights besides the shortcuts where the shape
// changes, which are 1×1 convolutions here. For blocks < 1 it has no layers, which
// Spec.Check refuses.
func ResNet(input datasets.Shape, classes, blocks int) Spec {
	s := Spec{Name: "resnet", Input: input, Classes: classes}
	if blocks < 1 {
		return s
	}
	s.Layers = []Layer{{Kind: "conv", Channels: 16, Activation: "none"}, {Kind: "batchnorm"}, {Kind: "relu"}}
	side := min(input.Height, input.Width)
	for i, channels := range []int{16, 32, 64} {
		for j := range blocks {
			stride := 1
			if i > 0 && j == 0 {
				stride, side = 2, (side+1)/2
			}
			s.Layers = append(s.Layers, Layer{Kind: "residual", Layers: []Layer{
				{Kind: "conv", Channels: channels, Stride: stride, Activation: "none"}, {Kind: "batchnorm"}, {Kind: "relu"},
				{Kind: "conv", Channels: channels, Activation: "none"}, {Kind: "batchnorm"},
			}})
		}
	}
	s.Layers = append(s.Layers, Layer{Kind: "avgpool", Window: side})
	return s
}

// Transformer is an encoder of so many blocks of attention for sequences: tokens become
// vectors of width values, and so does each step of a series, by a dense layer; positions
// are learned, the outputs normalized, and their mean over the steps is classified. It has
// four heads, or as many of two and one as the width can be divided by. For layers < 1 it
// has no layers, which Spec.Check refuses.
func Transformer(input datasets.Shape, classes, layers, width int) Spec {
	s := Spec{Name: "transformer", Input: input, Classes: classes}
	if layers < 1 {
		return s
	}
	heads := defaultHeads
	for width%heads != 0 {
		heads /= 2
	}
	first := Layer{Kind: kindEmbedding, Units: width}
	if input.Kind != datasets.Tokens {
		first = Layer{Kind: kindConv1D, Channels: width, Kernel: 1, Activation: "none"}
	}
	s.Layers = []Layer{first, {Kind: kindPositions}}
	for range layers {
		s.Layers = append(s.Layers, Layer{Kind: kindAttention, Heads: heads})
	}
	s.Layers = append(s.Layers, Layer{Kind: "layernorm"}, Layer{Kind: kindPool})
	return s
}
