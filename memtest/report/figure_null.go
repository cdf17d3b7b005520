package report

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// nullHistograms are the accuracies with shuffled labels.
func (v *view) nullHistograms() chart.Figure {
	f := chart.Figure{Name: FigureNull, Title: "The null distribution",
		Caption: "Accuracies with shuffled labels at the level that is read, one count a permutation. Where the observed accuracy or chance lies beyond the axis, an arrow says how far."}
	v.each(func(s setting, name string) {
		c := v.read(s).cell
		// One seed's distribution, the first's: several together would be a mixture
		// that no test used.
		if r := c.rows[0]; len(r.Null) > 1 {
			f.Panels = append(f.Panels, histogram(r, fmt.Sprintf("%s, level %s", name, number.Level(c.level))))
		}
	})
	return f
}

func histogram(r result.Row, title string) chart.Panel {
	mark := func(name string, value float64, look chart.Look) chart.Mark {
		m := chart.Mark{Name: name, Value: value, Look: look}
		if r.NullSD > 0 {
			m.Aside = "(" + number.Fixed(math.Abs(value-r.NullMean)/r.NullSD, 0) + " sd)"
		}
		return m
	}
	return chart.Panel{
		Title: title, X: chart.Axis{Label: metricName(r) + " with shuffled labels" + metricUnit(r)}, Y: chart.Axis{Label: "permutations"},
		Histogram: &chart.Histogram{Of: "accuracies", Values: r.Null, Per: r.N, Marks: []chart.Mark{
			mark("observed", r.Observed, chart.Observed), mark("chance", r.Chance, chart.Chance),
		}},
	}
}
