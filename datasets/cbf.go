package datasets

import (
	"cmp"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// Cylinder, bell and funnel (Saito 1994, Local feature extraction and its applications
// using a library of bases, Yale): at times t of 1..128
//
//	cylinder  (6+η)·χ(t) + ε(t)
//	bell      (6+η)·χ(t)·(t−a)/(b−a) + ε(t)
//	funnel    (6+η)·χ(t)·(b−t)/(b−a) + ε(t)
//
// where χ is 1 on a..b and 0 elsewhere, η and all ε(t) are standard normal, a is a whole
// number of 16..32 and b−a one of 32..96, each as likely. Here there are half as many
// steps, and so a is of 8..16 and b−a of 16..48.
const (
	cbfSteps                = 64
	cbfFirst, cbfLast       = 8, 16  // onsets a
	cbfShortest, cbfLongest = 16, 48 // lengths b−a
)

// cbfClasses in the order of their labels.
var cbfClasses = []string{"cylinder", "bell", "funnel"}

// loadCBF draws the series by the seed, the classes in turn. An example depends on the
// seed, its part and its place alone.
func loadCBF(i Info, o Options) (train, test *Set, err error) {
	train = drawCBF(i, i.Name, i.Train, o.rootSeed(), "train")
	test = drawCBF(i, i.Name+" (test)", i.Test, o.rootSeed(), "test")
	return train, test, cmp.Or(train.Check(), test.Check())
}

func drawCBF(i Info, name string, n int, root uint64, part string) *Set {
	s := &Set{Name: name, Shape: i.Shape, Classes: i.Classes, X: make([]float32, n*i.Shape.RowSize()), Y: make([]int32, n)}
	for k := range n {
		r := seed.Stream(root, "cbf", part, k)
		s.Y[k] = int32(k % len(cbfClasses))
		row := s.Row(k)
		a := float64(cbfFirst + r.IntN(cbfLast-cbfFirst+1))
		b := a + float64(cbfShortest+r.IntN(cbfLongest-cbfShortest+1))
		height := 6 + r.NormFloat64()
		for j := range cbfSteps {
			row[j] = float32(height*cbfForm(s.Y[k], float64(j+1), a, b) + r.NormFloat64())
		}
		row[cbfSteps] = cbfSteps
	}
	return s
}

// cbfForm is the height, 0..1, at time t of the form of a class between a and b.
func cbfForm(class int32, t, a, b float64) float64 {
	switch {
	case t < a || t > b:
		return 0
	case class == 1:
		return (t - a) / (b - a)
	case class == 2:
		return (b - t) / (b - a)
	}
	return 1
}
