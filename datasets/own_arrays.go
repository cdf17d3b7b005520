package datasets

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// readArrayFile reads the arrays of an .npz or .safetensors file.
func readArrayFile(_ context.Context, path string, o FileOptions) (train, test examples, err error) {
	s, err := arrays.Open(path)
	if err != nil {
		return train, test, err
	}
	defer s.Close()
	return o.asked(s)
}

// readArrayFolder reads X.npy and y.npy, or whatever names are stated, of a folder.
func readArrayFolder(_ context.Context, dir string, o FileOptions) (train, test examples, err error) {
	s, err := arrays.OpenFolder(dir)
	if err != nil {
		return train, test, err
	}
	defer s.Close()
	return o.asked(s)
}

// asked reads the arrays that are asked for, and notes the others.
func (o FileOptions) asked(s *arrays.Source) (train, test examples, err error) {
	left, err := o.left(s)
	if err != nil {
		return train, test, err
	}
	train, test, err = o.arrays(s)
	if len(left) > 0 {
		train.leftOut(s.Path(), fmt.Sprintf("%s %s, which no setting names", plural(len(left), "array"), list(left)))
	}
	return train, test, err
}

// arrays reads the training part and, where there is one, the test part.
func (o FileOptions) arrays(s *arrays.Source) (train, test examples, err error) {
	groups := o.Groups
	if groups == "" && s.Has("groups") {
		groups = "groups"
	}
	train, err = o.part(s, "", cmp.Or(o.X, "X"), cmp.Or(o.Y, "y"), groups)
	if o.sequence() && err == nil && o.TestX == "" && o.TestY == "" && o.TestLengths != "" && !s.Has("X_test") {
		err = fmt.Errorf("%s: test_lengths is stated, but there is no test part; leave test_lengths= out of --own, or name the part, as in --own test_x=X_val,test_y=y_val", s.Path())
	}
	if err != nil {
		return train, test, err
	}
	x, y := cmp.Or(o.TestX, "X_test"), cmp.Or(o.TestY, "y_test")
	if o.TestX == "" && o.TestY == "" && !s.Has(x) && !s.Has(y) {
		return train, test, nil
	}
	test, err = o.part(s, "test_", x, y, "")
	train.notes = append(train.notes, test.notes...)
	return train, test, err
}

// part reads examples from the array x, their labels from y and, where groups is
// not "", their groups. The settings that name x and y begin with the prefix.
func (o FileOptions) part(s *arrays.Source, prefix, x, y, groups string) (examples, error) {
	values, err := s.Array(x)
	if err != nil {
		return examples{}, fmt.Errorf("%w: state the names of the arrays, as in --own %sx=images,%[2]sy=labels", err, prefix)
	}
	if n := values.Rows() * values.Cols(); n > maxValues {
		return examples{}, fmt.Errorf("%s: array %v holds more than %d values; save fewer examples", s.Path(), values, maxValues)
	}
	if !o.texts() || !values.Readable() { // what cannot be read has no rows to compare with the labels
		if err := values.Numbers(); err != nil {
			return examples{}, fmt.Errorf("%w; or name another array of examples, as in --own %sx=images", err, prefix)
		}
		if err := o.checkAxes(values.Dims); err != nil {
			return examples{}, fmt.Errorf("%s: array %s: %w", s.Path(), x, err)
		}
	}
	labels, err := column(s, prefix+"y", y, values) // before the values, which may be many for nothing
	if err != nil {
		return examples{}, err
	}
	if err := labels.CheckClasses(); err != nil {
		return examples{}, fmt.Errorf("%s: array %s: %w; or name another array of labels, as in --own %sy=labels", s.Path(), y, err, prefix)
	}
	e, err := o.examplesOf(s, prefix, values)
	if err != nil {
		return e, err
	}
	e.labels = labels
	if note := values.Codes(); note != "" && o.Layout == "table" {
		e.notes = append(e.notes, note+", or state that they are, as in --own layout=tokens,pad=0")
	}
	if groups != "" {
		e.groups, err = column(s, "groups", groups, values)
	}
	return e, err
}

// examplesOf reads an array of examples, without their labels.
func (o FileOptions) examplesOf(s *arrays.Source, prefix string, a *arrays.Array) (e examples, err error) {
	if o.texts() {
		texts, err := a.Texts()
		if err != nil {
			return e, fmt.Errorf("%w; or name another array of examples, as in --own %sx=texts", err, prefix)
		}
		e.raw = &raw{path: s.Path(), texts: texts}
		return e, o.checkTexts(texts, fmt.Sprintf("%s: array %s", s.Path(), a.Name))
	}
	var lengths []int
	if o.sequence() {
		steps := a.Dims[1]
		if o.Layout == "series-ct" {
			steps = a.Dims[2]
		}
		if lengths, err = o.lengths(s, prefix, a.Rows(), steps); err != nil {
			return e, err
		}
	}
	m, err := o.values(a)
	if err != nil {
		return e, err
	}
	if o.sequence() {
		e, err = o.sequences(a.Dims, m.Data, lengths)
	} else {
		e, err = o.axes(a.Dims, m.Data)
	}
	if err != nil {
		return e, fmt.Errorf("%s: array %s: %w", s.Path(), a.Name, err)
	}
	return e, nil
}

// values reads an array of examples. The columns of a table, and the values of series at
// each step, must be such as float32 holds.
func (o FileOptions) values(a *arrays.Array) (arrays.Matrix, error) {
	if o.Layout != "table" && o.Layout != "series" && o.Layout != "series-ct" {
		return a.Matrix(0)
	}
	_, origin, err := a.Centred(0)
	if err != nil {
		return arrays.Matrix{}, err
	}
	if err := lostIn(origin, strconv.Itoa); err != nil {
		return arrays.Matrix{}, fmt.Errorf("array %v: %w", a, err)
	}
	return a.MatrixLess(arrays.Origin{}, 0)
}

// column reads one label for each of the examples in x; the setting of that key names
// the array.
func column(s *arrays.Source, key, name string, x *arrays.Array) (arrays.Labels, error) {
	a, err := s.Array(name)
	if err != nil {
		return arrays.Labels{}, fmt.Errorf("%w: state the name of the array, as in --own %s=NAME", err, key)
	}
	if a.Readable() && a.Rows() != x.Rows() {
		return arrays.Labels{}, fmt.Errorf("%s: array %s has dimensions %v, but there are %d examples in %s; give one value for each, or name another array, as in --own %s=NAME", s.Path(), name, a.Dims, x.Rows(), x.Name, key)
	}
	labels, err := a.Labels()
	if err != nil {
		return labels, fmt.Errorf("%w; or name another array, as in --own %s=NAME", err, key)
	}
	return labels, nil
}
