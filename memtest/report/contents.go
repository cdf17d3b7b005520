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

// sections are those of a page with rows, in the order in which they are read.
func (v *view) sections(p Page) ([]document.Section, error) {
	all := []document.Section{v.conclusions()}
	for _, f := range v.figures() {
		all = append(all, document.Section{Name: f.Name, Title: f.Title, Caption: f.Caption, Blocks: []document.Block{{Plots: &f}}})
	}
	examples, err := examplesSection(p.Examples)
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
		all = append(all, document.Section{Name: "warnings", Title: "Warnings", Blocks: []document.Block{{Notes: notes}}})
	}
	return all, nil
}

// conclusions is what was found, what cannot be said, and how to read both.
func (v *view) conclusions() document.Section {
	s := document.Section{Name: "conclusions", Title: "Conclusions", Blocks: v.findings()}
	if limits := v.limits(); len(limits) > 0 {
		s.Blocks = append(s.Blocks, document.Block{Heading: "What cannot be said"}, document.Block{Limits: limits})
	}
	s.Blocks = append(s.Blocks, document.Block{Fold: &document.Fold{Summary: "How to read these words and numbers", Blocks: []document.Block{{Terms: key}, {
		Text: v.wordsOfTests(),
	}}}})
	return s
}

// wordsOfTests says what the comparing words of the conclusions mean.
func (v *view) wordsOfTests() string {
	text := fmt.Sprintf("“More” and “less” say that the interval of the difference, taken image by image and label set by label set, leaves out 0; “the same within %s” that it lies between −%[1]s and %[1]s; “no difference shown” that it does neither. The intervals of all comparisons hold together with confidence %s%%, each with %s%%. ",
		number.Level(v.margin()), number.Level(100*(1-v.rows[0].AlphaOrDefault())), number.Fixed(100*v.confidence(), 2))
	if v.byShuffles() {
		text += "Rows of an older memtest say nothing of other images: their differences are tested over the shuffles alone. "
	}
	return text + "The level is the middle one of those above 0, whatever came out there."
}

func (v *view) findings() []document.Block {
	var all []document.Block
	for _, f := range v.conclude() {
		all = append(all, document.Block{Finding: &f})
	}
	all = append(all, tableBlocks(v.summary())...)
	if own := v.networkTables(); len(own) > 0 {
		all = append(append(all, tableBlocks(own)...), document.Block{Text: wordsOfNetworks})
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

// mostOpenRows is how many rows the page shows unfolded: a few screens.
const mostOpenRows = 200

// allCells is every row.
func (v *view) allCells() document.Section {
	s := document.Section{Name: "cells", Title: "All cells", Blocks: tableBlocks(v.cellTables()),
		Caption: "Every row of the run. Accuracies are shares of the copies; grey rows are references. A p with ~ is descriptive."}
	if len(v.rows) > mostOpenRows {
		s.Blocks = []document.Block{{Fold: &document.Fold{Summary: "Show " + countRows(len(v.rows)), Blocks: s.Blocks}}}
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
		{Title: "Conclusions", Blocks: v.findings()},
		{Title: "What cannot be said", Blocks: []document.Block{{Limits: v.limits()}}},
		{Title: "How to read it", Blocks: []document.Block{{Terms: key}, {Text: v.wordsOfTests()}}},
	}}
	add := func(title string, blocks ...document.Block) {
		d.Sections = append(d.Sections, document.Section{Title: title, Blocks: blocks})
	}
	if p.Copies != nil {
		copies := p.Copies.table()
		add("The copies", document.Block{Table: &copies})
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

// Text writes the rows as aligned tables with units, then the conclusions, which
// so stay in sight at the end of a terminal.
func Text(w io.Writer, rows []result.Row, o document.TextOptions) error {
	v, err := newView(rows)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return ErrNoRows
	}
	blocks := append(append(tableBlocks(v.cellTables()), tableBlocks(v.networkTables())...),
		document.Block{Text: "Accuracies are shares of the copies. null: labels shuffled. learning = observed − null, memorization = null − chance. ~p is descriptive: the features have seen the labels."},
		document.Block{List: v.sentences()})
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
	{Name: "± 95%", Text: "half the width of the 95% interval over other images of the same kind, as many of them, and other label sets; the network is held fixed. Of 1,000 examples and more, what a sample does to all its copies alike is in it only with --halves"},
	{Name: "p", Text: "share of permutations, the real one included, that do as well; ~ marks a descriptive one, whose features have seen the labels"},
}
