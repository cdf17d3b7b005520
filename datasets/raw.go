package datasets

import "github.com/seed-1a417598/memtest/datasets/arrays"

// mostRaw is how many values raw tokens may take an example.
const mostRaw = 1 << 13

// Raw are the values of a set as features, a row an example, such that distances between
// rows mean something and padding counts for nothing: of images and tables the values
// themselves, a view; of series theirs, with zeros for padding; of tokens one value for
// each token at each place, 1 where it stands, or where those are more than 8,192 how
// often each token occurs, numbers from 8,192 on being counted with those 8,192 below.
// RawIs says which.
func (s *Set) Raw() arrays.Matrix {
	d, how := s.Shape.RawSize(), s.Shape.RawIs()
	if !s.Shape.Sequence() {
		return arrays.Matrix{Rows: s.Len(), Cols: d, Data: s.X}
	}
	m := arrays.Matrix{Rows: s.Len(), Cols: d, Data: make([]float32, s.Len()*d)}
	for i := range s.Y {
		out := m.Row(i)
		for j, v := range s.steps(i)[:s.Shape.Length(s.Row(i))*s.Shape.Channels] {
			switch how {
			case RawOneHot:
				out[j*s.Shape.Vocabulary+int(v)] = 1
			case RawCounts:
				out[int(v)%mostRaw]++
			default:
				out[j] = v
			}
		}
	}
	return m
}

// What RawIs says.
const (
	RawValues = ""        // the values as they are
	RawOneHot = "one-hot" // places × tokens
	RawCounts = "counts"  // of each token
)

// RawIs says what Raw makes of examples of this shape.
func (s Shape) RawIs() string {
	switch {
	case s.Kind != Tokens:
		return RawValues
	case s.Height <= mostRaw/s.Vocabulary:
		return RawOneHot
	}
	return RawCounts
}

// RawShape are the axes of a row of Raw: of images, tables and series those of the
// examples, of one value for each token at each place [places, tokens]; zero where there
// are none, as of counts.
func (s Shape) RawShape() Shape {
	switch s.RawIs() {
	case RawOneHot:
		return Shape{Height: s.Height, Width: s.Vocabulary, Channels: 1}
	case RawCounts:
		return Shape{}
	}
	return s
}

// RawSize is the number of columns of Raw.
func (s Shape) RawSize() int {
	switch s.RawIs() {
	case RawOneHot:
		return s.Height * s.Vocabulary
	case RawCounts:
		return min(s.Vocabulary, mostRaw)
	}
	return s.Size()
}
