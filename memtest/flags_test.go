package memtest

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// shifted are normal features [n, d] of two classes, the first n1 examples of class 1
// and shifted by so much in the first column, with copies a little noise away.
func shifted(name string, n, n1, d int, by, noise float64) features.Features {
	r := seed.Stream(1, "shifted", name)
	x, copies := matrix(r, n, d), arrays.Matrix{Rows: n, Cols: d}
	labels := make([]int32, n)
	for i := range n1 {
		labels[i] = 1
		x.Data[i*d] += float32(by)
	}
	for _, v := range x.Data {
		copies.Data = append(copies.Data, v+float32(noise*r.NormFloat64()))
	}
	return features.Features{Train: x, Levels: []float64{noise}, Copies: features.Matrices(copies), Labels: labels, Network: "net", Layer: "h"}
}

func matrix(r *rand.Rand, n, d int) arrays.Matrix {
	m := arrays.Matrix{Rows: n, Cols: d, Data: make([]float32, n*d)}
	for i := range m.Data {
		m.Data[i] = float32(r.NormFloat64())
	}
	return m
}

// flagsOf are the kinds of flags of a row.
func flagsOf(r result.Row) []string {
	var kinds []string
	for _, f := range r.Flags {
		kind, _, _ := strings.Cut(f, ":")
		kinds = append(kinds, kind)
	}
	return kinds
}

// With 5 % in the minority and an effect of one standard deviation ridge predicts
// one class: learning is nothing, and the row says why. Its scores know better.
func TestOneClass(t *testing.T) {
	e := engine(t)
	f := shifted("minority", 400, 20, 2, 1, 0.1)
	for metric, want := range map[string]bool{MetricAccuracy: true, MetricBalanced: true, MetricAUC: false} {
		got, err := measured(e, f, Options{Probes: []string{"ridge"}, Permutations: 39, Metric: metric})
		if err != nil || len(got) != 1 {
			t.Fatal(len(got), err)
		}
		r := got[0]
		if slices.Contains(flagsOf(r), result.FlagOneClass) != want {
			t.Errorf("%s: flags %q", metric, r.Flags)
		}
		if want && r.LearningP < 0.5 || !want && r.LearningP > 0.05 {
			t.Errorf("%s: learning %g, p %g", metric, r.Learning, r.LearningP)
		}
	}
	even, err := measured(e, shifted("even", 400, 200, 2, 1, 0.1), Options{Probes: []string{"ridge"}, Permutations: 19})
	if err != nil || slices.Contains(flagsOf(even[0]), result.FlagOneClass) {
		t.Errorf("even classes: %q (%v)", even[0].Flags, err)
	}
}

// With more columns than examples ridge recalls any labels from near-copies, and
// nothing tells the real ones; centroids still do.
func TestWide(t *testing.T) {
	e := engine(t)
	f := shifted("wide", 40, 20, 200, 4, 0.01)
	got, err := measured(e, f, Options{Probes: []string{"ridge", "softmax", "centroid"}, Permutations: 39, Scale: ScaleNone})
	if err != nil || len(got) != 3 {
		t.Fatal(len(got), err)
	}
	for _, r := range got[:2] {
		if !slices.Contains(r.Flags, "wide: 200 columns for 40 examples") || r.LearningP != 1 {
			t.Errorf("%s: flags %q, p %g", r.Probe, r.Flags, r.LearningP)
		}
	}
	if r := got[2]; slices.Contains(flagsOf(r), result.FlagWide) {
		t.Errorf("%s: flags %q", r.Probe, r.Flags)
	}
	tall, err := measured(e, shifted("tall", 40, 20, 39, 4, 0.01), Options{Probes: []string{"ridge"}, Permutations: 19})
	if err != nil || slices.Contains(flagsOf(tall[0]), result.FlagWide) {
		t.Errorf("39 columns: %q (%v)", tall[0].Flags, err)
	}
}

