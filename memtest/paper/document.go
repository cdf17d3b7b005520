package paper

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

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
	b := &book{Archive: a, scale: s}
	sections := []func() document.Section{
		b.tellsApart, b.layerByLayer, b.corroborates, b.dynamics, b.noiseInput, b.dependence,
		b.doseResponse, b.generalizes, b.singleExamples,
	}
	d := document.Document{Title: "Learning versus memorization: the paper's claims, put to the test", Contents: true}
	for _, section := range sections {
		d.Sections = append(d.Sections, section())
		if b.err != nil {
			return document.Document{}, b.err
		}
	}
	d.Lead = b.lead()
	d.Sections = append(d.Sections, b.made())
	return d, nil
}

// lead are the paragraphs under the title.
func (b *book) lead() []string {
	return []string{
		"This is a report on arXiv 1802.07714 (E. Chaibub Neto, 2018), which tells learning from memorization in neural networks by permuted probes on shared structure validation sets. Only its abstract and a summary are known to us. " +
			"Its data sets, networks, layers, probes, amounts of perturbation and numbers are not, so no number here is the paper's: claims are the paper's, designs and numbers are ours. `docs/method.md` says what is measured.",
		fmt.Sprintf("Learning L is how much better a probe recovers the real labels from copies of training examples than shuffled ones, memorization M how much better shuffled ones than chance. Numbers are means over %d training seeds with 95 %% intervals by Student's t, "+
			"unless something else is said; data, copies and label shuffles are the same for all seeds, so the intervals say nothing of other data. Each claim has a rule, and the program applies it. Rules look at many cells, and of so many intervals a few miss by chance.", Seeds),
		fmt.Sprintf("Every number below was written by `go run ./cmd/memtest paper --setting %s` from the rows that it measured. A test writes the document again from those rows and fails where a letter differs.", b.Setting),
	}
}

// made says how the numbers came about.
func (b *book) made() document.Section {
	m := b.Manifest
	networks, rows := map[string]bool{}, 0
	for run, all := range b.Rows {
		rows += len(all)
		for _, r := range all {
			if r.Epoch != result.EpochNone {
				networks[fmt.Sprint(run, r.Network, r.Seed)] = true
			}
		}
	}
	facts := [][]string{
		{"setting", b.Setting},
		{"runs, networks, rows", fmt.Sprintf("%d, %d, %d", len(b.Rows), len(networks)+b.scale.refits, rows)},
		{"training seeds", fmt.Sprintf("1 to %d; each of the networks of section 8 has its own", Seeds)},
	}
	seconds, whole := 0.0, 0
	for _, f := range b.Facts {
		if f.Name == FactSeconds {
			seconds += f.Value
			whole++
		}
	}
	if whole == len(b.Rows) {
		facts = append(facts, []string{"wall time", time.Duration(seconds * float64(time.Second)).Round(time.Minute).String()})
	}
	facts = append(facts,
		[]string{"machine", strings.TrimPrefix(fmt.Sprintf("%s, %d cores (%s/%s)", m.Host.CPU, m.Host.Cores, m.Host.OS, m.Host.Arch), ", ")},
		[]string{"backend", m.Backend},
		[]string{"Go", m.Versions["go"]})
	for _, module := range []string{"github.com/gomlx/gomlx", "github.com/gomlx/go-xla", "gonum.org/v1/gonum"} {
		if v := m.Versions[module]; v != "" {
			facts = append(facts, []string{module, v})
		}
	}
	if m.Finished != nil {
		facts = append(facts, []string{"finished", m.Finished.UTC().Format(time.DateOnly)})
	}
	data := document.Grid{Caption: "Data, as the runs used them", Head: []string{"data", "shape", "training", "test", "SHA-256 of the training examples"}, Text: 2}
	for _, d := range b.Data {
		data.Rows = append(data.Rows, []string{d.Name, d.Shape, fmt.Sprint(d.Train), fmt.Sprint(d.Test), d.SHA256})
	}
	return document.Section{Title: "How this was made", Blocks: []document.Block{
		{Code: strings.Join([]string{
			"go run ./cmd/memtest paper --setting " + b.Setting,
			"go run ./cmd/memtest paper --setting " + b.Setting + " --resume   # go on after an interruption",
			"go run ./cmd/memtest paper --draw docs               # this document again, from the rows in docs/paper",
		}, "\n")},
		{Grid: &document.Grid{Head: []string{"", ""}, Rows: facts, Text: 2}},
		{Grid: &data},
		{Text: "The rows lie in `paper/rows.jsonl.gz` beside this document, one JSON object a line after the name of its run, without the single values of the null and without what they say of single classes; numbers that belong to no row, as distances of copies, lie in `paper/facts.jsonl`. `docs/rows.md` explains the fields."},
		{List: []string{
			"E. Chaibub Neto (2018), Detecting learning vs memorization in deep neural networks using shared structure validation sets, arXiv 1802.07714.",
			"C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals (2017), Understanding deep learning requires rethinking generalization.",
			"D. Arpit et al. (2017), A closer look at memorization in deep networks.",
			"M. Toneva et al. (2019), An empirical study of example forgetting during deep neural network learning.",
			"D. G. Bonett, T. A. Wright (2000), Sample size requirements for estimating Pearson, Kendall and Spearman correlations.",
		}},
	}}
}
