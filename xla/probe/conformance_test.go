package probe

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// conformers are the probes that must pass the suite.
func conformers() []string {
	return append(Names(), "ridge:gcv", "softmax:gcv", "knn:1", "forest:7")
}

// each runs a test for every probe on the pure-Go backend and on XLA.
func each(t *testing.T, test func(t *testing.T, e *xla.Engine, p Probe)) {
	for _, backend := range []string{"go", ""} {
		t.Run("backend="+backend, func(t *testing.T) {
			e := open(t, backend)
			for _, name := range conformers() {
				t.Run(name, func(t *testing.T) { test(t, e, parse(t, name)) })
			}
		})
	}
}

// small is a data set of a few dozen examples in unequal classes.
func small() (Data, shuffledLabels) {
	d, labels, _ := clusters(45, 11, 6, 3, 0.5)
	return d, labels
}

func TestObservedAlone(t *testing.T) {
	each(t, func(t *testing.T, e *xla.Engine, p Probe) {
		d, labels := small()
		alone, all := collect(t, e, p, d, labels, 0, 1, Options{}), collect(t, e, p, d, labels, 0, 40, Options{})
		for v := range d.Valid {
			if !slices.Equal(alone.Valid[v][0], all.Valid[v][0]) || !slices.Equal(alone.Margins[v], all.Margins[v]) {
				t.Errorf("copies %d: the fit to the real labels changes with others beside it", v)
			}
		}
		if !slices.Equal(alone.Fresh, all.Fresh) || len(alone.Fresh) != d.Fresh.Rows {
			t.Errorf("fresh examples: %v alone, %v among others", alone.Fresh, all.Fresh)
		}
	})
}

// Neither the batch that a label set comes in, nor its place there, nor what
// fills up the last one, changes what is said of it.
func TestOrderOfLabelSets(t *testing.T) {
	each(t, func(t *testing.T, e *xla.Engine, p Probe) {
		d, labels := small()
		const count = 70
		all := collect(t, e, p, d, labels, 0, count, Options{})
		for _, part := range [][2]int{{1, 1}, {33, 3}, {5, 37}} {
			some := collect(t, e, p, d, labels, part[0], part[1], Options{})
			for v := range d.Valid {
				for i, classes := range some.Valid[v] {
					if !slices.Equal(classes, all.Valid[v][part[0]+i]) {
						t.Fatalf("label set %d differs when sets %d… are run alone", part[0]+i, part[0])
					}
				}
			}
		}
		order := rand.New(rand.NewPCG(3, 4)).Perm(count)
		sets := make(given, count)
		for i, b := range order {
			sets[i] = make([]int32, len(labels.y))
			labels.Set(b, sets[i])
		}
		if strings.HasSuffix(p.Name(), ":gcv") { // the penalty comes from the first set
			sets[0], sets[slices.Index(order, 0)] = sets[slices.Index(order, 0)], sets[0]
			order[slices.Index(order, 0)], order[0] = order[0], 0
		}
		mixed := collect(t, e, p, d, sets, 0, count, Options{})
		for v := range d.Valid {
			for i, b := range order {
				if !slices.Equal(mixed.Valid[v][i], all.Valid[v][b]) {
					t.Fatalf("label set %d differs as number %d", b, i)
				}
			}
		}
	})
}

func TestChunkSize(t *testing.T) {
	each(t, func(t *testing.T, e *xla.Engine, p Probe) {
		d, labels := small()
		sets := labels.first(9)
		all := collect(t, e, p, d, labels, 0, len(sets), Options{})
		fitted, err := p.Prepare(t.Context(), e, Problem{Data: d, Observed: labels.y})
		if err != nil {
			t.Fatal(err)
		}
		defer fitted.Close()
		for _, chunk := range []int{1, 4, acceleratorSets} {
			switch f := fitted.(type) {
			case *linear:
				f.chunk = chunk
			case *softmaxFitted:
				f.chunk = chunk
			}
			for first := 0; first < len(sets); first += chunk {
				part := sets[first:min(len(sets), first+chunk)]
				got, err := fitted.Predict(t.Context(), part, first == 0)
				if err != nil {
					t.Fatal(err)
				}
				for v := range d.Valid {
					for i := range part {
						if !slices.Equal(got.Valid[v][i], all.Valid[v][first+i]) {
							t.Fatalf("label set %d differs in chunks of %d", first+i, chunk)
						}
					}
				}
			}
		}
	})
}

