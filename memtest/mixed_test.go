package memtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/internal/uniform"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// The packages below know mix-class by one name.
func TestMixClassHasOneName(t *testing.T) {
	if !perturb.MixesFeatures(features.MixClass) {
		t.Errorf("%s is none of the perturbations of features", features.MixClass)
	}
	p, err := perturb.Parse(features.MixClass)
	if err != nil {
		t.Fatal(err)
	}
	if k := p.(perturb.Kind); k.Max(datasets.Shape{}) != mostMixed {
		t.Errorf("levels up to %g there, %g here", k.Max(datasets.Shape{}), mostMixed)
	}
}

// meaningless are features that say nothing of their labels but through the block.
func meaningless(number int, levels ...float64) features.Features {
	d, labels, groups, _ := independent("mix-class", number)
	return features.Features{Train: d.Train, Labels: labels, Groups: groups, Classes: d.Classes, Levels: levels, Perturbation: features.MixClass}
}

// Where labels mean nothing, learning p of blends is uniform: the partners of a label set
// are drawn by a stream of its own, so label sets stay exchangeable. Ties are broken at
// random for the test of Kolmogorov and Smirnov; as reported, at most 1 in 20 is 0.05.
func TestMixedPIsUniformWithoutMeaning(t *testing.T) {
	const dataSets, b = 200, 19
	e := engine(t)
	for _, name := range []string{"ridge", "centroid"} {
		var even, reported []float64
		for i := range dataSets {
			p, evenly := nullP(t, e, name, meaningless(i, 0.5), uint64(i+1), b, seed.Stream(1, "mixed ties", i).Float64())
			reported, even = append(reported, p), append(even, evenly)
		}
		distance, p := holdUniform(t, name, even, reported)
		t.Logf("%s: KS distance %.3f, p %.3f; %.3f of the p-values at most 0.05", name, distance, p, uniform.ShareAtMost(reported, 0.05))
	}
}

// A run that grows gives the rows of one that asked for all at once, and one that
// is stopped early gives those up to there.
func TestMixedRunGrows(t *testing.T) {
	e := engine(t)
	of := func(permutations int, known Known) (all []Cell) {
		t.Helper()
		o := Options{Probes: []string{"ridge", "centroid"}, Permutations: permutations, Known: known}
		for c, err := range Measure(t.Context(), e, features.Stream(meaningless(1, 0, 0.25, 0.5)), o) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, c)
		}
		return all
	}
	first, whole := of(19, nil), of(41, nil)
	had := slices.Clone(first[1].Null)
	grown := of(41, keptOf(first))
	if len(grown) != len(whole) || len(whole) != 6 {
		t.Fatalf("%d cells, grown %d", len(whole), len(grown))
	}
	for i, c := range grown {
		if c.Observed != whole[i].Observed || !slices.Equal(c.Null, whole[i].Null) || c.LearningP != whole[i].LearningP {
			t.Errorf("%s: grown %v %v, at once %v %v", c.Cell(), c.Observed, c.Null, whole[i].Observed, whole[i].Null)
		}
	}
	if !slices.Equal(whole[1].Null[:19], had) {
		t.Errorf("the first label sets are others among more: %v, %v", whole[1].Null[:19], had)
	}
}

