package paper

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// madeSection says how the numbers came about.
func madeSection(res *results) document.Section {
	return document.Section{Title: "How this was made", Blocks: []document.Block{
		{Code: strings.Join([]string{
			"go run ./cmd/memtest paper " + res.flags(),
			"go run ./cmd/memtest paper " + res.flags() + " --resume   # go on after an interruption",
			"go run ./cmd/memtest paper --draw docs               # this document again, from the rows in docs/paper",
		}, "\n")},
		{Grid: &document.Grid{Head: []string{"", ""}, Rows: res.circumstances(), Text: 2}},
		dataTable(res.Data),
		{Text: "The rows lie in `paper/rows.jsonl.gz` beside this document, one JSON object a line after the name of its run, without the single values of the null and without what they say of single classes; numbers that belong to no row, as distances of copies, lie in `paper/facts.jsonl`. `docs/rows.md` explains the fields."},
		{List: literature},
	}}
}

// literature is what the document refers to.
var literature = []string{
	"E. Chaibub Neto (2018), Detecting learning vs memorization in deep neural networks using shared structure validation sets, arXiv 1802.07714.",
	"C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals (2017), Understanding deep learning requires rethinking generalization.",
	"D. Arpit et al. (2017), A closer look at memorization in deep networks.",
	"M. Toneva et al. (2019), An empirical study of example forgetting during deep neural network learning.",
	"V. Feldman, C. Zhang (2020), What neural networks memorize and why: discovering the long tail via influence estimation, arXiv 2008.03703.",
	"Y. Jiang, D. Krishnan, H. Mobahi, S. Bengio (2019), Predicting the generalization gap in deep networks with margin distributions, arXiv 1810.00113.",
	"Y. Jiang, B. Neyshabur, H. Mobahi, D. Krishnan, S. Bengio (2020), Fantastic generalization measures and where to find them, arXiv 1912.02178.",
	"P. Natekar, M. Sharma (2020), Representation based complexity measures for predicting generalization in deep learning, arXiv 2012.02775.",
	"C. H. Martin, T. Peng, M. W. Mahoney (2021), Predicting trends in the quality of state-of-the-art neural networks without access to training or testing data, arXiv 2002.06716.",
	"D. G. Bonett, T. A. Wright (2000), Sample size requirements for estimating Pearson, Kendall and Spearman correlations.",
}

// circumstances are how much was measured, by what and where: a name and a value
// each.
func (res *results) circumstances() [][]string {
	m := res.Manifest
	networks, rows := res.counts()
	all := [][]string{
		{"setting", res.Setting},
		{"runs, networks, rows", fmt.Sprintf("%d, %d, %d", len(res.Rows), networks, rows)},
		{"training seeds", fmt.Sprintf("1 to %d; each of the networks of section 8 has its own", trainingSeeds)},
	}
	if t, ok := res.wallTime(); ok {
		all = append(all, []string{"wall time", t.Round(time.Minute).String()})
	}
	all = append(all, []string{"machine", strings.TrimPrefix(fmt.Sprintf("%s, %d cores (%s/%s)", m.Host.CPU, m.Host.Cores, m.Host.OS, m.Host.Arch), ", ")})
	all = append(all, res.elsewhere()...)
	all = append(all, []string{"backend", m.Backend}, []string{"Go", m.Versions["go"]})
	for _, module := range []string{"github.com/gomlx/gomlx", "github.com/gomlx/go-xla", "gonum.org/v1/gonum"} {
		if v := m.Versions[module]; v != "" {
			all = append(all, []string{module, v})
		}
	}
	if m.Finished != nil {
		all = append(all, []string{"finished", m.Finished.UTC().Format(time.DateOnly)})
	}
	return all
}

// elsewhere names the machines of runs that were measured on others than the rest, those
// whose names begin alike together.
func (res *results) elsewhere() (lines [][]string) {
	type group struct{ kind, machine string }
	runs := map[group][]string{}
	for _, run := range slices.Sorted(maps.Keys(res.Elsewhere)) {
		kind, _, _ := strings.Cut(run, "-")
		g := group{kind, res.Elsewhere[run]}
		runs[g] = append(runs[g], run)
	}
	for g, names := range runs {
		what := "machine of run " + list(names)
		if len(names) > 3 {
			what = fmt.Sprintf("machine of %d runs %s-…", len(names), g.kind)
		}
		lines = append(lines, []string{what, g.machine})
	}
	slices.SortFunc(lines, slices.Compare[[]string])
	return lines
}

// counts are the numbers of networks that were trained and of rows.
func (res *results) counts() (networks, rows int) {
	trained := map[string]bool{}
	for run, all := range res.Rows {
		rows += len(all)
		for _, r := range all {
			if r.Epoch != result.EpochNone {
				trained[fmt.Sprint(run, r.Network, r.Seed)] = true
			}
		}
	}
	networks = len(trained)
	if len(res.Rows[refitRun]) > 0 {
		networks += res.scale.refits
	}
	if len(res.Rows[names(subsetsRuns(res.scale))[0]]) > 0 {
		networks += res.scale.subsetNetworks * (1 + trainingSeeds) // on labels as given, and on each seed's shuffle
	}
	return networks, rows
}

// wallTime is that of all runs; false where one of them has none, since it was
// broken off and taken up again.
func (res *results) wallTime() (time.Duration, bool) {
	seconds, runs := 0.0, 0
	for _, f := range res.Facts {
		if f.Name == factSeconds {
			seconds += f.Value
			runs++
		}
	}
	return time.Duration(seconds * float64(time.Second)), runs == len(res.Rows)
}

func dataTable(data []result.Data) document.Block {
	table := document.Grid{Caption: "Data, as the runs used them", Head: []string{"data", "shape", "training", "test", "SHA-256 of the training examples"}, Text: 2}
	for _, d := range data {
		table.Rows = append(table.Rows, []string{d.Name, d.Shape, fmt.Sprint(d.Train), fmt.Sprint(d.Test), d.SHA256})
	}
	return document.Block{Grid: &table}
}
