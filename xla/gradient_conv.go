package xla

import (
	"reflect"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// convolution is a two-dimensional convolution of images [N, H, W, C] with a
// kernel [h, w, C, D].
type convolution struct {
	stride  [2]int
	padding [2][2]int // zeros before and after, along H and W
}

// convolutionOf reads a node; false if it is a convolution of another layout,
// with dilation or with groups.
func convolutionOf(node *graph.Node) (convolution, bool) {
	c := convolution{stride: [2]int{1, 1}}
	f := fieldsOf(node)
	axes := f.field("axes", reflect.Struct)
	strides, paddings := f.ints("strides"), f.ints("paddings")
	dilations := slices.Concat(f.ints("inputDilations"), f.ints("kernelDilations"))
	groups := []int{f.number("channelGroupCount"), f.number("batchGroupCount")}
	if f.missing || node.Rank() != 4 {
		return c, false
	}
	a := &fields{value: axes}
	layout := slices.Concat([]int{a.number("InputBatch"), a.number("InputChannels")}, a.ints("InputSpatial"),
		[]int{a.number("KernelInputChannels"), a.number("KernelOutputChannels")}, a.ints("KernelSpatial"),
		[]int{a.number("OutputBatch"), a.number("OutputChannels")}, a.ints("OutputSpatial"))
	other := func(d int) bool { return d > 1 }
	if a.missing || !slices.Equal(layout, []int{0, 3, 1, 2, 2, 3, 0, 1, 0, 3, 1, 2}) ||
		slices.ContainsFunc(dilations, other) || slices.ContainsFunc(groups, other) {
		return c, false
	}
	if len(strides) == 2 {
		c.stride = [2]int{strides[0], strides[1]}
	}
	if len(paddings) == 4 {
		c.padding = [2][2]int{{paddings[0], paddings[1]}, {paddings[2], paddings[3]}}
	}
	k := node.Inputs()[1].Shape().Dimensions
	for i, p := range c.padding {
		if p[0] > k[i]-1 || p[1] > k[i]-1 || p[0] < 0 || p[1] < 0 {
			return c, false
		}
	}
	return c, true
}

// convolutionGradient is the gradient of a convolution. That of the images is a
// convolution of v, the gradient of the result, with the flipped kernel, which
// XLA's CPU computes as fast as the convolution itself. GoMLX's own does the
// same, but is wrong for even kernels with padding, and in the gradient of the
// kernel it leaves one core to do all.
func convolutionGradient(original graph.VJP) graph.VJP {
	return func(node *graph.Node, vs []*graph.Node, out shapes.Shape) []*graph.Node {
		c, ok := convolutionOf(node)
		if !ok {
			return original(node, vs, out)
		}
		x, kernel := node.Inputs()[0], node.Inputs()[1]
		return []*graph.Node{c.gradientOfImages(x, kernel, vs[0]), c.gradientOfKernel(x, kernel, vs[0])}
	}
}

func (c convolution) gradientOfImages(x, kernel, v *graph.Node) *graph.Node {
	k, in, got := kernel.Shape().Dimensions, x.Shape().Dimensions, v.Shape().Dimensions
	paddings := make([][2]int, 2)
	for i := range paddings {
		before := k[i] - 1 - c.padding[i][0]
		// What a stride left over at the end is filled up with zeros.
		after := in[i+1] + k[i] - 1 - before - ((got[i+1]-1)*c.stride[i] + 1)
		paddings[i] = [2]int{before, after}
	}
	axes := graph.ConvolveAxesConfig{
		InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3,
		KernelSpatial: []int{0, 1}, KernelInputChannels: 3, KernelOutputChannels: 2,
		OutputBatch: 0, OutputSpatial: []int{1, 2}, OutputChannels: 3,
	}
	return graph.ConvGeneral(v, graph.Reverse(kernel, 0, 1), axes, []int{1, 1}, paddings, c.stride[:], []int{1, 1}, 1, 1)
}

const (
	// narrow is the number of channels up to which the gradient of the kernel is
	// a product of matrices. Milliseconds of processor at batch 128 on XLA's CPU,
	// 3×3 kernels, as a product and as convolutions: 28×28 from 1 channel to 32,
	// 1.6 and 3.4; 14×14 from 32 to 64, 12.7 and 10; 32×32 from 16 to 16, 53 and 10.
	narrow = 3
	// sums is into how many parts the sum over the batch is cut. XLA's CPU
	// computes a product or convolution with a small result on one core; these go
	// to several. It is fixed, so that results do not depend on the number of cores.
	sums = 4
)

// gradientOfKernel sums over batch and positions the products of the images
// shifted by (i, j) and v, for each place (i, j) of the kernel.
func (c convolution) gradientOfKernel(x, kernel, v *graph.Node) *graph.Node {
	parts := 1
	for parts < sums && v.Shape().Dimensions[0]%(2*parts) == 0 {
		parts *= 2
	}
	if kernel.Shape().Dimensions[2] <= narrow {
		return c.kernelByProduct(x, kernel, v, parts)
	}
	n := v.Shape().Dimensions[0] / parts
	var sum *graph.Node
	for i := range parts {
		some := graph.AxisRange(i*n, (i+1)*n)
		part := c.kernelByConvolution(graph.Slice(x, some), kernel, graph.Slice(v, some))
		if sum == nil {
			sum = part
		} else {
			sum = graph.Add(sum, part)
		}
	}
	return sum
}

// kernelByProduct puts the shifted images side by side, a matrix [N·H·W, h·w·C],
// and multiplies it with v, [N·H·W, D].
func (c convolution) kernelByProduct(x, kernel, v *graph.Node, parts int) *graph.Node {
	k, got := kernel.Shape().Dimensions, v.Shape().Dimensions
	h, w := got[1], got[2]
	for i, p := range c.padding {
		x = widen(x, i+1, p[0], p[1])
	}
	var shifted []*graph.Node
	for i := range k[0] {
		for j := range k[1] {
			shifted = append(shifted, graph.Slice(x, graph.AxisRange(),
				graph.AxisRange(i, i+(h-1)*c.stride[0]+1).Stride(c.stride[0]),
				graph.AxisRange(j, j+(w-1)*c.stride[1]+1).Stride(c.stride[1]),
				graph.AxisRange()))
		}
	}
	rows := got[0] * h * w / parts
	columns := graph.Reshape(join(shifted, -1), parts, rows, k[0]*k[1]*k[2])
	v = graph.Reshape(v, parts, rows, got[3])
	return graph.Reshape(graph.ReduceSum(graph.DotGeneral(columns, []int{1}, []int{0}, v, []int{1}, []int{0}), 0), k...)
}

// kernelByConvolution takes the channels of x for a batch, its batch for
// channels, and v for a kernel as large as the images.
func (c convolution) kernelByConvolution(x, kernel, v *graph.Node) *graph.Node {
	paddings := make([][2]int, 2)
	for i := range paddings {
		// The windows reach from −padding to here; what a stride left over is cut off.
		used := (v.Shape().Dimensions[i+1]-1)*c.stride[i] + kernel.Shape().Dimensions[i] - c.padding[i][0]
		in := x.Shape().Dimensions[i+1]
		if used < in {
			x = graph.SliceAxis(x, i+1, graph.AxisRange(0, used))
		}
		paddings[i] = [2]int{c.padding[i][0], max(used-in, 0)}
	}
	axes := graph.ConvolveAxesConfig{
		InputBatch: 3, InputSpatial: []int{1, 2}, InputChannels: 0,
		KernelSpatial: []int{1, 2}, KernelInputChannels: 0, KernelOutputChannels: 3,
		OutputBatch: 2, OutputSpatial: []int{0, 1}, OutputChannels: 3,
	}
	return graph.ConvGeneral(x, v, axes, []int{1, 1}, paddings, []int{1, 1}, c.stride[:], 1, 1)
}

// widen puts zeros before and after x along an axis. GoMLX's Pad is missing in
// the pure-Go backend.
func widen(x *graph.Node, axis, before, after int) *graph.Node {
	parts := []*graph.Node{x}
	zeros := func(n int) *graph.Node {
		shape := x.Shape().Clone()
		shape.Dimensions[axis] = n
		return graph.Zeros(x.Graph(), shape)
	}
	if before > 0 {
		parts = append([]*graph.Node{zeros(before)}, parts...)
	}
	if after > 0 {
		parts = append(parts, zeros(after))
	}
	return join(parts, axis)
}
