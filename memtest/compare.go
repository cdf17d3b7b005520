package memtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Comparison is two cells that were measured alike, and how much more the first
// learned and memorized.
type Comparison struct {
	A            result.Row `json:"a"`
	B            result.Row `json:"b"`
	Learning     Contrast   `json:"learning"`               // L_a − L_b, of the metric of the rows
	Memorization *Contrast  `json:"memorization,omitempty"` // of the examples' own part, of hits; nil where the evidence of a cell is not kept
	// Seeds is 0 for one network each. Else the contrasts are over so many pairs of
	// networks of different training seeds, and A and B are the rows of the first.
	Seeds int `json:"seeds,omitempty"`
}

// Contrast is a difference with its interval of confidence 1 − alpha.
type Contrast struct {
	perm.Interval
	Over string `json:"over"` // one of the Over words: what the interval is over
	// Says goes by the interval of the confidence with which those of all comparisons
	// hold at once, and by the margin.
	Says perm.Standing `json:"says"`
}

// What the interval of a contrast is over.
const (
	OverImages       = "images"               // other images of the same kind and other label sets, these two networks
	OverSeeds        = "images and seeds"     // other trainings too
	OverShuffle      = "label sets"           // other label sets alone, these images and networks
	OverShuffleSeeds = "label sets and seeds" // and other trainings, these images
)

// CompareOptions are the level and the margin of the words of comparisons.
type CompareOptions struct {
	Alpha  float64 // level; 0 = perm.DefaultAlpha
	Margin float64 // difference below which two cells count as the same; 0 = perm.DefaultMargin
}

// Resolve fills in the defaults and says what is wrong, as one sentence.
func (o CompareOptions) Resolve() (CompareOptions, error) {
	setDefault(&o.Alpha, perm.DefaultAlpha)
	setDefault(&o.Margin, perm.DefaultMargin)
	switch {
	case !(o.Alpha > 0 && o.Alpha < 1):
		return o, fmt.Errorf("alpha: %v is outside 0..1", o.Alpha)
	case !(o.Margin > 0 && o.Margin < 1):
		return o, fmt.Errorf("margin: %v is outside 0..1", o.Margin)
	}
	return o, nil
}

// Measured is a run as Compare takes it; Read reads it.
type Measured struct {
	Name     string // of the folder, for errors
	Config   Config
	Data     result.Data
	Labels   []int32 // [n] classes of the training examples, by their place among Data.Classes; nil = an older program noted none
	Rows     []result.Row
	Evidence func(cell string) (Evidence, bool) // of a cell, false where it is not kept; never nil
}

// DifferentError says that two runs were not measured alike, and in which field.
type DifferentError struct {
	Field string // as config.yaml, manifest.json or a row calls it
	A, B  string // its values
	Hint  string // what to do; may be empty
}

