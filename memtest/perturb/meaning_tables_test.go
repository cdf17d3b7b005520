package perturb

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// What a level means for tables.

// trio is a table of three rows with a number that may be missing, a category and a plain
// number: 6 values a row.
func trio() *datasets.Set {
	return &datasets.Set{Name: "trio", Shape: datasets.Shape{Height: 1, Width: 1, Channels: 6}, Classes: []string{"a", "b"}, Y: []int32{0, 1, 0},
		Columns: []datasets.Column{
			{Name: "age", First: 0, Missing: true},
			{Name: "town", First: 2, Categories: []string{"(missing)", "Rom", "Ulm"}},
			{Name: "size", First: 5},
		},
		X: []float32{
			30, 0, 0, 1, 0, 5,
			40, 0, 0, 0, 1, 6,
			90, 1, 0, 1, 0, 6, // its age is missing, whatever stands there
		}}
}

// first are n copies of the first row of a set, made with draws of their own.
func firstRow(t *testing.T, set *datasets.Set, name string, level float64, n int) []float32 {
	t.Helper()
	var x []float32
	for range n {
		x = append(x, set.Row(0)...)
	}
	got, err := Rows(x, set.Shape, fitted(t, name, set), level, 1)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// enumerated counts copies by what they are, and adds up the shares of each that an
// enumeration of all draws gives.
func enumerated(t *testing.T, name string, copies []float32, d int, each func(add func(outcome []float32, share float64))) {
	t.Helper()
	var outcomes [][]float32
	var shares []float64
	total := 0.0
	each(func(outcome []float32, share float64) {
		total += share
		if k := slices.IndexFunc(outcomes, func(o []float32) bool { return slices.Equal(o, outcome) }); k >= 0 {
			shares[k] += share
			return
		}
		outcomes, shares = append(outcomes, slices.Clone(outcome)), append(shares, share)
	})
	near(t, "sum of all shares", total, 1, 1e-9)
	counts := make([]int, len(outcomes))
	for copied := range slices.Chunk(copies, d) {
		k := slices.IndexFunc(outcomes, func(o []float32) bool { return slices.Equal(o, copied) })
		if k < 0 {
			t.Fatalf("%s made %v", name, copied)
		}
		counts[k]++
	}
	likely(t, name, counts, shares)
}

// Two of three columns, whatever two, become those of any rows: 3·3·3 draws, all as likely.
func TestCorruptByEnumeration(t *testing.T) {
	set := trio()
	for level, hit := range map[float64]int{0.3: 1, 0.6: 2, 0.8: 2, 1: 3} {
		enumerated(t, "corrupt", firstRow(t, set, "corrupt", level, 20_000), 6, func(add func([]float32, float64)) {
			var choices [][]int
			for _, c := range [][]int{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}} {
				if len(c) == hit {
					choices = append(choices, c)
				}
			}
			for _, choice := range choices {
				draws := int(math.Pow(3, float64(hit)))
				for draw := range draws {
					row := slices.Clone(set.Row(0))
					for k, rest := 0, draw; k < hit; k, rest = k+1, rest/3 {
						c := set.Columns[choice[k]]
						copy(row[c.First:c.First+c.Values()], set.Row(rest % 3)[c.First:])
					}
					add(row, 1/float64(len(choices)*draws))
				}
			}
		})
	}
}

// Each column stays with probability 1 − level, and is that of any row otherwise.
func TestColumnResampleByEnumeration(t *testing.T) {
	set := trio()
	enumerated(t, "column-resample", firstRow(t, set, "column-resample", 0.4, 20_000), 6, func(add func([]float32, float64)) {
		for draw := range 4 * 4 * 4 { // for each column row 0, 1 or 2, or none
			row, share := slices.Clone(set.Row(0)), 1.0
			for k, rest := 0, draw; k < 3; k, rest = k+1, rest/4 {
				if rest%4 == 3 {
					share *= 0.6
					continue
				}
				share *= 0.4 / 3
				c := set.Columns[k]
				copy(row[c.First:c.First+c.Values()], set.Row(rest % 4)[c.First:])
			}
			add(row, share)
		}
	})
}

// Each column goes missing with probability level: the age becomes 35, the mean of those
// that are there, with its mark; the town its category; the size, which has no mark, its mean.
func TestMissingByEnumeration(t *testing.T) {
	set := trio()
	nothing := []float32{35, 1, 1, 0, 0, 17. / 3}
	enumerated(t, "missing", firstRow(t, set, "missing", 0.3, 20_000), 6, func(add func([]float32, float64)) {
		for draw := range 8 {
			row, share := slices.Clone(set.Row(0)), 1.0
			for k, c := range set.Columns {
				if draw>>k&1 == 0 {
					share *= 0.7
					continue
				}
				share *= 0.3
				copy(row[c.First:c.First+c.Values()], nothing[c.First:])
			}
			add(row, share)
		}
	})
	set.Columns[1].Categories = []string{"Bonn", "Rom", "Ulm"}
	if got := firstRow(t, set, "missing", 1, 1); !slices.Equal(got, []float32{35, 1, 0, 0, 0, 17. / 3}) {
		t.Errorf("without a category for missing ones: %v", got)
	}
}

