package paper

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// zooClaim is section 8: a measure that looks at training examples alone tells, at equal
// training accuracy, which networks generalize.
type zooClaim struct {
	*results
	words    registration
	measures []measure
	reached  []trainedNetwork
	missed   []trainedNetwork
}

// trainedNetwork is a network of the zoo with what was measured of it.
type trainedNetwork struct {
	zooNetwork
	trained   result.Row // some row of it
	halves    [2]float64 // accuracy on two halves of the test set
	measured  []float64  // by measure; NaN = not known
	gap, test float64
}

// shifted says whether its training images were shifted.
func (t trainedNetwork) shifted() bool { return t.factor("augmentation") != "none" }

func zooSection(res *results) document.Section {
	c := zooClaim{results: res}
	c.read()
	if c.err != nil {
		return document.Section{}
	}
	n := c.numbers()
	if c.err != nil {
		return document.Section{}
	}
	return document.Section{Title: "8. Beyond: a measure from training examples alone tells who generalizes, at equal training accuracy", Blocks: []document.Block{
		text("Our question: of networks that are right on the same share of their training examples, can it be told without a test set which will be right on new ones?"),
		c.design(), c.strataTable(), c.missedText(),
		text("Which measures are read, how they are scored and what counts as success was written down before any of these networks was trained: `memtest/paper/measures.yaml`, SHA-256 `%s`, which stands in every row and fact of this section. %d numbers of each network are registered.", registeredSHA256(), len(c.measures)),
		c.plot(n), n.table(), n.confirmations(),
		text("Rule: %s. With at least one such measure the claim holds; with one whose adjusted p alone is at most %s, in part.", c.words.Worth, number(perm.DefaultAlpha)),
		n.verdict(), n.families(), c.amongShifted(n.scores[0]), n.pilot(),
		c.limits(),
		c.registeredTable(),
	}}
}

// read reads the measures of all networks.
func (c *zooClaim) read() {
	var err error
	if c.words, c.measures, err = registered(); err != nil {
		c.keep(err)
		return
	}
	for _, n := range c.scale.zoo.zoo() {
		t := c.network(n)
		if trainAccuracy(t.trained) >= enough {
			c.reached = append(c.reached, t)
		} else {
			c.missed = append(c.missed, t)
		}
	}
	for _, s := range c.scale.zoo.strata {
		if len(inStratum(c.reached, s)) < 3 {
			c.fail("section 8: of %v only %d networks reached the training accuracy of %g", s, len(inStratum(c.reached, s)), enough)
		}
	}
}

// network reads what was measured of a network.
func (c *zooClaim) network(n zooNetwork) trainedNetwork {
	last := c.lastEpoch(n.run)
	t := trainedNetwork{zooNetwork: n, trained: c.row(c.unperturbed(n.run, last))}
	if t.trained.TrainAccuracy == nil || t.trained.TestAccuracy == nil {
		c.fail("run %s: its rows do not say how accurate the network is on training and test examples", n.run)
	}
	t.test = testAccuracy(t.trained)
	t.gap = trainAccuracy(t.trained) - t.test
	for half := range t.halves {
		t.halves[half] = c.fact(n.run, factTestHalf, float64(half+1))
	}
	for _, m := range c.measures {
		t.measured = append(t.measured, c.value(n.run, last, m))
	}
	return t
}

// value is a measure of a network; NaN where it is not known.
func (c *zooClaim) value(run string, last int, m measure) float64 {
	if !m.ofRows() {
		for _, f := range c.Facts {
			if f.Run == run && f.Name == m.fact() && f.Probe == m.probe && f.Level == m.level {
				if f.Registered != registeredSHA256() {
					c.fail("run %s, fact %s: it was measured under other registered measures (%s)", run, f.Name, f.Registered)
				}
				if f.Unknown {
					return math.NaN()
				}
				return f.Value
			}
		}
		c.fail("run %s: there is no fact %s of probe %q at level %g", run, m.fact(), m.probe, m.level)
		return math.NaN()
	}
	at := c.unperturbed(run, last)
	if m.probe != "" {
		at.probe = m.probe
	}
	if m.perturbation != "" {
		at.level = m.level
	}
	return m.read(c.row(at), c.row(at.untrained()))
}

