package memtest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// small is an experiment of a second: 600 images, a narrow network.
func small() Config {
	return Config{N: 600, Net: "mlp:32", Epochs: []int{0, 2}, Levels: []float64{0, 0.3}, Options: Options{Permutations: 19}, Refs: []string{RefUntrained, RefInput}}
}

// shared is the engine of most tests here: it keeps what it compiles, which is most of
// what a small measurement takes.
var shared = sync.OnceValues(func() (*xla.Engine, error) { return xla.Open(context.Background(), "", xla.Options{}) })

// engine is the engine that tests share.
func engine(t testing.TB) *xla.Engine {
	t.Helper()
	e, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// newEngine is an engine that has compiled nothing yet.
func newEngine(t testing.TB) *xla.Engine {
	t.Helper()
	e, err := xla.Open(context.Background(), "", xla.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// rows runs an experiment to its end; change may set its hooks.
func rows(t testing.TB, c Config, change func(*Experiment)) []result.Row {
	t.Helper()
	return rowsOn(t, engine(t), c, change)
}

func rowsOn(t testing.TB, e *xla.Engine, c Config, change func(*Experiment)) []result.Row {
	t.Helper()
	ctx := context.Background()
	x, err := New(ctx, c, datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(x)
	}
	var out []result.Row
	for cell, err := range x.Cells(ctx, e) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, cell.Row)
	}
	return out
}

func TestRowsOfARun(t *testing.T) {
	c := small()
	c.Refs = nil // all
	var heard []Progress
	got := rows(t, c, func(x *Experiment) {
		x.Config.Progress = func(p Progress) { heard = append(heard, p) }
		if want := (1 + 2 + 1) * 2 * 2; x.Total() != want {
			t.Errorf("Total() = %d, want %d", x.Total(), want)
		}
	})
	cells := map[string]bool{}
	for _, r := range got {
		cells[r.Cell()] = true
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", r.Cell(), err)
		}
		if d := r.Observed - r.NullMean - r.Learning; math.Abs(d) > 1e-12 {
			t.Errorf("%s: learning is off by %g", r.Cell(), d)
		}
		if r.N != 600 || r.Permutations != 19 || len(r.Null) != 19 || r.Fresh == nil {
			t.Errorf("%s: n %d, permutations %d, null of %d, fresh %v", r.Cell(), r.N, r.Permutations, len(r.Null), r.Fresh)
		}
		if exact := r.Network == RefInput || r.Epoch == 0; r.Exact != exact {
			t.Errorf("%s: exact is %v", r.Cell(), r.Exact)
		}
	}
	if len(got) != 16 || len(cells) != 16 {
		t.Errorf("%d rows of %d cells, want 16 of 16", len(got), len(cells))
	}
	if last := heard[len(heard)-1]; last.Total != 16 {
		t.Errorf("progress told of %d cells", last.Total)
	}
}

// What a person concludes must hold on this small run too: real labels are
// learned beyond what random ones are, training adds to it, and the twin, which
// can only memorize, has less.
func TestLearningAndMemorization(t *testing.T) {
	c := small()
	c.N, c.Epochs, c.Refs, c.Probes = 2000, []int{0, 10}, nil, []string{"ridge"}
	at := func(all []result.Row, network string, epoch int, level float64) result.Row {
		i := slices.IndexFunc(all, func(r result.Row) bool { return r.Network == network && r.Epoch == epoch && r.Level == level })
		if i < 0 {
			t.Fatalf("no row of %s epoch %d level %g", network, epoch, level)
		}
		return all[i]
	}
	all := rows(t, c, nil)
	net, before, twin := at(all, "mlp", 10, 0.3), at(all, "mlp", 0, 0.3), at(all, RefTwin, 10, 0.3)
	if net.Learning < before.Learning+0.05 {
		t.Errorf("learning %.3f after training, %.3f before", net.Learning, before.Learning)
	}
	if twin.Learning > net.Learning/2 {
		t.Errorf("the twin learned %.3f, the network %.3f", twin.Learning, net.Learning)
	}
	if *twin.Fresh > 0.25 {
		t.Errorf("the twin, trained on shuffled labels, is right on %.3f of fresh images", *twin.Fresh)
	}
	if net.LearningP != 0.05 || net.MemorizationP != 0.005 {
		t.Errorf("p %g and %g, want the floors 0.05 and 0.005", net.LearningP, net.MemorizationP)
	}
}

