package report

import (
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// examplesSection shows the examples; it has no blocks where there are none.
func examplesSection(all []Examples) (document.Section, error) {
	s := document.Section{Name: "examples", Title: "Single examples", Folded: true,
		Caption: "How often the shuffled label of an example was recalled from its perturbed copy, beyond what copies of its class recall, with its standard error. Left the training example, right its copy."}
	for _, e := range all {
		galleries, err := e.galleries()
		if err != nil {
			return s, err
		}
		if title := word.Cut(word.Plain(e.Title), 120); title != "" && len(galleries) > 0 {
			s.Blocks = append(s.Blocks, document.Block{Heading: title})
		}
		for _, g := range galleries {
			s.Blocks = append(s.Blocks, document.Block{Gallery: &g})
		}
	}
	return s, nil
}

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
		Name: word.Name(e.Class), Value: number.Signed(e.Score) + " ± " + number.Share(e.SE), Identity: "No. " + number.Count(e.Index),
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
