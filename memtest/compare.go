package memtest

import (
	"fmt"
	"slices"
	"strconv"

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

// Compare pairs the rows of two folders, network with network, that have the
// same copies, label sets, probe and level, and returns the differences of the
// first to the second. Differences are paired label set by label set. References
// are not compared. Where both have several training seeds, a comparison over
// these follows those of the single seeds. What does not let the runs be compared
// is a *DifferentError.
func Compare(folderA, folderB string) ([]Comparison, error) {
	a, err := openMeasured(folderA)
	if err != nil {
		return nil, err
	}
	b, err := openMeasured(folderB)
	if err != nil {
		return nil, err
	}
	if err := alikeRuns(a, b); err != nil {
		return nil, err
	}
	pairs, err := pairRows(a, b)
	if err != nil {
		return nil, err
	}
	return compareSettings(a, b, pairs)
}

// alikeRuns checks what all rows of two runs must share: examples, copies and
// label sets.
func alikeRuns(a, b *measured) error {
	different := func(field string, va, vb any, hint string) error {
		return &DifferentError{field, fmt.Sprintf("%v in %s", va, a.folder), fmt.Sprintf("%v in %s", vb, b.folder), hint}
	}
	ra, rb := a.rows[0], b.rows[0]
	fromFile := a.config.Command == "probe" || b.config.Command == "probe"
	switch {
	case ra.N != rb.N:
		return different("n", ra.N, rb.N, "measure both with the same training examples")
	case ra.Classes != rb.Classes:
		return different("classes", ra.Classes, rb.Classes, "")
	case !fromFile && a.manifest.Data.SHA256 != b.manifest.Data.SHA256: // that of a file of features is the features' own
		return different("data.sha256", a.manifest.Data.SHA256, b.manifest.Data.SHA256, "measure both on the same data")
	case !slices.Equal(a.labels, b.labels):
		i := 0
		for i < min(len(a.labels), len(b.labels)) && a.labels[i] == b.labels[i] {
			i++
		}
		return different("labels", "those of example "+strconv.Itoa(i), "those of example "+strconv.Itoa(i), "keep the order of the examples, and of the classes, the same")
	case ra.Perturbation != rb.Perturbation && !(fromFile && (ra.Perturbation == "given" || rb.Perturbation == "given")):
		return different("perturbation", ra.Perturbation, rb.Perturbation, "measure both on the same copies")
	case ra.Permutations != rb.Permutations:
		return different("permutations", ra.Permutations, rb.Permutations, "measure both with the same number")
	case !a.config.Given && !b.config.Given && a.config.Seed != b.config.Seed:
		return different("seed", a.config.Seed, b.config.Seed, "measure both with the same --seed, from which the shuffles come")
	case a.config.Given || b.config.Given:
		sa, err := a.sets()
		if err != nil {
			return err
		}
		sb, err := b.sets()
		if err != nil {
			return err
		}
		if sa != sb {
			return different("permutations_sha256", sa, sb, "give both the same label sets")
		}
	}
	if scaleOf(a) != scaleOf(b) {
		return different("scale", scaleOf(a), scaleOf(b), "")
	}
	return nil
}

// sets is the hash of the label sets: that which was noted of given ones, or
// that of the shuffles of all labels that the seed gives. (Shuffles within groups
// have another one than given label sets, even where these are the same.)
func (m *measured) sets() (string, error) {
	if m.config.Given {
		return m.config.Sets, nil
	}
	labels := make([]int32, len(m.labels))
	for i, y := range m.labels {
		labels[i] = int32(y)
	}
	shuffled, err := perm.NewShuffled(labels, m.rows[0].Classes, nil, m.config.Seed)
	if err != nil {
		return "", err
	}
	return SetsHash(perm.Sets(shuffled, 1, m.rows[0].Permutations+1)), nil
}

// scaleOf is how hidden layers were scaled.
func scaleOf(m *measured) string {
	if m.config.Scale == nil || *m.config.Scale == "" {
		return ScaleStandard
	}
	return *m.config.Scale
}

// compareSettings computes the differences, setting by setting.
func compareSettings(a, b *measured, pairs []pair) ([]Comparison, error) {
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
		var learning, memorization []float64
		for _, p := range same {
			c, err := comparePair(a, b, p)
			if err != nil {
				return nil, err
			}
			all = append(all, c)
			learning = append(learning, c.Learning.Estimate)
			memorization = append(memorization, p.a.Memorization-p.b.Memorization)
		}
		if len(same) < 2 {
			continue
		}
		over := Comparison{A: same[0].a, B: same[0].b, Seeds: len(same)}
		var err error
		if over.Learning, err = perm.SeedInterval(learning, 0); err != nil {
			return nil, err
		}
		m, err := perm.SeedInterval(memorization, 0)
		if err != nil {
			return nil, err
		}
		over.Memorization = &m
		all = append(all, over)
	}
	return all, nil
}

// comparePair is the difference of two cells, by their evidence where it is
// kept, else by their rows.
func comparePair(a, b *measured, p pair) (Comparison, error) {
	c := Comparison{A: p.a, B: p.b}
	ea, okA, err := LoadEvidence(a.folder, p.a.Cell())
	if err != nil {
		return c, err
	}
	eb, okB, err := LoadEvidence(b.folder, p.b.Cell())
	if err != nil {
		return c, err
	}
	if okA && okB {
		d, err := perm.Difference(ea.Counts, eb.Counts, perm.Options{})
		if err != nil {
			return c, fmt.Errorf("%s: %w", p.a.Cell(), err)
		}
		c.Learning, c.Memorization = d.Learning, &d.Memorization
		return c, nil
	}
	c.Learning, err = perm.LearningDifference(p.a.Observed, p.a.Null, p.b.Observed, p.b.Null, 0)
	if err != nil {
		return c, fmt.Errorf("%s: %w", p.a.Cell(), err)
	}
	return c, nil
}
