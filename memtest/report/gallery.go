package report

import (
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// examplesSection shows the examples; it has no blocks where there are none.
func (p Pictures) examplesSection() (document.Section, error) {
	s := document.Section{Name: "examples", Title: "Single examples", Folded: true,
		Caption: "How often the shuffled label of an example was recalled from its perturbed copy, beyond what copies of its class recall, with its standard error. Left the training example, right its copy."}
	if p.ByChance != nil {
		if err := p.ByChance.check(); err != nil {
			return s, err
		}
		s.Blocks = append(s.Blocks, document.Block{Text: p.ByChance.sentence()})
	}
	for _, e := range p.Examples {
		blocks, err := e.Blocks()
		if err != nil {
			return s, err
		}
		if title := word.Cut(word.Plain(e.Title), 120); title != "" && len(blocks) > 0 {
			s.Blocks = append(s.Blocks, document.Block{Heading: title})
		}
		s.Blocks = append(s.Blocks, blocks...)
		if e.Form != nil {
			s.Caption = strings.TrimSpace(captionOfLists + " " + e.Form.sentence())
		}
	}
	return s, nil
}

// captionOfLists is that of examples that are no pictures.
const captionOfLists = "Memorization says how often the shuffled label of an example was recalled from its perturbed copy, beyond what copies of its class recall, with its standard error."

// Blocks show the most and the least memorized examples: pictures, texts, curves or rows
// of a table. It is an error where one cannot be drawn, or lacks its copy.
func (e Examples) Blocks() ([]document.Block, error) {
	if e.Form != nil {
		most, err := e.Form.listed("Most memorized", e.Most)
		if err != nil {
			return nil, err
		}
		least, err := e.Form.listed("Least memorized", e.Least)
		return slices.Concat(most, least), err
	}
	galleries, err := e.galleries()
	var all []document.Block
	for _, g := range galleries {
		all = append(all, document.Block{Gallery: &g})
	}
	return all, err
}

// listed are examples beside their copies.
func (f Form) listed(title string, examples []Example) ([]document.Block, error) {
	var lines []shownLine
	for _, x := range examples {
		which := whichOf(x.Index, x.Class)
		if x.ByLot {
			which[1] += ", by lot"
		}
		lines = append(lines, shownLine{append(which, scoreOf(x)), x.Shown})
	}
	if len(lines) == 0 {
		return nil, nil
	}
	return f.blocks(title, []string{"No.", "class", "memorization"}, "", []string{"training example", "its copy"}, lines)
}

func scoreOf(x Example) string { return number.Signed(x.Score) + " ± " + number.Share(x.SE) }

// galleries are those of the most and of the least memorized examples.
func (e Examples) galleries() ([]document.Gallery, error) {
	var all []document.Gallery
	for _, group := range []struct {
		title    string
		examples []Example
	}{{"Most memorized", e.Most}, {"Least memorized", e.Least}} {
		g := document.Gallery{Title: group.title}
		for _, x := range group.examples {
			pair, err := x.pair()
			if err != nil {
				return nil, err
			}
			g.Pairs = append(g.Pairs, pair)
		}
		if len(g.Pairs) > 0 {
			all = append(all, g)
		}
	}
	return all, nil
}

// pair is the example beside its copy.
func (e Example) pair() (document.Pair, error) {
	if err := e.check(); err != nil {
		return document.Pair{}, err
	}
	p := document.Pair{
		Name: word.Name(e.Class), Value: scoreOf(e), Identity: "No. " + number.Count(e.Index),
	}
	for _, side := range []struct {
		to   *document.Picture
		from []float32
		alt  string
	}{{&p.Left, e.Parent, "Training example " + number.Count(e.Index) + ", class " + word.Name(e.Class)}, {&p.Right, e.Copy, "Its perturbed copy"}} {
		data, err := encode(e.picture(side.from))
		if err != nil {
			return p, err
		}
		*side.to = document.Picture{PNG: data, Width: e.Width, Height: e.Height, Alt: side.alt}
	}
	return p, nil
}
