package arrays

import (
	"fmt"
	"slices"
)

// Codes of a vocabulary are told by the first rows of an array.
const (
	codesRows    = 256
	codesColumns = 8    // fewer are columns of a table, such as a year
	codesLargest = 1000 // no vocabulary is smaller
)

// Codes says that whole numbers look like codes, such as the tokens of a text,
// which are no measurements: rows of many large ones, none below 0. It is a
// sentence, or "" where they do not, or cannot be read.
func (a *Array) Codes() string {
	if !slices.Contains([]string{"int32", "int64", "uint32", "uint64"}, a.elem.name) || a.Cols() < codesColumns {
		return ""
	}
	m, err := a.Matrix(codesRows)
	if err != nil || slices.Min(m.Data) < 0 || slices.Max(m.Data) < codesLargest {
		return ""
	}
	return fmt.Sprintf("file %s, array %v: its whole numbers, up to %.0f, are taken for measurements; if they are codes, such as tokens of a text, give their embeddings or one-hot rows instead", a.file, a, slices.Max(m.Data))
}