func (c *zooClaim) design() document.Block {
	var factors []string
	for _, f := range zooFactors {
		var values []string
		for _, family := range []string{"mlp", "cnn"} {
			values = append(values, often(f.values[family]))
		}
		if values[0] == values[1] {
			values = values[:1]
		}
		factors = append(factors, f.name+" ("+strings.Join(values, "; ")+")")
	}
	some := c.first(c.reached[0].run)
	return text("Our design: %d strata, data by family, of %d networks each%s, trained on %d images with their true labels. They were drawn to differ in %s: values for MLPs, then for CNNs. Each value comes as often as the others unless it is said, drawn for each factor by itself. With SGD the square root of the initial scale is taken, since larger ones diverge. "+
		"The usual and the low learning rate are %g and %g for Adam, %g and %g for SGD with momentum. Training ends after the first epoch with a training accuracy of %s, or after %d; a network that did not reach it does not count.",
		len(c.scale.zoo.strata), c.scale.zoo.networks, c.further(), some.N, list(factors), learningRates["adam"]["usual"], learningRates["adam"]["low"], learningRates["sgd"]["usual"], learningRates["sgd"]["low"],
		number(enough), slices.Max(c.scale.zoo.epochs))
}

// often lists the values of a factor, and which of them comes twice as often.
func often(values []string) string {
	var words []string
	for i, v := range values {
		switch {
		case i > 0 && values[i-1] == v:
			words[len(words)-1] += " twice as often"
		default:
			words = append(words, v)
		}
	}
	return strings.Join(words, ", ")
}

