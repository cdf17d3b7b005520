package datasets

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// FileOptions says how to read one's own files where their format leaves it open.
// Nothing of it is guessed: a reader that needs a field says which one.
type FileOptions struct {
	// Layout is the meaning of an array's axes: "nhwc", "nchw" or "nhw" for
	// images, "flat" for images of one row each, whose Shape is then needed (row
	// by row, the channels of a pixel together), "table" for columns that are no
	// pixels; "tokens" for rows of token numbers [n, T]; "series" for [n, T] or
	// [n, T, C], T steps of C channels, "series-ct" for [n, C, T]; "words" or
	// "characters" for texts, which are parted at white space or into characters.
	// Arrays (.npz, .npy, .safetensors) need it; "" means table for CSV.
	Layout string `yaml:"layout,omitempty"`

	// Shape is that of a flat image. For folders of pictures it is the size that
	// all are resized to (0×0 = equal sizes are required) and their channels, 1 or 3
	// (0 = as the files have, which must then agree).
	Shape Shape `yaml:"shape,omitempty"`

	// Low and High are the values of black and of white, such as 0 and 255. Both
	// are needed for images from arrays and CSV; tables are not scaled.
	Low  float64 `yaml:"low,omitempty"`
	High float64 `yaml:"high,omitempty"`

	X      string `yaml:"x,omitempty"`      // names of the arrays of examples and labels, "" = X and y; X is the text column of a CSV of texts, "" = text
	Y      string `yaml:"y,omitempty"`      // Y is the label column of a CSV, "" = label
	TestX  string `yaml:"test_x,omitempty"` // arrays of the test part, "" = X_test and y_test where the file has them
	TestY  string `yaml:"test_y,omitempty"`
	Groups string `yaml:"groups,omitempty"` // array or column of groups for restricted shuffles; "" = an array named groups where there is one, no column

	// Vocabulary is the number of tokens: of token numbers, which lie below it (0 = one
	// more than the largest of the files, and one for Mask where none is stated); of words
	// and characters how many are kept at most, the most frequent of the training texts,
	// with the two numbers of padding and of what is not known (0 = 20,000).
	Vocabulary int `yaml:"vocabulary,omitempty"`

	// Pad is the number that fills rows of token numbers behind their end. Needed where no
	// Lengths are stated; one that occurs in no row, such as -1, says that all are full. A
	// model made elsewhere is fed it behind the end, 0 where Lengths alone are stated.
	Pad *int `yaml:"pad,omitempty"`

	// Mask is the token number that stands for a hidden token; nil = the last of the
	// vocabulary, which is made one larger for it.
	Mask *int `yaml:"mask,omitempty"`

	// Lengths is the array of how many steps each row of token numbers or series has, [n],
	// or of masks, [n, T], ones and then zeros. "" = one named lengths or attention_mask,
	// where there is one. TestLengths is that of the test part, "" = the same name and _test.
	Lengths     string `yaml:"lengths,omitempty"`
	TestLengths string `yaml:"test_lengths,omitempty"`

	// Length is how many words or characters of a text are read; 0 = as many as the
	// longest training text has, at most 64.
	Length int `yaml:"length,omitempty"`

	// Categories are columns of a table whose numbers are names of categories. Columns
	// that hold text are categories in any case.
	Categories []string `yaml:"categories,omitempty"`

	// Test is a CSV or .ts file with the test part, or the folder of pictures, beside train,
	// that is the test part. "" = none; of pictures the folder test, where it is the
	// only one beside train; of NAME_TRAIN.ts NAME_TEST.ts, where it is there.
	Test string `yaml:"test,omitempty"`

	// TestShare is the share of the examples, drawn by class, that becomes the
	// test set where the files hold none. 0 = 0.2; below 0 = no test set. Where
	// there is a test part, it is refused, and so is a Seed where nothing is drawn.
	TestShare float64 `yaml:"test_share,omitempty"`
	Seed      uint64  `yaml:"seed,omitempty"` // of that draw
}

// format is a way to read a path, and the fields of FileOptions that it listens to.
type format struct {
	name string
	read func(ctx context.Context, path string, o FileOptions) (train, test examples, err error)
	uses []string
}

func formats() map[string]format {
	all := map[string]format{}
	for _, f := range []format{
		{"IDX", readIDXFolder, nil},
		{"CIFAR binary", readCIFARFolder, nil},
		{".npy", readArrayFolder, arrayFields},
		{".npz", readArrayFile, arrayFields},
		{".safetensors", readArrayFile, arrayFields},
		{"CSV", readTables, tableFields},
		{"series .ts", readTS, []string{"test"}},
		{"pictures", readPictures, []string{"shape", "test"}},
	} {
		all[f.name] = f
	}
	return all
}

