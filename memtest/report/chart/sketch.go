package chart

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
)

// Sketch is a small drawing of a few curves without axes, as a cell of a table holds it:
// curve k looks as line k of a sequence does, see SketchSample.
type Sketch struct {
	Curves    [][]float32 // from left to right, one step apart; values that are not finite are gaps
	Steps     int         // that the width stands for, so that sketches beside each other have one scale; 0 = those of the longest curve
	Low, High []float64   // ends of the vertical axis of each curve, which is cut off there; as many as there are curves
	About     string      // what it shows, for those who cannot see it
}

// Sizes of a sketch, in points, with the room at its edges that lines take.
const (
	sketchWidth  = 120
	sketchHeight = 44
	sketchRoom   = 1.5
)

// steps are those that the width stands for.
func (s Sketch) steps() int {
	n := s.Steps
	for _, c := range s.Curves {
		n = max(n, len(c))
	}
	return max(n, 1)
}

// height is the place of a value of curve k between its Low, 0, and its High, 1.
func (s Sketch) height(k int, v float32) float64 {
	if k >= len(s.Low) || k >= len(s.High) || !(s.High[k] > s.Low[k]) {
		return 0.5
	}
	return math.Min(math.Max((float64(v)-s.Low[k])/(s.High[k]-s.Low[k]), 0), 1)
}

// SVG is the sketch as an element of class sketch, for a page that sets the CSS
// Variables. The first curve is on top.
func (s Sketch) SVG() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="sketch" viewBox="0 0 %d %d" role="img" aria-label="%s">`, sketchWidth, sketchHeight, escape(s.About))
	across := (sketchWidth - 2*sketchRoom) / math.Max(float64(s.steps()-1), 1)
	for k := len(s.Curves) - 1; k >= 0; k-- {
		var path strings.Builder
		next := "M"
		for t, v := range s.Curves[k] {
			if !drawn(v) {
				next = "M"
				continue
			}
			fmt.Fprintf(&path, "%s%.1f %.1f", next, sketchRoom+float64(t)*across, sketchRoom+(1-s.height(k, v))*(sketchHeight-2*sketchRoom))
			next = "L"
		}
		b.WriteString(strokeOf(k, path.String(), 1.2))
	}
	return b.String() + "</svg>"
}

// SketchSample is the look of curve k, for a legend: an element of class swatch.
func SketchSample(k int) string {
	return `<svg class="swatch" viewBox="0 0 34 12" width="34" height="12" aria-hidden="true">` + strokeOf(k, "M1 6L33 6", 1.6) + "</svg>"
}

// strokeOf draws a path as curve k.
func strokeOf(k int, path string, width float64) string {
	if path == "" {
		return ""
	}
	look, dashes := Sequence(k), ""
	if len(look.dashes) > 0 {
		dashes = ` stroke-dasharray="` + dashList(look.dashes) + `"`
	}
	return fmt.Sprintf(`<path d="%s" fill="none" stroke="var(--%s)" stroke-width="%g" stroke-linejoin="round"%s/>`, path, look.hue.name, width, dashes)
}

func dashList(all []vg.Length) string {
	var words []string
	for _, d := range all {
		words = append(words, fmt.Sprintf("%g", float64(d)))
	}
	return strings.Join(words, " ")
}

// bars are the heights of a line of characters, from the least to the greatest.
var bars = []rune("▁▂▃▄▅▆▇█")

// Line is a curve as one line of block characters, of so many at most, each the mean
// of the steps that it stands for; after the end of a curve it has none. A curve that
// is not there is "".
func (s Sketch) Line(curve, width int) string {
	if curve < 0 || curve >= len(s.Curves) || width < 1 {
		return ""
	}
	values, steps := s.Curves[curve], s.steps()
	width = min(width, steps)
	var b strings.Builder
	for i := range width {
		from, to := i*steps/width, min((i+1)*steps/width, len(values))
		if from >= to {
			break
		}
		sum, n := 0.0, 0
		for _, v := range values[from:to] {
			if drawn(v) {
				sum, n = sum+s.height(curve, v), n+1
			}
		}
		if n == 0 {
			b.WriteRune(' ')
			continue
		}
		b.WriteRune(bars[min(int(sum/float64(n)*float64(len(bars))), len(bars)-1)])
	}
	return b.String()
}

func drawn(v float32) bool { return finite(float64(v)) }
