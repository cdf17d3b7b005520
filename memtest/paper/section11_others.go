package paper

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// otherRun is a network on a kind of data that is none of images.
type otherRun struct {
	data, net    string
	copies       perturbation
	n, batch     int // training examples, drawn by class; those of a step
	epochs       int // of training
	permutations int
	byChance     bool // labels of some examples were drawn by lot
}

// otherRuns are the runs of section 11.
func otherRuns(s scale) []Run {
	var runs []Run
	for _, o := range s.others {
		family, _, _ := strings.Cut(o.net, ":")
		r := newRun("others-"+o.data+"-"+family, o.data, sizes{o.n, []int{0, o.epochs}, o.copies.levels, o.permutations})
		c := &r.Config
		c.Net, c.Perturb, c.Batch, c.Stratified, c.Refs, r.ByChance = o.net, o.copies.name, o.batch, true, withTwin(), o.byChance
		runs = append(runs, r)
	}
	return runs
}

// othersClaim is section 11: the method tells learning from memorization in other networks
// and on other data.
type othersClaim struct {
	*results
	runs []string
	lots []string // runs on examples of which some labels were drawn by lot
}

func othersSection(res *results) document.Section {
	c := othersClaim{results: res, runs: names(otherRuns(res.scale))}
	for _, r := range otherRuns(res.scale) {
		if r.ByChance {
			c.lots = append(c.lots, r.Name)
		}
	}
	n := othersNumbers{c.againstTwins(c.runs, c.where), c.finders()}
	return document.Section{Title: "11. Beyond: other networks and data, and names that cannot be learned", Blocks: []document.Block{
		text("The paper's future work: “other types of neural networks and datasets”. Does the method tell learning from memorization for a transformer and an LSTM on words, for a 1-D CNN, which convolves over time, and an LSTM on series, and for an MLP on a table?"),
		text("Our design: %s. Each network is held against its shuffled-label twin, as in section 1, on copies that suit its data. Examples are drawn by class where a set has more.", list(c.designs())),
		text("Among the words are names that stand in several languages, such as those of many countries; the language of each was drawn by lot. Such a label can be memorized but hardly learned: who knew all languages of each name would be right on about a third of them, and a regression on sequences of characters is right on a fifth. So there is a known truth about single examples. " +
			"Of as many examples as there are such names, those of largest memorization (its own part, m_i) and those of smallest margin (of the probe, for the label trained on), the table says which share are such names: precision. That of a choice at random is their share of all."),
		c.twinAccuracies(c.runs, c.name), c.plot(), c.table(), n.precisionTable(c),
		text("Rule: as in section 1, at every level between 0 and the largest, for every run and both probes, the interval of the difference to the twin lies above 0, while mean training accuracies differ by no more than 0.02. " +
			"And for every run on words, both probes and every such level, the interval of the precision of the smallest margins lies above the share of such names. Some of it: in part."),
		n.verdict(c),
		text("Limits: small networks, one of each kind, few examples and one set of each kind of data, two of them made here; intervals are over training seeds alone. The twin shares its network's training accuracy, not its number of epochs. What copies keep of an example is decided by the perturbation: a name of which a letter is another may be another name. " +
			"A name that stands in several languages is unlike others in being the same name everywhere, so what finds it may know that rather than the lot; notebook 8 compares names of one length."),
	}}
}

// designs say what each run trains, on what, and how it is copied.
func (c othersClaim) designs() []string {
	var all []string
	for _, run := range c.runs {
		row := c.first(run)
		all = append(all, fmt.Sprintf("%s on %d examples of %s (copies by %s, epoch %d)", c.family(run), row.N, row.Data, row.Perturbation, c.lastEpoch(run)))
	}
	return all
}

// family is the kind of a run's network, in words.
func (c othersClaim) family(run string) string {
	name := run[strings.LastIndex(run, "-")+1:]
	return map[string]string{"transformer": "a transformer", "lstm": "an LSTM", "conv1d": "a 1-D CNN", "mlp": "an MLP"}[name]
}

// name is what a run is called in a table.
func (c othersClaim) name(run string) string {
	return c.first(run).Data + ", " + strings.TrimPrefix(strings.TrimPrefix(c.family(run), "an "), "a ")
}

func (c othersClaim) where(at condition) string {
	return fmt.Sprintf("%s, %s, %s %s", c.name(at.run), probeName(at.probe), c.first(at.run).Perturbation, number(at.level))
}

