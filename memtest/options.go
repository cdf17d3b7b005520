package memtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// Options says how features are probed and tested, whatever made them. A zero
// field means its default.
type Options struct {
	Probes       []string `yaml:"probes"`           // by name; default ridge, knn
	Permutations int      `yaml:"permutations"`     // B, at least 19; 0 = 199; fewer where there are no more labelings; label sets that come with the features replace them
	Metric       string   `yaml:"metric"`           // one of the Metric names; "" = accuracy
	Stop         int      `yaml:"stop"`             // a probe stops drawing once at each level so many shuffles were as good as the real labels; 0 = it draws all. It draws at least 19
	Alpha        float64  `yaml:"alpha"`            // level of the tests, which p-values are asked to reach; 0 = 0.05
	Margin       float64  `yaml:"margin,omitempty"` // difference below which a page calls two cells the same, where an interval shows it; 0 = perm.DefaultMargin
	TwoSided     bool     `yaml:"two_sided"`        // learning p also counts accuracies far below the null
	Halves       int      `yaml:"halves,omitempty"` // random splits of the examples into halves, on which everything is measured again, so that errors over examples have what a sample does to all its copies alike; 0 = 10 where there are fewer than 1,000 examples, else none; below 0 = none
	Scale        string   `yaml:"scale,omitempty"`  // one of the Scale names; "" = auto
	Seed         uint64   `yaml:"seed"`             // of everything random; 0 = 1

	// Registered is the SHA-256, in hex, of a file that says before anything is measured
	// what will be read from the rows. Each row carries it, so that nobody can say
	// afterwards that it was something else. "" = there is none.
	Registered string `yaml:"registered,omitempty"`

	// OwnProbes are probes of one's own, measured after Probes under the names that
	// they give themselves. With them, Probes has no default.
	OwnProbes []probe.Probe `yaml:"-"`
	// Devices is how many devices share the label sets; 0 = 1. Rows do not depend
	// on it.
	Devices int `yaml:"-"`
	// Known is what was measured before, which is not measured again; nil = nothing.
	Known Known `yaml:"-"`
	// Keep keeps the evidence of a cell that is not measured to its end, so that what
	// Known gives of it later can be gone on with; it is called from time to time and
	// when a measurement is interrupted. nil = it is lost then.
	Keep func(cell string, e Evidence) error `yaml:"-"`
	// Note hears what was unusual and what was done about it, a sentence each; nil =
	// nobody.
	Note func(string) `yaml:"-"`
	// Progress hears what is being done; nil = nobody. Its calls come one at a
	// time. Total is the number of cells there will be, for Progress.Total.
	Progress func(Progress) `yaml:"-"`
	Total    int            `yaml:"-"`
}

// Known is what a run measured before, by the names that result.Row.Cell gives.
type Known interface {
	// Row is the row of a cell; false where there is none.
	Row(cell string) (result.Row, bool)
	// Evidence is that of a cell, from which it can go on to more permutations;
	// false where there is none that can be read.
	Evidence(cell string) (Evidence, bool)
}

// Progress is a moment of a measurement.
type Progress struct {
	Doing       string // what is being done, for people: "training mlp, epoch 3 of 20, loss 0.41"
	Done, Total int    // cells; Total 0 = not known

	Left time.Duration // that what is being done takes yet; 0 = not known
}

// Metrics by which probes can be scored. Learning and memorization are then
// differences of this metric; memorization p, the two parts of memorization and what
// is said of classes and of single examples stay about hits.
const (
	MetricAccuracy = "accuracy"
	MetricBalanced = "balanced" // mean over the classes of the share of hits
	MetricAUC      = "auc"      // of each class against the rest, averaged
	MetricLogLoss  = "log-loss" // mean logarithm of the label's probability, at most 0
)

// metric is a metric by what computes it: counts of hits, or the probe's scores.
type metric struct {
	name   string
	counts perm.Metric
	scores probe.Metric // Accuracy = none are needed
}

var metrics = []metric{
	{MetricAccuracy, perm.Accuracy, probe.Accuracy},
	{MetricBalanced, perm.BalancedAccuracy, probe.Accuracy},
	{MetricAUC, perm.Accuracy, probe.AUC},
	{MetricLogLoss, perm.Accuracy, probe.LogLoss},
}

// metricNames lists the metrics.
func metricNames() []string {
	var names []string
	for _, m := range metrics {
		names = append(names, m.name)
	}
	return names
}

// Ways to scale features before they are probed. All but none centre columns and
// drop those that are constant in training; see probe.Scaling.
const (
	ScaleAuto     = "auto"     // shared for images, series, feature maps and tokens by place, standard for raw tables, floor for all else
	ScaleFloor    = "floor"    // columns divided by their sd, but by no less than half of the upper quartile of all
	ScaleStandard = "standard" // columns divided by their sd
	ScaleShared   = "shared"   // all columns divided by one sd
	ScaleNone     = "none"     // features as they are
)

