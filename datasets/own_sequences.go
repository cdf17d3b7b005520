package datasets

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// sequences says whether the stated layout is one of token numbers or series.
func (o FileOptions) sequence() bool {
	return o.Layout == "tokens" || o.Layout == "series" || o.Layout == "series-ct"
}

// sequences turns an array of token numbers or series into rows with their lengths. Of
// lengths nil the ends follow from what stands in the padding.
func (o FileOptions) sequences(dims []int, x []float32, lengths []int) (examples, error) {
	e := examples{shape: Shape{Height: dims[1], Width: 1, Channels: 1, Kind: Series}}
	end := seriesEnd
	switch {
	case o.Layout == "tokens":
		e.shape.Kind, end = Tokens, o.tokensEnd
		if o.Pad == nil && lengths == nil {
			return e, errors.New("what fills the rows behind their end is not stated; state that number, as in --own pad=0 (-1 where all rows are full), or an array of lengths, as in --own lengths=NAME")
		}
	case o.Layout == "series-ct":
		e.shape.Height, e.shape.Channels = dims[2], dims[1]
		x = channelsLast(x, e.shape)
	case len(dims) == 3:
		e.shape.Channels = dims[2]
	}
	size := e.shape.Size()
	e.x = make([]float32, dims[0]*e.shape.RowSize())
	for i := range dims[0] {
		values, length := x[i*size:(i+1)*size], 0
		var err error
		if lengths != nil {
			length = lengths[i]
			err = checkValues(e.shape, values[:length*e.shape.Channels])
		} else {
			length, err = end(e.shape, values)
		}
		if err != nil {
			return e, fmt.Errorf("example %d%w", i, err)
		}
		row := e.x[i*e.shape.RowSize():]
		copy(row, values[:length*e.shape.Channels])
		row[size] = float32(length)
	}
	return e, nil
}

// tokensEnd is the number of tokens before the padding. The error goes on after the number
// of the example, as those of seriesEnd and checkValues do.
func (o FileOptions) tokensEnd(s Shape, row []float32) (int, error) {
	n := len(row)
	for n > 0 && row[n-1] == float32(*o.Pad) {
		n--
	}
	if n == 0 {
		return 0, fmt.Errorf(" is padding alone, %d times the number %d; leave out such examples", len(row), *o.Pad)
	}
	if j := slices.Index(row[:n], float32(*o.Pad)); j >= 0 {
		return 0, fmt.Errorf(", place %d holds %d, which stands for padding, before other tokens; pad on the right, or say by an array of lengths where rows end, as in --own lengths=NAME", j, *o.Pad)
	}
	return n, checkValues(s, row[:n])
}

// seriesEnd is the number of steps before those that are NaN in all channels.
func seriesEnd(s Shape, row []float32) (int, error) {
	var first int
	for c := range s.Channels {
		n := s.Height
		for n > 0 && math.IsNaN(float64(row[(n-1)*s.Channels+c])) {
			n--
		}
		switch {
		case n == 0:
			return 0, fmt.Errorf(" has no values in channel %d, which is NaN at all steps; leave out or fill such examples", c)
		case c == 0:
			first = n
		case n != first:
			return 0, fmt.Errorf(" is a series of unequal channels: channel 0 ends after step %d and channel %d after step %d; fill the NaN of the shorter one, or leave out such examples", first-1, c, n-1)
		}
	}
	return first, checkValues(s, row[:first*s.Channels])
}

// checkValues looks at the values of an example up to its end.
func checkValues(s Shape, values []float32) error {
	for j, v := range values {
		switch {
		case s.Kind == Tokens && v < 0:
			return fmt.Errorf(", place %d holds %v, which is no token: they are numbered from 0; if it stands for padding, state that, as in --own pad=%[2]v", j, v)
		case s.Kind == Tokens && !(v < mostTokens && v == float32(int(v))):
			return fmt.Errorf(", place %d holds %v, which is no token: they are whole numbers below %d; name the array of token numbers, as in --own x=input_ids", j, v, mostTokens)
		case math.IsNaN(float64(v)) || math.IsInf(float64(v), 0):
			return fmt.Errorf(", step %d, channel %d is %v; fill it, or leave out such examples", j/s.Channels, j%s.Channels, v)
		}
	}
	return nil
}

// lengthsOf names the array of lengths of a part, "" = there is none.
func (o FileOptions) lengthsOf(s *arrays.Source, prefix string) string {
	train := o.Lengths
	if train == "" {
		for _, name := range []string{"lengths", "attention_mask"} {
			if s.Has(name) && train == "" {
				train = name
			}
		}
	}
	if prefix == "" || train == "" && o.TestLengths == "" {
		return train
	}
	return cmp.Or(o.TestLengths, train+"_test")
}