// Where no columns are stated each value is one, a number.
func TestTablesWithoutColumns(t *testing.T) {
	set := trio()
	set.Columns = nil
	if got, want := firstRow(t, set, "missing", 1, 1), []float32{160. / 3, 1. / 3, 0, 2. / 3, 1. / 3, 17. / 3}; !slices.Equal(got, want) {
		t.Errorf("missing: %v, want %v", got, want)
	}
	other := trio().X[6:12]
	differ := 0
	for copied := range slices.Chunk(firstRow(t, set, "corrupt", 0.5, 2000), 6) {
		changed := 0
		for j, v := range copied {
			if v != set.Row(0)[j] {
				changed++
			}
		}
		if changed > 3 {
			t.Fatalf("%d of 6 columns changed at level 0.5", changed)
		}
		if copied[3] == other[3] && copied[4] != other[4] {
			differ++
		}
	}
	if differ == 0 {
		t.Error("values of a category moved together, of which nothing was stated")
	}
}

// Noise is for numbers that are there: categories, marks and what is missing stay, bit for bit.
func TestNoiseOfTablesIsOfNumbers(t *testing.T) {
	set := people()
	there := map[int][]float32{}
	for i := range set.Len() {
		row := set.Row(i)
		if row[1] == 0 {
			there[0] = append(there[0], row[0])
		}
		there[5], there[10] = append(there[5], row[5]), append(there[10], row[10])
	}
	for name, sd := range map[string]func(j int) float64{
		"column-noise": func(j int) float64 {
			_, sd := moments(there[j])
			return 0.5 * sd
		},
		"gaussian": func(int) float64 { return 0.5 },
		"uniform":  func(int) float64 { return 0.5 / math.Sqrt(3) },
	} {
		added := map[int][]float32{}
		for seed := range uint64(60) {
			got := copies(t, set, mustParse(t, name), 0.5, seed)
			for i := range set.Len() {
				was, is := set.Row(i), got.Row(i)
				for j, v := range was {
					if number := j == 0 && was[1] == 0 || j == 5 || j == 10; number {
						added[j] = append(added[j], is[j]-v)
					} else if math.Float32bits(v) != math.Float32bits(is[j]) {
						t.Fatalf("%s: value %d of %v became %v", name, j, was, is[j])
					}
				}
			}
		}
		for j, noise := range added { // about 5,000 values: standard error of an sd 1 %
			mean, got := moments(noise)
			near(t, "mean of "+name, mean/sd(j), 0, 0.06)
			near(t, "sd of "+name, got/sd(j), 1, 0.04)
		}
	}
}

func TestColumnsOutsideTheRow(t *testing.T) {
	set := trio()
	set.Columns[1].First = 4
	for _, name := range []string{"gaussian", "column-noise", "column-resample", "corrupt", "missing"} {
		if _, err := Copies(set, mustParse(t, name), 0.5, 1); err == nil || !contains(err.Error(), `column "town" takes the values 4..6 of a row, but a row has 6`) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Noise for a table of categories alone would make copies that are their parents at every
// level, so it is refused, and what to choose is said.
func TestNoiseNeedsANumber(t *testing.T) {
	set := trio()
	set.Shape.Channels, set.Columns = 2, []datasets.Column{{Name: "town", Categories: []string{"Rom", "Ulm"}}}
	set.X = []float32{1, 0, 0, 1, 1, 0}
	for _, name := range []string{"column-noise", "gaussian", "uniform"} {
		p, err := Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.(Fitter).Fit(set); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "choose column-resample") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Of three columns a tenth is none, and copies would be their parents: one is corrupted.
func TestCorruptHitsOneColumnAtLeast(t *testing.T) {
	set := &datasets.Set{Name: "few", Shape: datasets.Shape{Height: 1, Width: 1, Channels: 3}, Classes: []string{"a", "b"}}
	for i := range 200 {
		set.X = append(set.X, float32(i), float32(1000+i), float32(2000+i))
		set.Y = append(set.Y, int32(i%2))
	}
	got, err := Copies(set, mustParse(t, "corrupt"), 0.1, 1)
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for i := range set.Len() {
		here := 0
		for j, v := range got.Row(i) {
			if v != set.Row(i)[j] {
				here++
			}
		}
		if changed += here; here > 1 {
			t.Fatalf("%d columns of row %d are others", here, i)
		}
	}
	if changed < 180 { // a draw is the row's own value once in 200 times
		t.Errorf("of 200 rows %d have another value", changed)
	}
}
