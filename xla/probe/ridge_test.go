package probe

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// The default penalty follows the units of the features and the number of
// examples, so that classes do not depend on either; beside the mean eigenvalue by
// a plain loop. Powers of two are exact, and so is every example given twice but
// for rounding.
func TestRidgeHasNoUnits(t *testing.T) {
	e := open(t, "go")
	d, labels := small()
	trace := 0.0
	for j := range d.Train.Cols {
		mean := 0.0
		for i := range d.Train.Rows {
			mean += float64(d.Train.Row(i)[j]) / float64(d.Train.Rows)
		}
		for i := range d.Train.Rows {
			trace += math.Pow(float64(d.Train.Row(i)[j])-mean, 2)
		}
	}
	plain := collect(t, e, Ridge{}, d, labels, 0, 5, Options{})
	if want := trace / float64(d.Train.Cols) / 10; math.Abs(plain.Penalty-want) > 1e-5*want {
		t.Errorf("penalty %g, want a tenth of the mean eigenvalue, %g", plain.Penalty, want)
	}
	large := d.each(func(m arrays.Matrix) arrays.Matrix {
		to := arrays.Matrix{Rows: m.Rows, Cols: m.Cols, Data: slices.Clone(m.Data)}
		for i := range to.Data {
			to.Data[i] *= 0x1p10
		}
		return to
	})
	got := collect(t, e, Ridge{}, large, labels, 0, 5, Options{})
	if got.Penalty != 0x1p20*plain.Penalty {
		t.Errorf("penalty %g in large units, %g before", got.Penalty, plain.Penalty)
	}
	for v := range d.Valid {
		for b := range 5 {
			if n := differing(got.Valid[v][b], plain.Valid[v][b]); n > 0 {
				t.Errorf("label set %d: %d classes differ in large units", b, n)
			}
		}
	}
	twice := func(m arrays.Matrix) arrays.Matrix {
		return arrays.Matrix{Rows: 2 * m.Rows, Cols: m.Cols, Data: slices.Concat(m.Data, m.Data)}
	}
	n := d.Train.Rows
	sets := make(given, 5)
	for b := range sets {
		y := make([]int32, n)
		labels.Set(b, y)
		sets[b] = slices.Concat(y, y)
	}
	got = collect(t, e, Ridge{}, d.each(twice), sets, 0, 5, Options{})
	if math.Abs(got.Penalty-2*plain.Penalty) > 1e-5*plain.Penalty {
		t.Errorf("penalty %g of every example twice, %g of once", got.Penalty, plain.Penalty)
	}
	for v := range d.Valid {
		for b := range 5 {
			if n := differing(got.Valid[v][b][:n], plain.Valid[v][b]); n > 1 {
				t.Errorf("label set %d: %d classes differ with every example twice", b, n)
			}
		}
	}
}
