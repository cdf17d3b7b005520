package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// HTML writes the page as one file: no reference leads out of it, and its
// content security policy forbids scripts and any load. It is well-formed XML
// too. No rows give a page that says so.
func HTML(w io.Writer, p Page) error {
	v, err := newView(p.Rows)
	if err != nil {
		return err
	}
	d := document.Document{Verbatim: true, Title: v.heading(p), Remarks: p.remarks()}
	d.Reload, d.Remarks = p.reloading(d.Remarks)
	if len(p.Rows) == 0 {
		if p.Unfinished == nil { // which says so
			d.Remarks = append(d.Remarks, noRows)
		}
	} else {
		d.About = v.about()
		if d.Sections, err = v.sections(p); err != nil {
			return err
		}
	}
	if made := p.madeSection(); len(made.Blocks) > 0 {
		d.Sections = append(d.Sections, made)
	}
	return d.HTML(w)
}

// sections are those of a page with rows, in the order in which they are read: the
// verdict with its picture, what it rests on, the numbers, what cannot be said; the rest
// is folded, by subject.
func (v *view) sections(p Page) ([]document.Section, error) {
	first, err := v.firstSection(p.Copies, p.Unfinished != nil || p.Manifest != nil && p.Manifest.Unfinished)
	if err != nil {
		return nil, err
	}
	all := append([]document.Section{first}, v.open()...)
	for _, f := range v.figures() {
		if f.Name != FigureFirst {
			all = append(all, document.Section{Name: f.Name, Title: f.Title, Caption: f.Caption, Folded: true, Blocks: []document.Block{{Plots: &f}}})
		}
	}
	examples, err := p.examplesSection()
	if err != nil {
		return nil, err
	}
	if len(examples.Blocks) > 0 {
		all = append(all, examples)
	}
	if p.Copies != nil {
		copies, err := p.Copies.section()
		if err != nil {
			return nil, err
		}
		all = append(all, copies)
	}
	all = append(all, v.allCells())
	if notes := v.notes(); len(notes) > 0 {
		all = append(all, document.Section{Name: "warnings", Title: "Warnings", Folded: true, Blocks: []document.Block{{Notes: notes}}})
	}
	return append(all, document.Section{Name: "words", Title: "How to read these words and numbers", Folded: true, Blocks: []document.Block{{Terms: key}, {Text: v.wordsOfTests()}}}), nil
}

// firstSection is what is read in ten seconds: the verdicts, and beside them the picture
// with copies below its axis.
func (v *view) firstSection(copies *Copies, unfinished bool) (document.Section, error) {
	s := document.Section{Name: "verdict", Title: "The verdict"}
	both := &document.Beside{}
	for _, f := range v.conclude() {
		f.Points = nil
		if unfinished {
			f.Title = "So far: " + f.Title
		}
		both.Left = append(both.Left, document.Block{Finding: &f})
	}
	picture := v.captioned(v.atFirstSight())
	if len(picture.Panels) == 0 {
		s.Blocks = both.Left
		return s, nil
	}
	strip := &document.Strip{Figure: picture}
	if copies != nil {
		tiles, err := copies.tiles()
		if err != nil {
			return s, err
		}
		strip.Tiles = v.marked(tiles)
	}
	both.Right = []document.Block{{Strip: strip}}
	s.Blocks = []document.Block{{Beside: both}}
	return s, nil
}

// marked are the tiles with the level that is read.
func (v *view) marked(tiles []document.Tile) []document.Tile {
	for _, n := range v.subjects() {
		for _, perturbation := range v.perturbations {
			s, ok := v.primary(n, perturbation)
			if !ok {
				continue
			}
			read := v.read(s).level
			for i := range tiles {
				tiles[i].Read = tiles[i].Read || tiles[i].At == read
			}
		}
	}
	for i, t := range tiles {
		if t.Read {
			tiles[i].Alt += ", which is read"
		}
	}
	return tiles
}