// Another order of the examples gives each the same class. A forest draws by the
// number of an example, so for it the accuracy may differ, by chance.
func TestOrderOfExamples(t *testing.T) {
	each(t, func(t *testing.T, e *xla.Engine, p Probe) {
		d, labels := small()
		n := d.Train.Rows
		order := rand.New(rand.NewPCG(5, 6)).Perm(n)
		permuted := func(m arrays.Matrix) arrays.Matrix {
			to := arrays.Matrix{Rows: n, Cols: m.Cols, Data: make([]float32, len(m.Data))}
			for i, from := range order {
				copy(to.Row(i), m.Row(from))
			}
			return to
		}
		other := Data{Classes: d.Classes, Train: permuted(d.Train), Fresh: d.Fresh}
		for _, v := range d.Valid {
			other.Valid = append(other.Valid, permuted(v))
		}
		const count = 12
		var sets, moved given
		for b := range count {
			y, z := make([]int32, n), make([]int32, n)
			labels.Set(b, y)
			for i, from := range order {
				z[i] = y[from]
			}
			sets, moved = append(sets, y), append(moved, z)
		}
		a, b := collect(t, e, p, d, sets, 0, count, Options{}), collect(t, e, p, other, moved, 0, count, Options{})
		_, forest := p.(Forest)
		hits := [2]int{}
		for v := range d.Valid {
			for s := range sets {
				for i, from := range order {
					if !forest && b.Valid[v][s][i] != a.Valid[v][s][from] {
						t.Fatalf("example %d is class %d, at another place %d", from, a.Valid[v][s][from], b.Valid[v][s][i])
					}
				}
				hits[0] += n - differing(a.Valid[v][s], sets[s])
				hits[1] += n - differing(b.Valid[v][s], moved[s])
			}
		}
		all := float64(n * count * len(d.Valid))
		if diff := math.Abs(float64(hits[0]-hits[1])) / all; forest && diff > 4*math.Sqrt(0.5/all) {
			t.Errorf("the forest's accuracy differs by %.3f over %v predictions", diff, all)
		}
	})
}

func TestInputsUntouched(t *testing.T) {
	each(t, func(t *testing.T, e *xla.Engine, p Probe) {
		d, labels := small()
		e1, _ := small()
		y := slices.Clone(labels.y)
		collect(t, e, p, d, labels, 0, 3, Options{Metric: AUC})
		same := slices.Equal(d.Train.Data, e1.Train.Data) && slices.Equal(d.Fresh.Data, e1.Fresh.Data) && slices.Equal(y, labels.y)
		for v := range d.Valid {
			same = same && slices.Equal(d.Valid[v].Data, e1.Valid[v].Data)
		}
		if !same {
			t.Error("the probe changed what it was given")
		}
	})
}

// A feature that is the label gives an accuracy of 1, and one that is constant
// the share of the one class that is then predicted.
func TestPerfectAndConstantFeatures(t *testing.T) {
	each(t, func(t *testing.T, e *xla.Engine, p Probe) {
		_, labels := small()
		n := len(labels.y)
		perfect := arrays.Matrix{Rows: n, Cols: 3, Data: make([]float32, 3*n)}
		for i, y := range labels.y {
			perfect.Row(i)[y] = 10
		}
		d := Data{Classes: 3, Train: perfect, Valid: []arrays.Matrix{perfect}, Fresh: perfect}
		got := collect(t, e, p, d, labels, 0, 2, Options{Metric: AUC})
		if wrong := differing(got.Valid[0][0], labels.y) + differing(got.Fresh, labels.y); wrong > 0 {
			t.Errorf("with a perfect feature %d predictions are wrong", wrong)
		}
		if got.Values[0][0] != 1 {
			t.Errorf("with a perfect feature the area under the curve is %v", got.Values[0][0])
		}
		for i, m := range got.Margins[0] {
			if !(m > 0) {
				t.Errorf("with a perfect feature example %d has margin %v", i, m)
			}
		}

		constant := arrays.Matrix{Rows: n, Cols: 2, Data: slices.Repeat([]float32{0.7, -3}, n)}
		d = Data{Classes: 3, Train: constant, Valid: []arrays.Matrix{constant}}
		if strings.HasSuffix(p.Name(), ":gcv") {
			d.Valid = nil // any penalty will do
		}
		got = collect(t, e, p, d, labels, 0, 5, Options{Metric: AUC})
		for v := range d.Valid {
			for b, classes := range got.Valid[v] {
				if differing(classes, slices.Repeat(classes[:1], n)) > 0 {
					t.Errorf("label set %d: with constant features the classes are %v", b, classes)
				}
				if got.Values[v][b] != 0.5 {
					t.Errorf("label set %d: with constant features the area under the curve is %v", b, got.Values[v][b])
				}
			}
		}
	})
}