// Rows of networks that were trained on flipped images say so where copies are
// flipped; the untrained network and the raw inputs saw none.
func TestAugmented(t *testing.T) {
	c := small()
	c.N, c.Epochs, c.Probes, c.Perturb, c.Levels = 100, []int{0, 1}, []string{"centroid"}, "flip:1+gaussian:0.1", []float64{1}
	c.Refs, c.Refit, c.Augment.Flip = []string{RefUntrained, RefInput, RefTwin}, 19, true
	seen := map[features.Role]bool{}
	for _, r := range rows(t, c, nil) {
		trained := r.Role != features.Untrained && r.Role != features.Input
		if slices.Contains(r.Flags, "augmented: flip") != trained {
			t.Errorf("%s: flags %q", r.Cell(), r.Flags)
		}
		seen[r.Role] = true
	}
	if len(seen) != 5 {
		t.Errorf("rows of %v", seen)
	}
	for perturbation, want := range map[string]string{"shift": "augmented: shift by up to 2 pixels", "flip": "", "gaussian": "", "rotate:3+shift:1": "augmented: shift by up to 2 pixels"} {
		if got := augmentedFlag(Augmentation{Shift: 2}, perturbation); got != want {
			t.Errorf("%s: %q, want %q", perturbation, got, want)
		}
	}
}

// A recurrent network of long sequences says in its rows, and once to the user, that it
// takes the first steps of each alone; another network does not.
func TestCropped(t *testing.T) {
	shape := datasets.Shape{Height: 70, Width: 1, Channels: 1, Kind: datasets.Series}
	set := &datasets.Set{Name: "long", Shape: shape, Classes: []string{"a", "b"}}
	r := seed.Stream(1, "cropped")
	for i := range 40 {
		for range shape.Size() {
			set.X = append(set.X, float32(r.NormFloat64()))
		}
		set.X, set.Y = append(set.X, float32(shape.Height-i)), append(set.Y, int32(i%2))
	}
	for net, want := range map[string]string{"lstm:4": "cropped: the first 64 of 70 steps", "conv1d:2": ""} {
		var heard []string
		c := Config{Net: net, Epochs: []int{0}, Levels: []float64{0.1}, Refs: []string{RefInput}, Perturb: "gaussian", Options: Options{Probes: []string{"centroid"}, Permutations: 19}}
		x, err := NewFrom(c, set, nil)
		if err != nil {
			t.Fatal(err)
		}
		x.Config.Note = func(text string) { heard = append(heard, text) }
		for cell, err := range x.Cells(t.Context(), engine(t)) {
			if err != nil {
				t.Fatal(err)
			}
			if said := slices.Contains(cell.Row.Flags, want); said != (want != "" && cell.Row.Role != features.Input) {
				t.Errorf("%s, %s: flags %q", net, cell.Row.Cell(), cell.Row.Flags)
			}
		}
		if notes := strings.Join(heard, "; "); strings.Count(notes, "takes the first 64 of 70 steps") != min(1, len(want)) {
			t.Errorf("%s: heard %q", net, notes)
		}
	}
}

