package datasets

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Kind says what the values of an example mean: which networks take it, how it is copied
// and how it is shown.
type Kind string

const (
	Image  Kind = "image"  // pixels [Height, Width, Channels]
	Table  Kind = "table"  // columns [Channels], each in a unit of its own; Height and Width are 1
	Series Kind = "series" // values [Height steps, Channels]; Width is 1
	Tokens Kind = "tokens" // numbers of tokens [Height places], 0..Vocabulary−1; Width and Channels are 1
)

// Kinds are all kinds of examples.
func Kinds() []Kind { return []Kind{Image, Table, Series, Tokens} }

// Plurals names kinds of examples in a sentence, as in "images, tables and series".
func Plurals(kinds []Kind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		if words[i] = string(k); k == Image || k == Table {
			words[i] += "s"
		}
	}
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " and " + words[last]
	}
	return strings.Join(words, "")
}

// KindOf is what examples of this shape are. Those of one place, Height 1 and Width 1, are
// rows of a table, and others images, unless Shape.Kind says that they are sequences.
func (s Shape) KindOf() Kind {
	switch {
	case s.Sequence():
		return s.Kind
	case s.Table():
		return Table
	}
	return Image
}

// KindNamed is the kind of examples that Load gives by this name or path, read with these
// options, as far as can be told without reading them.
func KindNamed(name string, o FileOptions) Kind {
	if info, ok := lookup(name); ok {
		return info.Shape.KindOf()
	}
	ending := strings.ToLower(filepath.Ext(name))
	switch {
	case o.Layout == "tokens" || o.Layout == "words" || o.Layout == "characters":
		return Tokens
	case o.Layout == "series" || o.Layout == "series-ct" || ending == ".ts":
		return Series
	case o.Layout == "table" || o.Layout == "" && slices.Contains([]string{".csv", ".tsv", ".tab"}, ending):
		return Table
	}
	return Image
}

// Sequence says whether examples are series or tokens, whose lengths may differ: the last
// value of a row of Set.X is then the number of steps that the example has, 1..Height, and
// what stands in later steps is padding, which nothing may depend on.
func (s Shape) Sequence() bool { return s.Kind == Series || s.Kind == Tokens }

// RowSize is the number of values of a row of Set.X: those of one example and, of a
// sequence, its length.
func (s Shape) RowSize() int {
	if s.Sequence() {
		return s.Size() + 1
	}
	return s.Size()
}

// Length is the number of steps of the sequence in a row of Set.X; of other kinds Height.
func (s Shape) Length(row []float32) int {
	if s.Sequence() {
		return int(row[s.Size()])
	}
	return s.Height
}

// Check says, as one sentence, what sizes a kind cannot have, or nil.
func (s Shape) Check() error {
	switch {
	case s.Kind != "" && !s.Sequence():
		return fmt.Errorf("a shape states kind %q, but only %s and %s are stated; those of images and tables follow from their sizes", s.Kind, Series, Tokens)
	case s.Size() <= 0:
		return fmt.Errorf("examples of shape %v hold no values", s)
	case s.Sequence() && s.Width != 1 || s.Kind == Tokens && s.Channels != 1:
		return fmt.Errorf("examples of %d×%d×%d are no %s, whose width is 1, as is the number of channels of tokens", s.Height, s.Width, s.Channels, s.Kind)
	case s.Kind == Tokens && (s.Vocabulary < 1 || s.Vocabulary > mostTokens):
		return fmt.Errorf("a vocabulary of %d tokens is outside 1..%d", s.Vocabulary, mostTokens)
	case s.Kind != Tokens && s.Vocabulary != 0:
		return fmt.Errorf("examples of kind %s have no vocabulary", s.KindOf())
	}
	return nil
}

// mostTokens keeps the numbers of tokens such as float32 holds exactly.
const mostTokens = 1 << 24

func (s Shape) String() string {
	switch s.Kind {
	case Series:
		return fmt.Sprintf("%d steps × %s", s.Height, plural(s.Channels, "channel"))
	case Tokens:
		return fmt.Sprintf("%d places for %s", s.Height, plural(s.Vocabulary, "token"))
	}
	return fmt.Sprintf("%d×%d×%d", s.Height, s.Width, s.Channels)
}

// Column is a column of a table as its file has it, which may take several values of a
// row: a number takes one, and one more, 1 where it is missing, if any is; a category takes
// one for each that occurs in training, 1 for the example's own.
type Column struct {
	Name       string
	First      int      // its first value in a row
	Categories []string // in the order of its values; nil = a number
	Missing    bool     // of a number: the value after it says whether it is missing
}

// Values is how many values of a row the column takes.
func (c Column) Values() int {
	switch {
	case c.Categories != nil:
		return len(c.Categories)
	case c.Missing:
		return 2
	}
	return 1
}
