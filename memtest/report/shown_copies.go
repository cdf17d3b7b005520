package report

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// ShownExample is an example and its copies, one for each level, as people read them.
type ShownExample struct {
	Index  int     `json:"index"` // in the training set
	Class  string  `json:"class"`
	Copies []Shown `json:"copies"`
}

// CopiesShown are the first n examples of a set with their copies at these levels, and
// nothing else, see ShowCopies.
func CopiesShown(set *datasets.Set, p perturb.Perturbation, levels []float64, n int, seed uint64) (Copies, error) {
	c := Copies{Perturbation: p.Name()}
	for _, l := range levels {
		c.Levels = append(c.Levels, CopyLevel{Level: l})
	}
	return c, c.ShowCopies(set, p, n, seed)
}

// ShowCopies adds the first n examples of a set with their copies at the levels of c,
// which are those of perturb.Copies with the same seed. Of images, whose copies are
// pictures, it adds nothing.
func (c *Copies) ShowCopies(set *datasets.Set, p perturb.Perturbation, n int, seed uint64) error {
	form, ok := FormOf(set)
	if !ok {
		return nil
	}
	p, err := perturb.Fitted(p, set) // to the whole set, before it is cut to what is shown
	if err != nil {
		return err
	}
	few := set.Head(max(1, n))
	c.Form, c.Examples = &form, nil
	for i := range few.Len() {
		c.Examples = append(c.Examples, ShownExample{Index: i, Class: few.Classes[few.Y[i]]})
	}
	for _, l := range c.Levels {
		copies, err := perturb.Copies(few, p, l.Level, seed)
		if err != nil {
			return err
		}
		for i := range c.Examples {
			c.Examples[i].Copies = append(c.Examples[i].Copies, form.show(copies, i))
		}
	}
	return nil
}

// Blocks show the examples and their copies where they are no pictures: texts, curves
// or rows of a table. It is an error where one lacks a copy, a column or a channel.
func (c Copies) Blocks() ([]document.Block, error) {
	if c.Form == nil || len(c.Examples) == 0 {
		return nil, nil
	}
	var heads []string
	for _, l := range c.Levels {
		heads = append(heads, number.Level(l.Level))
	}
	var lines []shownLine
	for _, x := range c.Examples {
		lines = append(lines, shownLine{whichOf(x.Index, x.Class), x.Copies})
	}
	return c.Form.blocks("", []string{"No.", "class"}, word.Name(c.Perturbation), heads, lines)
}

// Sentence says what is to be known of Blocks; "" = nothing.
func (c Copies) Sentence() string {
	if c.Form == nil {
		return ""
	}
	return c.Form.sentence()
}

// check says what is wrong with lines that were read from a file, or nil.
func (f Form) check(heads []string, lines []shownLine) error {
	if f.Kind == datasets.Image || !slices.Contains(datasets.Kinds(), f.Kind) {
		return fmt.Errorf("examples of kind %q are no texts, curves or rows of a table", word.Name(string(f.Kind)))
	}
	for _, l := range lines {
		whole := len(l.shown) == len(heads)
		for _, s := range l.shown {
			whole = whole && (f.Kind != datasets.Table || len(s.Cells) == len(f.Names)) && (f.Kind != datasets.Series || len(s.Curves) == len(f.Names))
		}
		if !whole {
			return fmt.Errorf("example %s is not shown with all its columns, channels and copies", l.words[0])
		}
	}
	return nil
}

// addListed adds to a text what is said of single examples, and those that are no
// pictures.
func (p Page) addListed(d *document.Document) error {
	all := p.Pictures
	all.Examples = slices.DeleteFunc(slices.Clone(p.Examples), func(e Examples) bool { return e.Form == nil })
	s, err := all.examplesSection()
	if err != nil || len(s.Blocks) == 0 {
		return err
	}
	if len(all.Examples) == 0 {
		s.Caption = "" // which is about pictures
	}
	d.Sections = append(d.Sections, document.Section{Title: s.Title, Caption: s.Caption, Blocks: s.Blocks})
	return nil
}
