package rule

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// rows are a network seen by two probes at two levels with two seeds, and its twin.
// By ridge at 0.3 its learning is 0.5 and 0.7, less the twin's 0.1 and 0.3.
func rows() []result.Row {
	var all []result.Row
	for _, seed := range []uint64{1, 2} {
		for _, probe := range []string{"ridge", "knn"} {
			for _, level := range []float64{0.1, 0.3} {
				own, fresh := 0.01*float64(seed)+level/10, 0.8
				r := result.Row{Network: "my net", Role: features.Network, Seed: seed, Epoch: 20, Layer: "dense1", Probe: probe, Perturbation: "gaussian", Level: level,
					N: 100, Learning: 0.3 + 0.2*float64(seed), MemorizationOwn: &own, Fresh: &fresh,
					Differences: []result.Difference{{Reference: features.Twin, Learning: 0.2*float64(seed) - 0.1, Own: -0.05}}}
				if probe == "knn" {
					r.Learning, r.Fresh = 0.1, nil
				}
				all = append(all, r)
				r.Network, r.Role, r.Learning, r.Differences = "twin", features.Twin, 0.4, nil
				all = append(all, r)
			}
		}
	}
	return all
}

// table takes for the headline the rows that are like the last one of those given but
// for the seed.
var table = Rows(func(rows, _ []result.Row, _ bool) ([]result.Row, error) {
	last := rows[len(rows)-1]
	return slices.DeleteFunc(slices.Clone(rows), func(r result.Row) bool {
		return r.Network != last.Network || r.Probe != last.Probe || r.Level != last.Level
	}), nil
})

// Means, differences and the row farthest off are by hand.
func TestAsk(t *testing.T) {
	for text, want := range map[string]string{
		`learning > 0.59 probe=ridge network="my net"`: `: learning is 0.6 in the row of network "my net" seed 1 epoch 20 layer "dense1" probe "ridge" perturbation "gaussian" level 0.3 and of 1 more training seeds, in the mean`,
		`learning > 0.61 probe=ridge network="my net"`: "",
		`learning >= 0.4`:                                        `: learning is 0.4 in the row of network "twin"`,
		`learning > 0.4`:                                         "",
		`learning<0.1 network="my net"`:                          "",
		`learning <= 0.1 network="my net"`:                       `probe "knn"`,
		`learning - twin < 0.21 probe=ridge network="my net"`:    `learning - twin is 0.2 in`,
		`learning-twin<0.19 network="my net"`:                    "",
		`memorization_own - twin < 0 network="my net" level=0.1`: `memorization_own - twin is -0.05 in the row of network "my net" seed 1 epoch 20 layer "dense1" probe "knn" perturbation "gaussian" level 0.1`,
		`any(learning > 0.4)`:                                    `: learning is 0.7 in the row of network "my net" seed 2 epoch 20 layer "dense1" probe "ridge" perturbation "gaussian" level 0.1, and it holds in 3 more`,
		`any ( learning < 0.4 ) epoch=20 layer=dense1`:           `learning is 0.1 in`,
		`any(learning > 0.7)`:                                    "",
		`any(fresh < 0.9) network="my net"`:                      `, and it holds in 3 more`, // knn has none
		`n < 101`:                                                `n is 100 in`,
	} {
		r, err := table.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := r.Ask(rows())
		if err != nil || (want == "") != (got == "") || !strings.Contains(got, want) || got != "" && !strings.HasPrefix(got, `"`) {
			t.Errorf("%s: %q (%v), want %q", text, got, err, want)
		}
	}
}

// Where there is no row to ask, that is said, and what there is.
func TestAskOfNoRow(t *testing.T) {
	for text, want := range map[string]string{
		`learning > 0 probe=softmax`:           `none has probe="softmax", but "ridge", "knn"`,
		`learning > 0 epoch=5`:                 `none has epoch="5", but "20"`,
		`learning > 0 level=0.2 probe=knn`:     `none has level="0.2", but "0.1", "0.3"`,
		`fresh > 0 probe=knn network="my net"`: "those that it is about have no fresh",
		`learning - input > 0`:                 "have no learning - input",
		`any(halves > 0)`:                      "have no halves", // 0 is left out in JSON
	} {
		r, err := table.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := r.Ask(rows()); got != "" || err == nil || !errors.Is(err, result.ErrInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, error %v, want %q", text, got, err, want)
		}
	}
	r, err := table.Parse("learning > 0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Ask(nil); !errors.Is(err, result.ErrInput) {
		t.Errorf("of no rows: %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "is no rule",
		"learning":                             "is no rule",
		"0.1 < learning":                       "is no rule",
		"learning = 0.1":                       "is no rule",
		"learning > ":                          "is no rule",
		"any(learning > 0.1":                   "is no rule",
		"all(learning > 0.1)":                  "is no rule",
		"Learning > 0.1":                       "is no rule",
		"learnings > 0.1":                      `no number called "learnings"; type one of alpha, calibrated, chance`,
		"learning - refit > 0.1":               `no number called "learning - refit"`,
		"fresh - twin > 0.1":                   `no number called "fresh - twin"`,
		"null > 0.1":                           `no number called "null"`,
		"exact > 0.1":                          `no number called "exact"`,
		"learning > much":                      `"much" is no number`,
		"learning > NaN":                       `"NaN" is no number`,
		"learning > 1e999":                     `"1e999" is no number`,
		"learning > 0.1 knn":                   `"knn" chooses no rows`,
		"learning > 0.1 probe=":                `"probe=" chooses no rows`,
		"learning > 0.1 seed=1":                `not chosen by "seed"; type one of epoch, layer, level, network, probe`,
		"learning > 0.1 probe=knn probe=ridge": "probe= is there twice",
		"learning > 0.1 level=low":             "level=low is no number",
		"learning > 0.1 epoch=1.5":             "epoch=1.5 is no whole number",
		`learning > 0.1 layer="a\q"`:           "is not a name in double quotes",
	} {
		if _, err := table.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// Every number of a row can be asked for; what is no single number cannot.
func TestNumbersOfRows(t *testing.T) {
	low := 0.25
	r := result.Row{Seed: 1 << 40, Epoch: -1, Level: 0.3, LearningLow: &low, Penalty: 2}
	for name, want := range map[string]float64{"seed": 1 << 40, "epoch": -1, "level": 0.3, "learning_low": 0.25, "l2_strength": 2, "learning_p": 0} {
		if got := table.Numbers[name](r); got == nil || *got != want {
			t.Errorf("%s: %v, want %g", name, got, want)
		}
	}
	for _, name := range []string{"train_accuracy", "parents", "stop", "learning - twin"} {
		if got := table.Numbers[name](r); got != nil {
			t.Errorf("%s: %g, but the row has none", name, *got)
		}
	}
	for _, name := range []string{"network", "role", "flags", "null", "per_class", "differences", "two_sided", ""} {
		if table.Numbers[name] != nil {
			t.Errorf("%q can be asked for", name)
		}
	}
}

// What is read is written so that it is read as the same, and nothing panics.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"memorization > 0.2", "learning - twin < 0.1", `any(memorization_own >= 3e-1) probe=knn level=.5 layer="a \"b\"" epoch=-1 network=x`, "any(", "learning<=-0 probe=\"\"", "p > 0x1p-3"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := table.Parse(text)
		if err != nil {
			return
		}
		again, err := table.Parse(r.String())
		if err != nil || again.String() != r.String() {
			t.Fatalf("%q is read as %s, and that as %s (%v)", text, r, again, err)
		}
		_, _ = r.Ask(rows())
	})
}
