package chart_test

import (
	"bytes"
	"encoding/xml"
	"html"
	"image/png"
	"io"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/internal/sample"
	"github.com/seed-1a417598/memtest/memtest/report/number"
)

func svgOf(t *testing.T, f chart.Figure, inches float64) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.SVG(&b, inches); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(b.Bytes(), new(struct{})); err != nil || strings.Contains(b.String(), "NaN") {
		t.Errorf("%s: error %v, NaN in it: %t", f.Name, err, strings.Contains(b.String(), "NaN"))
	}
	return b.String()
}

func TestFiguresForPrint(t *testing.T) {
	for _, f := range sample.Figures() {
		for _, inches := range []float64{chart.ColumnWidth, chart.PageWidth} {
			svg := svgOf(t, f, inches)
			for _, p := range f.Panels {
				for _, s := range p.Series {
					if !strings.Contains(svg, ">"+html.EscapeString(s.Name)+"</text>") {
						t.Errorf("%s at %g inches has no legend for %s", f.Name, inches, s.Name)
					}
				}
			}
		}
		svg := svgOf(t, f, chart.PageWidth)
		for _, part := range []string{`width="7in"`, `xmlns="http://www.w3.org/2000/svg"`, "<text ", `role="img"`, "'Liberation Sans',Arial"} {
			if !strings.Contains(svg, part) {
				t.Errorf("%s lacks %s", f.Name, part)
			}
		}
		if again := svgOf(t, f, chart.PageWidth); again != svg {
			t.Errorf("%s was drawn in two ways", f.Name)
		}
	}
	f := sample.Figures()[0]
	var b bytes.Buffer
	if err := f.PNG(&b, chart.ColumnWidth); err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(&b)
	if err != nil || picture.Bounds().Dx() != 1050 { // 3.5 inches at 300 dots
		t.Errorf("PNG of %v, error %v", picture.Bounds(), err)
	}
	for _, width := range []float64{0, -1, 1e9, math.NaN()} {
		if err := f.SVG(io.Discard, width); err == nil || !strings.Contains(err.Error(), "give a width of 2 to 40") {
			t.Errorf("width %g: error %v", width, err)
		}
	}
}

var hexColour = regexp.MustCompile(`#[0-9A-F]{6}\b`)

func TestFiguresInsideOfAPage(t *testing.T) {
	for _, f := range sample.Figures() {
		drawn, err := f.Inline()
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range drawn.Panels {
			if err := xml.Unmarshal([]byte(p.SVG), new(struct{})); err != nil {
				t.Errorf("%s, panel %d: %v", f.Name, i, err)
			}
			if left := hexColour.FindString(p.SVG); left != "" || strings.Contains(p.SVG, "font-family") {
				t.Errorf("%s, panel %d keeps the colour %q or a font of its own", f.Name, i, left)
			}
			for _, s := range f.Panels[i].Series {
				if !strings.Contains(p.SVG, " "+s.Name+":") {
					t.Errorf("%s, panel %d does not say %s in words", f.Name, i, s.Name)
				}
			}
		}
		for _, e := range drawn.Legend {
			if left := hexColour.FindString(e.SVG); left != "" || !strings.Contains(e.SVG, "var(--") {
				t.Errorf("%s: the sample of %s keeps the colour %s", f.Name, e.Name, left)
			}
		}
	}
}

// Every point of a figure is in its numbers, also where an X tells no point.
func TestNumbersAreWhole(t *testing.T) {
	for _, f := range sample.Figures() {
		all, err := f.Numbers()
		if err != nil {
			t.Fatal(err)
		}
		written := f.Written()
		for i, p := range f.Panels {
			var cells []string
			for _, r := range all[i].Rows {
				if len(r.Cells) != len(all[i].Columns) {
					t.Errorf("%s, panel %d: %d cells below %d heads", f.Name, i, len(r.Cells), len(all[i].Columns))
				}
				for _, c := range r.Cells {
					value, _, _ := strings.Cut(c, " (")
					cells = append(cells, value)
				}
			}
			for _, s := range p.Series {
				for _, y := range s.Y {
					if want := number.Typeset(written[i](y)); !slices.Contains(cells, want) {
						t.Errorf("%s, panel %d: %s lacks %s in %q", f.Name, i, s.Name, want, cells)
					}
				}
			}
		}
	}
}

// A name looks the same in every panel; no two names look alike, with colours or
// without, as lines or as points.
func TestLooksOfFigures(t *testing.T) {
	for _, f := range sample.Figures() {
		legend, panels, err := f.Looks()
		if err != nil {
			t.Fatal(err)
		}
		for name, l := range legend {
			for other, o := range legend {
				if name != other && l.Marker() == o.Marker() && (l.Marker() != nil || reflect.DeepEqual(l.Dashes(), o.Dashes())) {
					t.Errorf("%s: %s and %s look alike", f.Name, name, other)
				}
			}
		}
		for i, looks := range panels {
			for name, l := range looks {
				if !reflect.DeepEqual(legend[name], l) {
					t.Errorf("%s, panel %d: %s does not look as in the legend", f.Name, i, name)
				}
			}
		}
	}
}

// Whiskers of several lines stand side by side; references and scatters, whose
// places mean something, are not moved.
func TestOnlyWhiskersMoveAside(t *testing.T) {
	moved := map[string]bool{}
	for _, f := range sample.Figures() {
		asides, err := f.Asides()
		if err != nil {
			t.Fatal(err)
		}
		for name, by := range asides {
			moved[f.Name+" "+name] = true
			if math.Abs(by) > 12 {
				t.Errorf("%s: %s is moved by %g points", f.Name, name, by)
			}
		}
	}
	want := map[string]bool{"over-levels clean labels": true, "over-levels all labels shuffled": true, "kinds learning": true, "kinds memorization": true}
	if !maps.Equal(moved, want) {
		t.Errorf("moved %v, want %v", moved, want)
	}
}
