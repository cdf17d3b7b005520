package memtest

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/xla"
)

// clustered are features of n examples in classes, with copies at so many levels; with
// fresh, as many new ones.
func clustered(n, classes, levels int, groups, fresh bool) features.Features {
	r := rand.New(rand.NewPCG(uint64(n), uint64(classes)))
	const d = 7
	matrix := func(centre float32, parents []float32) arrays.Matrix {
		m := arrays.Matrix{Rows: n, Cols: d, Data: make([]float32, n*d)}
		for i := range m.Data {
			m.Data[i] = float32(r.NormFloat64())
			if parents != nil {
				m.Data[i] = parents[i] + m.Data[i]*centre
			} else if i%d == i/d%classes%d {
				m.Data[i] += centre
			}
		}
		return m
	}
	f := features.Features{Train: matrix(1.5, nil), Network: "net", Layer: "h"}
	var copies []arrays.Matrix
	for level := range levels {
		f.Levels = append(f.Levels, float64(level)/4)
		copies = append(copies, matrix(float32(level)/4, f.Train.Data))
	}
	f.Copies = features.Matrices(copies...)
	for i := range n {
		f.Labels = append(f.Labels, int32(i%classes))
		if groups {
			f.Groups = append(f.Groups, int32(i/classes%2))
		}
	}
	if fresh {
		f.Fresh, f.FreshLabels = matrix(1.5, nil), slices.Clone(f.Labels)
	}
	return f
}

// cellsOf measures features, counting on the device or on the processor.
func cellsOf(t *testing.T, e *xla.Engine, onDevice bool, o Options, all ...features.Features) []Cell {
	t.Helper()
	m, err := newMeasurement(o.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	asked := false
	m.onDevice = func(*xla.Engine) bool { asked = true; return onDevice }
	var cells []Cell
	m.all(t.Context(), e, features.Stream(all...), func(c Cell, err error) bool {
		if err != nil {
			t.Fatal(err)
		}
		cells = append(cells, c)
		return true
	})
	if !asked || len(cells) == 0 {
		t.Fatalf("%d cells; the question was asked: %v", len(cells), asked)
	}
	return cells
}

// keptOf is what a run that gave these cells knows of them.
func keptOf(cells []Cell) kept {
	k := kept{}
	for _, c := range cells {
		counts := *c.Evidence.Counts // merging changes it
		c.Evidence.Counts = &counts
		k[c.Cell()] = c
	}
	return k
}

// same holds cells to others, field by field.
func same(t *testing.T, got, want []Cell) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d cells instead of %d", len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%s: on the device\n%+v\n%+v\non the processor\n%+v\n%+v", want[i].Cell(), got[i].Row, got[i].Evidence, want[i].Row, want[i].Evidence)
		}
	}
}

