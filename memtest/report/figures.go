package report

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Figures are those that the rows give, in reading order. A figure for which
// there are no rows, as that over epochs where there is no network, is left
// out.
func Figures(rows []result.Row) ([]chart.Figure, error) {
	v, err := newView(rows)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNoRows
	}
	return v.figures(), nil
}

func (v *view) figures() []chart.Figure {
	var all []chart.Figure
	for _, f := range []chart.Figure{v.atFirstSight(), v.overEpochs(), v.overLevels(), v.besideReferences(), v.overLayers(), v.nullHistograms()} {
		if len(f.Panels) > 0 {
			all = append(all, v.captioned(f))
		}
	}
	return all
}

// captioned is a figure whose caption says what its whiskers are.
func (v *view) captioned(f chart.Figure) chart.Figure {
	effects := f.Name == FigureFirst || f.Name == FigureEpochs || f.Name == FigureReferences
	switch n := len(v.seeds); {
	case effects && !v.byShuffles():
		f.Caption += " Whiskers are 95% intervals over other examples of the same kind and other label sets" + word.Plural(n, "", fmt.Sprintf(" and, of the mean over %d seeds, other trainings", n)) + "."
	case n > 1 && f.Name == FigureNull:
		f.Caption += fmt.Sprintf(" Of the %d seeds the first is shown.", n)
	case n > 2:
		f.Caption += fmt.Sprintf(" Lines are means over %d seeds, whiskers the 95%% interval of the mean.", n)
	case n == 2:
		f.Caption += " Lines are means over two seeds, whiskers reach to each."
	}
	return f
}