// The same seed gives the same rows, more permutations keep the ones there are,
// and leaving cells out does not change the others.
func TestRowsDoNotDependOnHowTheyAreAskedFor(t *testing.T) {
	want := rows(t, small(), nil)
	byCell := map[string]result.Row{}
	for _, r := range want {
		byCell[r.Cell()] = r
	}
	t.Run("again", func(t *testing.T) {
		for i, r := range rowsOn(t, newEngine(t), small(), nil) { // compiled anew too
			if fmt.Sprint(values(r)) != fmt.Sprint(values(want[i])) {
				t.Errorf("%s differs:\n%v\n%v", r.Cell(), values(r), values(want[i]))
			}
		}
	})
	t.Run("more permutations", func(t *testing.T) {
		c := small()
		c.Permutations = 45
		for _, r := range rows(t, c, nil) {
			if w := byCell[r.Cell()]; !slices.Equal(r.Null[:19], w.Null) || r.Observed != w.Observed {
				t.Errorf("%s: the first 19 permutations differ", r.Cell())
			}
		}
	})
	t.Run("some cells only", func(t *testing.T) {
		skip := func(cell string) bool {
			return !strings.Contains(cell, `epoch 2`) || strings.Contains(cell, "level 0.3")
		}
		got := rows(t, small(), func(x *Experiment) { x.Config.Known = known{skip} })
		if len(got) != 2 {
			t.Errorf("%d rows, want 2", len(got))
		}
		for _, r := range got {
			if fmt.Sprint(values(r)) != fmt.Sprint(values(byCell[r.Cell()])) {
				t.Errorf("%s differs when measured alone", r.Cell())
			}
		}
	})
	t.Run("another seed", func(t *testing.T) {
		c := small()
		c.Seed = 2
		for i, r := range rows(t, c, nil) {
			if slices.Equal(r.Null, want[i].Null) {
				t.Errorf("%s: seeds 1 and 2 have the same null", r.Cell())
			}
		}
	})
}

// known are cells that count as measured.
type known struct{ has func(cell string) bool }

func (k known) Row(cell string) (result.Row, bool) {
	return result.Row{Permutations: 1 << 30}, k.has(cell)
}
func (k known) Evidence(string) (Evidence, bool) { return Evidence{}, false }

