package probe

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/xla"
)

// Features that are brought to the device in blocks of rows are classified as those that
// stay there; whole numbers alone are compared, and values of metrics but for rounding.
func TestBlocksOfRows(t *testing.T) {
	d, labels := small()
	sets := labels.first(9)
	for _, metric := range []Metric{Accuracy, AUC} {
		for _, name := range []string{"ridge", "centroid", "softmax"} {
			for _, block := range []int{1, 7, d.Train.Rows} {
				p, e := parse(t, name), open(t, "")
				problem := Problem{Data: d, Observed: labels.y, Options: Options{Metric: metric}}
				want := predictAll(t, e, p, problem, sets, 0)
				got := predictAll(t, e, p, problem, sets, block)
				if !slices.Equal(got.Fresh, want.Fresh) {
					t.Errorf("%s in blocks of %d: classes of fresh examples differ", name, block)
				}
				for v := range d.Valid {
					for b := range sets {
						if !slices.Equal(got.Valid[v][b], want.Valid[v][b]) {
							t.Errorf("%s in blocks of %d: label set %d differs", name, block, b)
						}
						if metric != Accuracy {
							near(t, got.Values[v][b], want.Values[v][b], 1e-6)
						}
					}
					for i, m := range want.Margins[v] {
						near(t, float64(got.Margins[v][i]), float64(m), 1e-4)
					}
				}
			}
		}
	}
}

// predictAll prepares a probe and predicts; where a block is given, no features but those
// that are fitted stay on the device, and label sets come two at a time to a fit.
func predictAll(t *testing.T, e *xla.Engine, p Probe, problem Problem, sets [][]int32, block int) Predictions {
	t.Helper()
	fitted, err := p.Prepare(t.Context(), e, problem)
	if err != nil {
		t.Fatal(err)
	}
	defer fitted.Close()
	if block > 0 {
		var s *scorer
		switch f := fitted.(type) {
		case *linear:
			s = f.scorer
		case *softmaxFitted:
			s = f.scorer
		}
		s.chunk = 2
		c := problem.center()
		for v, m := range problem.Valid {
			if s.valid[v].whole != s.train {
				xla.Free(s.valid[v].whole)
			}
			s.valid[v] = scored{count: m.Rows, rows: c.of(m), block: block}
		}
		xla.Free(s.fresh.whole)
		s.fresh = scored{count: problem.Fresh.Rows, rows: c.of(problem.Fresh), block: block}
	}
	out, err := fitted.Predict(t.Context(), sets, true)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// near compares two numbers, relative to the larger of 1 and their size.
func near(t *testing.T, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*max(1, math.Abs(want)) {
		t.Errorf("%g, want %g", got, want)
	}
}