// loadPath reads one's own data; the path exists. What it is follows from its
// name or, for a folder, from what lies in it.
// Notes go to the log, a line each.
func loadPath(ctx context.Context, path string, options Options) (*Set, *Set, error) {
	o, log := options.Files, options.Log
	st, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !st.IsDir() && !st.Mode().IsRegular() { // a pipe, whose reader would wait
		return nil, nil, fmt.Errorf("data %s: it is not a regular file; save what it gives as a file", path)
	}
	name, err := formatOf(path, st.IsDir())
	if err != nil {
		return nil, nil, err
	}
	f, ok := formats()[name]
	if !ok {
		if what := unread(path, st.IsDir()); what != "" {
			return nil, nil, fmt.Errorf("data %s", what)
		}
		return nil, nil, fmt.Errorf("data %s: this is no format that can be read; give a folder of IDX, CIFAR binary or .npy files, a folder of pictures by class, or a file .npz, .safetensors, .csv, .tsv or .ts", path)
	}
	what := fmt.Sprintf("data %s (%s)", path, name)
	if err := o.unused(what+o.called(), append(o.fields(f), "test_share", "seed")); err != nil {
		return nil, nil, err
	}
	train, test, err := f.read(ctx, path, o)
	if err != nil {
		return nil, nil, err
	}
	if err := o.together(path, &train, &test); err != nil {
		return nil, nil, err
	}
	draw := FileOptions{TestShare: o.TestShare, Seed: o.Seed}
	switch {
	case test.there():
		err = draw.unused(what+", which has a test part", nil)
	case o.TestShare < 0:
		err = draw.unused(what+" without a test set", []string{"test_share"})
	}
	if err != nil {
		return nil, nil, err
	}
	if options.Whole && !test.there() && o.TestShare == 0 {
		o.TestShare = -1
		train.notes = append(train.notes, fmt.Sprintf("data %s: there are no test examples, so nothing is known of fresh ones; name them, as in --own test_x=X_test,test_y=y_test", path))
	}
	first, second, err := o.finish(filepath.Base(path), &train, test)
	err = f.advise(err)
	for _, note := range train.notes {
		if err == nil && log != nil {
			fmt.Fprintln(log, shown(note))
		}
	}
	return first, second, err
}

// advise adds to an error of what was read which settings of the format name another
// part or other labels.
func (f format) advise(err error) error {
	var ofTest testPartError
	var ofLabels labelsError
	switch uses := func(key string) bool { return slices.Contains(f.uses, key) }; {
	case errors.As(err, &ofTest) && uses("test_x"):
		return fmt.Errorf("%w; or name another test part, as in --own test_x=X_val,test_y=y_val", err)
	case errors.As(err, &ofTest) && uses("test"):
		return fmt.Errorf("%w; or name another test part, as in --own test=PATH", err)
	case errors.As(err, &ofLabels) && uses("y"):
		return fmt.Errorf("%w; or name other labels, as in --own y=NAME", err)
	}
	return err
}

// formatOf chooses by the name of a file, or by the files that a folder holds;
// "" = no format that is known. Subfolders count only where there are no such files.
func formatOf(path string, dir bool) (string, error) {
	if !dir {
		return map[string]string{".npz": ".npz", ".safetensors": ".safetensors", ".csv": "CSV", ".tsv": "CSV", ".tab": "CSV", ".ts": "series .ts"}[strings.ToLower(filepath.Ext(path))], nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return "", err
	}
	found := map[string]bool{}
	folders := false
	for _, e := range entries {
		name := e.Name()
		switch {
		case idxName.MatchString(name):
			found["IDX"] = true
		case cifarName.MatchString(name):
			found["CIFAR binary"] = true
		case strings.HasSuffix(name, ".npy"):
			found[".npy"] = true
		case !hidden(name):
			st, err := os.Stat(filepath.Join(path, name))
			folders = folders || err == nil && st.IsDir()
		}
	}
	kinds := slices.Sorted(maps.Keys(found))
	switch {
	case len(kinds) > 1:
		return "", fmt.Errorf("folder %s holds files of several formats, %s; keep one", path, strings.Join(kinds, " and "))
	case len(kinds) == 1:
		return kinds[0], nil
	case folders:
		return "pictures", nil
	}
	return "", nil
}

