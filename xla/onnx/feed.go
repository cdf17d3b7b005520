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

	dims []int // of one example in the model's input
}

// Fit checks that examples of this shape go into the model's input and returns f
// with what it leaves open filled in. Errors: a mean or sd of another length than
// one or the number of channels, a zero in sd, a layout that is not known or does
// not fit, and examples that fit in no way or in several that differ.
func (m *Model) Fit(shape datasets.Shape, f Feed) (Feed, error) {
	f.Shape = shape
	for _, list := range []struct {
		name   string
		values []float64
	}{{"mean", f.Mean}, {"sd", f.SD}} {
		if n := len(list.values); n > 1 && n != shape.Channels {
			return f, fmt.Errorf("%s: %d values are given, but examples of %v have %d channels; give one, or one for each channel", list.name, n, shape, shape.Channels)
		}
	}
	if slices.Contains(f.SD, 0) {
		return f, fmt.Errorf("sd: 0 cannot be divided by; give the standard deviation of the pixels")
	}
	input := m.InputDims()
	if len(input) < 2 {
		return f, fmt.Errorf("model %s takes %s, which has no axis for the values of an example", m.Path, m.InputShape())
	}
	dims := map[string][]int{
		layoutNHWC: {shape.Height, shape.Width, shape.Channels}, layoutNCHW: {shape.Channels, shape.Height, shape.Width},
		layoutFlat: {shape.Size()}, layoutFlatNCHW: {shape.Size()},
	}
	if len(input) == 3 && shape.Channels == 1 { // images without an axis for channels
		dims[layoutNHWC], dims[layoutNCHW] = dims[layoutNHWC][:2], dims[layoutNCHW][1:]
	}
	var fits []string
	for _, layout := range layouts() {
		if goesInto(dims[layout], input[1:]) {
			fits = append(fits, layout)
		}
	}
	mismatch := func() error {
		return fmt.Errorf("model %s takes %s of shape %s, but examples of the data are %d×%d×%d (height, width, channels)", m.Path, m.Input(), m.InputShape(), shape.Height, shape.Width, shape.Channels)
	}
	switch {
	case f.Layout != "" && !slices.Contains(layouts(), f.Layout):
		return f, fmt.Errorf("layout: %q is not known; choose %s", f.Layout, strings.Join(layouts(), ", "))
	case f.Layout != "" && !slices.Contains(fits, f.Layout):
		return f, fmt.Errorf("%w, which do not fit as %s", mismatch(), f.Layout)
	case f.Layout != "":
	case len(fits) == 0:
		return f, mismatch()
	case sameOrder(shape, dims, fits):
		f.Layout, f.Guessed = fits[0], true
	default:
		return f, fmt.Errorf("%w, which fit as %s: state which with --layout", mismatch(), strings.Join(fits, " and as "))
	}
	f.dims = dims[f.Layout]
	return f, nil
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
	if f.Shape.Channels == 1 {
		s = fmt.Sprintf("as %v", f.dims)
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
