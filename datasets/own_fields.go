package datasets

import (
	"fmt"
	"slices"
)

// The fields of FileOptions that the formats listen to, where the layout does too.
var (
	arrayFields = []string{"layout", "shape", "low", "high", "x", "y", "test_x", "test_y", "groups", "vocabulary", "pad", "mask", "lengths", "test_lengths", "length"}
	tableFields = []string{"layout", "shape", "low", "high", "x", "y", "groups", "test", "vocabulary", "pad", "mask", "length", "categories"}
)

// layout is what the axes of an array, or the columns of a table, mean.
type layout struct {
	axes int      // number of them
	uses []string // fields that not all layouts listen to
}

// layouts are all that there are, by name. Images and tables say themselves what of
// shape, low and high they take.
var layouts = map[string]layout{
	"nhwc": {4, ranges}, "nchw": {4, ranges}, "nhw": {3, ranges}, "flat": {2, ranges},
	"table":  {2, append([]string{"categories"}, ranges...)},
	"tokens": {2, []string{"vocabulary", "pad", "mask", "lengths", "test_lengths"}},
	"series": {3, []string{"lengths", "test_lengths"}}, "series-ct": {3, []string{"lengths", "test_lengths"}},
	"words": {1, []string{"vocabulary", "length"}}, "characters": {1, []string{"vocabulary", "length"}},
}

const layoutNames = "nhwc, nchw, nhw, flat, table, tokens, series, series-ct, words, characters"

// ranges are the fields of images.
var ranges = []string{"shape", "low", "high"}

// ofLayout are fields that only some layouts listen to.
var ofLayout = append([]string{"vocabulary", "pad", "mask", "lengths", "test_lengths", "length", "categories"}, ranges...)

// texts says whether examples are texts.
func (o FileOptions) texts() bool { return o.Layout == "words" || o.Layout == "characters" }

// fields are those that a format listens to with the stated layout.
func (o FileOptions) fields(f format) []string {
	name := o.Layout
	if name == "" && f.name == "CSV" {
		name = "table"
	}
	layout, known := layouts[name]
	return slices.DeleteFunc(slices.Clone(f.uses), func(field string) bool {
		switch {
		case field == "x" && f.name == "CSV":
			return !o.texts()
		case !known: // which is said where the array is known
			return false
		}
		return slices.Contains(ofLayout, field) && !slices.Contains(layout.uses, field)
	})
}

// called is the stated layout in a sentence on what has no meaning there.
func (o FileOptions) called() string {
	if o.Layout == "" {
		return ""
	}
	return " of layout " + o.Layout
}

// unused returns an error if a field is stated that does not matter: it would be
// taken for one that does.
func (o FileOptions) unused(what string, uses []string) error {
	for _, f := range []struct {
		name   string
		stated bool
	}{
		{"layout", o.Layout != ""}, {"shape", o.Shape != Shape{}}, {"low", o.Low != 0}, {"high", o.High != 0},
		{"vocabulary", o.Vocabulary != 0}, {"pad", o.Pad != nil}, {"mask", o.Mask != nil}, {"lengths", o.Lengths != ""}, {"test_lengths", o.TestLengths != ""},
		{"length", o.Length != 0}, {"categories", len(o.Categories) > 0}, {"x", o.X != ""}, {"y", o.Y != ""}, {"test_x", o.TestX != ""}, {"test_y", o.TestY != ""}, {"groups", o.Groups != ""}, {"test", o.Test != ""},
		{"test_share", o.TestShare != 0}, {"seed", o.Seed != 0},
	} {
		if f.stated && !slices.Contains(uses, f.name) {
			return fmt.Errorf("%s: %s is stated, but has no meaning here; leave %[2]s= out of --own", what, f.name)
		}
	}
	return nil
}