// plot is learning over levels, of the networks and their references.
func (c othersClaim) plot() document.Block {
	plot := chart.Figure{Name: "others", Title: "Other networks and data: learning over the amount of perturbation",
		Caption: "Learning in the last hidden layer, by the ridge probe, for the network at its last epoch, its shuffled-label twin of equal training accuracy, the untrained network and the raw input. " + whiskers()}
	for _, run := range c.runs {
		levels, row := c.levels(run), c.first(run)
		at := func(level float64) condition {
			return condition{run: run, epoch: c.lastEpoch(run), probe: c.probes(run)[0], level: level}
		}
		raw := chart.Line{Name: "raw input", X: levels}
		for _, l := range levels {
			raw.Y = append(raw.Y, c.row(at(l).input()).Learning)
		}
		plot.Panels = append(plot.Panels, chart.Panel{Title: c.name(run), X: chart.Axis{Label: "level of " + row.Perturbation}, Y: chart.Axis{Label: "learning"},
			Series: append(c.learningCurves(levels, at), raw)})
	}
	return c.figure(plot)
}

// table is learning and memorization between level 0 and the largest.
func (c othersClaim) table() document.Block {
	table := document.Grid{Caption: fmt.Sprintf("Last hidden layer at the last epoch. L = learning, M = memorization; mean over %d training seeds with 95 %% intervals.", trainingSeeds),
		Head: []string{"data and network", "copies", "probe", "L, network", "L, twin", "difference", "L, untrained", "M, network", "M, twin"}, Text: 3}
	for _, run := range c.runs {
		for _, at := range c.conditions(run, c.lastEpoch(run), c.innerLevels(run)) {
			table.Rows = append(table.Rows, []string{c.name(run), c.first(run).Perturbation + " " + number(at.level), probeName(at.probe),
				differences(c.mean(at, learning)), differences(c.mean(at.twin(), learning)), differences(c.difference(at, at.twin(), learning)), differences(c.mean(at.untrained(), learning)),
				differences(c.mean(at, memorization)), differences(c.mean(at.twin(), memorization))})
		}
	}
	return document.Block{Grid: &table}
}

// othersNumbers are those that decide on section 11.
type othersNumbers struct {
	twinNumbers
	finders []finder
}

// finder is how well two scores of single examples find those whose label was drawn by lot.
type finder struct {
	condition
	share, shortest      float64       // of such examples among all, and among as many of the shortest
	memorization, margin perm.Interval // precision
}

func (c othersClaim) finders() []finder {
	var all []finder
	for _, run := range c.lots {
		for _, at := range c.conditions(run, c.lastEpoch(run), c.innerLevels(run)) {
			of := func(fact string) perm.Interval { return c.factMean(run, fact, at.probe, at.level) }
			all = append(all, finder{at, c.factMean(run, factByChance, "", 0).Estimate, c.factMean(run, factShortByChance, "", 0).Estimate, of(factMemorizationByChance), of(factMarginByChance)})
		}
	}
	return all
}

func (f finder) byMemorization() bool { return f.memorization.Low > f.share }
func (f finder) byMargin() bool       { return f.margin.Low > f.share }

// holds is the rule of section 11.
func (n othersNumbers) holds() document.Holding {
	found := countOf(n.finders, finder.byMargin)
	twins := n.twinNumbers.holds()
	return combine(twins != document.HoldsNot || found > 0, twins == document.HoldsYes && found == len(n.finders))
}

func (n othersNumbers) verdict(c othersClaim) document.Block {
	least, most := extremes(n.inner)
	var margins []estimate
	for _, f := range n.finders {
		margins = append(margins, estimate{c.where(f.condition), f.margin})
	}
	worst, best := extremes(margins)
	return verdict(n.holds(), "The network has learned more than its twin in %s cells, by %s (%s) to %s (%s). Names whose language was drawn by lot, %s of all, are found better than by chance by small margins in %s cells, with a precision of %s (%s) to %s (%s), and by large memorization in %s. Such names are short, and of the shortest, for which no network need be asked, %s are such.",
		count(n.apart(), len(n.inner)), differences(least.Interval), least.of, differences(most.Interval), most.of, share(n.finders[0].share),
		count(countOf(n.finders, finder.byMargin), len(n.finders)), share(worst.Estimate), worst.of, share(best.Estimate), best.of,
		count(countOf(n.finders, finder.byMemorization), len(n.finders)), share(n.finders[0].shortest))
}

func (n othersNumbers) precisionTable(c othersClaim) document.Block {
	table := document.Grid{Caption: fmt.Sprintf("Finding names whose language was drawn by lot: precision among as many examples as there are such names, means over %d training seeds with 95 %% intervals.", trainingSeeds),
		Head: []string{"data and network", "copies", "probe", "share of such names", "largest memorization", "smallest margin", "shortest"}, Text: 3}
	for _, f := range n.finders {
		table.Rows = append(table.Rows, []string{c.name(f.run), c.first(f.run).Perturbation + " " + number(f.level), probeName(f.probe), share(f.share), shares(f.memorization), shares(f.margin), share(f.shortest)})
	}
	return document.Block{Grid: &table}
}
