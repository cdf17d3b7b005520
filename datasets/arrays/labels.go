package arrays

import (
	"strconv"
	"strings"
)

// Labels are classes as a file holds them, whole numbers or text; the other one
// is nil.
type Labels struct {
	Ints  []int64
	Texts []string
}

// Len is the number of labels.
func (l Labels) Len() int { return max(len(l.Ints), len(l.Texts)) }

// Head is the first rows labels; all where rows is 0.
func (l Labels) Head(rows int) Labels { return l.part(0, Head(l.Len(), rows)) }

// part is the labels from one place up to another, a view.
func (l Labels) part(from, to int) Labels {
	if l.Texts != nil {
		return Labels{Texts: l.Texts[from:to]}
	}
	return Labels{Ints: l.Ints[from:to]}
}

// Differs is the first place where two lists of labels name other classes, −1 where
// there is none; text is that of the two there. Of two lengths the shorter counts.
func (l Labels) Differs(o Labels) (place int, text [2]string) {
	for i := range min(l.Len(), o.Len()) {
		if a, b := l.text(i), o.text(i); a != b {
			return i, [2]string{a, b}
		}
	}
	return -1, text
}

// text is label i as the name of its class.
func (l Labels) text(i int) string {
	if l.Texts != nil {
		return l.Texts[i]
	}
	return strconv.FormatInt(l.Ints[i], 10)
}

// missing says whether a cell is what programs write for a value that is not there.
// A class may be called None.
func missing(text string) bool {
	switch text {
	case "", "NA", "N/A", "#N/A", "<NA>", "NaT", "null", "NULL":
		return true
	}
	return strings.EqualFold(text, "nan")
}

// columnLabels are labels of a table's column: whole numbers, so that class 10
// comes after class 9, where every cell is one, written in one and the same way,
// as 3 or as 3.0. All else is text, so that two spellings are never one class: 01
// and 1, or 3 and 3.0 in one column, may be codes that differ.
func columnLabels(cells []string) Labels {
	decimals := ""
	if len(cells) > 0 {
		_, zeros, found := strings.Cut(cells[0], ".")
		if found && zeros != "" && strings.Trim(zeros, "0") == "" {
			decimals = "." + zeros
		}
	}
	ints := make([]int64, len(cells))
	for i, cell := range cells {
		digits, found := strings.CutSuffix(cell, decimals)
		v, err := strconv.ParseInt(digits, 10, 64)
		if !found || err != nil || strconv.FormatInt(v, 10) != digits {
			return Labels{Texts: cells}
		}
		ints[i] = v
	}
	return Labels{Ints: ints}
}
