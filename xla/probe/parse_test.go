package probe

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, name := range []string{"ridge", "ridge:1", "ridge:10", "ridge:0.5", "ridge:gcv", "softmax", "softmax:1e-05", "softmax:gcv", "knn", "knn:1", "knn:11", "centroid", "forest", "forest:500"} {
		if p, err := Parse(name); err != nil || p.Name() != name {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
	for text, name := range map[string]string{"softmax:1.0": "softmax", "knn:5": "knn", "forest:100": "forest"} {
		if p, err := Parse(text); err != nil || p.Name() != name {
			t.Errorf("%s: %v, %v", text, p, err)
		}
	}
	for _, name := range Names() {
		if _, err := Parse(name); err != nil {
			t.Error(err)
		}
	}
	for text, want := range map[string]string{
		"":                  "choose from ridge, softmax, knn, centroid, forest",
		"svm":               `probe "svm" is not known`,
		"ridge:":            `the L2 penalty "" must be a number above 0, as in ridge:10, or gcv`,
		"ridge:0":           `the L2 penalty "0"`,
		"ridge:NaN":         `the L2 penalty "NaN"`,
		"softmax:-1":        `as in softmax:10, or gcv`,
		"softmax:+Inf":      `the L2 penalty "+Inf"`,
		"knn:0":             `the number of neighbours "0" must be a whole number from 1`,
		"knn:2.5":           `the number of neighbours "2.5"`,
		"forest:none":       `the number of trees "none"`,
		"forest:1000000000": "1000000000 trees are too many; ask for at most 100000",
		"centroid:2":        "centroid has no setting; type centroid",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want an error with %q, got %v", text, want, err)
		}
	}
}

// What a probe needs is asked before anything is computed.
func TestFits(t *testing.T) {
	for _, c := range []struct {
		probe Probe
		rows  int
		want  string // "" = it fits
	}{
		{KNN{}, 5, ""}, {KNN{}, 4, "probe knn: 5 neighbours are more than the 4 training examples; choose fewer"},
		{KNN{K: 1e9}, 300, "probe knn:1000000000: 1000000000 neighbours are more than the 300 training examples"},
		{KNN{K: 1e9}, 1e9, "GiB of memory and"},
		{Forest{}, 300, ""}, {Forest{Trees: mostTrees}, 1e9, "GiB of memory and"},
		{Ridge{}, 1, ""}, {Centroid{}, 1, ""},
	} {
		err := Fits(c.probe, c.rows, 4)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s on %d examples: %v, want %q", c.probe.Name(), c.rows, err, c.want)
		}
	}
}

// The zero values of the probes are their defaults.
func TestZeroValues(t *testing.T) {
	for name, p := range map[string]Probe{"ridge": Ridge{}, "softmax": SoftmaxRegression{}, "knn": KNN{}, "forest": Forest{}, "centroid": Centroid{}} {
		if p.Name() != name {
			t.Errorf("%s instead of %s", p.Name(), name)
		}
	}
}