// open are the sections that stand open below the first one.
func (v *view) open() []document.Section {
	why := document.Section{Name: "why", Title: "What it rests on"}
	for _, f := range v.conclude() {
		if len(v.subjects())*len(v.perturbations) > 1 {
			why.Blocks = append(why.Blocks, document.Block{Heading: f.Title})
		}
		why.Blocks = append(why.Blocks, document.Block{List: f.Points})
	}
	numbers := document.Section{Name: "numbers", Title: "The numbers", Blocks: tableBlocks(v.summary())}
	numbers.Blocks = append(numbers.Blocks, document.Block{Text: wordsOfColumns})
	if own := v.networkTables(); len(own) > 0 {
		numbers.Blocks = append(append(numbers.Blocks, tableBlocks(own)...), document.Block{Text: wordsOfNetworks})
	}
	numbers.Blocks = append(numbers.Blocks, document.Block{Fold: &document.Fold{Summary: "The same in sentences, with every interval", Blocks: []document.Block{{List: v.allNumbers()}}}})
	all := []document.Section{why, numbers}
	if limits := v.limits(); len(limits) > 0 {
		all = append(all, document.Section{Name: "limits", Title: "What cannot be said", Blocks: []document.Block{{Limits: limits}}})
	}
	return all
}

// wordsOfColumns is the line below the first table.
const wordsOfColumns = "Learning is how much more often copies get their real label back than a shuffled one; memorization how much more often they get a shuffled one back than chance gives; its own part is lost where copies are exchanged within their class. ± is half of the 95% interval over other examples of the same kind."

// allNumbers are the sentences with all numbers.
func (v *view) allNumbers() []string {
	var all []string
	for _, network := range v.subjects() {
		for _, perturbation := range v.perturbations {
			all = append(all, v.numbers(network, perturbation)...)
		}
	}
	return all
}

// wordsOfTests says what the comparing words of the conclusions mean.
func (v *view) wordsOfTests() string {
	if v.onlyMixed() {
		return "Cells are not compared, since no errors of their differences are known. What blends are, and what is not said of them, is in docs/method.md."
	}
	text := fmt.Sprintf("“More” and “less” say that the interval of the difference, taken example by example and label set by label set, leaves out 0; “the same within %s” that it lies between −%[1]s and %[1]s; “no difference shown” that it does neither. The intervals of all comparisons hold together with confidence %s%%, each with %s%%. ",
		number.Level(v.margin()), number.Level(100*(1-v.rows[0].AlphaOrDefault())), number.Fixed(100*v.confidence(), 2))
	if v.byShuffles() {
		text += "Rows of an older memtest say nothing of other images: their differences are tested over the shuffles alone. "
	}
	return text + "The rule by which a level is read, and that of each verdict, are in docs/method.md; neither looks at what the network under test learned."
}

// findings are the verdicts with their points.
func (v *view) findings() []document.Block {
	var all []document.Block
	for _, f := range v.conclude() {
		all = append(all, document.Block{Finding: &f})
	}
	return all
}

func tableBlocks(tables []document.Table) []document.Block {
	var all []document.Block
	for _, t := range tables {
		all = append(all, document.Block{Table: &t})
	}
	return all
}

// allCells is every row.
func (v *view) allCells() document.Section {
	s := document.Section{Name: "cells", Title: fmt.Sprintf("All %s", countRows(len(v.rows))), Folded: true,
		Caption: "Every row of the run. Accuracies are shares of the copies; grey rows are references. A p with ~ is descriptive."}
	for _, t := range v.cellTables() {
		s.Blocks = append(s.Blocks, document.Block{Table: &t})
	}
	return s
}

// notes are the warnings.
func (v *view) notes() []document.Note {
	var all []document.Note
	for _, g := range v.warnings() {
		all = append(all, document.Note{Lead: g.meaning, Text: fmt.Sprintf("%s: %s.", countRows(g.rows), g.where), Details: strings.Join(g.details, "; ")})
	}
	return all
}

// Markdown writes the page as GitHub-flavoured Markdown, without its plots and
// pictures.
func Markdown(w io.Writer, p Page) error {
	v, err := newView(p.Rows)
	if err != nil {
		return err
	}
	if len(p.Rows) == 0 {
		return ErrNoRows
	}
	d := document.Document{Verbatim: true, Title: v.heading(p), About: v.about() + ".", Remarks: p.remarks(), Sections: []document.Section{
		{Title: "The verdict", Blocks: v.findings()},
	}}
	for _, s := range v.open() {
		if s.Name != "why" { // which the findings hold
			d.Sections = append(d.Sections, s)
		}
	}
	d.Sections = append(d.Sections, document.Section{Title: "How to read it", Blocks: []document.Block{{Terms: key}, {Text: v.wordsOfTests()}}})
	add := func(title string, blocks ...document.Block) {
		d.Sections = append(d.Sections, document.Section{Title: title, Blocks: blocks})
	}
	if err := p.addListed(&d); err != nil {
		return err
	}
	if p.Copies != nil {
		shown, err := p.Copies.Blocks()
		if err != nil {
			return err
		}
		if s := p.Copies.Sentence(); s != "" {
			shown = append([]document.Block{{Text: s}}, shown...)
		}
		copies := p.Copies.table()
		add("The copies", append(shown, document.Block{Table: &copies})...)
	}
	add("All cells", tableBlocks(v.cellTables())...)
	if notes := v.notes(); len(notes) > 0 {
		add("Warnings", document.Block{Notes: notes})
	}
	if facts := p.made(); len(facts) > 0 {
		add("How it was made", document.Block{Facts: facts})
	}
	return d.Markdown(w, nil)
}