// unread says of a path of no format that is read what it is and what to type; ""
// where nothing is known of it.
func unread(path string, dir bool) string {
	if dir {
		return unreadFolder(path)
	}
	name := strings.ToLower(filepath.Base(path))
	what := arrays.ForeignFile(path)
	switch {
	case what != "":
	case idxName.MatchString(name), cifarName.MatchString(name), slices.Contains(readEndings, filepath.Ext(name)):
		what = "this is one file of a set; give the path of the folder of the set"
	case slices.Contains([]string{".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar"}, filepath.Ext(name)):
		what = "this is an archive; unpack it, and give the path of what was in it"
	default:
		return ""
	}
	return fmt.Sprintf("%s: %s", path, what)
}

// unreadFolder is unread of a folder, by the first file in it of which something is
// known.
func unreadFolder(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if what := arrays.ForeignFile(filepath.Join(dir, e.Name())); what != "" {
			return fmt.Sprintf("%s: its file %s is of another format: %s", dir, e.Name(), what)
		}
	}
	for _, e := range entries {
		if strings.ToLower(filepath.Ext(e.Name())) == ".ts" {
			return fmt.Sprintf("%s: it holds series, such as %s; give the path of the file of the training part", dir, e.Name())
		}
		if slices.Contains(readEndings, strings.ToLower(filepath.Ext(e.Name()))) {
			return fmt.Sprintf("%s: it holds pictures, such as %s, but no folders; put those of each class into a folder that is named for the class", dir, e.Name())
		}
	}
	return ""
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

func readIDXFolder(_ context.Context, path string, _ FileOptions) (train, test examples, err error) {
	f, left, err := findIDX(path)
	if err != nil {
		return train, test, err
	}
	train, test, err = readIDXPairs(f, nil)
	if left != nil {
		train.leftOut(path, filesLeft(left, "whose names do not say train, t10k or test"))
	}
	return train, test, err
}

// finish makes the two sets, splitting the first where there is no second.
func (o FileOptions) finish(name string, train *examples, test examples) (*Set, *Set, error) {
	if test.there() {
		if err := o.encodeBoth(train, &test); err != nil {
			return nil, nil, err
		}
		return finish(name, train.classes, *train, test)
	}
	all, err := train.numbered(name, train.classes)
	if err != nil {
		return nil, nil, err
	}
	if o.TestShare < 0 {
		if err := o.encodeInto(all, train, nil); err != nil {
			return nil, nil, err
		}
		return all, nil, all.Check()
	}
	return o.drawn(all, train)
}

// drawn makes the two sets by a draw. What is read by what the training examples hold is
// read after it.
func (o FileOptions) drawn(all *Set, train *examples) (*Set, *Set, error) {
	if train.raw == nil {
		if err := all.Check(); err != nil {
			return nil, nil, err
		}
	}
	share := o.TestShare
	if share == 0 {
		share = 0.2
	}
	rest, picked, err := split(all, share, o.Seed)
	if err != nil {
		return nil, nil, fmt.Errorf("%w, as in --own test_share=0.2", err)
	}
	if err := o.encodeInto(all, train, rest); err != nil {
		return nil, nil, err
	}
	a, b := all.Subset(rest), all.Subset(picked)
	b.Name = all.Name + " (test)"
	for _, s := range []*Set{a, b} {
		if err := s.Check(); err != nil {
			return nil, nil, fmt.Errorf("%v; the test part was drawn from the same examples: draw none, as in --own test_share=-1, or give more examples", err)
		}
	}
	return a, b, nil
}

// checkAxes refuses dimensions that do not go with the stated layout, before any
// value is read.
func (o FileOptions) checkAxes(dims []int) error {
	if len(dims) == 0 {
		return errors.New("it is a single value, not an array of examples; name that, as in --own x=images")
	}
	need := layouts[o.Layout].axes
	switch {
	case o.Layout == "":
		return fmt.Errorf("it has dimensions %v and no stated layout; state one of %s, as in --own layout=nhwc", dims, layoutNames)
	case need == 0:
		return fmt.Errorf("there is no layout %q; choose one of %s, as in --own layout=nhwc", o.Layout, layoutNames)
	case need != len(dims) && !(o.Layout == "series" && len(dims) == 2):
		return fmt.Errorf("layout %s has %d axes, but its dimensions are %v; %s", o.Layout, need, dims, layoutOf(dims))
	case o.Layout != "flat" && o.Shape != Shape{}:
		return fmt.Errorf("a shape %v is stated, but has a meaning for layout flat only; leave shape= out of --own", o.Shape)
	case o.Layout == "table" && (o.Low != 0 || o.High != 0):
		return fmt.Errorf("a range %v..%v is stated, but the columns of a table are not scaled; leave low= and high= out of --own, or state the layout of its images, as in --own layout=flat,shape=28x28x1", o.Low, o.High)
	}
	return nil
}

