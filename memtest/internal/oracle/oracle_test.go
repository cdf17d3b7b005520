package oracle_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/internal/oracle"
	"github.com/seed-1a417598/memtest/xla"
)

// scenario is a kind of rows.
type scenario struct {
	name    string
	probes  string
	options memtest.Options
	blocks  int
	roles   []features.Role   // of the features measured; nil = all
	known   map[string]string // fields that are known to disagree, and why; once they agree the test asks to take them out
}

var scenarios = []scenario{
	{name: "accuracy", probes: "ridge ridge:gcv centroid knn softmax softmax:gcv forest:9"},
	{name: "balanced, two sides", probes: "ridge centroid knn", options: memtest.Options{Metric: memtest.MetricBalanced, TwoSided: true, Alpha: 0.2}},
	{name: "accuracy, two sides", probes: "ridge knn", options: memtest.Options{TwoSided: true}, roles: []features.Role{features.Untrained, features.Network, features.Twin}},
	{name: "auc", probes: "ridge centroid knn:3 softmax", options: memtest.Options{Metric: memtest.MetricAUC}, roles: []features.Role{features.Input, features.Network, features.Twin, features.Refit}},
	{name: "log-loss", probes: "softmax:3 knn:11", options: memtest.Options{Metric: memtest.MetricLogLoss}, roles: []features.Role{features.Input, features.Network, features.Twin, features.Refit}},
	{name: "stop", probes: "ridge knn centroid", options: memtest.Options{Stop: 6, Permutations: 59}},
	{name: "scale shared", probes: "ridge:0.3 knn", options: memtest.Options{Scale: memtest.ScaleShared}, roles: []features.Role{features.Untrained, features.Network}},
	{name: "scale floor", probes: "ridge centroid", options: memtest.Options{Scale: memtest.ScaleFloor}, roles: []features.Role{features.Input}},
	{name: "scale none", probes: "ridge:0.3 knn softmax", options: memtest.Options{Scale: memtest.ScaleNone}, roles: []features.Role{features.Input, features.Network}},
	{name: "scale standard", probes: "ridge centroid knn softmax", options: memtest.Options{Scale: memtest.ScaleStandard}, roles: []features.Role{features.Input}},
	{name: "groups", probes: "ridge centroid knn softmax", blocks: 3},
	{name: "groups, auc", probes: "knn", options: memtest.Options{Metric: memtest.MetricAUC}, blocks: 3, roles: []features.Role{features.Input, features.Network}},
	{name: "groups, log-loss", probes: "softmax", options: memtest.Options{Metric: memtest.MetricLogLoss}, blocks: 3, roles: []features.Role{features.Input, features.Network}},
	{name: "groups, balanced", probes: "ridge knn", options: memtest.Options{Metric: memtest.MetricBalanced}, blocks: 3},
}

// TestRowsByDefinition measures every kind of row and computes each field again.
func TestRowsByDefinition(t *testing.T) {
	e := engine(t, "go") // for small shapes the plugin would compile longer than all else takes
	all := map[int][]features.Features{}
	for _, blocks := range []int{0, 3} {
		c := configuration()
		c.Layers = memtest.Layers{"last", "logits"}
		if blocks == 0 {
			c.Seeds = 2
		}
		c.Refit = 19
		all[blocks] = collected(t, e, experiment(t, c, blocks))
	}
	c := newComparison()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) { s.check(t, e, all[s.blocks], c) })
	}
	c.report(t)
}

// check measures the features of a scenario and compares its rows.
func (s scenario) check(t *testing.T, e *xla.Engine, all []features.Features, c *comparison) *measured {
	var logits, used []features.Features
	for _, f := range all {
		switch {
		case f.Layer == "logits":
			logits = append(logits, f)
		case s.roles == nil || slices.Contains(s.roles, f.Role):
			used = append(used, f)
		}
	}
	m := &measured{scenario: s, logits: logits, used: used}
	m.measure(t, e)
	var tested []oracle.Tested
	for i, r := range m.rows {
		m.told = append(m.told, m.want(t, i))
		tested = append(tested, oracle.Tested{Family: string(r.Role) + r.Network, Refit: r.Role == features.Refit, TwoSided: s.options.TwoSided,
			Values: append([]float64{r.Observed}, r.Null...), P: r.LearningP, Stopped: r.Stop > 0})
	}
	p, floor := oracle.Adjusted(tested)
	for i, told := range m.told {
		told.fields["learning_p_adjusted"], told.flagged.Floor = p[i], floor[i]
		m.calibrate(i)
		m.differ(i)
		if got, words := flagWords(m.rows[i].Flags), oracle.Words(told.fields, *told.flagged); !slices.Equal(got, words) {
			t.Errorf("%s: flags %v, by definition %v", m.where(i), m.rows[i].Flags, words)
		}
		c.row(t, m.where(i), m.rows[i], told, s.known)
	}
	for name, why := range s.known {
		if off := c.known[s.name+": "+name]; off < 1e-9 {
			t.Errorf("%s agrees, which was known not to (%s): take it out of the list", name, why)
		} else {
			t.Logf("%s is off by up to %.3g: %s", name, off, why)
		}
	}
	return m
}

// where names a cell in a sentence.
func (m *measured) where(i int) string {
	return fmt.Sprintf("%s, %s", m.name, m.rows[i].Cell())
}

// calibrate adds calibrated learning to the fields of row i, by those of its twin.
// Where the two chose their penalties apart, there is none.
func (m *measured) calibrate(i int) {
	r, own := m.rows[i], m.told[i].fields
	for j, twin := range m.rows {
		if r.Role == features.Twin || twin.Role != features.Twin || twin.Seed != r.Seed || twin.Epoch != r.Epoch || twin.Layer != r.Layer || twin.Probe != r.Probe || twin.Level != r.Level {
			continue
		}
		other := m.told[j].fields
		if v, room := oracle.Calibrated(own["learning"], own["chance"], other["learning"]); room && (!strings.HasSuffix(r.Probe, "gcv") || own["l2_strength"] == other["l2_strength"]) {
			own["calibrated"] = v
		}
	}
}

// differ adds differences to the references of row i: the raw inputs, the same
// layer before training, the twin.
func (m *measured) differ(i int) {
	r, number := m.rows[i], 0
	if r.Role != features.Network && r.Role != features.Untrained {
		return
	}
	for j, o := range m.rows {
		if o.Probe != r.Probe || o.Level != r.Level || len(o.Null) != len(r.Null) {
			continue
		}
		same := o.Seed == r.Seed && o.Layer == r.Layer
		if !(o.Role == features.Input || o.Role == features.Untrained && same && r.Role == features.Network || o.Role == features.Twin && same && o.Epoch == r.Epoch) {
			continue
		}
		for name, v := range m.told[i].cell.Difference(m.told[j].cell) {
			m.told[i].fields[fmt.Sprintf("differences[%d].%s", number, name)] = v
		}
		number++
	}
}

// differing is the number of places in which two lists differ.
func differing(a, b []int) int {
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// hitsOf is how many predictions are their labels.
func hitsOf(predicted, labels []int) int { return len(labels) - differing(predicted, labels) }

// near says whether two numbers differ by no more than a tolerance.
func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// flagWords are the first words of flags that the oracle knows.
func flagWords(flags []string) []string {
	var words []string
	for _, flag := range flags {
		word, _, _ := strings.Cut(flag, ":")
		if slices.Contains([]string{"saturated", "p-floor", "knn-ceiling", "l2-edge", "dropped", "floored", "constant", "one-class", "few-sets", "twin-accuracy", "copies-doubtful"}, word) {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return words
}