// longText is how many rows make a text so long that its first lines scroll away.
const longText = 24

// Text writes the verdicts, what they rest on and what cannot be said, then the rows as
// aligned tables with units. Below a long one the verdicts stand again.
func Text(w io.Writer, rows []result.Row, o document.TextOptions) error {
	v, err := newView(rows)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return ErrNoRows
	}
	blocks := v.findings()
	if limits := v.limits(); len(limits) > 0 {
		blocks = append(blocks, document.Block{Heading: "What cannot be said"}, document.Block{Limits: limits})
	}
	for _, t := range v.cellTables() {
		blocks = append(blocks, document.Block{Table: &t})
		if words := v.flagsIn(t); len(words) > 0 {
			blocks = append(blocks, document.Block{List: words})
		}
	}
	blocks = append(blocks, tableBlocks(v.networkTables())...)
	blocks = append(blocks, document.Block{Text: "Accuracies are shares of the copies. null: labels shuffled. learning = observed − null, memorization = null − chance. p: share of shuffles, the real labels included, that do as well; ~p is descriptive: the features have seen the labels."})
	if len(rows) > longText {
		for _, f := range v.conclude() {
			blocks = append(blocks, document.Block{Finding: &document.Finding{Title: f.Title, Lead: f.Lead}})
		}
	}
	return document.Document{Verbatim: true, About: v.about(), Sections: []document.Section{{Blocks: blocks}}}.Text(w, o)
}

// heading is the title of the page.
func (v *view) heading(p Page) string {
	if p.Title != "" {
		return word.Cut(word.Plain(p.Title), 120)
	}
	if len(v.rows) == 0 {
		return "A run without rows"
	}
	var names []string
	for _, n := range v.networks {
		names = append(names, word.Name(n))
	}
	if len(names) == 0 {
		names = []string{"the references"}
	}
	if len(names) > 3 {
		names = append(names[:2:2], fmt.Sprintf("%d more", len(names)-2))
	}
	data := ""
	if d := v.rows[0].Data; d != "" {
		data = " on " + word.Name(d)
	}
	return "What " + word.List(names) + " learned and memorized" + data
}

// key explains the columns, in the order of the table.
var key = []document.Term{
	{Name: "observed", Text: "accuracy of the probe on the perturbed copies, fitted to the real labels of their parents"},
	{Name: "null", Text: "the same with the labels shuffled, mean over the permutations; each copy carries its parent's shuffled label"},
	{Name: "chance", Text: "accuracy if predictions and labels were paired at random"},
	{Name: "fresh", Text: "accuracy of the probe on examples it has never seen, real labels: generalization"},
	{Name: "learning", Text: "observed minus null: structure of the labels beyond what the probe can memorize"},
	{Name: "memorization", Text: "null minus chance: random labels recovered from near-copies"},
	{Name: "own part", Text: "the part of memorization that is lost when copies are exchanged among those of the same class; the rest is what the class gives. Sentences and figures about memorization are about this part"},
	{Name: "± 95%", Text: "half the width of the 95% interval over other examples of the same kind, as many of them, and other label sets; the network is held fixed. Of 1,000 examples and more, what a sample does to all its copies alike is in it only with --halves"},
	{Name: "probe", Text: "a shallow classifier that is fitted to what a layer makes of the training examples: ridge is linear, k-NN a vote of the nearest ones"},
	{Name: "flags", Text: "warnings; each is explained below the table, or in the section of warnings"},
	{Name: "p", Text: "share of permutations, the real one included, that do as well; ~ marks a descriptive one, whose features have seen the labels"},
}