// Counted on the device, rows and evidence are those counted on the processor, to the last
// digit: for every probe, several levels, groups, halves, label sets that do not fill a
// chunk, a sequential stop within one, labelings that are given or all that there are.
func TestCountsOnDevice(t *testing.T) {
	e := engine(t)
	given := clustered(30, 3, 2, false, false)
	for b := range 21 {
		y := slices.Clone(given.Labels)
		rand.New(rand.NewPCG(9, uint64(b))).Shuffle(len(y), func(i, j int) { y[i], y[j] = y[j], y[i] })
		given.Permuted = append(given.Permuted, y)
	}
	for _, c := range []struct {
		name string
		of   features.Features
		o    Options
	}{
		{"every probe", clustered(48, 3, 3, true, true), Options{Probes: []string{"ridge", "centroid", "knn", "softmax", "forest:3"}, Permutations: 45, Halves: 2}},
		{"two classes", clustered(24, 2, 1, false, false), Options{Probes: []string{"ridge", "knn:3"}, Permutations: 19}},
		{"many classes", clustered(340, 17, 2, true, false), Options{Probes: []string{"ridge", "knn"}, Permutations: 70, Halves: -1}},
		{"more examples", clustered(1500, 10, 2, false, true), Options{Probes: []string{"centroid", "knn"}, Permutations: 33}},
		{"stop", clustered(60, 3, 1, false, false), Options{Probes: []string{"centroid", "knn"}, Permutations: 199, Stop: 1, Halves: -1}},
		{"stop, levels", clustered(60, 2, 5, false, false), Options{Probes: []string{"ridge", "knn"}, Permutations: 99, Stop: 3, Seed: 2, Halves: -1}},
		{"given", given, Options{Probes: []string{"ridge"}}},
		{"all labelings", clustered(6, 2, 2, false, false), Options{Probes: []string{"centroid"}}},
		{"two devices", clustered(60, 3, 2, true, false), Options{Probes: []string{"ridge", "knn"}, Permutations: 75, Halves: -1, Devices: min(2, e.Describe().Devices)}},
		{"balanced", clustered(48, 3, 2, false, false), Options{Probes: []string{"ridge"}, Metric: MetricBalanced, Permutations: 19, Halves: -1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			same(t, cellsOf(t, e, true, c.o, c.of), cellsOf(t, e, false, c.o, c.of))
		})
	}
}

// A sequential stop ends within a chunk at the same label set on the device, or the test
// above has not seen it.
func TestStopsOnDevice(t *testing.T) {
	f := clustered(60, 2, 2, false, false)
	rand.New(rand.NewPCG(1, 3)).Shuffle(60, func(i, j int) { f.Labels[i], f.Labels[j] = f.Labels[j], f.Labels[i] }) // nothing to learn
	first := false                                                                                                  // whether a test stopped within the first chunk
	for _, stop := range []int{3, 6, 12} {
		o := Options{Probes: []string{"knn"}, Permutations: 199, Stop: stop, Halves: -1}
		cells := cellsOf(t, engine(t), true, o, f)
		same(t, cells, cellsOf(t, engine(t), false, o, f))
		b := cells[0].Permutations
		first = first || b < 31 && len(cells[0].Evidence.Decided) > 0
		if b >= 199 || b%32 == 31 {
			t.Errorf("%d label sets were drawn: the stop is not within a chunk", b)
		}
	}
	if !first {
		t.Error("no test was decided within the first chunk")
	}
}

// Evidence that was counted on the processor is gone on with on the device, and the other
// way round, to what one run gives.
func TestGrowsOnDevice(t *testing.T) {
	e := engine(t)
	f := clustered(60, 3, 2, true, false)
	o := Options{Probes: []string{"ridge", "knn"}, Permutations: 75, Halves: -1}
	want := cellsOf(t, e, false, o, f)
	for _, before := range []bool{false, true} {
		few := o
		few.Permutations = 40
		more := o
		more.Known = keptOf(cellsOf(t, e, before, few, f))
		same(t, cellsOf(t, e, !before, more, f), want)
	}
}

// The networks of a full refit give a label set each, the first the observed one alone.
func TestRefitOnDevice(t *testing.T) {
	e := engine(t)
	var networks []features.Features
	for r := range 21 {
		f := clustered(40, 2, 2, false, false)
		f.Role, f.Network, f.LabelSet = features.Refit, NetworkRefit, r
		for i := range f.Train.Data {
			f.Train.Data[i] += float32(r%5) / 8
		}
		if r > 0 {
			rand.New(rand.NewPCG(3, uint64(r))).Shuffle(40, func(i, j int) { f.Labels[i], f.Labels[j] = f.Labels[j], f.Labels[i] })
		}
		networks = append(networks, f)
	}
	o := Options{Probes: []string{"ridge", "knn"}}
	cells := cellsOf(t, e, true, o, networks...)
	same(t, cells, cellsOf(t, e, false, o, networks...))
	if b := cells[0].Evidence.Counts.B; len(b) != len(networks) {
		t.Errorf("label sets %v of %d networks", b, len(networks))
	}
}
