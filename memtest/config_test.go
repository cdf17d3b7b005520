package memtest

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
)

// A stated 0 is refused where it would be taken for a default.
func TestStatedZeros(t *testing.T) {
	for text, want := range map[string]string{
		"permutations: 0\n":                   "permutations: 0 is too few",
		"seed: 0\n":                           "seed: 0 would be taken for the default",
		"net: mlp:8\nseed: 0\n":               "seed: 0",
		"alpha: 0.0\n":                        "alpha: 0 is outside 0..1",
		"alpha: 0\n":                          "alpha: 0 is outside 0..1",
		"batch: 0\n":                          "batch: 0 must be at least 1",
		"seeds: 0\n":                          "seeds: 0 must be at least 1",
		"stop: 0\nrefit: 0\nn: 0\n":           "",
		"permutations: 19\nseed: 1\n":         "",
		"permutation: 19\n":                   `line 1: there is no key "permutation"; choose from command,`,
		"n: 0.5\n":                            "line 1: n: 0.5 is not a whole number",
		"epochs: [0, 1.5]\r\n":                "line 1: epochs: 1.5 is not a whole number",
		"n: 100\n---\nn: 200\n":               "line 2: a second document begins",
		"n: 100\r\nseeds: 2\r\n":              "",
		"":                                    "",
		"layers:\n- name: a\n  levels: [0]\n": "",
	} {
		c, err := parseConfig([]byte(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if strings.Contains(text, "name: a") && (len(c.Layers) != 1 || c.Layers[0] != "a") {
			t.Errorf("layers of an older version: %q", c.Layers)
		}
	}
}

// Every kind of run reads the configuration that it writes, and has the settings
// of its own kind only.
func TestConfigurationsComeBack(t *testing.T) {
	for _, c := range []Config{
		{Refit: 19, Options: Options{Stop: 5, Scale: ScaleNone}},
		{Command: CommandProbe, File: "a.npz", Keys: features.Keys{Train: "x"}, Layers: Layers{"a"}, Given: true, Sets: "ab", OwnLabels: map[string]string{"b": "cd"}, Options: Options{Metric: MetricAUC}},
		{Command: CommandONNX, Model: "a.onnx", Outputs: []string{"h"}, SD: []float64{2}},
	} {
		c, err := c.Resolve()
		if err != nil {
			t.Fatal(err)
		}
		back, err := parseConfig(c.YAML())
		if err != nil || string(back.YAML()) != string(c.YAML()) {
			t.Errorf("%s came back as %s (%v)", c.YAML(), back.YAML(), err)
		}
		for _, f := range c.Fields() {
			its := slices.ContainsFunc(c.Fields(), func(o Field) bool { return o.Key == f.Key && o.In(c.Command) })
			if strings.Contains("\n"+string(c.YAML()), "\n"+f.Key+":") && !its {
				t.Errorf("%q has the setting %s", c.Command, f.Key)
			}
		}
	}
}

// More permutations than memory holds are refused with the number, before
// anything is measured.
func TestTooManyPermutations(t *testing.T) {
	c := small()
	c.Permutations = 1e9
	if _, err := New(context.Background(), c, datasets.Options{Offline: true}); err == nil || !strings.Contains(err.Error(), "permutations: 1000000000 need") || !strings.Contains(err.Error(), "ask for at most") {
		t.Errorf("an experiment: %v", err)
	}
	m := arrays.Matrix{Rows: 40, Cols: 2, Data: make([]float32, 80)}
	labels := make([]int32, 40)
	for i := range labels {
		m.Data[2*i], labels[i] = float32(i), int32(i%2)
	}
	f := features.Features{Train: m, Levels: []float64{0}, Copies: features.Matrices(m), Labels: labels}
	if _, err := measured(engine(t), f, Options{Permutations: 1e9}); err == nil || !strings.Contains(err.Error(), "1000000000 need") {
		t.Errorf("features: %v", err)
	}
}

// Numbers beyond all bounds are refused by name, before data are read and anything
// is made.
func TestBounds(t *testing.T) {
	for want, c := range map[string]Config{
		"seeds: 1000000000 is too many; give at most 10000":         {Seeds: 1e9},
		"epochs: 1000000000 is too late; give epochs up to 1000000": {Epochs: []int{0, 1e9}},
		"refit: 1000000000 is too many; give at most 1000000":       {Refit: 1e9},
		"halves: 1000000000 is too many; give at most 10000":        {Options: Options{Halves: 1e9}},
		"1000000000 trees are too many":                             {Options: Options{Probes: []string{"forest:1000000000"}}},
	} {
		if _, err := c.Resolve(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for want, change := range map[string]func(*Config){
		`network "mlp" of 1.01e+10 weights, in batches of `:        func(c *Config) { c.Net = "mlp:100000,100000" },
		"layers[0].units: 9223372036854775807 must be at most":     func(c *Config) { c.Net = "mlp:9223372036854775807" },
		"blocks a stage: 1000000000 is too many; give at most 500": func(c *Config) { c.Net = "resnet:1000000000" },
		`network "cnn" of `: func(c *Config) { c.Net = "cnn:16000000" },
		"gaussian: a set of 1000000000 examples of 28×28×1 needs":    func(c *Config) { c.Data = "gaussian:1000000000" },
		"probe knn:1000000000: 1000000000 neighbours are more than":  func(c *Config) { c.Probes = []string{"ridge", "knn:1000000000"} },
		"permutations: 9223372036854775807 are too many; ask for at": func(c *Config) { c.Permutations = math.MaxInt },
	} {
		c := small()
		change(&c)
		if _, err := New(context.Background(), c, datasets.Options{Offline: true}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Where the examples are split into halves, every probe must fit those, which is
// known before the first is measured.
func TestProbesFitHalves(t *testing.T) {
	m := arrays.Matrix{Rows: 40, Cols: 2, Data: make([]float32, 80)}
	labels := make([]int32, 40)
	for i := range labels {
		m.Data[2*i], labels[i] = float32(i), int32(i%2)
	}
	f := features.Features{Train: m, Levels: []float64{0}, Copies: features.Matrices(m), Labels: labels}
	rows, err := measured(engine(t), f, Options{Permutations: 19, Probes: []string{"ridge", "knn:21"}})
	if err == nil || !strings.Contains(err.Error(), "21 neighbours are more than the 20 training examples") || len(rows) > 0 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
