package chart

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

var figureName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// Check says what is wrong with a figure, or nil: it has a name that is no file's
// or nothing to draw, lengths differ, a number is not finite or does not fit its
// axis, or an interval does not hold its Y. A line without points is no error; it
// is left out.
func (f Figure) Check() error {
	if !figureName.MatchString(f.Name) {
		return fmt.Errorf("a figure is named %q: a name has letters, digits and hyphens", word.Name(f.Name))
	}
	if len(f.Panels) == 0 {
		return fmt.Errorf("figure %s: no panels, so there is nothing to draw", f.Name)
	}
	for i, p := range f.Panels {
		if err := p.check(); err != nil {
			return fmt.Errorf("figure %s, panel %d (%s): %w", f.Name, i+1, word.Name(p.Title), err)
		}
	}
	if _, err := f.legend(); err != nil {
		return fmt.Errorf("figure %s: %w", f.Name, err)
	}
	return nil
}

func (p Panel) check() error {
	if p.Histogram != nil {
		if len(p.Series) > 0 {
			return errors.New("it has lines and a histogram; a panel has one of them")
		}
		return p.Histogram.check()
	}
	if err := p.checkAxes(); err != nil {
		return err
	}
	points := 0
	names := map[string]bool{}
	for _, l := range p.Series {
		name := lineName(l.Name)
		if names[name] {
			return fmt.Errorf("two series are named %s", name)
		}
		names[name] = true
		if err := l.check(p.X, p.Y); err != nil {
			return fmt.Errorf("series %s: %w", name, err)
		}
		points += len(l.X)
	}
	if points == 0 {
		return errors.New("no points, so there is nothing to draw")
	}
	return nil
}

func (p Panel) checkAxes() error {
	if p.Y.Categories != nil {
		return errors.New("only the X axis has categories")
	}
	for _, a := range []struct {
		name string
		axis Axis
	}{{"X", p.X}, {"Y", p.Y}} {
		if err := a.axis.check(); err != nil {
			return fmt.Errorf("%s axis: %w", a.name, err)
		}
	}
	if p.X.Ticks != nil && (p.X.Log || p.X.Categories != nil || p.Y.Log || p.Y.Log1p) {
		return errors.New("X axis: with ticks of its own it has neither Log nor Categories, and Y is evenly spaced")
	}
	if p.Group != "" && (p.Y.Log || p.Y.Log1p) {
		return errors.New("Y axis: that of a group is evenly spaced")
	}
	return nil
}

func (a Axis) check() error {
	if a.Log && a.Log1p || a.Categories != nil && (a.Log || a.Log1p) {
		return errors.New("Log, Log1p and Categories exclude each other")
	}
	if a.Categories != nil && (a.Min != nil || a.Max != nil) {
		return errors.New("the ends of an axis of categories cannot be fixed")
	}
	for _, end := range []*float64{a.Min, a.Max} {
		if end != nil {
			if err := a.holds(*end); err != nil {
				return fmt.Errorf("its end: %w", err)
			}
		}
	}
	if a.Min != nil && a.Max != nil && *a.Min >= *a.Max {
		return fmt.Errorf("it ends at %g, before it begins at %g", *a.Max, *a.Min)
	}
	if a.Ticks != nil && (len(a.Ticks) == 0 || !ascending(a.Ticks)) {
		return fmt.Errorf("its %d ticks do not ascend", len(a.Ticks))
	}
	for _, t := range a.Ticks {
		if err := a.holds(t); err != nil {
			return fmt.Errorf("its tick: %w", err)
		}
	}
	return nil
}

// holds says why a value has no place on the axis, or nil.
func (a Axis) holds(v float64) error {
	switch {
	case !finite(v):
		return fmt.Errorf("%g is not finite", v)
	case a.Log && v <= 0:
		return fmt.Errorf("%g is not above 0, as a logarithmic axis needs", v)
	case a.Log1p && v < 0:
		return fmt.Errorf("%g is below 0, where this axis begins", v)
	case a.Categories != nil && (v != math.Trunc(v) || v < 0 || v >= float64(len(a.Categories))):
		return fmt.Errorf("%g is none of the %d categories, which are 0, 1, 2 …", v, len(a.Categories))
	}
	return nil
}

func (l Line) check(x, y Axis) error {
	if len(l.X) != len(l.Y) {
		return fmt.Errorf("%d values of X, but %d of Y", len(l.X), len(l.Y))
	}
	if (l.Low == nil) != (l.High == nil) || l.Low != nil && (len(l.Low) != len(l.Y) || len(l.High) != len(l.Y)) {
		return fmt.Errorf("intervals have %d lower and %d upper ends for %d points", len(l.Low), len(l.High), len(l.Y))
	}
	if l.Points && l.Reference {
		return errors.New("a reference has no markers, so it cannot be of points")
	}
	if l.Band && l.Low == nil {
		return errors.New("a band has no edges")
	}
	for _, values := range []struct {
		name string
		of   []float64
		on   Axis
	}{{"X", l.X, x}, {"Y", l.Y, y}, {"Low", l.Low, y}, {"High", l.High, y}} {
		for i, v := range values.of {
			if err := values.on.holds(v); err != nil {
				return fmt.Errorf("%s of point %d: %w", values.name, i+1, err)
			}
		}
	}
	if l.Band {
		return nil
	}
	for i := range l.Low {
		// The mean of equal numbers may lie a rounding error beside them.
		room := 1e-9 * math.Max(1, math.Abs(l.Y[i]))
		if l.Low[i] > l.Y[i]+room || l.High[i] < l.Y[i]-room {
			return fmt.Errorf("the interval of point %d goes from %g to %g and does not hold its Y of %g", i+1, l.Low[i], l.High[i], l.Y[i])
		}
	}
	return nil
}

func (h Histogram) check() error {
	if len(h.Values) == 0 {
		return errors.New("a histogram of no values")
	}
	if h.Per < 1 {
		return fmt.Errorf("the values of a histogram are whole numbers divided by %d; give 1 or more", h.Per)
	}
	for i, v := range h.Values {
		if !finite(v) {
			return fmt.Errorf("value %d of the histogram: %g is not finite", i+1, v)
		}
	}
	if i := slices.IndexFunc(h.Marks, func(m Mark) bool { return !finite(m.Value) }); i >= 0 {
		return fmt.Errorf("mark %s of the histogram: %g is not finite", lineName(h.Marks[i].Name), h.Marks[i].Value)
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func ascending(x []float64) bool {
	for i := 1; i < len(x); i++ {
		if x[i] <= x[i-1] {
			return false
		}
	}
	return true
}
