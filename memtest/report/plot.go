package report

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
)

// Plot is a figure made from numbers that are not rows of one run.
type Plot struct {
	Name           string // of its files: letters, digits, hyphens
	Title, Caption string
	Panels         []PlotPanel
}

// PlotPanel is one plot of a figure. Series of one name look the same in all
// panels and share an entry of the legend.
type PlotPanel struct {
	Title  string
	X, Y   PlotAxis
	Series []PlotSeries
}

// PlotAxis says how the values of one direction are spaced and named; evenly and
// as numbers where nothing is said.
type PlotAxis struct {
	Label      string
	Log1p      bool     // spaced by the logarithm of 1 + value, for epochs: values of 0 and more
	Log        bool     // spaced by the logarithm, for widths: values above 0
	Categories []string // names of the values 0, 1, 2 …; nil = numbers. X axis only
	Min, Max   *float64 // fixed ends, beyond which nothing is drawn; nil = from the data
}

// PlotSeries are points with a line through them, in the order given.
type PlotSeries struct {
	Name      string
	X, Y      []float64 // of one length
	Low, High []float64 // ends of an interval around each Y, drawn as whiskers; nil = none
	Points    bool      // markers without a line: a scatter
	Reference bool      // drawn as chance is: muted, dashed, without markers. A single point is drawn across the whole panel
}

// Figure draws nothing yet, but checks everything: it is an error where there is
// nothing to draw, lengths differ, a number is not finite or does not fit its
// axis, or an interval does not hold its Y. A series without points is left out.
func (p Plot) Figure() (Figure, error) {
	f := Figure{Name: p.Name, Title: cut(plain(p.Title), longestTitle), Caption: plain(p.Caption)}
	if !plotName.MatchString(p.Name) {
		return Figure{}, fmt.Errorf("a plot is named %q: a name has letters, digits and hyphens", clean(p.Name))
	}
	if len(p.Panels) == 0 {
		return Figure{}, fmt.Errorf("plot %s: no panels, so there is nothing to draw", p.Name)
	}
	for i, from := range p.Panels {
		if err := from.check(); err != nil {
			return Figure{}, fmt.Errorf("plot %s, panel %d (%s): %w", p.Name, i+1, clean(from.Title), err)
		}
	}
	entries, err := p.entries()
	if err != nil {
		return Figure{}, fmt.Errorf("plot %s: %w", p.Name, err)
	}
	f.legend = entries // before the panels, whose series are found in it
	for _, from := range p.Panels {
		f.add(from.panel(entries))
	}
	return f, nil
}

// longestTitle is how many characters of the title of a figure, a section or a
// document are shown.
const longestTitle = 160

var plotName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// check says what is wrong with the numbers of a panel, or nil.
func (p PlotPanel) check() error {
	if p.Y.Categories != nil {
		return errors.New("only the X axis has categories")
	}
	for _, a := range []struct {
		name string
		axis PlotAxis
	}{{"X", p.X}, {"Y", p.Y}} {
		if err := a.axis.check(); err != nil {
			return fmt.Errorf("%s axis: %w", a.name, err)
		}
	}
	points := 0
	names := map[string]bool{}
	for _, s := range p.Series {
		name := seriesName(s.Name)
		if names[name] {
			return fmt.Errorf("two series are named %s", name)
		}
		names[name] = true
		if err := s.check(p.X, p.Y); err != nil {
			return fmt.Errorf("series %s: %w", name, err)
		}
		points += len(s.X)
	}
	if points == 0 {
		return errors.New("no points, so there is nothing to draw")
	}
	return nil
}

func (s PlotSeries) check(x, y PlotAxis) error {
	if len(s.X) != len(s.Y) {
		return fmt.Errorf("%d values of X, but %d of Y", len(s.X), len(s.Y))
	}
	if (s.Low == nil) != (s.High == nil) || s.Low != nil && (len(s.Low) != len(s.Y) || len(s.High) != len(s.Y)) {
		return fmt.Errorf("intervals have %d lower and %d upper ends for %d points", len(s.Low), len(s.High), len(s.Y))
	}
	if s.Points && s.Reference {
		return errors.New("a reference has no markers, so it cannot be of points")
	}
	for _, values := range []struct {
		name string
		of   []float64
		on   PlotAxis
	}{{"X", s.X, x}, {"Y", s.Y, y}, {"Low", s.Low, y}, {"High", s.High, y}} {
		for i, v := range values.of {
			if err := values.on.holds(v); err != nil {
				return fmt.Errorf("%s of point %d: %w", values.name, i+1, err)
			}
		}
	}
	for i := range s.Low {
		// The mean of equal numbers may lie a rounding error beside them.
		room := 1e-9 * math.Max(1, math.Abs(s.Y[i]))
		if s.Low[i] > s.Y[i]+room || s.High[i] < s.Y[i]-room {
			return fmt.Errorf("the interval of point %d goes from %g to %g and does not hold its Y of %g", i+1, s.Low[i], s.High[i], s.Y[i])
		}
	}
	return nil
}

// longestSeries is how many characters of the name of a series are shown.
const longestSeries = 60

func seriesName(name string) string { return cut(plain(name), longestSeries) }

// entries is the legend: the looks of all series by name, in the order in which
// the panels bring them.
func (p Plot) entries() ([]entry, error) {
	var all []entry
	references := map[string]bool{}
	for _, panel := range p.Panels {
		for _, s := range panel.Series {
			if len(s.X) == 0 {
				continue
			}
			e := entry{Name: seriesName(s.Name), points: s.Points}
			i := slices.IndexFunc(all, func(o entry) bool { return o.Name == e.Name })
			if i >= 0 {
				if references[e.Name] != s.Reference {
					return nil, fmt.Errorf("series %s is a reference in one panel and none in another", e.Name)
				}
				// The sample shows a line where any panel draws one.
				all[i].points = all[i].points && s.Points
				continue
			}
			n := 0
			for _, o := range all {
				if references[o.Name] == s.Reference {
					n++
				}
			}
			if s.Reference {
				e.look = look{muted, referenceDashes[n%len(referenceDashes)], nil}
			} else {
				e.look = plotLook(n)
			}
			references[e.Name] = s.Reference
			all = append(all, e)
		}
	}
	return all, nil
}

// panel turns a checked panel into one that can be drawn.
func (p PlotPanel) panel(legend []entry) panel {
	out := panel{title: cut(plain(p.Title), longestTitle), x: p.xAxis(), y: p.yAxis(), free: true}
	whiskers := 0
	var ys [][]float64
	for _, s := range p.Series {
		if len(s.X) == 0 {
			continue
		}
		i := slices.IndexFunc(legend, func(e entry) bool { return e.Name == seriesName(s.Name) })
		line := series{entry: legend[i], x: s.X, y: s.Y, low: s.Low, high: s.High, reference: s.Reference}
		line.points = s.Points
		ys = append(ys, s.Y, s.Low, s.High)
		if s.Low != nil && !s.Reference && !s.Points {
			whiskers++
		}
		if s.Points || !ascending(s.X) {
			out.listed = true
		}
		if s.Reference && len(s.X) == 1 {
			line.across = true
		}
		out.series = append(out.series, line)
	}
	// Whiskers at one X would hide each other, as would the markers of a category.
	out.apart = p.X.Categories != nil || whiskers > 1
	out.value = writer(ys...)
	return out
}

func ascending(x []float64) bool {
	for i := 1; i < len(x); i++ {
		if x[i] <= x[i-1] {
			return false
		}
	}
	return true
}
