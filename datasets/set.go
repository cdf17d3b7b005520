package datasets

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
)

// Shape is what one example is: its kind and its sizes, as Kind says them of each.
type Shape struct {
	Height     int  `json:"height" yaml:"height"`
	Width      int  `json:"width" yaml:"width"`
	Channels   int  `json:"channels" yaml:"channels"`
	Kind       Kind `json:"kind,omitempty" yaml:"kind,omitempty"`             // Series or Tokens; "" = see KindOf
	Vocabulary int  `json:"vocabulary,omitempty" yaml:"vocabulary,omitempty"` // number of tokens; 0 for other kinds
}

// Size is the number of values of one example, Height·Width·Channels; see RowSize.
func (s Shape) Size() int { return s.Height * s.Width * s.Channels }

// Table says whether examples are rows of a table, whose columns have units of
// their own; those of an image or a series share one.
func (s Shape) Table() bool { return s.Height*s.Width == 1 && !s.Sequence() }

// Set is a set of labelled examples in memory.
type Set struct {
	Name    string
	Shape   Shape
	Classes []string  // names of the K classes
	X       []float32 // [N, RowSize]; pixels of images from files are scaled to 0..1, which Check does not test
	Y       []int32   // [N] labels in 0..K-1
	Groups  []int32   // [N] block of each example for restricted shuffles; nil = one block

	Tokens  *Vocabulary // of tokens; nil = numbers alone are known
	Columns []Column    // of a table; nil = each value of a row is a number

	// ByChance says of each example whether its label was drawn by lot among several
	// that are as right, so that it can be memorized but not learned; nil = not known.
	ByChance []bool
}

// Vocabulary is what the numbers of tokens stand for.
type Vocabulary struct {
	Words []string // by number; nil = tokens are shown as numbers
	Space string   // what stands between two tokens of a text: " " between words, "" between characters
	Mask  int32    // stands for a token that is hidden or not known
	Pad   int32    // stands after the end of a text in files and models; it is no part of an example
}

// Len is the number of examples.
func (s *Set) Len() int { return len(s.Y) }

// Row is example i, a view of [RowSize] values, not a copy.
func (s *Set) Row(i int) []float32 {
	d := s.Shape.RowSize()
	return s.X[i*d : (i+1)*d : (i+1)*d]
}

// Subset returns a new set of the examples at these indices, in this order.
func (s *Set) Subset(indices []int) *Set {
	t := s.like()
	t.X = make([]float32, 0, len(indices)*s.Shape.RowSize())
	t.Y = make([]int32, 0, len(indices))
	for _, i := range indices {
		t.X = append(t.X, s.Row(i)...)
		t.Y = append(t.Y, s.Y[i])
		if s.Groups != nil {
			t.Groups = append(t.Groups, s.Groups[i])
		}
		if s.ByChance != nil {
			t.ByChance = append(t.ByChance, s.ByChance[i])
		}
	}
	return t
}

// like is a set of the same kind of examples, of which it has none yet.
func (s *Set) like() *Set {
	return &Set{Name: s.Name, Shape: s.Shape, Classes: s.Classes, Tokens: s.Tokens, Columns: s.Columns}
}

// Head returns the first n examples as a view; all of them where n is 0 or more
// than there are.
func (s *Set) Head(n int) *Set {
	if n <= 0 || n >= s.Len() {
		return s
	}
	t := *s
	t.X, t.Y = s.X[:n*s.Shape.RowSize()], s.Y[:n]
	if s.Groups != nil {
		t.Groups = s.Groups[:n]
	}
	if s.ByChance != nil {
		t.ByChance = s.ByChance[:n]
	}
	return &t
}

// labelsError is of labels that cannot be told apart from one another.
type labelsError struct{ error }

// Check says what is wrong with the set, as one sentence, or nil: lengths that
// disagree, labels outside 0..K-1, a value that is not finite (first row and
// column), a length of a sequence outside 1..Height, a number that stands for no token,
// fewer than two classes present, or a class with a single example. Padding must be
// finite, and is not looked at otherwise.
func (s *Set) Check() error {
	n, d := len(s.Y), s.Shape.RowSize()
	if err := s.Shape.Check(); err != nil {
		return fmt.Errorf("data set %q: %w", s.Name, err)
	}
	if len(s.X) != n*d {
		return fmt.Errorf("data set %q: %d labels of shape %v need %d values, but there are %d", s.Name, n, s.Shape, n*d, len(s.X))
	}
	if s.Groups != nil && len(s.Groups) != n {
		return fmt.Errorf("data set %q: %d labels but %d groups", s.Name, n, len(s.Groups))
	}
	if s.ByChance != nil && len(s.ByChance) != n {
		return fmt.Errorf("data set %q: %d labels but %d marks of labels drawn by chance", s.Name, n, len(s.ByChance))
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
	return s.checkSequences()
}

// checkSequences looks at the lengths of sequences and the numbers of tokens.
func (s *Set) checkSequences() error {
	for i := range s.Y {
		if err := s.Shape.CheckRow(s.Row(i)); err != nil {
			return fmt.Errorf("data set %q: example %d %w", s.Name, i, err)
		}
	}
	return nil
}

// CheckRow says, as what follows "example 7" in a sentence, what is wrong with the length
// or a token of a sequence, given its RowSize values, or nil. Padding is not looked at, and
// of other kinds nothing.
func (s Shape) CheckRow(row []float32) error {
	if !s.Sequence() {
		return nil
	}
	if length := row[s.Size()]; length != float32(int(length)) || length < 1 || int(length) > s.Height {
		return fmt.Errorf("has %v steps, which is outside 1..%d; leave out examples that are padding alone", length, s.Height)
	}
	if s.Kind != Tokens {
		return nil
	}
	for j, v := range row[:s.Length(row)] {
		if v != float32(int(v)) || v < 0 || int(v) >= s.Vocabulary {
			return fmt.Errorf("holds %v at place %d, which is no token of 0..%d; state the size of the vocabulary, or mend the file", v, j, s.Vocabulary-1)
		}
	}
	return nil
}

// Hash is the SHA-256, in hexadecimal, of the set's shape, values and labels and,
// where there are any, of its groups, which decide how labels are shuffled. So do, of what
// copies are made by, the columns of a table with categories or missing values and, of
// token numbers, the one that hides others; a Vocabulary of words has always the same one.
// Padding of sequences counts as zeros, whatever it holds.
func (s *Set) Hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d %d %d %d\n", s.Len(), s.Shape.Height, s.Shape.Width, s.Shape.Channels, len(s.Classes))
	if s.Shape.Sequence() {
		fmt.Fprintf(h, "%s %d\n", s.Shape.Kind, s.Shape.Vocabulary)
		s = s.cleared()
	}
	if s.Tokens != nil && s.Tokens.Words == nil {
		fmt.Fprintf(h, "mask %d\n", s.Tokens.Mask)
	}
	if slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Values() > 1 || c.Categories != nil }) {
		for _, c := range s.Columns {
			fmt.Fprintf(h, "column %d %t %q\n", c.First, c.Missing, c.Categories)
		}
	}
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

// cleared is a sequence set with zeros for padding.
func (s *Set) cleared() *Set {
	t := *s
	t.X = append([]float32(nil), s.X...)
	for i := range s.Y {
		clear(t.steps(i)[t.Shape.Length(t.Row(i))*t.Shape.Channels:])
	}
	return &t
}

// steps are the values of example i without its length, padding included.
func (s *Set) steps(i int) []float32 { return s.Row(i)[:s.Shape.Size()] }