// What cannot be measured is refused, by one sentence with what to type next.
func TestMixedRefuses(t *testing.T) {
	e := engine(t)
	f := meaningless(1, 0, 0.25)
	alone := f
	alone.Labels, alone.Groups = slices.Clone(f.Labels), nil
	for i := range alone.Labels {
		if alone.Labels[i] == 2 {
			alone.Labels[i] = 1
		}
	}
	alone.Labels[0] = 2
	beyond, copies := f, f
	beyond.Levels = []float64{0.6}
	copies.Copies = features.Matrices(f.Train, f.Train)
	ridge := []string{"ridge"}
	for want, c := range map[string]struct {
		features.Features
		Options
	}{
		"probes: knn cannot be scored on mix-class, whose copies are blends of features: only ridge, softmax and centroid can, as in --probes ridge":             {f, Options{}},
		"probes: forest cannot be scored on mix-class, whose copies are blends of features: only ridge, softmax and centroid can, as in --probes ridge,softmax":  {f, Options{Probes: []string{"forest"}}},
		"halves: of mix-class no errors over other examples are said, so halves would say nothing; leave them out":                                               {f, Options{Probes: ridge, Halves: 10}},
		"levels: level 0.6 of mix-class is outside 0..0.5, the share of the other example":                                                                       {beyond, Options{Probes: ridge}},
		"mix-class blends examples of one class, but class 2, counted from 0 in the order of the labels, has a single example; take more of it, or leave it out": {alone, Options{Probes: ridge}},
		"there are copies of mix-class, which are made of the training features; leave Copies out":                                                               {copies, Options{Probes: ridge}},
	} {
		_, err := measured(e, c.Features, c.Options)
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	for want, c := range map[string]Config{
		"probes: knn cannot be scored":                       {Perturb: features.MixClass},
		"levels: level 0.7 of mix-class":                     {Perturb: features.MixClass, Levels: []float64{0.7}, Options: Options{Probes: ridge}},
		"levels: those of the copies in FILE":                {Command: CommandProbe, Levels: []float64{0.3}},
		"halves: of mix-class no errors over other examples": {Command: CommandProbe, Perturb: features.MixClass, Options: Options{Probes: ridge, Halves: 4}},
	} {
		if _, err := c.Resolve(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	c, err := Config{Command: CommandProbe, Perturb: features.MixClass, Options: Options{Probes: ridge}}.Resolve()
	if err != nil || !slices.Equal(c.Levels, []float64{0, 0.25, 0.5}) {
		t.Errorf("levels %v (%v)", c.Levels, err)
	}
	row := result.Row{Network: "net", Layer: "h", Role: features.Network, N: 60, Classes: 3, Perturbation: features.MixClass}
	_, err = Compare(Measured{Name: "a", Rows: []result.Row{row}}, Measured{Name: "b", Rows: []result.Row{row}}, CompareOptions{})
	if err == nil || !strings.Contains(err.Error(), "a was measured on mix-class, of which no errors are known") {
		t.Errorf("compare: error %v", err)
	}
}

// A whole run: networks, twin, raw inputs and a full refit have their rows, no image is
// blended, and the features given are not changed.
func TestMixedRun(t *testing.T) {
	c := small()
	c.N, c.Epochs, c.Probes, c.Refit, c.Permutations, c.Halves = 100, []int{0, 1}, []string{"ridge"}, 19, 19, 0
	c.Perturb, c.Levels, c.Refs = features.MixClass, []float64{0, 0.5}, []string{RefInput, RefTwin}
	all := rows(t, c, func(x *Experiment) {
		if _, err := x.Copies(0.5); err == nil || !strings.Contains(err.Error(), "examples have no copies") {
			t.Errorf("copies of the images: error %v", err)
		}
	})
	roles := map[features.Role]int{}
	for _, r := range all {
		roles[r.Role]++
		if r.OwnAccuracy != nil || r.OwnLoss != nil || r.MemorizationP != 0 || r.MemorizationOwn != nil || r.LearningSE != nil || r.Nearest != nil || len(r.Differences) > 0 {
			t.Errorf("%s says what blends have not: %+v", r.Cell(), r)
		}
		if err := r.Check(); err != nil || r.LearningP <= 0 {
			t.Errorf("%s: p %v, %v", r.Cell(), r.LearningP, err)
		}
	}
	for _, role := range []features.Role{features.Network, features.Untrained, features.Input, features.Twin, features.Refit} {
		if roles[role] != 2 {
			t.Errorf("%d rows of %s", roles[role], role)
		}
	}
}

// Features of a library's user are not changed, and devices do not matter to rows.
func TestMixedFeaturesStayAsTheyAre(t *testing.T) {
	e := engine(t)
	f := meaningless(2, 0.25)
	was := arrays.Matrix{Rows: f.Train.Rows, Cols: f.Train.Cols, Data: slices.Clone(f.Train.Data)}
	one, err := measured(e, f, Options{Probes: []string{"ridge", "centroid"}, Permutations: 40})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.Train.Data, was.Data) {
		t.Error("the training features were changed")
	}
	if e.Describe().Real {
		two, err := measured(e, f, Options{Probes: []string{"ridge", "centroid"}, Permutations: 40, Devices: 2})
		if err != nil {
			t.Fatal(err)
		}
		for i := range one {
			if one[i].Observed != two[i].Observed || !slices.Equal(one[i].Null, two[i].Null) {
				t.Errorf("%s: by two devices %v, by one %v", one[i].Cell(), two[i].Null, one[i].Null)
			}
		}
	}
}