func (e *DifferentError) Error() string {
	s := fmt.Sprintf("the runs cannot be compared, since they differ in %s: %s and %s", e.Field, e.A, e.B)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Compare pairs the rows of two runs, network with network, that have the same
// copies, label sets, metric, probe and level, and returns the differences of the
// first to the second. Differences are paired image by image and label set by label
// set. References are not compared. Where both have several training seeds, a
// comparison over these follows those of the single seeds. Runs that were not
// measured alike give a *DifferentError.
func Compare(a, b Measured, o CompareOptions) ([]Comparison, error) {
	o, err := o.Resolve()
	if err != nil {
		return nil, err
	}
	a, b = a.underTest(), b.underTest()
	for _, m := range []Measured{a, b} {
		if len(m.Rows) == 0 {
			return nil, fmt.Errorf("%s holds no rows; finish the run first", m.Name)
		}
	}
	if err := alikeRuns(a, b); err != nil {
		return nil, err
	}
	pairs, err := pairRows(a, b)
	if err != nil {
		return nil, err
	}
	if perturb.MixesFeatures(a.Rows[0].Perturbation) {
		return nil, fmt.Errorf("%s was measured on %s, of which no errors are known that a difference could be held against; compare runs on copies of the examples", a.Name, features.MixClass)
	}
	contrasts, err := comparePairs(a, b, pairs)
	if err != nil {
		return nil, err
	}
	return say(contrasts, o), nil
}

// underTest is the run with the rows of its network only; where there are none, as
// in a file of raw inputs, with all.
func (m Measured) underTest() Measured {
	if rows := where(m.Rows, func(r result.Row) bool { return r.UnderTest() }); len(rows) > 0 {
		m.Rows = rows
	}
	return m
}

// alikeRuns checks what all rows of two runs must share: examples, copies and
// label sets.
func alikeRuns(a, b Measured) error {
	different := func(field string, va, vb any, hint string) error {
		return &DifferentError{field, fmt.Sprintf("%v in %s", va, a.Name), fmt.Sprintf("%v in %s", vb, b.Name), hint}
	}
	ra, rb := a.Rows[0], b.Rows[0]
	given := a.Config.Given || b.Config.Given
	fromFile := a.Config.Command == CommandProbe || b.Config.Command == CommandProbe
	switch {
	case ra.N != rb.N:
		return different("n", ra.N, rb.N, "measure both with the same training examples")
	case ra.Classes != rb.Classes:
		return different("classes", ra.Classes, rb.Classes, "")
	case metricOf(ra) != metricOf(rb):
		return different("metric", metricOf(ra), metricOf(rb), "measure both by the same --metric")
	case !fromFile && a.Data.SHA256 != b.Data.SHA256: // that of a file of features is the features' own
		return different("data.sha256", a.Data.SHA256, b.Data.SHA256, "measure both on the same data")
	}
	if err := alikeLabels(a, b, fromFile || given); err != nil {
		return err
	}
	switch {
	case ra.Perturbation != rb.Perturbation && !(fromFile && (ra.Perturbation == features.Given || rb.Perturbation == features.Given)):
		return different("perturbation", ra.Perturbation, rb.Perturbation, "measure both on the same copies")
	case !given && a.Config.Seed != b.Config.Seed:
		return different("seed", a.Config.Seed, b.Config.Seed, "measure both with the same --seed, from which the shuffles come")
	case a.Config.LabelNoise != b.Config.LabelNoise:
		return different("label_noise", a.Config.LabelNoise, b.Config.LabelNoise, "the shuffles are of the labels trained on; measure both with the same")
	case scaleOf(a) != scaleOf(b):
		return different("scale", scaleOf(a), scaleOf(b), "measure both with the same --scale")
	case !given:
		return nil
	}
	sa, err := setsOf(a)
	if err != nil {
		return err
	}
	sb, err := setsOf(b)
	if err == nil && sa != sb {
		err = different("permutations_sha256", sa, sb, "give both the same label sets")
	}
	return err
}

// alikeLabels checks that two runs are of examples with the same labels. Where an
// older program noted none, the hash of the data set, which is of its labels too,
// says so, unless they are needed.
func alikeLabels(a, b Measured, needed bool) error {
	for _, m := range []Measured{a, b} {
		if m.Labels == nil && needed {
			return fmt.Errorf("%s was measured by an older memtest, which kept no labels to compare by; measure it again", m.Name)
		}
	}
	if a.Labels == nil || b.Labels == nil || slices.Equal(a.Labels, b.Labels) {
		return nil
	}
	i := 0
	for i < min(len(a.Labels), len(b.Labels)) && a.Labels[i] == b.Labels[i] {
		i++
	}
	example := "those of example " + strconv.Itoa(i)
	return &DifferentError{"labels", example + " in " + a.Name, example + " in " + b.Name, "keep the order of the examples, and of the classes, the same"}
}

// setsOf is the hash of the label sets: that which was noted of given ones, or
// that of the shuffles of all labels that the seed gives. (Shuffles within groups
// have another one than given label sets, even where these are the same.)
func setsOf(m Measured) (string, error) {
	if m.Config.Given {
		return m.Config.Sets, nil
	}
	sets, err := perm.NewShuffled(m.Labels, m.Rows[0].Classes, nil, m.Config.Seed)
	if err != nil {
		return "", err
	}
	return perm.SetsHash(perm.Sets(sets, 1, m.Rows[0].Permutations+1)), nil
}

// scaleOf is how the rows of a run were scaled.
func scaleOf(m Measured) string {
	return strings.Join(distinct(m.Rows, func(r result.Row) string {
		if r.Scale == "" {
			return "that of an older memtest"
		}
		return r.Scale
	}), ", ")
}

// metricOf is the metric of a row by its name.
func metricOf(r result.Row) string {
	if r.Metric == "" {
		return MetricAccuracy
	}
	return r.Metric
}
