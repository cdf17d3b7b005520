package probe

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// goldenMixed is what testdata/mixed.py stored: what scikit-learn says of blends that
// were really built.
type goldenMixed struct {
	Shares   []float64
	Labels   []string
	Partners [][]int32 // [label sets][n]
	Probes   map[string]struct {
		Predicted [][]string  // [shares][label sets]
		AUC       [][]float64 // likewise
		LogLoss   [][]float64 `json:"log_loss"` // likewise; empty where the probe has no probabilities
	}
}

func readGoldenMixed(t *testing.T) goldenMixed {
	t.Helper()
	var g goldenMixed
	text, err := os.ReadFile("testdata/mixed.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// mixing is that of the stored partners.
func (g goldenMixed) mixing() *Mixing {
	return &Mixing{Shares: g.Shares, Partners: func(b int, _ []int32) []int32 { return g.Partners[b] }}
}

// Blended scores are those of blends: scikit-learn's predictions of blends that were built,
// ridge's and the centroid's all, of softmax but 0.1 %; the areas of centroid too, whose
// scores are affine in the features only but for the squared length of a row.
func TestMixingGolden(t *testing.T) {
	g, all := readGoldenMixed(t), readGolden(t)
	d := Data{Train: all.data.Train, Classes: all.data.Classes}
	e := open(t, "")
	for name, want := range g.Probes {
		metrics := []Metric{Accuracy, AUC}
		if len(want.LogLoss[0]) > 0 {
			metrics = append(metrics, LogLoss)
		}
		for _, metric := range metrics {
			got := collectMixed(t, e, parse(t, name), d, labelSets(g.Labels), 0, len(g.Labels), Options{Metric: metric, Mixing: g.mixing()})
			different, total := 0, 0
			for v := range g.Shares {
				for b, digits := range want.Predicted[v] {
					for i, k := range classes(digits) {
						if total++; got.Valid[v][b][i] != k {
							different++
						}
					}
					switch metric {
					case AUC:
						if math.Abs(got.Values[v][b]-want.AUC[v][b]) > 1e-4 {
							t.Errorf("%s, share %v, label set %d: AUC %v, want %v", name, g.Shares[v], b, got.Values[v][b], want.AUC[v][b])
						}
					case LogLoss:
						if math.Abs(got.Values[v][b]-want.LogLoss[v][b]) > 1e-3 {
							t.Errorf("%s, share %v, label set %d: log-loss %v, want %v", name, g.Shares[v], b, got.Values[v][b], want.LogLoss[v][b])
						}
					}
				}
			}
			if allowed := map[bool]int{true: total / 1000}[strings.HasPrefix(name, "softmax")]; different > allowed {
				t.Errorf("%s: %d of %d predictions differ", name, different, total)
			}
			t.Logf("%s, %v: %d of %d predictions differ", name, metric, different, total)
		}
	}
}

// collectMixed is collect of copies that are blends.
func collectMixed(t *testing.T, e *xla.Engine, p Probe, d Data, sets LabelSets, first, count int, o Options) Predictions {
	t.Helper()
	n := len(o.Mixing.Shares)
	all := Predictions{Valid: make([][][]int32, n), Values: make([][]float64, n)}
	for batch, err := range Run(t.Context(), e, p, d, sets, first, count, o) {
		if err != nil {
			t.Fatal(err)
		}
		for v := range n {
			all.Valid[v] = append(all.Valid[v], batch.Valid[v]...)
			if batch.Values != nil {
				all.Values[v] = append(all.Values[v], batch.Values[v]...)
			}
		}
		if batch.Margins != nil {
			all.Margins, all.Fresh = batch.Margins, batch.Fresh
		}
	}
	return all
}

// built are the blends of a label set as copies.
func built(x arrays.Matrix, partners []int32, share float64) arrays.Matrix {
	m := arrays.Matrix{Rows: x.Rows, Cols: x.Cols}
	for i, j := range partners {
		for c, v := range x.Row(i) {
			m.Data = append(m.Data, float32((1-share)*float64(v)+share*float64(x.Row(int(j))[c])))
		}
	}
	return m
}

// next is the next example of the same label, by the number of the set so many further.
func next(b int, labels []int32) []int32 {
	members := map[int32][]int32{}
	for i, y := range labels {
		members[y] = append(members[y], int32(i))
	}
	at, to := map[int32]int{}, make([]int32, len(labels))
	for i, y := range labels {
		of := members[y]
		to[i] = of[(at[y]+1+b)%len(of)]
		at[y]++
	}
	return to
}

// Every probe that mixes gives blends what it gives copies that are these blends, also
// where there are more columns than examples, with its margins and fresh classes; nothing
// depends on which other label sets come with one.
func TestMixingIsOfBuiltBlends(t *testing.T) {
	d, labels, _ := clusters(45, 11, 6, 3, 0.5)
	wide, wideLabels, _ := clusters(20, 5, 31, 3, 0.5)
	for _, backend := range []string{"go", ""} {
		e := open(t, backend)
		for _, name := range []string{"ridge", "ridge:gcv", "softmax", "centroid"} {
			if backend == "go" && strings.HasPrefix(name, "softmax") {
				continue // minutes; what is blended is the same code
			}
			for _, of := range []struct {
				Data
				labels shuffledLabels
			}{{d, labels}, {wide, wideLabels}} {
				t.Run(fmt.Sprintf("backend=%s/%s/%d columns", backend, name, of.Train.Cols), func(t *testing.T) {
					given := of.Data
					given.Valid = nil
					o := Options{Mixing: &Mixing{Shares: []float64{0, 0.2, 0.5}, Partners: next}}
					p := parse(t, name)
					all := collectMixed(t, e, p, given, of.labels, 0, 5, o)
					part := collectMixed(t, e, p, given, of.labels, 3, 2, o)
					for v, share := range o.Mixing.Shares {
						for b := range part.Valid[v] {
							if !slices.Equal(part.Valid[v][b], all.Valid[v][3+b]) && !strings.HasSuffix(name, "gcv") {
								t.Errorf("share %v: label set %d differs where it comes without the first", share, 3+b)
							}
						}
						for b := range 5 {
							set := make([]int32, of.labels.Examples())
							of.labels.Set(b, set)
							with := given
							with.Valid = []arrays.Matrix{built(of.Train, next(b, set), share)}
							if b > 0 && strings.HasSuffix(name, "gcv") {
								continue // the penalty would come from another set
							}
							want := collect(t, e, p, with, of.labels, b, 1, Options{})
							if n := differing(all.Valid[v][b], want.Valid[0][0]); n > 0 {
								t.Errorf("share %v: %d predictions of label set %d differ from those of blends that were built", share, n, b)
							}
							if b > 0 {
								continue
							}
							if !slices.Equal(all.Fresh, want.Fresh) {
								t.Error("fresh classes differ")
							}
							for i, m := range want.Margins[0] {
								if math.Abs(float64(m-all.Margins[v][i])) > 1e-3*max(1, math.Abs(float64(m))) {
									t.Fatalf("share %v: margin %v of example %d, of the built blend %v", share, all.Margins[v][i], i, m)
								}
							}
						}
					}
				})
			}
		}
	}
}

func TestMixingRefuses(t *testing.T) {
	d, labels := small()
	e := open(t, "go")
	bare := d
	bare.Valid = nil
	for _, c := range []struct {
		probe string
		data  Data
		share float64
		want  string
	}{
		{"knn", bare, 0.5, "probe knn: its scores are not linear in the features, so blends of features cannot be scored by theirs; use ridge, softmax, centroid"},
		{"forest", bare, 0.5, "probe forest: its scores are not linear"},
		{"ridge", d, 0.5, "probe ridge: there are 2 sets of copies, but the copies are blends of the training features; leave Valid empty"},
		{"ridge", bare, math.NaN(), "probe ridge: a blend takes the share NaN of the other example; give shares in 0..1"},
		{"ridge", bare, 1.5, "a blend takes the share 1.5"},
	} {
		for _, err := range Run(t.Context(), e, parse(t, c.probe), c.data, labels, 0, 3, Options{Mixing: &Mixing{Shares: []float64{c.share}, Partners: next}}) {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, share %v: error %v, want %q", c.probe, c.share, err, c.want)
			}
			break
		}
	}
}