// scaleNames lists the ways to scale features.
func scaleNames() []string {
	return []string{ScaleAuto, ScaleFloor, ScaleStandard, ScaleShared, ScaleNone}
}

// MinPermutations is the smallest B: with fewer, no p-value of one side reaches
// 0.05. Two sides need 39.
const MinPermutations = perm.LeastSets

// Resolve fills in the defaults and says what is wrong, as one sentence that
// names the field.
func (o Options) Resolve() (Options, error) {
	o = o.withDefaults()
	_, err := newMeasurement(o)
	return o, err
}

func (o Options) withDefaults() Options {
	setDefault(&o.Permutations, 199)
	setDefault(&o.Metric, MetricAccuracy)
	setDefault(&o.Alpha, perm.DefaultAlpha)
	setDefault(&o.Margin, perm.DefaultMargin)
	setDefault(&o.Seed, 1)
	if o.Scale == ScaleAuto { // one word for it in config.yaml
		o.Scale = ""
	}
	if len(o.OwnProbes) == 0 {
		setDefaults(&o.Probes, "ridge", "knn")
	}
	return o
}

// isSHA256 says whether a text is a SHA-256 in lower-case hex digits.
func isSHA256(text string) bool {
	sum, err := hex.DecodeString(text)
	return err == nil && len(sum) == sha256.Size && strings.ToLower(text) == text
}

// newMeasurement parses what options with their defaults name, once.
func newMeasurement(o Options) (*measurement, error) {
	m := &measurement{Options: o, onDevice: (*xla.Engine).Accelerator, seen: map[string]bool{}}
	switch {
	case o.Permutations < MinPermutations:
		return nil, fmt.Errorf("permutations: %d is too few for any p-value to reach 0.05; give at least %d", o.Permutations, MinPermutations)
	case o.Halves == 1:
		return nil, fmt.Errorf("halves: 1 split gives no error; give at least 2, better 10, or -1 for none")
	case o.Halves > mostHalves:
		return nil, atMost("halves", o.Halves, mostHalves)
	case o.Stop < 0:
		return nil, fmt.Errorf("stop: %d is negative; give a number of exceedances, or 0 to draw all permutations", o.Stop)
	case !slices.Contains(metricNames(), o.Metric):
		return nil, fmt.Errorf("metric: %q is not known; choose from %s", o.Metric, strings.Join(metricNames(), ", "))
	case o.Stop > 0 && o.Metric != MetricAccuracy:
		return nil, fmt.Errorf("stop: the sequential stop counts hits, so it does not go with metric %s; leave one out", o.Metric)
	case o.Stop > 0 && o.TwoSided:
		return nil, fmt.Errorf("two_sided: the sequential stop has one side; leave out stop or two_sided")
	case !(o.Alpha > 0 && o.Alpha < 1):
		return nil, fmt.Errorf("alpha: %v is outside 0..1", o.Alpha)
	case !(o.Margin >= 0 && o.Margin < 1):
		return nil, fmt.Errorf("margin: %v is outside 0..1", o.Margin)
	case o.Registered != "" && !isSHA256(o.Registered):
		return nil, fmt.Errorf("registered: %q is no SHA-256; give the 64 hex digits that sha256sum prints for the file", o.Registered)
	case o.Scale != "" && !slices.Contains(scaleNames(), o.Scale):
		return nil, fmt.Errorf("scale: %q is not known; choose from %s", o.Scale, strings.Join(scaleNames(), ", "))
	}
	m.metric = metrics[slices.Index(metricNames(), o.Metric)]
	if o.TwoSided {
		m.sides = perm.TwoSided
	}
	for _, name := range o.Probes {
		p, err := probe.Parse(name)
		if err != nil {
			return nil, fmt.Errorf("probes: %w", err)
		}
		m.probes = append(m.probes, namedProbe{name, p})
	}
	for _, p := range o.OwnProbes {
		m.probes = append(m.probes, namedProbe{p.Name(), p})
	}
	var names []string
	for _, p := range m.probes {
		names = append(names, p.name)
		switch p.Probe.(type) {
		case probe.Ridge, probe.Centroid:
			if o.Metric == MetricLogLoss {
				return nil, fmt.Errorf("probes: %s gives no probabilities, which the metric log-loss needs; use softmax, knn or forest", p.name)
			}
		}
	}
	return m, unique("probes", names)
}

// namedProbe is a probe under the name by which it was asked for, which its rows
// carry.
type namedProbe struct {
	name string
	probe.Probe
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// setDefaults replaces the list either way, so that the caller's stays as it is.
func setDefaults[T any](field *[]T, values ...T) {
	if len(*field) == 0 {
		*field = values
	}
	*field = slices.Clone(*field)
}

func unique[T comparable](field string, list []T) error {
	for i, v := range list {
		if slices.Contains(list[:i], v) {
			return fmt.Errorf("%s: %v is given twice", field, v)
		}
	}
	return nil
}
