package probe

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/probe/softmax"
)

// golden is what testdata/golden.py stored: features of Fashion-MNIST images and
// what scikit-learn says of them; its versions are in the file.
type golden struct {
	N, Fresh, D, Classes int
	Sigmas               []float64
	Sets                 []string
	Probes               map[string]goldenProbe
	TwoSets              []string               `json:"two sets"`
	TwoClasses           map[string]goldenProbe `json:"two classes"`
	Grid                 []float64
	Penalties            map[string]goldenPenalty `json:"strengths"`
	Forest               struct {
		Trees, Sets, Seeds int
		Mean, SD           []float64
	}
	data Data
}

type goldenProbe struct {
	Valid   [][]string // [sigmas][label sets] classes
	Fresh   string
	Loss    []float64   // [label sets]
	AUC     [][]float64 // [sigmas][label sets]
	LogLoss [][]float64 `json:"log-loss"`
}

type goldenPenalty struct {
	Rows                    int
	Labels                  string
	RidgeCV, Ridge, Softmax float64
	GCV                     []float64
}

func readGolden(t testing.TB) golden {
	t.Helper()
	var g golden
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/features.f32")
	if err != nil {
		t.Fatal(err)
	}
	rows := func(n int) arrays.Matrix {
		m := arrays.Matrix{Rows: n, Cols: g.D, Data: make([]float32, n*g.D)}
		for i := range m.Data {
			m.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		raw = raw[4*len(m.Data):]
		return m
	}
	g.data = Data{Classes: g.Classes, Train: rows(g.N)}
	for range g.Sigmas {
		g.data.Valid = append(g.data.Valid, rows(g.N))
	}
	g.data.Fresh = rows(g.Fresh)
	if len(raw) > 0 {
		t.Fatalf("%d bytes of features are left over", len(raw))
	}
	return g
}

func classes(digits string) []int32 {
	out := make([]int32, len(digits))
	for i, c := range digits {
		out[i] = c - '0'
	}
	return out
}

func labelSets(digits []string) given {
	var sets given
	for _, s := range digits {
		sets = append(sets, classes(s))
	}
	return sets
}

// TestGolden compares every probe with scikit-learn. Ridge, k-NN and centroid
// must agree in every prediction; of softmax 0.1 % may differ, in copies whose
// best classes are nearly tied.
func TestGolden(t *testing.T) {
	g := readGolden(t)
	for _, backend := range []string{"go", ""} {
		e := open(t, backend)
		for name, want := range g.Probes {
			if backend == "go" && len(want.Loss) > 0 {
				continue // minutes; softmax runs on this backend in the other tests
			}
			compareGolden(t, e, name, g.data, labelSets(g.Sets), want)
		}
	}
}

// TestGoldenTwoClasses is TestGolden with two classes.
func TestGoldenTwoClasses(t *testing.T) {
	g := readGolden(t)
	g.data.Classes = 2
	e := open(t, "")
	for name, want := range g.TwoClasses {
		compareGolden(t, e, name, g.data, labelSets(g.TwoSets), want)
	}
}

func compareGolden(t *testing.T, e *xla.Engine, name string, d Data, sets given, want goldenProbe) {
	t.Helper()
	got := collect(t, e, parse(t, name), d, sets, 0, len(sets), Options{})
	wrong, all := 0, 0
	for v := range d.Valid {
		for b := range sets {
			wrong += differing(got.Valid[v][b], classes(want.Valid[v][b]))
			all += d.Train.Rows
		}
	}
	wrong += differing(got.Fresh, classes(want.Fresh))
	allowed := 0
	if len(want.Loss) > 0 {
		allowed = all / 1000
	}
	t.Logf("%s on %s: %d of %d predictions differ from scikit-learn's", name, e.Describe().Name, wrong, all)
	if wrong > allowed {
		t.Errorf("%s on %s: %d of %d predictions differ from scikit-learn's; %d may", name, e.Describe().Name, wrong, all, allowed)
	}
}

// TestGoldenMetrics compares the area under the curve and the log-loss with
// sklearn.metrics on scikit-learn's own scores.
func TestGoldenMetrics(t *testing.T) {
	g := readGolden(t)
	e := open(t, "")
	sets := labelSets(g.Sets)
	for name, want := range g.Probes {
		for metric, values := range map[Metric][][]float64{AUC: want.AUC, LogLoss: want.LogLoss} {
			if values == nil {
				continue
			}
			got := collect(t, e, parse(t, name), g.data, sets, 0, len(sets), Options{Metric: metric})
			tolerance := 2e-5 // float32 scores may turn the order of one pair of near-equal ones
			if len(want.Loss) > 0 {
				tolerance = 3e-4 // the probe's own convergence
			}
			worst := 0.0
			for v := range values {
				for b, w := range values[v] {
					worst = max(worst, math.Abs(got.Values[v][b]-w)/math.Abs(w))
				}
			}
			t.Logf("%s, %v: values differ by up to %.1e from scikit-learn's", name, metric, worst)
			if worst > tolerance {
				t.Errorf("%s, %v: a value differs by %.1e from scikit-learn's; %.0e may", name, metric, worst, tolerance)
			}
		}
	}
}

// TestGoldenLoss compares the minimum that softmax finds with scikit-learn's, at
// tol 1e-8.
func TestGoldenLoss(t *testing.T) {
	g := readGolden(t)
	e := open(t, "")
	sets := labelSets(g.Sets)
	for name, want := range g.Probes {
		if len(want.Loss) == 0 {
			continue
		}
		p := parse(t, name).(SoftmaxRegression)
		losses := softmaxLosses(t, e, p, g.data, sets)
		for b, w := range want.Loss {
			if rel := (losses[b] - w) / w; rel > 1e-6 || rel < -1e-6 {
				t.Errorf("%s, label set %d: loss %g, scikit-learn's %g", name, b, losses[b], w)
			}
		}
	}
}

// softmaxLosses are the losses of the fits, in float64 from their weights.
func softmaxLosses(t *testing.T, e *xla.Engine, p SoftmaxRegression, d Data, sets given) []float64 {
	t.Helper()
	fitted, err := p.Prepare(t.Context(), e, Problem{Data: d, Observed: sets[0]})
	if err != nil {
		t.Fatal(err)
	}
	defer fitted.Close()
	f := fitted.(*softmaxFitted)
	x := d.centred().withConstant().Train
	var out []float64
	for first := 0; first < len(sets); first += f.chunk {
		part := sets[first:min(len(sets), first+f.chunk)]
		fits, err := f.fit(t.Context(), part, f.chunk)
		if err != nil {
			t.Fatal(err)
		}
		w, b := weightsOf(t, f, fits)
		for i, y := range part {
			var mine [][]float64
			for k := range d.Classes {
				at := k*f.chunk + i
				var row []float64
				for _, v := range append(w[at*d.Train.Cols:(at+1)*d.Train.Cols:(at+1)*d.Train.Cols], b[at]) {
					row = append(row, float64(v))
				}
				mine = append(mine, row)
			}
			out = append(out, crossEntropy(x, y, mine)+p.Lambda/2*penaltyOf(mine))
		}
	}
	return out
}

// weightsOf are the weights [K·P, d] and intercepts [K·P] of fits.
func weightsOf(t *testing.T, f *softmaxFitted, fits []softmax.Whitened) (w, b []float32) {
	t.Helper()
	weights, intercepts, err := f.solver.Weights(fits, f.chunk)
	if err != nil {
		t.Fatal(err)
	}
	defer xla.Free(weights, intercepts)
	if w, err = xla.Download[float32](weights); err != nil {
		t.Fatal(err)
	}
	if b, err = xla.Download[float32](intercepts); err != nil {
		t.Fatal(err)
	}
	return w, b
}

// crossEntropy is the sum over the rows of −log softmax(W·x)[y], in float64.
func crossEntropy(x arrays.Matrix, labels []int32, w [][]float64) float64 {
	total := 0.0
	for i, y := range labels {
		scores := make([]float64, len(w))
		for k := range w {
			for j, v := range x.Row(i) {
				scores[k] += w[k][j] * float64(v)
			}
		}
		top, sum := slices.Max(scores), 0.0
		for _, s := range scores {
			sum += math.Exp(s - top)
		}
		total += math.Log(sum) + top - scores[y]
	}
	return total
}

// penaltyOf is the sum of squares of all weights but those of the last column.
func penaltyOf(w [][]float64) float64 {
	sum := 0.0
	for _, row := range w {
		for _, v := range row[:len(row)-1] {
			sum += v * v
		}
	}
	return sum
}

// TestGoldenPenalty compares generalized cross-validation with a singular value
// decomposition in numpy, and its choice with RidgeCV, whose leave-one-out error
// it approximates.
func TestGoldenPenalty(t *testing.T) {
	g := readGolden(t)
	e := open(t, "")
	if !slices.EqualFunc(g.Grid, Penalties(), func(a, b float64) bool { return math.Abs(a-b) <= 1e-12*b }) {
		t.Fatalf("the script chose from %v", g.Grid)
	}
	for name, want := range g.Penalties {
		train := arrays.Matrix{Rows: want.Rows, Cols: g.D, Data: g.data.Train.Data[:want.Rows*g.D]}
		d := Data{Train: train, Classes: g.Classes}
		labels := classes(want.Labels)
		got, err := crossValidate(t.Context(), e, d.center().of(train).matrix(), d.Classes, labels, g.Grid)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want.GCV {
			if math.Abs(got[i]-w) > 1e-5*w {
				t.Errorf("%s: error %g at penalty %g, numpy %g", name, got[i], g.Grid[i], w)
			}
		}
		for probe, best := range map[string]float64{"ridge:gcv": want.Ridge, "softmax:gcv": want.Softmax} {
			got := collect(t, e, parse(t, probe), d, given{labels}, 0, 1, Options{})
			if math.Abs(got.Penalty-best) > 1e-12*best {
				t.Errorf("%s, %s: penalty %g, numpy %g", name, probe, got.Penalty, best)
			}
		}
		if ratio := want.RidgeCV / want.Ridge; ratio < 0.3 || ratio > 3.2 {
			t.Errorf("%s: penalty %g is not next to RidgeCV's %g", name, want.Ridge, want.RidgeCV)
		}
	}
}

// TestGoldenForest compares mean accuracies over seeds with scikit-learn's.
func TestGoldenForest(t *testing.T) {
	g := readGolden(t)
	e := open(t, "go")
	sets := labelSets(g.Sets[:g.Forest.Sets])
	d := g.data
	d.Valid = d.Valid[len(d.Valid)-1:]
	const seeds = 10
	accuracy := make([][]float64, len(sets))
	for seed := range uint64(seeds) {
		got := collect(t, e, Forest{Trees: g.Forest.Trees}, d, sets, 0, len(sets), Options{Seed: seed})
		for b, y := range sets {
			accuracy[b] = append(accuracy[b], 1-float64(differing(got.Valid[0][b], y))/float64(g.N))
		}
	}
	for b, values := range accuracy {
		mean := 0.0
		for _, v := range values {
			mean += v / seeds
		}
		// Four standard errors of a difference of two means.
		allowed := 4 * g.Forest.SD[b] * math.Sqrt(1.0/seeds+1/float64(g.Forest.Seeds))
		t.Logf("label set %d: accuracy %.4f, scikit-learn's %.4f ± %.4f", b, mean, g.Forest.Mean[b], allowed)
		if math.Abs(mean-g.Forest.Mean[b]) > allowed {
			t.Errorf("label set %d: mean accuracy %.4f, scikit-learn's %.4f ± %.4f", b, mean, g.Forest.Mean[b], allowed)
		}
	}
}
