package datasets

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Words are the tokens of example i as people read them, from its first to its last
// place: those of the vocabulary, or numbers where no words are known. Of other kinds
// there are none.
func (s *Set) Words(i int) []string {
	if s.Shape.Kind != Tokens {
		return nil
	}
	row := s.Row(i)
	all := make([]string, s.Shape.Length(row))
	for j := range all {
		all[j] = strconv.Itoa(int(row[j]))
		if v := int(row[j]); s.Tokens != nil && v >= 0 && v < len(s.Tokens.Words) {
			all[j] = s.Tokens.Words[v]
		}
	}
	return all
}

// Text is example i as one text, its words with what the vocabulary puts between them;
// numbers of tokens stand a space apart.
func (s *Set) Text(i int) string { return strings.Join(s.Words(i), s.Between()) }

// Between is what stands between two words of a text of this set.
func (s *Set) Between() string {
	if s.Tokens == nil || s.Tokens.Words == nil {
		return " "
	}
	return s.Tokens.Space
}

// Curve is one channel of example i of a set of series, from its first step to its
// last.
func (s *Set) Curve(i, channel int) []float32 {
	row := s.Row(i)
	all := make([]float32, s.Shape.Length(row))
	for t := range all {
		all[t] = row[t*s.Shape.Channels+channel]
	}
	return all
}

// FileColumns are the columns of a table as its file has them, see Columns; where
// that is not known, one for each value, named by its number from 1 on.
func (s *Set) FileColumns() []Column {
	if s.Columns != nil {
		return slices.Clone(s.Columns)
	}
	all := make([]Column, s.Shape.Size())
	for j := range all {
		all[j] = Column{Name: fmt.Sprintf("column %d", j+1), First: j}
	}
	return all
}

// Read is what a row of Set.X holds of the column: a number, or a category, or that it
// is missing. Of a copy, whose values need not be 0 and 1, the category is that of the
// largest value, and nothing is missing below 1/2; a category is missing where no
// value of it is above 0.
func (c Column) Read(row []float32) (number float32, category string, missing bool) {
	values := row[c.First : c.First+c.Values()]
	if c.Categories == nil {
		return values[0], "", c.Missing && values[1] >= 0.5
	}
	largest := 0
	for k, v := range values {
		if v > values[largest] {
			largest = k
		}
	}
	if len(values) == 0 || values[largest] <= 0 {
		return 0, "", true
	}
	return 0, c.Categories[largest], false
}
