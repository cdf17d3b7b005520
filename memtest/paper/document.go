package paper

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// part is a section of the document, a file each: the runs that it reads, and what it
// makes of them.
type part struct {
	name  string
	runs  []func(scale) []Run
	write func(*results) document.Section
}

// parts are the sections in their order.
var parts = []part{
	{"mlp", []func(scale) []Run{mlpRuns}, mlpSection},
	{"cnn", []func(scale) []Run{cnnRuns}, cnnSection},
	{"groups", []func(scale) []Run{fitRuns, capacityRuns, labelNoiseRuns}, otherGroupsSection},
	{"epochs", []func(scale) []Run{mlpRuns}, epochsSection},
	{"noise", []func(scale) []Run{noiseRuns}, noiseSection},
	{"perturbations", []func(scale) []Run{perturbationRuns, refitRuns}, perturbationSection},
	{"label-noise", []func(scale) []Run{labelNoiseRuns}, labelNoiseSection},
	{"zoo", []func(scale) []Run{zooRuns}, zooSection},
	{"examples", []func(scale) []Run{labelNoiseRuns}, examplesSection},
	{"subsets", []func(scale) []Run{subsetsRuns}, subsetsSection},
	{"others", []func(scale) []Run{otherRuns}, othersSection},
}

// Sections are the names of the sections, in their order.
func Sections() []string {
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

// chosenSections are the sections of these names in the order of the document; of no
// names, all.
func chosenSections(names []string) ([]part, error) {
	for _, name := range names {
		if !slices.Contains(Sections(), name) {
			return nil, result.Inputf("only: %q is no section; choose from %s", name, strings.Join(Sections(), ", "))
		}
	}
	return slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return len(names) > 0 && !slices.Contains(names, p.name) }), nil
}

// inOrder are names of sections in the order of the document, each once.
func inOrder(names []string) []string {
	return slices.DeleteFunc(Sections(), func(name string) bool { return !slices.Contains(names, name) })
}

// Document is what an archive says of the paper's claims. It is an error where a
// row or fact that a claim needs is missing.
func Document(a Archive) (document.Document, error) {
	if err := a.check(); err != nil {
		return document.Document{}, err
	}
	s, err := scaleOf(a.Setting)
	if err != nil {
		return document.Document{}, err
	}
	chosen, err := chosenSections(a.Only)
	if err != nil {
		return document.Document{}, err
	}
	res := &results{Archive: a, scale: s}
	d := document.Document{Title: "Learning versus memorization: the paper's claims, put to the test", Contents: true, Lead: lead(a)}
	for _, section := range append(chosen, part{write: madeSection}) {
		d.Sections = append(d.Sections, section.write(res))
		if res.err != nil {
			return document.Document{}, res.err
		}
	}
	return d, nil
}

// Verdicts say of each claim of a document how far it holds, a line each.
func Verdicts(d document.Document) []string {
	var lines []string
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if b.Verdict != nil {
				lines = append(lines, fmt.Sprintf("%s: %v", s.Title, b.Verdict.Holds))
			}
		}
	}
	return lines
}

// lead are the paragraphs under the title.
func lead(a Archive) []string {
	return []string{
		"This is a report on arXiv 1802.07714 (E. Chaibub Neto, 2018), which tells learning from memorization in neural networks by permuted probes on shared structure validation sets. Only its abstract and a summary are known to us. " +
			"Its data sets, networks, layers, probes, amounts of perturbation and numbers are not, so no number here is the paper's: claims are the paper's, designs and numbers are ours. `docs/method.md` says what is measured.",
		fmt.Sprintf("Learning L is how much better a probe recovers the real labels from copies of training examples than shuffled ones, memorization M how much better shuffled ones than chance. Numbers are means over %d training seeds with 95 %% intervals by Student's t, "+
			"unless something else is said; data, copies and label shuffles are the same for all seeds, so the intervals say nothing of other data. Each claim has a rule, and the program applies it. Rules look at many cells, and of so many intervals a few miss by chance.", trainingSeeds),
		fmt.Sprintf("Every number below was written by `go run ./cmd/memtest paper %s` from the rows that it measured. A test writes the document again from those rows and fails where a letter differs.", a.flags()),
	}
}
