package onnx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
)

// layouts: in which order, and in which axes behind the batch, a model takes the
// values of an example. Data sets hold them as [height, width, channels].
const (
	layoutNHWC     = "nhwc"      // [height, width, channels]
	layoutNCHW     = "nchw"      // [channels, height, width]
	layoutFlat     = "flat"      // [height·width·channels], in the order of nhwc
	layoutFlatNCHW = "flat-nchw" // [channels·height·width], in the order of nchw
)

// layouts lists the layouts that Feed.Layout can name.
func layouts() []string { return []string{layoutNHWC, layoutNCHW, layoutFlat, layoutFlatNCHW} }

// Feed says how examples go into a model's input: each value v as (v − mean)/sd,
// in the order of the layout.
type Feed struct {
	Layout  string         // one of layouts; "" = the only one that fits the model's input
	Mean    []float64      // of the values: one for all, or one for each channel; empty = 0
	SD      []float64      // standard deviation, likewise, without zeros; empty = 1
	Shape   datasets.Shape // of the examples; set by Fit
	Guessed bool           // Fit found the layout; false = it was given

	// Inputs say what each input of a model with several is given: NAME=data for the
	// examples, once; NAME=nonzero, NAME=positions or NAME=NUMBER; of sequences
	// NAME=mask and NAME=lengths.
	Inputs []string

	inputs []given
	dims   []int // of one example in the input that the examples go into
	fixed  int   // examples of each run; 0 = any
}

// Fit checks that examples of this shape go into the model's inputs and returns f
// with what it leaves open filled in. Errors: inputs of which nothing says what they are given, a mean or sd of another length than
// one or the number of channels, a zero in sd, a layout that is not known or does
// not fit, and examples that fit in no way or in several that differ.
func (m *Model) Fit(shape datasets.Shape, f Feed) (Feed, error) {
	f.Shape = shape
	for _, list := range []struct {
		name   string
		values []float64
	}{{"mean", f.Mean}, {"sd", f.SD}} {
		if n := len(list.values); n > 1 && n != shape.Channels {
			return f, fmt.Errorf("%s: %d values are given, but examples of %v have %d channels; give one, or one for each channel, as in --%[1]s 0.5", list.name, n, shape, shape.Channels)
		}
	}
	if slices.Contains(f.SD, 0) {
		return f, fmt.Errorf("sd: 0 cannot be divided by; give the standard deviation of the pixels, as in --sd 0.3081")
	}
	var err error
	if f.inputs, err = m.give(f.Inputs, shape.Sequence()); err != nil {
		return f, err
	}
	in := f.main().value
	input := in.dims
	if len(input) < 2 {
		return f, fmt.Errorf("model %s takes %s %s, which has no axis for the values of an example; export it with the shape of its input", m.Path, in.name, in.shape())
	}
	f.fixed = max(0, input[0])
	dims := axes(shape, len(input)-1)
	var fits []string
	for _, layout := range layouts() {
		if goesInto(dims[layout], input[1:]) {
			fits = append(fits, layout)
		}
	}
	mismatch := func() error {
		if shape.Sequence() {
			return fmt.Errorf("model %s takes %s of shape %s, but examples of the data are %s, %v", m.Path, in.name, in.shape(), shape.KindOf(), shape)
		}
		return fmt.Errorf("model %s takes %s of shape %s, but examples of the data are %d×%d×%d (height, width, channels)", m.Path, in.name, in.shape(), shape.Height, shape.Width, shape.Channels)
	}
	switch {
	case f.Layout != "" && !slices.Contains(layouts(), f.Layout):
		return f, fmt.Errorf("layout: %q is not known; choose %s, as in --layout nchw", f.Layout, strings.Join(layouts(), ", "))
	case f.Layout != "" && !slices.Contains(fits, f.Layout):
		return f, fmt.Errorf("%w, which do not fit as %s; choose another --layout, or data of that shape", mismatch(), f.Layout)
	case f.Layout != "":
	case len(fits) == 0:
		return f, fmt.Errorf("%w; give data of that shape with --data%s", mismatch(), otherwise(shape))
	case sameOrder(shape, dims, fits):
		f.Layout, f.Guessed = fits[0], true
	default:
		return f, fmt.Errorf("%w, which fit as %s: state which with --layout", mismatch(), strings.Join(fits, " and as "))
	}
	f.dims = dims[f.Layout]
	if err := f.fit(); err != nil {
		return f, fmt.Errorf("model %s: %w", m.Path, err)
	}
	return f, nil
}

// axes are those of an example in each layout, for an input of so many axes behind the
// batch. A sequence has no width, and needs no axis for a single channel, nor do images.
func axes(shape datasets.Shape, count int) map[string][]int {
	all := map[string][]int{
		layoutNHWC: {shape.Height, shape.Width, shape.Channels}, layoutNCHW: {shape.Channels, shape.Height, shape.Width},
		layoutFlat: {shape.Size()}, layoutFlatNCHW: {shape.Size()},
	}
	switch {
	case shape.Sequence():
		all[layoutNHWC], all[layoutNCHW] = []int{shape.Height, shape.Channels}, []int{shape.Channels, shape.Height}
	case count == 2 && shape.Channels == 1: // images
		all[layoutNHWC], all[layoutNCHW] = all[layoutNHWC][:2], all[layoutNCHW][1:]
	}
	return all
}

