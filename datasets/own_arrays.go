package datasets

import (
	"cmp"
	"context"
	"fmt"

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
	train, err = o.part(s, cmp.Or(o.X, "X"), cmp.Or(o.Y, "y"), groups)
	if err != nil {
		return train, test, err
	}
	x, y := cmp.Or(o.TestX, "X_test"), cmp.Or(o.TestY, "y_test")
	if o.TestX == "" && o.TestY == "" && !s.Has(x) && !s.Has(y) {
		return train, test, nil
	}
	test, err = o.part(s, x, y, "")
	return train, test, err
}

// part reads examples from the array x, their labels from y and, where groups is
// not "", their groups.
func (o FileOptions) part(s *arrays.Source, x, y, groups string) (examples, error) {
	values, err := s.Array(x)
	if err != nil {
		return examples{}, fmt.Errorf("%w: state the names of the arrays", err)
	}
	if n := values.Rows() * values.Cols(); n > maxValues {
		return examples{}, fmt.Errorf("%s: array %v holds more than %d values; give fewer examples", s.Path(), values, maxValues)
	}
	m, err := values.Matrix(0)
	if err != nil {
		return examples{}, err
	}
	e, err := o.axes(values.Dims, m.Data)
	if err != nil {
		return e, fmt.Errorf("%s: array %s: %w", s.Path(), x, err)
	}
	if e.labels, err = column(s, y, x, m.Rows); err != nil {
		return e, err
	}
	if groups != "" {
		e.groups, err = column(s, groups, x, m.Rows)
	}
	return e, err
}

// column reads one label for each of the n examples in x.
func column(s *arrays.Source, name, x string, n int) (arrays.Labels, error) {
	a, err := s.Array(name)
	if err != nil {
		return arrays.Labels{}, fmt.Errorf("%w: state the names of the arrays", err)
	}
	l, err := a.Labels()
	if err == nil && l.Len() != n {
		err = fmt.Errorf("%s: array %s has dimensions %v, but there are %d examples in %s; give one value for each", s.Path(), name, a.Dims, n, x)
	}
	return l, err
}
