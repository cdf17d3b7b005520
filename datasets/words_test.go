package datasets

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// loadNamed is both parts of a named set by a seed, which must need no files.
func loadNamed(t *testing.T, name string, seed uint64) (train, test *Set) {
	t.Helper()
	train, test, err := Load(context.Background(), name, Options{Offline: true, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	info, _ := Describe(name)
	if train.Len() != info.Train || test.Len() != info.Test || train.Shape != info.Shape || test.Shape != info.Shape {
		t.Fatalf("%s: %d and %d examples of %v, but the catalog says %d and %d of %v", name, train.Len(), test.Len(), train.Shape, info.Train, info.Test, info.Shape)
	}
	return train, test
}

// nameOf is the text of example i.
func nameOf(s *Set, i int) string {
	var b strings.Builder
	for _, v := range s.Row(i)[:s.Shape.Length(s.Row(i))] {
		b.WriteString(s.Tokens.Words[int(v)])
	}
	return b.String()
}

// standsIn is what the embedded file says: the classes that each name stands in.
func standsIn(t *testing.T) map[string][]string {
	t.Helper()
	content, err := wordsFS.ReadFile("words/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	in := map[string][]string{}
	for line := range strings.Lines(string(content)) {
		name, codes, _ := strings.Cut(strings.TrimSpace(line), "\t")
		for code := range strings.SplitSeq(codes, ",") {
			in[name] = append(in[name], tongues[code])
		}
	}
	return in
}

// Each name is there once, as it is written; its label is one of its languages, and
// those labels were drawn by chance that could have been others.
func TestWords(t *testing.T) {
	train, test := loadNamed(t, "words", 0)
	in := standsIn(t)
	total, several := 0, 0
	for _, classes := range in {
		total += len(classes)
		if len(classes) > 1 {
			several++
		}
	}
	if total != 10248 || len(in) != 6558 || several != 1188 {
		t.Errorf("%d names, %d different ones, %d of them in several languages", total, len(in), several)
	}
	seen := map[string]bool{}
	for _, s := range []*Set{train, test} {
		byChance := 0
		for i, y := range s.Y {
			name := nameOf(s, i)
			if seen[name] || !slices.Contains(in[name], s.Classes[y]) || s.ByChance[i] != (len(in[name]) > 1) {
				t.Fatalf("%s: example %d is %q of %s, seen %v, by chance %v, but stands in %v", s.Name, i, name, s.Classes[y], seen[name], s.ByChance[i], in[name])
			}
			seen[name] = true
			if s.ByChance[i] {
				byChance++
			}
		}
		// The parts are drawn: of 1,188 in 6,558, about a share of 0.18 in each.
		if share := float64(byChance) / float64(s.Len()); share < 0.14 || share > 0.22 {
			t.Errorf("%s: a share of %.3f has labels by chance", s.Name, share)
		}
		for k, n := range s.Counts() {
			if n < s.Len()/24 {
				t.Errorf("%s: %d examples of %s", s.Name, n, s.Classes[k])
			}
		}
	}
	if len(seen) != len(in) {
		t.Errorf("%d names of %d", len(seen), len(in))
	}
	if v := train.Tokens; len(v.Words) != train.Shape.Vocabulary || v.Words[v.Mask] != "<mask>" || v.Words[v.Pad] != "<pad>" {
		t.Errorf("vocabulary %q of %d, mask %d, pad %d", v.Words, train.Shape.Vocabulary, v.Mask, v.Pad)
	}
}

// labelsOf are the classes of names.
func labelsOf(sets ...*Set) map[string]string {
	of := map[string]string{}
	for _, s := range sets {
		for i, y := range s.Y {
			of[nameOf(s, i)] = s.Classes[y]
		}
	}
	return of
}

// Labels by chance are spread as a fair lot spreads them: of the names that stand in m
// languages, over 8 seeds, each place in the list of a name's languages is drawn as often
// as the others (chi-squared of m − 1 degrees), and what one seed draws says nothing of
// what the next does, which agrees with it for a share 1/m (one degree). Each bound is
// exceeded by a fair lot once in 10⁶.
func TestWordsLabelsAreAFairLot(t *testing.T) {
	in := standsIn(t)
	const seeds = 8
	places := map[int][]float64{} // by m: how often each place was drawn
	names, agree := map[int]float64{}, map[int]float64{}
	var before map[string]string
	for seed := range uint64(seeds) {
		train, test := loadNamed(t, "words", seed+1)
		drawn := labelsOf(train, test)
		for name, classes := range in {
			m := len(classes)
			if places[m] == nil {
				places[m] = make([]float64, m)
			}
			places[m][slices.Index(classes, drawn[name])]++
			if seed == 0 {
				names[m]++
			} else if before[name] == drawn[name] {
				agree[m]++
			}
		}
		before = drawn
	}
	for m := 2; m <= 12; m++ {
		chi2, expected := 0.0, names[m]*seeds/float64(m)
		for _, n := range places[m] {
			chi2 += (n - expected) * (n - expected) / expected
		}
		if bound := (distuv.ChiSquared{K: float64(m - 1)}).Quantile(1 - 1e-6); chi2 > bound {
			t.Errorf("%v names of %d languages: places were drawn %v times, chi-squared %.1f above %.1f", names[m], m, places[m], chi2, bound)
		}
		pairs, p := names[m]*(seeds-1), 1/float64(m)
		chi2 = (agree[m] - pairs*p) * (agree[m] - pairs*p) / (pairs * p * (1 - p))
		if bound := (distuv.ChiSquared{K: 1}).Quantile(1 - 1e-6); chi2 > bound {
			t.Errorf("%v names of %d languages: %v of %v pairs of seeds agree, chi-squared %.1f above %.1f", names[m], m, agree[m], pairs, chi2, bound)
		}
	}
}

// The same seed gives the same set, 0 is 1, and another other lots of the same names.
func TestWordsBySeed(t *testing.T) {
	train, test := loadNamed(t, "words", 0)
	again, _ := loadNamed(t, "words", 1)
	other, otherTest := loadNamed(t, "words", 2)
	if train.Hash() != again.Hash() || train.Hash() == other.Hash() {
		t.Error("seed 0 is not seed 1, or seed 2 is")
	}
	in, a, b := standsIn(t), labelsOf(train, test), labelsOf(other, otherTest)
	if !slices.Equal(slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b))) {
		t.Error("another seed gave other names")
	}
	differ := 0
	for name := range a {
		if a[name] != b[name] {
			differ++
			if len(in[name]) == 1 {
				t.Errorf("%q is of %v alone, but was of %s and of %s", name, in[name], a[name], b[name])
			}
		}
	}
	if differ < 400 { // of 1,188, of which half at least are expected to differ
		t.Errorf("%d labels differ between seeds", differ)
	}
}