// further says which strata have more networks than the others.
func (c *zooClaim) further() string {
	var words []string
	for _, s := range c.scale.zoo.strata {
		if s.more > 0 {
			words = append(words, fmt.Sprintf("%d further ones of %v", s.more, s))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " (and " + list(words) + ", since of the first too few reached the training accuracy)"
}

// inStratum are those of a stratum.
func inStratum(networks []trainedNetwork, s stratum) []trainedNetwork {
	return slices.DeleteFunc(slices.Clone(networks), func(n trainedNetwork) bool { return n.stratum != s })
}

// valuesOf are a number of each network.
func valuesOf(networks []trainedNetwork, of func(trainedNetwork) float64) []float64 {
	var out []float64
	for _, n := range networks {
		out = append(out, of(n))
	}
	return out
}

// span prints the least and the greatest of values.
func span(values []float64) string {
	if len(values) == 0 {
		return "–"
	}
	return share(slices.Min(values)) + " to " + share(slices.Max(values))
}

// strataTable says how far test accuracies spread, and how well they are known: two
// halves of the test set are the ceiling of what any measure can reach.
func (c *zooClaim) strataTable() document.Block {
	table := document.Grid{Caption: "The networks that count. Last column: Kendall's tau of the test accuracies on two halves of the test set. Where test images do not agree on which networks are better, no measure can.",
		Head: []string{"stratum", "networks", "missed", "with dropout", "shifted images", "training accuracy", "test accuracy", "gap", "tau of two halves"}, Text: 1}
	for _, s := range c.scale.zoo.strata {
		networks := inStratum(c.reached, s)
		tau, err := perm.KendallTau(valuesOf(networks, func(n trainedNetwork) float64 { return n.halves[0] }), valuesOf(networks, func(n trainedNetwork) float64 { return n.halves[1] }))
		if err != nil {
			c.fail("section 8, %v: %v", s, err)
		}
		table.Rows = append(table.Rows, []string{s.String(), fmt.Sprint(len(networks)), fmt.Sprint(len(inStratum(c.missed, s))), withFactor(networks, "dropout"), withFactor(networks, "augmentation"),
			span(valuesOf(networks, func(n trainedNetwork) float64 { return trainAccuracy(n.trained) })), span(valuesOf(networks, func(n trainedNetwork) float64 { return n.test })),
			span(valuesOf(networks, func(n trainedNetwork) float64 { return n.gap })), signed(tau)})
	}
	return document.Block{Grid: &table}
}

// withFactor is how many networks have a factor that is not none.
func withFactor(networks []trainedNetwork, factor string) string {
	return fmt.Sprint(countOf(networks, func(n trainedNetwork) bool { return n.factor(factor) != "none" }))
}

func (c *zooClaim) missedText() document.Block {
	if len(c.missed) == 0 {
		return text("Every network reached the training accuracy of %s.", number(enough))
	}
	var names []string
	for _, n := range c.missed {
		names = append(names, fmt.Sprintf("%s (%s)", strings.TrimPrefix(n.run, "zoo-"), share(trainAccuracy(n.trained))))
	}
	return text("Left out, having missed the training accuracy of %s, with what they reached: %s.", number(enough), list(names))
}

func (c *zooClaim) limits() document.Block {
	said := fmt.Sprintf("Limits: two families of small networks on %d images of small grey pictures, at one training accuracy; no label noise. A tau orders networks, it does not say how well any of them will do. "+
		"What the interval covers is other networks drawn from these factors, not other data. Networks that missed the training accuracy are not a random part of those drawn. "+
		"Measures that the literature made for other layers or larger networks are computed here as `docs/method.md` says, at the last hidden layer. "+
		"Not registered, but decided before anything was compared: a measure is scored in a stratum of which 10 networks have it; the square root of the initial scale with SGD.", c.first(c.reached[0].run).N)
	if c.further() != "" {
		said += " For that scale five networks were trained anew. The further networks were drawn after a first look at some of these numbers, because fewer than 30 of a stratum counted."
	}
	if most := c.longestTwin(); most > 0 {
		said += fmt.Sprintf(" Calibrated learning was measured in one stratum alone, %d of whose networks have it: twins, which must fit shuffled labels to the same training accuracy, took up to %d epochs.", c.calibrated(), most)
	} else {
		said += " Calibrated learning was not measured: there are no twins."
	}
	return text("%s", said)
}

// calibrated is how many networks that count have calibrated learning.
func (c *zooClaim) calibrated() int {
	i := slices.IndexFunc(c.measures, func(m measure) bool { return m.name == "calibrated learning" })
	return countOf(c.reached, func(n trainedNetwork) bool { return !math.IsNaN(n.measured[i]) })
}

// longestTwin is the most epochs that a twin trained.
func (c *zooClaim) longestTwin() int {
	most := 0
	for _, n := range append(slices.Clone(c.reached), c.missed...) {
		for _, r := range c.Rows[n.run] {
			most = max(most, r.TrainedEpochs)
		}
	}
	return most
}

// registeredTable is what the registered file says of the measures.
func (c *zooClaim) registeredTable() document.Block {
	table := document.Grid{Caption: "The registered measures. Sign: how each was expected to go with the gap.", Head: []string{"measure", "read at", "formula", "source", "sign"}, Text: 5}
	for _, m := range c.words.Measures {
		table.Rows = append(table.Rows, []string{m.Name, cmp.Or(strings.Join(m.Of, ", "), "–"), m.Formula, m.Source, m.Sign})
	}
	return document.Block{Grid: &table}
}

// plot is the gap over the measure of greatest mean tau, a panel for each stratum.
func (c *zooClaim) plot(n zooNumbers) document.Block {
	best := n.scores[0]
	plot := chart.Figure{Name: "generalization", Title: "The measure that goes best with the generalization gap: " + best.String(),
		Caption: "A point is a network that reached the training accuracy. The gap: training accuracy less test accuracy."}
	for k, s := range c.scale.zoo.strata {
		networks := slices.DeleteFunc(inStratum(c.reached, s), func(t trainedNetwork) bool { return math.IsNaN(t.measured[best.index]) })
		if len(networks) == 0 {
			continue
		}
		panel := chart.Panel{Title: fmt.Sprintf("%v: tau %s", s, tauText(best.taus[k])), X: chart.Axis{Label: best.String()}, Y: chart.Axis{Label: "generalization gap"}}
		for _, shifted := range []bool{false, true} {
			some := slices.DeleteFunc(slices.Clone(networks), func(t trainedNetwork) bool { return t.shifted() != shifted })
			panel.Series = append(panel.Series, chart.Line{Name: map[bool]string{false: "trained on images as they are", true: "on images shifted at random"}[shifted], Points: true,
				X: valuesOf(some, func(t trainedNetwork) float64 { return t.measured[best.index] }), Y: valuesOf(some, func(t trainedNetwork) float64 { return t.gap })})
		}
		plot.Panels = append(plot.Panels, panel)
	}
	return c.figure(plot)
}
