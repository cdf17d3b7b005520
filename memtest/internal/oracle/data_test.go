package oracle_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// examples are images of 5×5 pixels around one image a class, in three unequal
// classes; pixel 0 is black in all.
func examples(name string, n int, stream uint64) *datasets.Set {
	const classes, pixels = 3, 25
	prototype := rand.New(rand.NewPCG(1, 1))
	var centre [classes][pixels]float64
	for k := range centre {
		for j := range centre[k] {
			centre[k][j] = 0.35 + 0.3*prototype.Float64()
		}
	}
	s := &datasets.Set{Name: name, Shape: datasets.Shape{Height: 5, Width: 5, Channels: 1}, Classes: []string{"a", "b", "c"}}
	r := rand.New(rand.NewPCG(2, stream))
	for i := range n {
		y := [...]int32{0, 0, 0, 1, 1, 2}[i%6]
		s.Y = append(s.Y, y)
		for j := range pixels {
			v := float32(min(max(centre[y][j]+0.22*r.NormFloat64(), 0), 1))
			if j == 0 {
				v = 0
			}
			s.X = append(s.X, v)
		}
	}
	return s
}

// seedOfRuns is not the default, so that a stream of a wrong seed shows.
const seedOfRuns = 3

// configuration is a run of a narrow network.
func configuration() memtest.Config {
	return memtest.Config{Net: "mlp:8", Batch: 32, Epochs: []int{0, 2}, Levels: []float64{0, 0.2}, Layers: memtest.Layers{"last"},
		Options: memtest.Options{Permutations: 19, Seed: seedOfRuns, Halves: -1}}
}

// experiment prepares a run on examples, in groups of blocks where blocks > 1.
func experiment(t *testing.T, c memtest.Config, blocks int) *memtest.Experiment {
	t.Helper()
	train := examples("made", 126, 1)
	if blocks > 1 { // of unequal size, and of unequal shares of the classes
		for i, y := range train.Y {
			group := int32(i/6) % int32(blocks)
			if i%5 > 1 {
				group = y
			}
			train.Groups = append(train.Groups, group)
		}
	}
	x, err := memtest.NewFrom(c, train, examples("fresh", 48, 2))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// engine is a backend by its name; "" is the plugin.
func engine(t *testing.T, backend string) *xla.Engine {
	t.Helper()
	e, err := xla.Open(context.Background(), backend, xla.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// collected are all features of an experiment, copies included.
func collected(t *testing.T, e *xla.Engine, x *memtest.Experiment) []features.Features {
	t.Helper()
	var all []features.Features
	for f, err := range x.Features(t.Context(), e) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, inMemory(t, f))
	}
	return all
}

// inMemory are features whose copies have been computed.
func inMemory(t *testing.T, f features.Features) features.Features {
	t.Helper()
	copies := copiesOf(t, f)
	f.Train.Data, f.Fresh.Data = slices.Clone(f.Train.Data), slices.Clone(f.Fresh.Data)
	f.Copies = features.Matrices(copies...)
	return f.Resolve()
}

// copiesOf are the features of the copies, level by level.
func copiesOf(t *testing.T, f features.Features) (copies []arrays.Matrix) {
	t.Helper()
	for m, err := range f.Copies {
		if err != nil {
			t.Fatal(err)
		}
		m.Data = slices.Clone(m.Data)
		copies = append(copies, m)
	}
	return copies
}

// fit is what a probe said of one set of features: label sets, and the classes of
// the copies by the fits to them.
type fit struct {
	sets      [][]int
	predicted [][][]int // [levels][sets][n]
	fresh     []int     // by the fit to the real labels
}

// recorder is a probe that notes what it says, a fit each time it is prepared.
type recorder struct {
	probe.Probe
	word string
	fits *[]*fit
}

func (r recorder) Name() string { return r.word }

// ChoosesOnLabels says what the probe itself says.
func (r recorder) ChoosesOnLabels() bool {
	c, ok := r.Probe.(interface{ ChoosesOnLabels() bool })
	return ok && c.ChoosesOnLabels()
}

func (r recorder) Prepare(ctx context.Context, e *xla.Engine, p probe.Problem) (probe.Fitted, error) {
	f, err := r.Probe.Prepare(ctx, e, p)
	noted := &fit{predicted: make([][][]int, len(p.Valid))}
	*r.fits = append(*r.fits, noted)
	return recorded{f, noted}, err
}

type recorded struct {
	probe.Fitted
	noted *fit
}

func (r recorded) Predict(ctx context.Context, labels [][]int32, observed bool) (probe.Predictions, error) {
	out, err := r.Fitted.Predict(ctx, labels, observed)
	for i, y := range labels {
		r.noted.sets = append(r.noted.sets, whole(y))
		for v := range out.Valid {
			r.noted.predicted[v] = append(r.noted.predicted[v], whole(out.Valid[v][i]))
		}
	}
	if observed {
		r.noted.fresh = whole(out.Fresh)
	}
	return out, err
}

// recorders are probes by these words.
func recorders(t *testing.T, words string, fits *[]*fit) (all []probe.Probe) {
	t.Helper()
	for word := range strings.FieldsSeq(words) {
		p, err := probe.Parse(word)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, recorder{p, word, fits})
	}
	return all
}

// whole are the same whole numbers as int; nil stays nil.
func whole(values []int32) []int {
	var out []int
	for _, v := range values {
		out = append(out, int(v))
	}
	return out
}

// wide is a matrix in float64.
func wide(m arrays.Matrix) [][]float64 {
	out := make([][]float64, m.Rows)
	for i := range out {
		for _, v := range m.Row(i) {
			out[i] = append(out[i], float64(v))
		}
	}
	return out
}
