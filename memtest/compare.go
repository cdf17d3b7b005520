package memtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Comparison is two cells that were measured alike, and how much more the first
// learned and memorized.
type Comparison struct {
	A            result.Row     `json:"a"`
	B            result.Row     `json:"b"`
	Learning     perm.Interval  `json:"learning"`               // L_a − L_b
	Memorization *perm.Interval `json:"memorization,omitempty"` // M_a − M_b; nil where the evidence of a cell is not kept
	// Seeds is 0 where the intervals are over label sets, for one network each.
	// Else they are over so many pairs of networks of different training seeds,
	// and A and B are the rows of the first.
	Seeds int `json:"seeds,omitempty"`
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
// copies, label sets, probe and level, and returns the differences of the first
// to the second. Differences are paired label set by label set. References are not
// compared. Where both have several training seeds, a comparison over these
// follows those of the single seeds. Runs that were not measured alike give a
// *DifferentError.
func Compare(a, b Measured) ([]Comparison, error) {
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
	return comparePairs(a, b, pairs)
}

// underTest is the run with the rows of its network only; where there are none, as
// in a file of raw inputs, with all.
func (m Measured) underTest() Measured {
	if rows := where(m.Rows, func(r result.Row) bool { return r.Role.UnderTest() }); len(rows) > 0 {
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
	case !fromFile && a.Data.SHA256 != b.Data.SHA256: // that of a file of features is the features' own
		return different("data.sha256", a.Data.SHA256, b.Data.SHA256, "measure both on the same data")
	}
	if err := alikeLabels(a, b, fromFile || given); err != nil {
		return err
	}
	switch {
	case ra.Perturbation != rb.Perturbation && !(fromFile && (ra.Perturbation == "given" || rb.Perturbation == "given")):
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

// comparePairs computes the differences, and those over the training seeds of
// pairs that are alike but for the seed.
func comparePairs(a, b Measured, pairs []pair) ([]Comparison, error) {
	key := func(p pair) string { p.a.Seed, p.b.Seed = 0, 0; return p.a.Cell() + p.b.Cell() }
	var all []Comparison
	for len(pairs) > 0 {
		first := key(pairs[0])
		var same, rest []pair
		for _, p := range pairs {
			if key(p) == first {
				same = append(same, p)
			} else {
				rest = append(rest, p)
			}
		}
		pairs = rest
		var seeds []Comparison
		for _, p := range same {
			c, err := comparePair(a, b, p)
			if err != nil {
				return nil, err
			}
			seeds = append(seeds, c)
		}
		all = append(all, seeds...)
		if len(seeds) < 2 {
			continue
		}
		over, err := overSeeds(seeds)
		if err != nil {
			return nil, err
		}
		all = append(all, over)
	}
	return all, nil
}

// overSeeds compares two networks over their training seeds.
func overSeeds(seeds []Comparison) (Comparison, error) {
	over := Comparison{A: seeds[0].A, B: seeds[0].B, Seeds: len(seeds)}
	var learning, memorization []float64
	for _, c := range seeds {
		learning = append(learning, c.Learning.Estimate)
		memorization = append(memorization, c.A.Memorization-c.B.Memorization)
	}
	var err error
	if over.Learning, err = perm.SeedInterval(learning, 0); err != nil {
		return over, err
	}
	m, err := perm.SeedInterval(memorization, 0)
	over.Memorization = &m
	return over, err
}

// comparePair is the difference of two cells, by their evidence where it is
// kept, else by their rows.
func comparePair(a, b Measured, p pair) (Comparison, error) {
	c := Comparison{A: p.a, B: p.b}
	if p.a.Permutations != p.b.Permutations {
		return c, &DifferentError{"permutations", fmt.Sprintf("%d of %s in %s", p.a.Permutations, p.a.Cell(), a.Name), fmt.Sprintf("%d in %s", p.b.Permutations, b.Name), "measure both with the same number"}
	}
	ea, okA := a.Evidence(p.a.Cell())
	eb, okB := b.Evidence(p.b.Cell())
	if okA && okB {
		d, err := perm.Difference(ea.Counts, eb.Counts, perm.Options{})
		if err != nil {
			return c, fmt.Errorf("%s: %w", p.a.Cell(), err)
		}
		c.Learning, c.Memorization = d.Learning, &d.Memorization
		return c, nil
	}
	var err error
	c.Learning, err = perm.LearningDifference(p.a.Observed, p.a.Null, p.b.Observed, p.b.Null, 0)
	if err != nil {
		return c, fmt.Errorf("%s: %w", p.a.Cell(), err)
	}
	return c, nil
}