// batch is the number of examples of one run: what the model fixes, or else n.
func (f Feed) batch(n int) int {
	if f.fixed > 0 {
		return f.fixed
	}
	return n
}

// sameOrder says whether all these layouts give the model the same: there is only
// one of them, or examples have one channel or one pixel and go in with the same
// axes.
func sameOrder(shape datasets.Shape, dims map[string][]int, layouts []string) bool {
	for _, l := range layouts {
		if !slices.Equal(dims[l], dims[layouts[0]]) {
			return false
		}
	}
	return len(layouts) == 1 || shape.Channels == 1 || shape.Height*shape.Width == 1
}

// goesInto says whether dimensions fit those of an input, of which some may be
// open.
func goesInto(dims, input []int) bool {
	if dims == nil || len(dims) != len(input) {
		return false
	}
	for i, d := range input {
		if d > 0 && d != dims[i] {
			return false
		}
	}
	return true
}

// String says it for people.
func (f Feed) String() string {
	s := map[string]string{
		layoutNHWC: "as they are, height × width × channels", layoutNCHW: "transposed to channels × height × width",
		layoutFlat: "as flat rows, the channels of a pixel together", layoutFlatNCHW: "as flat rows, channel by channel",
	}[f.Layout]
	if f.Shape.Sequence() {
		s = strings.NewReplacer("height × width", "steps", "channels of a pixel", "channels of a step").Replace(s)
	}
	if f.Shape.Channels == 1 {
		s = fmt.Sprintf("as %v", f.dims)
	}
	if given := f.Given(); given != "" {
		s += "; " + given
	}
	if f.scales() {
		s += fmt.Sprintf(", less mean %v, divided by sd %v", or(f.Mean, 0), or(f.SD, 1))
	}
	return s
}

// scales says whether values are changed on their way into the model.
func (f Feed) scales() bool { return len(f.Mean) > 0 || len(f.SD) > 0 }

// or is the list, or the one value that stands for an empty one.
func or(list []float64, otherwise float64) []float64 {
	if len(list) == 0 {
		return []float64{otherwise}
	}
	return list
}

// Where is the input that the examples go into, with its shape, for people.
func (f Feed) Where() string { return f.main().value.name + " " + f.main().value.shape() }

// ExampleShape is the shape of examples where the model alone says it: that of its
// only input, or of its first one, without open axes.
func (m *Model) ExampleShape() (s datasets.Shape, known bool) {
	v := m.graph.inputs[0]
	if len(v.dims) < 2 || slices.Contains(v.dims[1:], -1) {
		return s, false
	}
	switch d := v.dims[1:]; len(d) {
	case 1:
		return datasets.Shape{Height: 1, Width: 1, Channels: d[0]}, true
	case 2:
		return datasets.Shape{Height: d[0], Width: d[1], Channels: 1}, true
	case 3:
		if d[0] < d[2] { // as exporters of PyTorch have it
			return datasets.Shape{Height: d[1], Width: d[2], Channels: d[0]}, true
		}
		return datasets.Shape{Height: d[0], Width: d[1], Channels: d[2]}, true
	}
	return s, false
}

// Dims are the dimensions of one example in the model's input.
func (f Feed) Dims() []int { return slices.Clone(f.dims) }

// put writes examples [n, height, width, channels] into dst in the order of the
// layout.
func (f Feed) put(dst, src []float32) {
	c := f.Shape.Channels
	plane := f.Shape.Height * f.Shape.Width
	scale, shift := make([]float64, c), make([]float64, c)
	for k := range c {
		mean, sd := or(f.Mean, 0), or(f.SD, 1)
		scale[k] = 1 / sd[min(k, len(sd)-1)]
		shift[k] = mean[min(k, len(mean)-1)]
	}
	planar := f.Layout == layoutNCHW || f.Layout == layoutFlatNCHW
	same := !f.scales()
	if same && (!planar || c == 1) {
		copy(dst, src)
		return
	}
	for at := 0; at < len(src); at += c * plane {
		for p := range plane {
			for k := range c {
				to := at + p*c + k
				if planar {
					to = at + k*plane + p
				}
				v := src[at+p*c+k]
				if !same {
					v = float32((float64(v) - shift[k]) * scale[k])
				}
				dst[to] = v
			}
		}
	}
}

// otherwise says what else may be wrong where examples do not go into a model.
func otherwise(s datasets.Shape) string {
	switch s.KindOf() {
	case datasets.Series:
		return ", or export the model with open axes (dynamic_axes in PyTorch); axes in the order [channels, steps] are stated with --own layout=series-ct"
	case datasets.Tokens:
		return ", or export the model with open axes (dynamic_axes in PyTorch)"
	}
	return ", or say how to read yours with --own shape=HxWxC"
}
