package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

const (
	wordsShown      = 12
	categoriesShown = 6
	columnsShown    = 20
)

// describeValues prints what the values of a set stand for: the lengths of sequences, the
// vocabulary of tokens, and the columns of a table.
func describeValues(out io.Writer, s *datasets.Set) {
	if s.Shape.Sequence() {
		lengths := make([]int, s.Len())
		for i := range lengths {
			lengths[i] = s.Shape.Length(s.Row(i))
		}
		slices.Sort(lengths)
		fmt.Fprintf(out, "lengths  %d (shortest), %d (median), %d (longest)\n", lengths[0], lengths[len(lengths)/2], lengths[len(lengths)-1])
	}
	if s.Tokens != nil {
		fmt.Fprintf(out, "tokens   %s, of which %d stands for one that is hidden or not known%s\n", number.Count(s.Shape.Vocabulary), s.Tokens.Mask, someWords(s.Tokens))
	}
	for j, c := range s.Columns {
		if j == columnsShown {
			fmt.Fprintf(out, "         and %d more columns\n", len(s.Columns)-j)
			break
		}
		head := "        "
		if j == 0 {
			head = "columns "
		}
		fmt.Fprintf(out, "%s %s: %s\n", head, word.Plain(c.Name), columnIs(c))
	}
	if s.ByChance != nil {
		lots := 0
		for _, chance := range s.ByChance {
			if chance {
				lots++
			}
		}
		fmt.Fprintf(out, "by lot   %d training examples have a label that was drawn among several that are as right\n", lots)
	}
}

// someWords lists the first words of a vocabulary.
func someWords(v *datasets.Vocabulary) string {
	var shown []string
	for k, w := range v.Words {
		if k == int(v.Pad) || k == int(v.Mask) {
			continue
		}
		if len(shown) == wordsShown {
			shown = append(shown, "…")
			break
		}
		shown = append(shown, fmt.Sprintf("%q", w))
	}
	if len(shown) == 0 {
		return ""
	}
	return ": " + word.Plain(strings.Join(shown, " "))
}

// columnIs says what a column of a table holds.
func columnIs(c datasets.Column) string {
	switch n := len(c.Categories); {
	case c.Missing:
		return "number, and whether it is missing"
	case c.Categories == nil:
		return "number"
	case n > categoriesShown:
		return fmt.Sprintf("category, one of %d: %s, …", n, word.Plain(strings.Join(c.Categories[:categoriesShown], ", ")))
	default:
		return fmt.Sprintf("category, one of %d: %s", n, word.Plain(strings.Join(c.Categories, ", ")))
	}
}
