package probe

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// times is the data in a unit that is 2^-exponent as large.
func (d Data) times(exponent int) Data {
	return d.each(func(m arrays.Matrix) arrays.Matrix {
		to := arrays.Matrix{Rows: m.Rows, Cols: m.Cols, Data: slices.Clone(m.Data)}
		for i, v := range to.Data {
			to.Data[i] = float32(math.Ldexp(float64(v), exponent))
		}
		return to
	})
}

// The unit of the features changes no prediction, though squares of float32
// overflow or vanish in it: multiplying by a power of two changes no digit, so the
// answer at scale 1 is the right one at each. A stated penalty has the unit of the
// squares.
func TestUnitsOfAnySize(t *testing.T) {
	d, labels := small()
	for _, backend := range []string{"go", ""} {
		e := open(t, backend)
		for _, p := range []Probe{KNN{}, Centroid{}, Ridge{}, Ridge{Alpha: 10}, Forest{Trees: 5}} {
			want := collect(t, e, p, d, labels, 0, 4, Options{})
			for _, exponent := range []int{-90, -70, 63, 110} {
				there := p
				if r, ok := p.(Ridge); ok && r.Alpha > 0 {
					there = Ridge{Alpha: math.Ldexp(r.Alpha, 2*exponent)}
				}
				got := collect(t, e, there, d.times(exponent), labels, 0, 4, Options{})
				if fmt.Sprint(got.Valid, got.Fresh) != fmt.Sprint(want.Valid, want.Fresh) {
					t.Errorf("%s on %q at 2^%d predicts otherwise", p.Name(), backend, exponent)
				}
				if ratio := got.Penalty / want.Penalty; want.Penalty > 0 && math.Abs(ratio/math.Ldexp(1, 2*exponent)-1) > 1e-12 {
					t.Errorf("%s on %q at 2^%d: penalty %g, at 1 it is %g", p.Name(), backend, exponent, got.Penalty, want.Penalty)
				}
			}
		}
	}
}

// A value beside which the training features are nothing would drown every other in
// the sums of float32.
func TestValueBeyondTraining(t *testing.T) {
	d, _ := small()
	d.Fresh = arrays.Matrix{Rows: 2, Cols: d.Train.Cols, Data: make([]float32, 2*d.Train.Cols)}
	d.Fresh.Data[d.Train.Cols+1] = 1e20
	if err := d.Check(); err == nil || !strings.Contains(err.Error(), "fresh features: row 1, column 1 is 1e+20, but no training feature is beyond") {
		t.Error(err)
	}
	d.Train.Row(0)[1] = 1e20 // as in training
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}