// Fresh examples are classified like copies, and a margin is positive where the
// class is the label.
func TestFreshAndMargins(t *testing.T) {
	each(t, func(t *testing.T, e *xla.Engine, p Probe) {
		d, labels := small()
		d.Fresh = d.Valid[1]
		got := collect(t, e, p, d, labels, 0, 2, Options{})
		if !slices.Equal(got.Fresh, got.Valid[1][0]) {
			t.Errorf("the same rows are %v as fresh examples and %v as copies", got.Fresh, got.Valid[1][0])
		}
		for v := range d.Valid {
			for i, m := range got.Margins[v] {
				if right := got.Valid[v][0][i] == labels.y[i]; m > 0 && !right || m < 0 && right || math.IsNaN(float64(m)) {
					t.Errorf("copies %d, example %d: margin %v, class %d, label %d", v, i, m, got.Valid[v][0][i], labels.y[i])
				}
			}
		}
		d.Fresh = arrays.Matrix{}
		if got := collect(t, e, p, d, labels, 0, 1, Options{}); got.Fresh != nil {
			t.Errorf("without fresh examples there are classes of %d", len(got.Fresh))
		}
	})
}

func TestTwoSetsOfCopies(t *testing.T) {
	each(t, func(t *testing.T, e *xla.Engine, p Probe) {
		d, labels := small()
		both := collect(t, e, p, d, labels, 0, 5, Options{Metric: AUC})
		for v := range d.Valid {
			one := d
			one.Valid = d.Valid[v : v+1]
			alone := collect(t, e, p, one, labels, 0, 5, Options{})
			for b := range alone.Valid[0] {
				if !slices.Equal(alone.Valid[0][b], both.Valid[v][b]) {
					t.Errorf("copies %d, label set %d: other classes when alone", v, b)
				}
			}
			if !slices.Equal(alone.Margins[0], both.Margins[v]) {
				t.Errorf("copies %d: other margins when alone", v)
			}
			for b, value := range both.Values[v] {
				if !(value >= 0 && value <= 1) || both.Chance[v][b] != 0.5 {
					t.Errorf("copies %d, label set %d: area under the curve %v, by chance %v", v, b, value, both.Chance[v][b])
				}
			}
		}
		d.Valid = nil
		collect(t, e, p, d, labels, 0, 2, Options{})
	})
}

func TestCancel(t *testing.T) {
	each(t, func(t *testing.T, e *xla.Engine, p Probe) {
		d, labels := small()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var last error
		batches := 0
		for _, err := range Run(ctx, e, p, d, labels, 0, 1<<40, Options{}) {
			if last = err; err == nil {
				batches++
			}
			cancel()
		}
		if !errors.Is(last, context.Canceled) || batches != 1 {
			t.Errorf("%d batches, then %v", batches, last)
		}
		for _, err := range Run(ctx, e, p, d, labels, 0, 5, Options{}) {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("under a cancelled context: %v", err)
			}
		}
	})
}

