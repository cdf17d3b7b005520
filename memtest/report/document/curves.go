package document

import (
	"fmt"
	"html/template"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// Curves is a table of words, and of sketches after them. Text and Markdown write a
// sketch as lines of block characters, a row for each of its curves.
type Curves struct {
	Title string
	Head  []string
	Names []string // of the curves of a sketch; fewer than two need no legend
	Rows  []CurvesRow
}

// CurvesRow is a row: as many words and sketches together as the head has names.
type CurvesRow struct {
	Words    []string
	Sketches []chart.Sketch
}

// lineOfCurve is how many characters a curve takes at most in a text.
const lineOfCurve = 24

func (c Curves) check() error {
	for i, r := range c.Rows {
		if n := len(r.Words) + len(r.Sketches); n != len(c.Head) || len(r.Words) != c.words() {
			return fmt.Errorf("row %d of the curves has %d words and %d sketches, its head %d names, and the first row %d words", i+1, len(r.Words), len(r.Sketches), len(c.Head), c.words())
		}
	}
	return nil
}

// words is how many first columns are words.
func (c Curves) words() int {
	if len(c.Rows) == 0 {
		return len(c.Head)
	}
	return len(c.Rows[0].Words)
}

// table is what a text shows of the curves.
func (c Curves) table() Table {
	t := Table{Title: word.Plain(c.Title)}
	named := len(c.Names) > 1
	for i, name := range c.Head {
		if named && i == c.words() {
			t.Columns = append(t.Columns, Column{Name: "channel", Words: true, Lead: true})
		}
		t.Columns = append(t.Columns, Column{Name: word.Plain(name), Words: true, Key: i < c.words()})
	}
	for _, r := range c.Rows {
		for k := range max(1, len(c.Names)) {
			l := Row{First: k == 0}
			for _, w := range r.Words {
				if k > 0 {
					w = ""
				}
				l.Cells = append(l.Cells, word.Plain(w))
			}
			if named {
				l.Cells = append(l.Cells, word.Name(c.Names[k]))
			}
			for _, s := range r.Sketches {
				l.Cells = append(l.Cells, s.Line(k, lineOfCurve))
			}
			t.Rows = append(t.Rows, l)
		}
	}
	return t
}

// Drawn is a sketch as the page holds it.
func (r CurvesRow) Drawn() []template.HTML {
	var all []template.HTML
	for _, s := range r.Sketches {
		all = append(all, template.HTML(s.SVG()))
	}
	return all
}

// Plain are the words of a row.
func (r CurvesRow) Plain() []string { return plainAll(r.Words) }

// Legend are the looks of the curves, where there are several.
func (c Curves) Legend() []htmlSample {
	var all []htmlSample
	for k, name := range c.Names {
		if len(c.Names) > 1 {
			all = append(all, htmlSample{template.HTML(chart.SketchSample(k)), word.Name(name)})
		}
	}
	return all
}

// Plain are the names of the columns.
func (c Curves) Plain() []string { return plainAll(c.Head) }

func plainAll(words []string) []string {
	var all []string
	for _, w := range words {
		all = append(all, word.Plain(w))
	}
	return all
}
