package perturb

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// images is the first 120 images of the embedded sample, in grey; colors are
// made-up smooth colour pictures of another shape, table has 5 columns of
// very different spread.
var images = sync.OnceValue(func() *datasets.Set {
	train, _, err := datasets.Load(context.Background(), "fashion-mnist-sample", datasets.Options{Offline: true})
	if err != nil {
		panic(err)
	}
	return train.Head(120)
})

func colors() *datasets.Set {
	s := &datasets.Set{Name: "colours", Shape: datasets.Shape{Height: 9, Width: 14, Channels: 3}, Classes: []string{"a", "b"}}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 90 {
		a, b := 0.5*r.Float64(), 0.5*r.Float64()
		for y := range s.Shape.Height {
			for x := range s.Shape.Width {
				for c := range 3 {
					s.X = append(s.X, float32(0.5+0.5*math.Sin(a*float64(x)+b*float64(y)+float64(i+2*c))))
				}
			}
		}
		s.Y = append(s.Y, int32(i%2))
		s.Groups = append(s.Groups, int32(i%5))
	}
	return s
}

func table() *datasets.Set {
	s := &datasets.Set{Name: "table", Shape: datasets.Shape{Height: 1, Width: 1, Channels: 5}, Classes: []string{"a", "b"}}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 90 {
		for j := range 5 {
			s.X = append(s.X, float32(100*j)+float32(math.Pow(10, float64(j-2)))*float32(r.NormFloat64()))
		}
		s.Y = append(s.Y, int32(i%2))
	}
	return s
}

// subjects are all perturbations that people can get: every kind, some
// compositions and one of one's own, each with levels that grow.
func subjects(t *testing.T) map[string]subject {
	all := map[string]subject{}
	for _, k := range All() {
		if MixesFeatures(k.Name()) { // held by mix_class_test.go
			continue
		}
		all[k.Name()] = subject{mustParse(t, k.Name()), k.Levels()}
	}
	for _, text := range compositions {
		all[text] = subject{mustParse(t, text), []float64{0, 0.3, 0.6, 1}}
	}
	all["own"] = subject{Func{Label: "fade", In: "share", Max: 1,
		Make: func(dst, src []float32, _ datasets.Shape, level float64, r *rand.Rand) {
			f := 1 - float32(level)*r.Float32()
			for j, v := range src {
				dst[j] = f * v
			}
		}}, []float64{0, 0.2, 0.8}}
	return all
}

type subject struct {
	Perturbation
	levels []float64
}