func TestBadInput(t *testing.T) {
	each(t, func(t *testing.T, e *xla.Engine, p Probe) {
		type problem struct {
			d Data
			y given
		}
		fresh := func(change func(*problem)) problem {
			d, labels := small()
			q := problem{d, given{slices.Clone(labels.y), slices.Clone(labels.y)}}
			change(&q)
			return q
		}
		for want, q := range map[string]problem{
			"45 labels, but 44 rows": fresh(func(q *problem) {
				q.d.Train = arrays.Matrix{Rows: 44, Cols: 6, Data: q.d.Train.Data[:44*6]}
			}),
			"label 3 of example 4 in label set 1":       fresh(func(q *problem) { q.y[1][4] = 3 }),
			"label -1 of example 0 in label set 0":      fresh(func(q *problem) { q.y[0][0] = -1 }),
			"training features: row 2, column 1 is NaN": fresh(func(q *problem) { q.d.Train.Row(2)[1] = float32(math.NaN()) }),
			"validation set 1: row 0, column 5 is +Inf": fresh(func(q *problem) { q.d.Valid[1].Row(0)[5] = float32(math.Inf(1)) }),
			"fresh features: row 10, column 0 is -Inf":  fresh(func(q *problem) { q.d.Fresh.Row(10)[0] = float32(math.Inf(-1)) }),
			"fewer than the 46 classes":                 fresh(func(q *problem) { q.d.Classes = 46 }),
			"need 270 values":                           fresh(func(q *problem) { q.d.Train.Data = q.d.Train.Data[:269] }),
			"validation set 0 are 45×5":                 fresh(func(q *problem) { q.d.Valid[0] = arrays.Matrix{Rows: 45, Cols: 5, Data: make([]float32, 225)} }),
			"fresh features have 2 columns":             fresh(func(q *problem) { q.d.Fresh = arrays.Matrix{Rows: 1, Cols: 2, Data: make([]float32, 2)} }),
		} {
			var last error
			for _, err := range Run(t.Context(), e, p, q.d, q.y, 0, 2, Options{}) {
				last = err
			}
			if last == nil || !strings.Contains(last.Error(), want) || !strings.Contains(last.Error(), "probe "+p.Name()) {
				t.Errorf("want an error with %q, got %v", want, last)
			}
		}
	})
}

// TestMetrics: asking for a metric changes no class, and log-loss is an error
// where there are no probabilities.
func TestMetrics(t *testing.T) {
	each(t, func(t *testing.T, e *xla.Engine, p Probe) {
		d, labels := small()
		plain := collect(t, e, p, d, labels, 0, 4, Options{})
		for _, metric := range []Metric{AUC, LogLoss} {
			name, _, _ := strings.Cut(p.Name(), ":")
			if metric == LogLoss && (name == "ridge" || name == "centroid") {
				for _, err := range Run(t.Context(), e, p, d, labels, 0, 4, Options{Metric: metric}) {
					if err == nil || !strings.Contains(err.Error(), "needs probabilities, which "+name) {
						t.Errorf("log-loss: %v", err)
					}
				}
				continue
			}
			got := collect(t, e, p, d, labels, 0, 4, Options{Metric: metric})
			for v := range d.Valid {
				for b := range plain.Valid[v] {
					if !slices.Equal(got.Valid[v][b], plain.Valid[v][b]) {
						t.Errorf("with %v the classes of label set %d are others", metric, b)
					}
				}
			}
			if v, c := got.Values[1][0], got.Chance[1][0]; !(v > c) {
				t.Errorf("%v of the real labels is %v, by chance %v", metric, v, c)
			}
		}
		if plain.Values[0] != nil {
			t.Error("there are values though accuracy was asked for")
		}
	})
}

// TestForestSeed: a forest is the same for the same seed, and another
// for another one.
func TestForestSeed(t *testing.T) {
	e := open(t, "go")
	d, labels := small()
	a := collect(t, e, Forest{Trees: 20}, d, labels, 0, 4, Options{Seed: 1})
	again := collect(t, e, Forest{Trees: 20}, d, labels, 0, 4, Options{Seed: 1})
	other := collect(t, e, Forest{Trees: 20}, d, labels, 0, 4, Options{Seed: 2})
	same, changed := 0, 0
	for b := range 4 {
		same += differing(a.Valid[1][b], again.Valid[1][b])
		changed += differing(a.Valid[1][b], other.Valid[1][b])
	}
	if same != 0 || changed == 0 {
		t.Errorf("%d predictions differ with the same seed, %d with another", same, changed)
	}
}

// Columns that repeat leave the Gram matrix singular but for the penalty.
func TestIllConditioned(t *testing.T) {
	e := open(t, "go")
	d, labels := small()
	for i := range d.Train.Rows {
		row := d.Train.Row(i)
		for j := range row {
			row[j] = 1e4 * row[0]
		}
	}
	for _, name := range []string{"ridge:1e-12", "softmax:1e-12"} {
		for _, err := range Run(t.Context(), e, parse(t, name), d, labels, 0, 1, Options{}) {
			word, _, _ := strings.Cut(name, ":")
			if err == nil || !strings.Contains(err.Error(), "ill-conditioned for an L2 penalty of 1e-12; raise it, as in "+word+":1e-10") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
