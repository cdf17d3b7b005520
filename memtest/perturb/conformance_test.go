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

// Every perturbation must keep all of these promises, on every shape it accepts.
func TestConformance(t *testing.T) {
	for name, p := range subjects(t) {
		t.Run(name, func(t *testing.T) {
			accepted := 0
			for _, set := range []*datasets.Set{images(), colors(), table()} {
				if err := p.Check(p.levels[1], set.Shape); err != nil {
					if set.Shape.Height > 1 {
						t.Errorf("%s is refused for %v: %v", name, set.Shape, err)
					}
					continue
				}
				accepted++
				conform(t, set, p)
			}
			if accepted < 2 {
				t.Errorf("%d of 3 shapes accepted", accepted)
			}
		})
	}
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

// meanChange is the mean over examples of the Euclidean distance to the parent.
func meanChange(a, b *datasets.Set) float64 {
	total := 0.0
	for i := range a.Len() {
		sum := 0.0
		for j, v := range a.Row(i) {
			d := float64(v - b.Row(i)[j])
			sum += d * d
		}
		total += math.Sqrt(sum)
	}
	return total / float64(a.Len())
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

// Random perturbations must follow the seed; those without randomness must not.
func TestSeed(t *testing.T) {
	for name, p := range subjects(t) {
		some := p.levels[len(p.levels)-2] // flip at its top level mirrors all
		a, b := copies(t, images(), p, some, 7), copies(t, images(), p, some, 8)
		if same := sameBits(a.X, b.X); same != deterministic[name] {
			t.Errorf("%s: two seeds give the same copies: %v", name, same)
		}
	}
}

func TestLevelsAreChecked(t *testing.T) {
	for name, p := range subjects(t) {
		for _, level := range []float64{-0.1, math.NaN(), math.Inf(1), math.Inf(-1), 1e12} {
			if p.Check(level, images().Shape) == nil {
				t.Errorf("%s accepts level %v", name, level)
			}
			if _, err := Copies(images(), p.Perturbation, level, 1); err == nil {
				t.Errorf("Copies of %s accepts level %v", name, level)
			}
		}
	}
	for _, k := range All() {
		if k.About() == "" || k.Unit() == "" {
			t.Errorf("%s lacks a unit or a description", k.Name())
		}
		if err := k.Check(k.Max(images().Shape), images().Shape); err != nil {
			t.Errorf("%s refuses its largest level: %v", k.Name(), err)
		}
		if MixesFeatures(k.Name()) {
			continue
		}
		if _, err := Copies(images(), mustParse(t, k.Name()), k.Max(images().Shape), 1); err != nil {
			t.Errorf("%s at its largest level: %v", k.Name(), err)
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