// values is a row with the values that pointers point to.
func values(r result.Row) []any {
	value := func(p *float64) float64 {
		if p == nil {
			return math.NaN()
		}
		return *p
	}
	return []any{r.Cell(), r.N, r.Features, r.Observed, r.Null, r.Chance, value(r.Fresh), r.MemorizationP, value(r.TrainAccuracy), value(r.TestAccuracy), r.Flags}
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"data", func(c *Config) { c.Data = "fashion" }, "fashion-mnist-sample"},
		{"net", func(c *Config) { c.Net = "diffusion" }, `net: "diffusion" is not known; choose mlp`},
		{"dropout", func(c *Config) { c.Net = "mlp:8,drop1" }, `net: "mlp:8,drop1": "drop1" is no dropout of a share between 0 and 1`},
		{"width", func(c *Config) { c.Net = "mlp:0" }, `net: "mlp:0": "0" is not a whole number from 1`},
		{"width word", func(c *Config) { c.Net = "mlp:wide" }, `"wide" is not a whole number`},
		{"channels", func(c *Config) { c.Net = "cnn:32,/8" }, `"" is not a whole number`},
		{"blocks", func(c *Config) { c.Net = "resnet:1,2" }, "is not one number of blocks"},
		{"image too small", func(c *Config) { c.Net = "cnn:4,4,4,4,4,4/8" }, "maxpool"},
		{"gaussian", func(c *Config) { c.Data = "gaussian:many" }, "type for example gaussian:5000:28x28x1:10"},
		{"gaussian classes", func(c *Config) { c.Data = "gaussian:100:4x4x1:1" }, "1 classes are too few"},
		{"refit", func(c *Config) { c.Refit = 5 }, "refit: 5 networks are too few"},
		{"refit of two sides", func(c *Config) { c.Refit, c.TwoSided = 38, true }, "refit: 38 networks are too few for any p-value to reach 0.05; give at least 39"},
		{"refit at 0.01", func(c *Config) { c.Refit, c.Alpha = 98, 0.01 }, "refit: 98 networks are too few for any p-value to reach 0.01; give at least 99"},
		{"refit that ends early", func(c *Config) { c.Refit, c.Until = 19, 0.9 }, "refit: with until or patience each of the networks would end at an epoch of its own"},
		{"stop", func(c *Config) { c.Stop = -1 }, "stop: -1 is negative"},
		{"metric", func(c *Config) { c.Metric = "f1" }, `metric: "f1" is not known; choose from accuracy, balanced, auc, log-loss`},
		{"metric without probabilities", func(c *Config) { c.Metric, c.Probes = MetricLogLoss, []string{"knn", "ridge:gcv"} }, "probes: ridge:gcv gives no probabilities"},
		{"stop with a metric", func(c *Config) { c.Stop, c.Metric = 5, MetricAUC }, "does not go with metric auc"},
		{"stop on two sides", func(c *Config) { c.Stop, c.TwoSided = 5, true }, "leave out stop or two_sided"},
		{"alpha", func(c *Config) { c.Alpha = 2 }, "alpha: 2 is outside 0..1"},
		{"layer", func(c *Config) { c.Layers = []string{"dense7"} }, `layer "dense7" is not in network "mlp"; choose from input, last, all, logits, dense1`},
		{"probe", func(c *Config) { c.Probes = []string{"svm"} }, `probe "svm" is not known; choose from ridge`},
		{"probe setting", func(c *Config) { c.Probes = []string{"knn:0"} }, "must be a whole number from 1"},
		{"perturbation", func(c *Config) { c.Perturb = "fog" }, "gaussian"},
		{"negative level", func(c *Config) { c.Levels = []float64{-0.1} }, "levels: -0.1 must be a finite number, 0 or more"},
		{"infinite level", func(c *Config) { c.Levels = []float64{math.Inf(1)} }, "levels: +Inf must be a finite number"},
		{"level out of range", func(c *Config) { c.Levels = []float64{1e9} }, "levels:"},
		{"level twice", func(c *Config) { c.Levels = []float64{0.1, 0.1} }, "levels: 0.1 is given twice"},
		{"few permutations", func(c *Config) { c.Permutations = 18 }, "give at least 19"},
		{"epoch", func(c *Config) { c.Epochs = []int{-1} }, "epochs: -1 is negative"},
		{"reference", func(c *Config) { c.Refs = []string{"twins"} }, "choose from untrained, input, twin"},
		{"n", func(c *Config) { c.N = -5 }, "n: -5 is negative"},
		{"n too small", func(c *Config) { c.N = 1 }, "n: the first 1 of the 5000 examples hold 1 of the 10 classes"},
		{"label noise", func(c *Config) { c.LabelNoise = 1.5 }, "label_noise: 1.5 is outside 0..1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := small()
			test.change(&c)
			_, err := New(context.Background(), c, datasets.Options{Offline: true})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want it to say %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
		})
	}
}

// Other metrics are of the same label sets: accuracy's hits stay what they are,
// and learning and memorization are differences of the metric.
func TestMetrics(t *testing.T) {
	c := small()
	c.Epochs, c.Levels, c.Refs, c.Probes = []int{0}, []float64{0.3}, []string{RefUntrained}, []string{"softmax"}
	if !long() {
		c.Halves = -1 // those of other metrics than accuracy are most of the time
	}
	for metric, chance := range map[string]float64{MetricBalanced: 0.1, MetricAUC: 0.5, MetricLogLoss: math.NaN()} {
		c.Metric = metric
		r := rows(t, c, nil)[0]
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", metric, err)
		}
		if r.Metric != metric || len(r.Null) != 19 || r.Penalty != 1 {
			t.Errorf("%s: metric %q, %d null values, penalty %g", metric, r.Metric, len(r.Null), r.Penalty)
		}
		if !math.IsNaN(chance) && math.Abs(r.Chance-chance) > 0.02 {
			t.Errorf("%s: chance %.3f, want about %.1f", metric, r.Chance, chance)
		}
		if d := r.Observed - r.NullMean - r.Learning; math.Abs(d) > 1e-12 {
			t.Errorf("%s: learning is off by %g", metric, d)
		}
		if metric != MetricLogLoss && r.Learning < 0.1 {
			t.Errorf("%s: learning %.3f of real images", metric, r.Learning)
		}
	}
}

func TestResolveLeavesTheCallersListsAlone(t *testing.T) {
	epochs := []int{5, 1}
	c := Config{Epochs: epochs}
	if _, err := c.Resolve(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(epochs, []int{5, 1}) {
		t.Errorf("the list became %v", epochs)
	}
}