// lengths reads the lengths of rows of steps, [n], or masks of them, [n, steps].
func (o FileOptions) lengths(s *arrays.Source, prefix string, rows, steps int) ([]int, error) {
	name := o.lengthsOf(s, prefix)
	if name == "" {
		return nil, nil
	}
	a, err := s.Array(name)
	if err != nil {
		return nil, fmt.Errorf("%w: state the name of the array of lengths, as in --own %slengths=NAME", err, prefix)
	}
	if err := a.Numbers(); err != nil {
		return nil, fmt.Errorf("%w; or name another array, as in --own %slengths=NAME", err, prefix)
	}
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("%s: array %s: %w; or name another array, as in --own %slengths=NAME", s.Path(), name, fmt.Errorf(format, args...), prefix)
	}
	if a.Rows() != rows || a.Cols() != 1 && a.Cols() != steps || len(a.Dims) > 2 {
		return nil, wrong("its dimensions are %v, but there are %d examples of %d steps; give one length for each, or a mask of as many", a.Dims, rows, steps)
	}
	m, err := a.Matrix(0)
	if err != nil {
		return nil, err
	}
	all := make([]int, rows)
	for i := range all {
		v := m.Row(i)[0]
		if len(a.Dims) == 2 && m.Cols > 1 {
			if v, err = ones(m.Row(i)); err != nil {
				return nil, wrong("row %d%w", i, err)
			}
		}
		if v > float32(steps) {
			return nil, wrong("the length of example %d is %v, but examples have %d steps; give lengths of the examples as they were saved, cut where they were", i, v, steps)
		}
		if !(v >= 1 && v == float32(int(v))) {
			return nil, wrong("the length of example %d is %v, which is outside 1..%d; leave out examples that are padding alone", i, v, steps)
		}
		all[i] = int(v)
	}
	return all, nil
}

// ones counts the ones of a mask, which only zeros may follow.
func ones(mask []float32) (float32, error) {
	n := slices.IndexFunc(mask, func(v float32) bool { return v != 1 })
	if n < 0 {
		return float32(len(mask)), nil
	}
	if j := slices.IndexFunc(mask[n:], func(v float32) bool { return v != 0 }); j >= 0 {
		return 0, fmt.Errorf(" of the mask holds %v at place %d, behind %d ones, and must be ones and then zeros; pad on the right", mask[n+j], n+j, n)
	}
	return float32(n), nil
}

// together makes one of what each part of a set tells: the vocabulary of token numbers, and
// the number of steps that there is room for.
func (o FileOptions) together(path string, train, test *examples) error {
	if train.x == nil || !train.shape.Sequence() {
		return nil
	}
	parts := []*examples{train}
	if test.there() {
		parts = append(parts, test)
		steps := max(train.shape.Height, test.shape.Height)
		train.widen(steps)
		test.widen(steps)
	}
	if train.shape.Kind == Tokens {
		return o.vocabulary(path, parts)
	}
	return nil
}

// widen gives rows of a sequence room for as many steps.
func (e *examples) widen(steps int) {
	if e.shape.Height == steps {
		return
	}
	before := e.shape
	e.shape.Height = steps
	x := make([]float32, len(e.x)/before.RowSize()*e.shape.RowSize())
	for i := range len(e.x) / before.RowSize() {
		row := e.x[i*before.RowSize() : (i+1)*before.RowSize()]
		to := x[i*e.shape.RowSize() : (i+1)*e.shape.RowSize()]
		copy(to, row[:before.Size()])
		to[e.shape.Size()] = row[before.Size()]
	}
	e.x = x
}

// vocabulary settles how many token numbers there are, and which stands for a hidden token.
func (o FileOptions) vocabulary(path string, parts []*examples) error {
	train, size := parts[0], o.Vocabulary
	if size < 0 || size > mostTokens {
		return fmt.Errorf("data %s: a vocabulary of %d tokens is stated, which is outside 1..%d; state how many there are, as in --own vocabulary=30522", path, size, mostTokens)
	}
	if o.Mask != nil && (*o.Mask < 0 || *o.Mask >= cmp.Or(size, mostTokens)) {
		return fmt.Errorf("data %s: number %d is stated for hidden tokens, which is outside the vocabulary 0..%d; state one of it, as in --own mask=103, or leave mask= out", path, *o.Mask, cmp.Or(size, mostTokens)-1)
	}
	for p, part := range parts {
		of := [2]string{"", " of the test part"}[p]
		for i := range len(part.x) / part.shape.RowSize() {
			row := part.x[i*part.shape.RowSize() : (i+1)*part.shape.RowSize()]
			for j, v := range row[:part.shape.Length(row)] {
				switch {
				case o.Vocabulary == 0:
					size = max(size, int(v)+1)
				case int(v) >= size:
					return fmt.Errorf("data %s: place %d of example %d%s holds token %v, which is outside the vocabulary 0..%d; state how many tokens there are, as in --own vocabulary=%d", path, j, i, of, v, size-1, int(v)+1)
				}
			}
		}
	}
	if o.Vocabulary == 0 {
		if o.Mask != nil {
			size = max(size, *o.Mask+1)
		}
		train.notes = append(train.notes, fmt.Sprintf("data %s: how many tokens there are is not stated, so it is taken from the largest number: %d; state it, as in --own vocabulary=%[2]d", path, size))
	}
	tokens := &Vocabulary{}
	if o.Pad != nil {
		tokens.Pad = int32(*o.Pad)
	}
	if o.Mask != nil {
		tokens.Mask = int32(*o.Mask)
	} else {
		tokens.Mask = int32(size)
		size++
		train.notes = append(train.notes, fmt.Sprintf("data %s: no token is stated that stands for a hidden one, so number %d was added to the vocabulary for it; state one, as in --own mask=103", path, tokens.Mask))
	}
	for _, part := range parts {
		part.shape.Vocabulary, part.tokens = size, tokens
	}
	return nil
}
