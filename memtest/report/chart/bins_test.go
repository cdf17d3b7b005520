package chart

import (
	"math"
	"strings"
	"testing"
)

func TestHistogramCountsEveryValue(t *testing.T) {
	var many []float64
	for i := range 199 {
		many = append(many, float64(500+i*i%83)/5000)
	}
	for _, values := range [][]float64{{0.1, 0.1, 0.1}, {0.1, 0.2, 0.3, 0.4}, {0, 1}, many} {
		bins, width := Histogram{Values: values, Per: 5000}.bins()
		total := 0
		for i, b := range bins {
			total += b.count
			inside, edge := 0, 0
			for _, x := range values {
				// Sums of bin widths carry rounding errors; values are 1/5000 apart, and
				// one on an edge may count on either side.
				switch {
				case x > b.low+1e-9 && x < b.high-1e-9:
					inside++
				case x > b.low-1e-9 && x < b.high+1e-9:
					edge++
				}
			}
			if b.count < inside || b.count > inside+edge || math.Abs(b.high-b.low-width) > 1e-12 {
				t.Errorf("bin %d of %v holds %d and is %g wide, want %d to %d and %g", i, values[:2], b.count, b.high-b.low, inside, inside+edge, width)
			}
		}
		if total != len(values) || len(bins) > mostBins+1 {
			t.Errorf("%d of %d values are in %d bins", total, len(values), len(bins))
		}
	}
}

// Where a step is lost in the digits of huge values, the bars still end.
func TestHistogramOfHugeValues(t *testing.T) {
	bins, _ := Histogram{Values: []float64{1e17, 1e17 + 32}, Per: 1}.bins()
	total := 0
	for _, b := range bins {
		total += b.count
	}
	if total != 2 || len(bins) > 2*mostBins {
		t.Errorf("%d values in %d bins", total, len(bins))
	}
}

// A mark near the values widens the axis, one far from them becomes an arrow.
func TestMarksOfAHistogram(t *testing.T) {
	f := Figure{Name: "f", Panels: []Panel{{Title: "null", X: Axis{Label: "accuracy"}, Y: Axis{Label: "permutations"}, Histogram: &Histogram{
		Of: "accuracies", Values: []float64{0.1, 0.11, 0.12}, Per: 100,
		Marks: []Mark{{Name: "observed", Value: 0.9, Aside: "(12 sd)"}, {Name: "chance", Value: 0.09}, {Name: "least", Value: 0}},
	}}}}
	d, err := f.layout()
	if err != nil {
		t.Fatal(err)
	}
	l := d.panels[0]
	if len(l.marks) != 1 || l.marks[0].name != "chance" || math.Abs(l.x.min-0.08) > 1e-9 {
		t.Errorf("marks %+v on an axis from %g", l.marks, l.x.min)
	}
	if len(l.beside) != 2 || l.beside[0].note != "observed 0.900 (12 sd) →" || l.beside[1].note != "← least 0.000" {
		t.Errorf("beside it %+v", l.beside)
	}
	var names []string
	for _, e := range d.legend {
		names = append(names, e.name)
	}
	if got := strings.Join(names, ", "); got != "permutations, chance, observed, least" {
		t.Errorf("the legend has %s", got)
	}
	if got := l.describe(); got != "Histogram, null: 3 permutations with accuracies from 0.095 to 0.125. chance 0.090. observed 0.900. least 0.000." {
		t.Errorf("in words: %s", got)
	}
	for _, e := range d.legend[1:] {
		if e.look.none() {
			t.Errorf("%s has no look", e.name)
		}
	}
}
