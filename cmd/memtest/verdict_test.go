package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/memtest/report"
)

// bounds are those of a figure in a sentence, in per cent.
type bounds struct{ low, high float64 }

// shares are the figures of a sentence that are in per cent.
var shares = regexp.MustCompile(`(?:over |under )?([0-9.]+)%`)

// pValue is what is said of learning that is not shown.
var pValue = regexp.MustCompile(`; that is no more than chance may give \(p = [0-9.]+\)`)

// holdVerdict holds the verdict on a run against words, with # for each figure, and the
// figures against bounds.
func holdVerdict(t *testing.T, folder, title, sentence string, figures ...bounds) {
	t.Helper()
	verdicts, _, err := report.Verdicts(readRows(t, folder))
	if err != nil || len(verdicts) != 1 {
		t.Fatalf("%d verdicts, error %v", len(verdicts), err)
	}
	said := strings.Join(verdicts[0].Lead, " ")
	if verdicts[0].Title != title {
		t.Errorf("the verdict is %q, want %q: %s", verdicts[0].Title, title, said)
	}
	if got := pValue.ReplaceAllString(shares.ReplaceAllString(said, "#%"), ""); got != sentence {
		t.Errorf("it says %q, want %q", said, sentence)
	}
	found := shares.FindAllStringSubmatch(said, -1)
	if len(found) != len(figures) {
		t.Fatalf("%d figures in %q, want %d", len(found), said, len(figures))
	}
	for i, f := range found {
		if v, err := strconv.ParseFloat(f[1], 64); err != nil || v < figures[i].low || v > figures[i].high {
			t.Errorf("figure %d of %q is not within %g to %g", i+1, said, figures[i].low, figures[i].high)
		}
	}
}

// Networks that were made to be a case are told to be one.
func TestVerdictsOnNetworksMadeToBeACase(t *testing.T) {
	const (
		probe   = "The ridge probe on dense1 gives #% of the near-copies their class back and #% a shuffled label"
		twin    = "; a twin that could only memorize reaches #%"
		network = "On new images the network itself is right in #%"
	)
	for name, c := range map[string]struct {
		run             []string
		title, sentence string
		figures         []bounds
	}{
		"real labels": {
			[]string{"--n", "1000", "--net", "mlp:64", "--epochs", "0,15"},
			"Mostly learned, and it generalizes", probe + twin + ". " + network + ".", []bounds{{70, 88}, {12, 25}, {28, 48}, {70, 86}},
		},
		"random labels": {
			[]string{"--n", "1000", "--net", "mlp:64", "--epochs", "0,60", "--label-noise", "1"},
			"Does not generalize: memorized", probe + twin + ". " + network + ", which is chance.", []bounds{{28, 48}, {12, 27}, {28, 48}, {0, 14}},
		},
		"noise input": {
			[]string{"--data", "gaussian:600:8x8x1:4", "--net", "mlp:64", "--epochs", "0,40", "--levels", "0,0.3,0.6,0.9"},
			"Does not generalize: learned near its training examples only", probe + twin + ". " + network + ", which is chance.", []bounds{{38, 58}, {30, 42}, {38, 58}, {10, 33}},
		},
		"overfitted": {
			[]string{"--n", "200", "--net", "mlp:128", "--epochs", "0,60", "--levels", "0,0.1,0.2,0.3,0.5"},
			"Partly learned, and it generalizes in part", probe + twin + ". " + network + ", less often than on the near-copies (#%).", []bounds{{80, 98}, {22, 42}, {35, 60}, {62, 80}, {86, 100}},
		},
		"untrained": {
			[]string{"--n", "1000", "--net", "mlp:64", "--epochs", "0"},
			"Not trained: nothing learned yet", "The ridge probe on dense1 before training gives #% of the near-copies their class back and #% a shuffled label. The network itself is right in #% of new images.",
			[]bounds{{38, 65}, {11, 22}, {2, 22}},
		},
		"perturbation too strong": {
			[]string{"--n", "1000", "--net", "mlp:64", "--epochs", "0,15", "--levels", "0,2,5"},
			"Cannot be said, because the perturbation is too strong at every level that was measured", probe + twin + ". " + network + ".", []bounds{{18, 40}, {9, 16}, {9, 20}, {70, 86}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "run")
			args := append([]string{"run", "--probes", "ridge", "--permutations", "39", "--quiet", "--out", folder}, c.run...)
			code, stdout, stderr := command(args...)
			if code != exitDone {
				t.Fatalf("exit %d: %s", code, stderr)
			}
			holdVerdict(t, folder, c.title, c.sentence, c.figures...)
			// The terminal says it first, after a line on what was measured.
			if _, after, _ := strings.Cut(strings.ReplaceAll(stdout, "\n", " "), "  "); !strings.HasPrefix(after, c.title+".") {
				t.Errorf("the terminal begins with %.300s", stdout)
			}
		})
	}
}

// Copies that are out of order are no copies of their parents, and nothing is said of
// the network by them.
func TestVerdictOnCopiesOutOfOrder(t *testing.T) {
	trained, file := filepath.Join(t.TempDir(), "trained"), filepath.Join(t.TempDir(), "features.npz")
	for _, args := range [][]string{
		{"run", "--n", "1000", "--net", "mlp:64", "--epochs", "15", "--levels", "0.1", "--probes", "ridge", "--permutations", "19", "--refs", "input", "--quiet", "--out", trained},
		{"export", trained, "--epoch", "15", "--layer", "dense1", "--level", "0.1", "--to", file},
	} {
		if code, _, stderr := command(args...); code != exitDone {
			t.Fatalf("%v: exit %d: %s", args, code, stderr)
		}
	}
	measured := func(shift int) string {
		folder := filepath.Join(t.TempDir(), "run")
		args := []string{"probe", rolled(t, file, shift), "--probes", "ridge", "--permutations", "39", "--quiet", "--out", folder}
		if code, _, stderr := command(args...); code != exitDone {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		return folder
	}
	const sentence = "The ridge probe on features gives #% of the near-copies their class back and #% a shuffled label"
	holdVerdict(t, measured(0), "Learned, and it generalizes", sentence+". On new examples the probe is right in #%.", bounds{78, 97}, bounds{12, 32}, bounds{70, 88})
	holdVerdict(t, measured(1), "Cannot be said, because the copies do not look like copies of their parents",
		sentence+". On new examples the probe is right in #%.", bounds{5, 15}, bounds{5, 15}, bounds{70, 88})
}

// rolled is a file of features whose copies stand so many rows further down, without
// label sets of its own.
func rolled(t *testing.T, path string, shift int) string {
	t.Helper()
	source, err := arrays.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	var all []arrays.Named
	for _, name := range []string{"train", "valid_0.1", "labels", "fresh", "fresh_labels"} {
		a, err := source.Array(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := a.Matrix(a.Rows())
		if err != nil {
			t.Fatal(err)
		}
		if at := shift * m.Cols; name == "valid_0.1" {
			m.Data = append(slices.Clone(m.Data[len(m.Data)-at:]), m.Data[:len(m.Data)-at]...)
		}
		all = append(all, arrays.Named{Name: name, Dims: a.Dims, Floats: m.Data})
	}
	var b bytes.Buffer
	if err := arrays.WriteNPZ(&b, all...); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "rolled.npz")
	if err := os.WriteFile(out, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return out
}