// Copies in another order than their parents are doubtful at all levels above 0, and so
// are those that noise has drowned; copies in their places are not, nor those of a
// network whose labels are known to be shuffled, which copies keep and fresh examples
// do not have. Raw inputs say how many copies are still nearest to their parents.
func TestDoubtfulCopies(t *testing.T) {
	e := engine(t)
	made := func(noise, labelNoise float64, disorder bool) features.Features {
		f, fresh := shifted("doubtful", 600, 300, 3, 5, noise), shifted("fresh", 300, 150, 3, 5, 0.1)
		var copies arrays.Matrix
		for copies = range f.Copies {
		}
		r := seed.Stream(1, "disorder")
		if disorder {
			r.Shuffle(copies.Rows, func(i, j int) {
				for k := range copies.Cols {
					a, b := &copies.Data[i*copies.Cols+k], &copies.Data[j*copies.Cols+k]
					*a, *b = *b, *a
				}
			})
		}
		for i := range f.Labels {
			if r.Float64() < labelNoise {
				f.Labels[i] = int32(r.IntN(2))
			}
		}
		f.Levels, f.Copies = []float64{0, 0.5, 0.2}, features.Matrices(f.Train, copies, copies)
		f.Fresh, f.FreshLabels, f.LabelNoise, f.Role = fresh.Train, fresh.Labels, labelNoise, features.Input
		return f
	}
	for name, c := range map[string]struct {
		features.Features
		doubtful bool
		nearest  func(float64) bool
	}{
		"in order":     {made(0.02, 0, false), false, func(v float64) bool { return v > 0.9 }},
		"out of order": {made(0.02, 0, true), true, func(v float64) bool { return v < 0.1 }},
		"drowned":      {made(50, 0, false), true, func(v float64) bool { return v < 0.2 }},
		"label noise":  {made(0.02, 0.7, false), false, func(v float64) bool { return v > 0.9 }},
	} {
		for _, metric := range []string{MetricAccuracy, MetricAUC} {
			got, err := measured(e, c.Features, Options{Probes: []string{"centroid"}, Permutations: 19, Metric: metric})
			if err != nil || len(got) != 3 {
				t.Fatal(len(got), err)
			}
			for _, r := range got {
				if slices.Contains(flagsOf(r), result.FlagDoubtful) != (c.doubtful && r.Level > 0) {
					t.Errorf("%s, %s, level %g: flags %q; observed %g, fresh %g", name, metric, r.Level, r.Flags, r.Observed, *r.Fresh)
				}
				if r.Nearest == nil || r.Level > 0 && !c.nearest(*r.Nearest) || r.Level == 0 && *r.Nearest != 1 {
					t.Errorf("%s, level %g: the parent is nearest of %v", name, r.Level, r.Nearest)
				}
			}
		}
	}
	unknown := made(0.02, 0, true)
	unknown.Role = features.Network
	got, err := measured(e, unknown, Options{Probes: []string{"centroid"}, Permutations: 19})
	if err != nil || !slices.Contains(got[1].Flags, "copies-doubtful: right at level 0.2 "+percent(got[1].Observed)+" %, fresh examples "+percent(*got[1].Fresh)+" %") || got[1].Nearest != nil {
		t.Errorf("a network with copies out of order: %q, nearest %v (%v)", got[1].Flags, got[1].Nearest, err)
	}
}

func percent(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) }

// No network of the paper's report nor of README's run has doubtful copies, even where
// label noise is not known; with their copies at chance all that have learned would.
func TestNoDoubtWhereCopiesAreRight(t *testing.T) {
	for name, least := range map[string]int{"../docs/paper/rows.jsonl.gz": 500, "../cmd/memtest/testdata/readme.jsonl": 3} {
		curves := map[string][]result.Row{}
		for _, r := range rowsOfFile(t, name) {
			key := r.Config + r.Cell()[:strings.LastIndex(r.Cell(), " level ")]
			curves[key] = append(curves[key], r)
		}
		learned := 0
		for key, rows := range curves {
			var levels []float64
			var right, wrong []Evidence
			for _, r := range rows {
				at := func(accuracy float64) Evidence {
					return Evidence{Fresh: r.Fresh, FreshN: r.FreshN, FreshByChance: *r.FreshChance,
						Counts: &perm.Counts{N: r.N, Hits: []int{int(math.Round(accuracy * float64(r.N)))}, Chance: []float64{r.Chance}}}
				}
				levels, right, wrong = append(levels, r.Level), append(right, at(r.Observed)), append(wrong, at(r.Chance))
			}
			if flag := doubtfulFlag(levels, right, 0); flag != "" {
				t.Errorf("%s, %s: %s", name, key, flag)
			}
			if *rows[0].Fresh > *rows[0].FreshChance+0.3 && rows[0].N >= 500 { // of fewer, chance alone might have it so
				learned++
				if doubtfulFlag(levels, wrong, 0) == "" {
					t.Errorf("%s, %s: copies at chance are not doubted", name, key)
				}
			}
		}
		if learned < least {
			t.Errorf("%s: %d curves of %d have a fresh accuracy of 0.3 above chance", name, learned, len(curves))
		}
	}
}

// rowsOfFile reads rows, packed or not, whatever other fields they have.
func rowsOfFile(t *testing.T, name string) (rows []result.Row) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var text io.Reader = file
	if strings.HasSuffix(name, ".gz") {
		if text, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r result.Row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	if err := lines.Err(); err != nil || len(rows) == 0 {
		t.Fatal(len(rows), err)
	}
	return rows
}
