package datasets

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
)

// Shape is the shape of one example: an image of Height × Width pixels with
// Channels values each. Tabular data has Height 1, Width 1 and one channel per
// column.
type Shape struct {
	Height   int `json:"height" yaml:"height"`
	Width    int `json:"width" yaml:"width"`
	Channels int `json:"channels" yaml:"channels"`
}

// Size is the number of values of one example.
func (s Shape) Size() int { return s.Height * s.Width * s.Channels }

// Table says whether examples are rows of a table, whose columns have units of
// their own; those of an image or a series share one.
func (s Shape) Table() bool { return s.Height*s.Width == 1 }

func (s Shape) String() string { return fmt.Sprintf("%d×%d×%d", s.Height, s.Width, s.Channels) }

// Set is a set of labelled examples in memory.
type Set struct {
	Name    string
	Shape   Shape
	Classes []string  // names of the K classes
	X       []float32 // [N, Height, Width, Channels]; pixels of images from files are scaled to 0..1, which Check does not test
	Y       []int32   // [N] labels in 0..K-1
	Groups  []int32   // [N] block of each example for restricted shuffles; nil = one block
}

// Len is the number of examples.
func (s *Set) Len() int { return len(s.Y) }

// Row is example i, a view of [Height·Width·Channels] values, not a copy.
func (s *Set) Row(i int) []float32 {
	d := s.Shape.Size()
	return s.X[i*d : (i+1)*d : (i+1)*d]
}

// Subset returns a new set of the examples at these indices, in this order.
func (s *Set) Subset(indices []int) *Set {
	t := &Set{Name: s.Name, Shape: s.Shape, Classes: s.Classes}
	t.X = make([]float32, 0, len(indices)*s.Shape.Size())
	t.Y = make([]int32, 0, len(indices))
	for _, i := range indices {
		t.X = append(t.X, s.Row(i)...)
		t.Y = append(t.Y, s.Y[i])
		if s.Groups != nil {
			t.Groups = append(t.Groups, s.Groups[i])
		}
	}
	return t
}

// Head returns the first n examples as a view; all of them where n is 0 or more
// than there are.
func (s *Set) Head(n int) *Set {
	if n <= 0 || n >= s.Len() {
		return s
	}
	t := *s
	t.X, t.Y = s.X[:n*s.Shape.Size()], s.Y[:n]
	if s.Groups != nil {
		t.Groups = s.Groups[:n]
	}
	return &t
}

// labelsError is of labels that cannot be told apart from one another.
type labelsError struct{ error }

// Check says what is wrong with the set, as one sentence, or nil: lengths that
// disagree, labels outside 0..K-1, a value that is not finite (first row and
// column), fewer than two classes present, or a class with a single example.
func (s *Set) Check() error {
	n, d := len(s.Y), s.Shape.Size()
	if d <= 0 {
		return fmt.Errorf("data set %q: examples of shape %v hold no values", s.Name, s.Shape)
	}
	if len(s.X) != n*d {
		return fmt.Errorf("data set %q: %d labels of shape %v need %d values, but there are %d", s.Name, n, s.Shape, n*d, len(s.X))
	}
	if s.Groups != nil && len(s.Groups) != n {
		return fmt.Errorf("data set %q: %d labels but %d groups", s.Name, n, len(s.Groups))
	}
	counts := make([]int, len(s.Classes))
	for i, y := range s.Y {
		if y < 0 || int(y) >= len(counts) {
			return fmt.Errorf("data set %q: label %d of example %d is outside 0..%d", s.Name, y, i, len(counts)-1)
		}
		counts[y]++
	}
	present := 0
	for k, c := range counts {
		if c == 1 {
			return labelsError{fmt.Errorf("data set %q: class %q has a single example; give it more, or leave it out", s.Name, s.Classes[k])}
		}
		if c > 0 {
			present++
		}
	}
	if present < 2 {
		return labelsError{fmt.Errorf("data set %q: its labels name %d class; at least two are needed", s.Name, present)}
	}
	for i, x := range s.X {
		if v := float64(x); math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("data set %q: value %d of example %d is %v; leave out or fill such examples, since values must be finite", s.Name, i%d, i/d, v)
		}
	}
	return nil
}

// Hash is the SHA-256, in hexadecimal, of the set's shape, values and labels and,
// where there are any, of its groups, which decide how labels are shuffled.
func (s *Set) Hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d %d %d %d\n", s.Len(), s.Shape.Height, s.Shape.Width, s.Shape.Channels, len(s.Classes))
	buf := make([]byte, 0, 1<<16)
	flush := func() { h.Write(buf); buf = buf[:0] }
	for _, x := range s.X {
		if buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(x)); len(buf) > 1<<16-4 {
			flush()
		}
	}
	for _, numbers := range [][]int32{s.Y, s.Groups} {
		for _, y := range numbers {
			if buf = binary.LittleEndian.AppendUint32(buf, uint32(y)); len(buf) > 1<<16-4 {
				flush()
			}
		}
	}
	flush()
	return hex.EncodeToString(h.Sum(nil))
}
