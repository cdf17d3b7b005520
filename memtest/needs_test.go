package memtest

import (
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// What a run will take grows with each thing that it holds, and with permutations by the
// counts alone.
func TestMemory(t *testing.T) {
	of := func(change func(c *Config)) float64 {
		c := Config{N: 1000, Net: "mlp:64", Epochs: []int{0}, Levels: []float64{0, 0.3}, Refs: []string{RefUntrained}}
		c.Probes, c.Permutations = []string{"ridge"}, 99
		change(&c)
		x, err := New(t.Context(), c, datasets.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return x.Memory()
	}
	least := of(func(*Config) {})
	if least < bareBytes || least > 2*bareBytes {
		t.Errorf("%.0f bytes, of which %d are the bare process", least, bareBytes)
	}
	for what, change := range map[string]func(c *Config){
		"examples":      func(c *Config) { c.N = 1500 },
		"levels":        func(c *Config) { c.Levels = []float64{0, 0.1, 0.3} },
		"a wide layer":  func(c *Config) { c.Net = "mlp:2048" },
		"raw inputs":    func(c *Config) { c.Refs = append(c.Refs, RefInput) },
		"another probe": func(c *Config) { c.Probes = []string{"ridge", "softmax"} },
	} {
		if more := of(change); more <= least {
			t.Errorf("%s: %.0f bytes, %.0f without", what, more, least)
		}
	}
	const each = 2 * (440 + 22*10) // two levels, ten classes
	if more := of(func(c *Config) { c.Permutations = 1099 }); more != least+1000*each {
		t.Errorf("1,000 permutations take %.0f bytes, want %d", more-least, 1000*each)
	}
}