func mustParse(t *testing.T, text string) Perturbation {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every perturbation must keep all of these promises, on every kind of examples that it
// copies, and say of all others what it is for.
func TestConformance(t *testing.T) {
	for name, p := range subjects(t) {
		t.Run(name, func(t *testing.T) {
			for _, set := range kindSets() {
				kind := set.Shape.KindOf()
				switch err := p.Check(p.levels[1], set.Shape); {
				case name == "own" && !slices.Contains(copied[name], kind): // which says nothing of what it is for
				case slices.Contains(copied[name], kind) != (err == nil):
					t.Errorf("%s on %s: %v", name, kind, err)
				case err == nil:
					conform(t, set, p)
				case !contains(err.Error(), "examples are "+string(kind)) || !contains(err.Error(), " is for ") || contains(err.Error(), ". "):
					t.Errorf("%s on %s: %v", name, kind, err)
				}
			}
		})
	}
}

// home is the first set that a perturbation copies.
func home(t *testing.T, name string) *datasets.Set {
	t.Helper()
	for _, set := range kindSets() {
		if slices.Contains(copied[name], set.Shape.KindOf()) {
			return set
		}
	}
	t.Fatalf("nothing is said of what %s copies", name)
	return nil
}

func conform(t *testing.T, set *datasets.Set, p subject) {
	t.Helper()
	before := set.Hash()
	if p.levels[0] != 0 {
		t.Errorf("its levels %v do not start at 0", p.levels)
	}
	last := -1.0
	for _, level := range p.levels {
		got := copies(t, set, p, level, 7)
		if err := got.Check(); err != nil { // finite, labels in range, lengths agree
			t.Errorf("level %v: %v", level, err)
		}
		if got.Shape != set.Shape || !slices.Equal(got.Y, set.Y) || !slices.Equal(got.Groups, set.Groups) || !slices.Equal(got.Classes, set.Classes) {
			t.Errorf("level %v: shape, labels, groups or classes changed", level)
		}
		if again := copies(t, set, p, level, 7); again.Hash() != got.Hash() {
			t.Errorf("level %v: the same seed gave other bytes", level)
		}
		change := meanChange(set, got)
		if change <= last {
			t.Errorf("%v: mean change %v at level %v is not above %v at the level before", set.Shape, change, level, last)
		}
		last = change
		if !slices.Equal(got.ByChance, set.ByChance) {
			t.Errorf("level %v: the marks of labels drawn by lot changed", level)
		}
		if set.Shape.Sequence() {
			noGarbage(t, set, got, p, level)
		}
		if level == 0 && !sameBits(got.X, set.X) {
			t.Error("level 0 is not the identity")
		}
	}
	if set.Hash() != before {
		t.Error("the set it was given was changed")
	}

	top := p.levels[len(p.levels)-1]
	rowsAlone(t, set, p, top)
	oneThread(t, set, p, top)

	got := copies(t, set, p, top, 7)
	got.X[0], got.Y[0] = -5, 1-got.Y[0]
	if set.Hash() != before {
		t.Error("the copies share memory with their parents")
	}
}

// noGarbage holds that the padding of copies is zero, and that what stands in the padding of
// their parents changes nothing.
func noGarbage(t *testing.T, set, got *datasets.Set, p Perturbation, level float64) {
	t.Helper()
	s := set.Shape
	for i := range got.Len() {
		row := got.Row(i)
		if slices.ContainsFunc(row[s.Length(row)*s.Channels:s.Size()], func(v float32) bool { return math.Float32bits(v) != 0 }) {
			t.Fatalf("level %v: the padding of copy %d is not zero: %v", level, i, row)
		}
	}
	if dirty := copies(t, withGarbage(set), p, level, 7); !sameBits(dirty.X, got.X) {
		t.Errorf("level %v: what stands in padding changes copies", level)
	}
}

// rowsAlone makes the copies of the first rows without the others.
func rowsAlone(t *testing.T, set *datasets.Set, p Perturbation, level float64) {
	t.Helper()
	if f, ok := p.(subject).Perturbation.(Fitter); ok {
		fitted, err := f.Fit(set)
		if err != nil {
			t.Fatal(err)
		}
		p = fitted
	}
	whole, part := copies(t, set, p, level, 7), copies(t, set.Head(3), p, level, 7)
	if !sameBits(part.X, whole.X[:len(part.X)]) {
		t.Error("a row's copy depends on the other rows")
	}
}

func oneThread(t *testing.T, set *datasets.Set, p Perturbation, level float64) {
	t.Helper()
	many := copies(t, set, p, level, 7)
	old := runtime.GOMAXPROCS(1)
	one := copies(t, set, p, level, 7)
	runtime.GOMAXPROCS(5)
	five := copies(t, set, p, level, 7)
	runtime.GOMAXPROCS(old)
	if !sameBits(one.X, many.X) || !sameBits(five.X, many.X) {
		t.Error("the number of threads changes the copies")
	}
}

func copies(t *testing.T, set *datasets.Set, p Perturbation, level float64, seed uint64) *datasets.Set {
	t.Helper()
	if s, ok := p.(subject); ok {
		p = s.Perturbation
	}
	got, err := Copies(set, p, level, seed)
	if err != nil {
		t.Fatalf("%s at level %v on %v: %v", p.Name(), level, set.Shape, err)
	}
	return got
}

// meanChange is the mean over examples of the Euclidean distance to the parent, of raw
// values and of the length.
func meanChange(a, b *datasets.Set) float64 {
	x, y := a.Raw(), b.Raw()
	total := 0.0
	for i := range a.Len() {
		d := float64(a.Shape.Length(a.Row(i)) - b.Shape.Length(b.Row(i)))
		total += math.Hypot(distance(x.Row(i), y.Row(i)), d)
	}
	return total / float64(a.Len())
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// Random perturbations must follow the seed; those without randomness must not.
func TestSeed(t *testing.T) {
	for name, p := range subjects(t) {
		set, some := home(t, name), p.levels[len(p.levels)-2] // flip at its top level mirrors all
		a, b := copies(t, set, p, some, 7), copies(t, set, p, some, 8)
		if same := sameBits(a.X, b.X); same != deterministic[name] {
			t.Errorf("%s: two seeds give the same copies: %v", name, same)
		}
	}
}

func TestLevelsAreChecked(t *testing.T) {
	for name, p := range subjects(t) {
		set := home(t, name)
		for _, level := range []float64{-0.1, math.NaN(), math.Inf(1), math.Inf(-1), 1e12} {
			if p.Check(level, set.Shape) == nil {
				t.Errorf("%s accepts level %v", name, level)
			}
			if _, err := Copies(set, p.Perturbation, level, 1); err == nil {
				t.Errorf("Copies of %s accepts level %v", name, level)
			}
		}
	}
	for _, k := range All() {
		if k.About() == "" || k.Unit() == "" {
			t.Errorf("%s lacks a unit or a description", k.Name())
		}
		if MixesFeatures(k.Name()) {
			continue
		}
		for _, set := range kindSets() {
			if !slices.Contains(copied[k.Name()], set.Shape.KindOf()) {
				continue
			}
			got, err := Copies(set, k, k.Max(set.Shape), 1)
			if err == nil {
				err = got.Check()
			}
			if err != nil {
				t.Errorf("%s at its largest level: %v", k.Name(), err)
			}
		}
	}
}

func TestFuncMustStayFinite(t *testing.T) {
	p := Func{Label: "bad", In: "-", Max: 1, Make: func(dst, src []float32, _ datasets.Shape, level float64, _ *rand.Rand) {
		copy(dst, src)
		dst[4] = float32(math.Inf(1))
	}}
	_, err := Copies(images(), p, 1, 1)
	if want := "perturbation bad at level 1 made value 4 of example 0 +Inf"; err == nil || !contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
	if _, err := Copies(images(), Func{Label: "none"}, 1, 1); err == nil {
		t.Error("a Func without a function was accepted")
	}
}
