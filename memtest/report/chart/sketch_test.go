package chart

import (
	"encoding/xml"
	"math"
	"strings"
	"testing"
)

func TestSketch(t *testing.T) {
	nan := float32(math.NaN())
	s := Sketch{Curves: [][]float32{{0, 1, 0.5, nan, 2}, {0, 3}}, Low: []float64{0, 0}, High: []float64{1, 3}, About: `a <b> & "c"` + "\x1b"}
	svg := s.SVG()
	// Steps are 29.25 apart; 0 stands at the bottom, 1 and what is beyond at the top.
	for _, want := range []string{
		`<path d="M1.5 42.5L30.8 1.5L60.0 22.0M118.5 1.5" fill="none" stroke="var(--blue)"`,
		`<path d="M1.5 42.5L30.8 1.5" fill="none" stroke="var(--vermillion)"`,
		`aria-label="a &lt;b&gt; &amp; &#34;c&#34;` + "\ufffd" + `"`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s lacks %s", svg, want)
		}
	}
	if strings.Index(svg, "--vermillion") > strings.Index(svg, "--blue") {
		t.Error("the first curve is not on top")
	}
	for _, text := range []string{svg, SketchSample(3), (Sketch{}).SVG()} {
		if err := xml.Unmarshal([]byte(text), new(struct{})); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSketchAsALine(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		s     Sketch
		width int
		want  string
	}{
		{Sketch{Curves: [][]float32{{0, 1, 2, 3, 4, 5, 6, 7}}, Low: []float64{0}, High: []float64{7}}, 20, "▁▂▃▄▅▆▇█"},
		{Sketch{Curves: [][]float32{{0, 1, 2, 3, 4, 5, 6, 7}}, Low: []float64{0}, High: []float64{7}}, 4, "▁▃▆█"}, // means 0.5, 2.5, 4.5, 6.5 of 7 are 0.07, 0.36, 0.64, 0.93
		{Sketch{Curves: [][]float32{{0, 7}}, Steps: 4, Low: []float64{0}, High: []float64{7}}, 20, "▁█"},          // a shorter series ends sooner
		{Sketch{Curves: [][]float32{{0, nan, 9, -9}}, Low: []float64{0}, High: []float64{7}}, 20, "▁ █▁"},         // cut off at the ends
		{Sketch{Curves: [][]float32{{3, 3}}, Low: []float64{3}, High: []float64{3}}, 20, "▅▅"},                    // a constant stands in the middle
		{Sketch{}, 20, ""},
	} {
		if got := c.s.Line(0, c.width); got != c.want {
			t.Errorf("%v in %d: %q, want %q", c.s.Curves, c.width, got, c.want)
		}
	}
}
