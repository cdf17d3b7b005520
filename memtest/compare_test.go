package memtest

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// comparedRun is a run of one network whose learning differs from that of another
// such run by learning, for each of some training seeds.
func comparedRun(name string, learning float64, seeds ...uint64) Measured {
	m := Measured{
		Name: name, Data: result.Data{SHA256: "ab", Classes: []string{"a", "b"}}, Labels: []int32{0, 1, 0, 1},
		Config:   Config{Options: Options{Seed: 1}},
		Evidence: func(string) (Evidence, bool) { return Evidence{}, false },
	}
	for i, seed := range seeds {
		for _, role := range []features.Role{features.Network, features.Twin, features.Refit} {
			r := result.Row{
				Network: "mlp", Role: role, Seed: seed, Epoch: 5, Layer: "dense1", Probe: "ridge", Perturbation: "gaussian", Level: 0.3,
				N: 4, Classes: 2, Permutations: 3, Null: []float64{0.4, 0.5, 0.6}, NullMean: 0.5, Chance: 0.5, Observed: 0.5 + learning + 0.01*float64(i), Memorization: 0.1,
			}
			if role != features.Network {
				r.Network, r.Observed = string(role), 0
			}
			r.Learning = r.Observed - r.NullMean
			m.Rows = append(m.Rows, r)
		}
	}
	return m
}

// The difference of two runs is that of their learning, seed by seed and over the
// seeds; references and refits are not compared.
func TestCompare(t *testing.T) {
	all, err := Compare(comparedRun("A", 0.3, 1, 2, 3), comparedRun("B", 0.1, 1, 2, 3), CompareOptions{})
	if err != nil || len(all) != 4 {
		t.Fatalf("%d comparisons: %v", len(all), err)
	}
	for _, c := range all {
		if c.A.Role != features.Network || math.Abs(c.Learning.Estimate-0.2) > 1e-12 {
			t.Errorf("seed %d of %d: %s, A − B = %g, want 0.2", c.A.Seed, c.Seeds, c.A.Role, c.Learning.Estimate)
		}
	}
	// Without evidence nothing is said of memorization, nor of other images.
	if over := all[3]; over.Seeds != 3 || over.Memorization != nil || over.Learning.Over != OverShuffleSeeds || all[0].Learning.Over != OverShuffle {
		t.Errorf("over seeds: %+v", over)
	}
}

func TestCompareRefuses(t *testing.T) {
	for field, change := range map[string]func(*Measured){
		"n":            func(m *Measured) { m.Rows[0].N = 5 },
		"classes":      func(m *Measured) { m.Rows[0].Classes = 3 },
		"data.sha256":  func(m *Measured) { m.Data.SHA256 = "cd" },
		"labels":       func(m *Measured) { m.Labels = []int32{0, 1, 1, 0} },
		"perturbation": func(m *Measured) { m.Rows[0].Perturbation = "shift" },
		"permutations": func(m *Measured) { m.Rows[0].Permutations = 9 },
		"seed":         func(m *Measured) { m.Config.Seed = 2 },
		"scale":        func(m *Measured) { m.Rows[0].Scale = ScaleNone },
		"probe":        func(m *Measured) { m.Rows[0].Probe = "knn" },
		"permutations_sha256": func(m *Measured) {
			m.Config.Command, m.Config.Given, m.Config.Sets = CommandProbe, true, "ef"
		},
	} {
		b := comparedRun("B", 0.1, 1)
		change(&b)
		_, err := Compare(comparedRun("A", 0.3, 1), b, CompareOptions{})
		var different *DifferentError
		if !errors.As(err, &different) || different.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := Compare(comparedRun("A", 0.3, 1), Measured{Name: "empty"}, CompareOptions{}); err == nil || !strings.Contains(err.Error(), "empty holds no rows") {
		t.Errorf("no rows: %v", err)
	}
	// Given label sets are the same as the shuffles that the seed gives.
	a, b := comparedRun("A", 0.3, 1), comparedRun("B", 0.1, 1)
	sets, err := perm.NewShuffled(b.Labels, 2, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	b.Config.Command, b.Config.Given, b.Config.Sets = CommandProbe, true, perm.SetsHash(perm.Sets(sets, 1, 4))
	if _, err := Compare(a, b, CompareOptions{}); err != nil {
		t.Errorf("the same label sets, given: %v", err)
	}
	// An older program kept no labels: the hash of the data stands for them, where
	// it is of data.
	a.Labels = nil
	if _, err := Compare(a, comparedRun("B", 0.1, 1), CompareOptions{}); err != nil {
		t.Errorf("without labels: %v", err)
	}
	if _, err := Compare(a, b, CompareOptions{}); err == nil || !strings.Contains(err.Error(), "A was measured by an older memtest") {
		t.Errorf("without labels, given sets: %v", err)
	}
}

// Cells whose labels moved within other groups are not compared.
func TestCompareAsksForTheSameGroups(t *testing.T) {
	run := func(blocks int, key uint64) Measured {
		return Measured{Name: "run", Evidence: func(string) (Evidence, bool) {
			return Evidence{Counts: &perm.Counts{Blocks: blocks, Key: key}}, true
		}}
	}
	for _, c := range []struct {
		a, b  Measured
		alike bool
	}{{run(1, 1), run(1, 1), true}, {run(3, 1), run(3, 1), true}, {run(1, 1), run(3, 1), false}, {run(3, 1), run(3, 2), false}} {
		err := alikeGroups(c.a, c.b, pair{})
		var different *DifferentError
		if c.alike != (err == nil) || err != nil && (!errors.As(err, &different) || different.Field != "groups") {
			t.Errorf("%v", err)
		}
	}
}