// layoutOf says what to state of an array of these dimensions.
func layoutOf(dims []int) string {
	layout, known := map[int]string{2: "table", 3: "nhw", 4: "nhwc"}[len(dims)]
	if !known {
		return "save one row of values for each example, and state --own layout=table"
	}
	return "state one of as many, as in --own layout=" + layout
}

// axes turns the values of an array with these dimensions into examples, by the
// stated layout and pixel range.
func (o FileOptions) axes(dims []int, x []float32) (examples, error) {
	e := examples{x: x}
	if err := o.checkAxes(dims); err != nil {
		return e, err
	}
	switch o.Layout {
	case "nhwc":
		e.shape = Shape{Height: dims[1], Width: dims[2], Channels: dims[3]}
	case "nchw":
		e.shape = Shape{Height: dims[2], Width: dims[3], Channels: dims[1]}
		e.x = channelsLast(x, e.shape)
	case "nhw":
		e.shape = Shape{Height: dims[1], Width: dims[2], Channels: 1}
	case "flat":
		e.shape = o.Shape
		if o.Shape.Height <= 0 || o.Shape.Width <= 0 || o.Shape.Channels <= 0 || o.Shape.Size() != dims[1] {
			return e, fmt.Errorf("its rows of %d values are stated to be images of %v; state a shape of that many values, as in --own shape=28x28x1", dims[1], o.Shape)
		}
	case "table":
		e.shape = Shape{Height: 1, Width: 1, Channels: dims[1]}
		return e, nil
	case "tokens", "series", "series-ct":
		return o.sequences(dims, x, nil)
	}
	return e, o.scale(e.x, e.shape.Size())
}

// scale maps Low..High to 0..1 in place; the values are the reader's own.
func (o FileOptions) scale(x []float32, size int) error {
	if !(o.Low < o.High) || math.IsInf(o.High-o.Low, 0) {
		lo, hi := span(x)
		if o.Low == 0 && o.High == 0 {
			return fmt.Errorf("its pixels are in %v..%v and no range is stated; %s", lo, hi, rangeOf(lo, hi))
		}
		return fmt.Errorf("its pixels are in %v..%v and their range is stated as %v..%v; %s", lo, hi, o.Low, o.High, rangeOf(lo, hi))
	}
	for i, v := range x {
		switch {
		case v != v:
			return fmt.Errorf("value %d of example %d is NaN; leave out or fill such examples", i%size, i/size)
		case !(float64(v) >= o.Low && float64(v) <= o.High):
			lo, hi := span(x)
			return fmt.Errorf("value %d of example %d is %v, outside the stated range %v..%v, and all are in %v..%v; %s", i%size, i/size, v, o.Low, o.High, lo, hi, rangeOf(lo, hi))
		}
	}
	for i, v := range x {
		x[i] = float32((float64(v) - o.Low) / (o.High - o.Low))
	}
	return nil
}

// rangeOf says what to state of pixels in lo..hi: the usual range that they lie in.
func rangeOf(lo, hi float32) string {
	low, high := lo, hi
	for _, usual := range [][2]float32{{0, 1}, {-1, 1}, {0, 255}, {0, 65535}} {
		if usual[0] <= lo && hi <= usual[1] {
			low, high = usual[0], usual[1]
			break
		}
	}
	return fmt.Sprintf("state the values of black and of white, as in --own low=%v,high=%v", low, high)
}

// span is the smallest and the largest value; NaN is passed over.
func span(x []float32) (lo, hi float32) {
	lo, hi = float32(math.Inf(1)), float32(math.Inf(-1))
	for _, v := range x {
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	return lo, hi
}

// channelsLast turns [n, channels, height, width] into [n, height, width, channels].
func channelsLast(x []float32, s Shape) []float32 {
	y := make([]float32, len(x))
	plane := s.Height * s.Width
	for at := 0; at < len(x); at += s.Size() {
		for c := range s.Channels {
			for p := range plane {
				y[at+p*s.Channels+c] = x[at+c*plane+p]
			}
		}
	}
	return y
}
