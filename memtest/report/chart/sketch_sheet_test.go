package chart

import (
	"bytes"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

// Two rows of two sketches: where a curve stands high in its cell, and where low.
func TestSketchesAsOnePicture(t *testing.T) {
	sketch := func(v float32) Sketch {
		return Sketch{Curves: [][]float32{{v, v, v}}, Low: []float64{0}, High: []float64{1}}
	}
	rows := []SketchRow{{[]string{"bell"}, []Sketch{sketch(1), sketch(0)}}, {[]string{"funnel"}, []Sketch{sketch(0), sketch(1)}}}
	var b bytes.Buffer
	if err := SketchesPNG(&b, []string{"class", "level 0", "0.5"}, nil, rows); err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSheet([]string{"class", "level 0", "0.5"}, nil, rows)
	if err != nil {
		t.Fatal(err)
	}
	dots := func(points float64) int { return int(points*dotsPerInch/72 + 0.5) }
	blue := Sequence(0).hue.light
	for i := range rows {
		for j := range 2 {
			// Across the middle of the cell, from its top to its bottom.
			x := dots(float64(s.left(1+j) + s.sketch/2))
			top := float64(sheetLine) + float64(i)*(sketchHeight+sheetGap) + sheetGap
			var at []int
			for y := dots(top); y < dots(top+sketchHeight); y++ {
				if color.NRGBAModel.Convert(m.At(x, y)) == color.NRGBAModel.Convert(blue) {
					at = append(at, y)
				}
			}
			high := i == j
			if len(at) == 0 || high && at[len(at)-1] > dots(top+4) || !high && at[0] < dots(top+sketchHeight-4) {
				t.Errorf("row %d, sketch %d: blue at %v of a cell of %d to %d", i, j, at, dots(top), dots(top+sketchHeight))
			}
		}
	}
}

func TestSketchesNeedTheirColumns(t *testing.T) {
	one := []Sketch{{Curves: [][]float32{{1}}}}
	for want, rows := range map[string][]SketchRow{
		"there are no sketches":             nil,
		"row 1 of the sketches has 2 words": {{[]string{"a", "b"}, one}},
		"row 2 of the sketches has 1 words": {{[]string{"a"}, one}, {[]string{"a"}, append(one, one...)}},
	} {
		if err := SketchesPNG(new(bytes.Buffer), []string{"class", "level 0"}, nil, rows); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}
