package report

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// testFigures are the figures of testRows.
func testFigures(t *testing.T) []chart.Figure {
	t.Helper()
	figures, err := Figures(testRows())
	if err != nil {
		t.Fatal(err)
	}
	return figures
}

func TestFiguresInsideOfThePage(t *testing.T) {
	hex := regexp.MustCompile(`#[0-9A-F]{6}\b`)
	for _, f := range testFigures(t) {
		drawn, err := f.Inline()
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range drawn.Panels {
			from := f.Panels[i]
			if err := xml.Unmarshal([]byte(p.SVG), new(struct{})); err != nil {
				t.Errorf("%s, %s: %v", f.Name, from.Title, err)
			}
			for _, part := range []string{`role="img"`, `aria-label="`, "<title>" + html.EscapeString(cmp.Or(from.Title, from.Y.Label)) + "</title>", "<text ", ">" + html.EscapeString(from.X.Label) + "</text>", "var(--ink)"} {
				if !strings.Contains(p.SVG, part) {
					t.Errorf("%s, %s lacks %s", f.Name, from.Title, part)
				}
			}
			if left := hex.FindString(p.SVG); left != "" || strings.Contains(p.SVG, "font-family") || strings.Contains(p.SVG, "<?xml") {
				t.Errorf("%s, %s keeps the colour %q or a font of its own", f.Name, from.Title, left)
			}
		}
	}
}

func TestFiguresForJournals(t *testing.T) {
	var names []string
	for _, f := range testFigures(t) {
		names = append(names, f.Name)
		var svg, again bytes.Buffer
		if err := errors.Join(f.SVG(&svg, chart.PageWidth), f.SVG(&again, chart.PageWidth)); err != nil || !bytes.Equal(svg.Bytes(), again.Bytes()) {
			t.Errorf("%s was drawn in two ways, error %v", f.Name, err)
		}
		if err := xml.Unmarshal(svg.Bytes(), new(struct{})); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		drawn, err := f.Inline()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range drawn.Legend {
			if !strings.Contains(svg.String(), ">"+html.EscapeString(e.Name)+"</text>") {
				t.Errorf("%s has no legend for %s", f.Name, e.Name)
			}
		}
	}
	if want := []string{FigureFirst, FigureEpochs, FigureLevels, FigureReferences, FigureLayers, FigureNull}; !slices.Equal(names, want) {
		t.Fatalf("figures %v, want %v", names, want)
	}
}

// A line looks the same in all panels of a figure, and no two lines of a figure
// alike.
func TestLooksOfAFigureDiffer(t *testing.T) {
	for _, f := range testFigures(t) {
		drawn, err := f.Inline()
		if err != nil {
			t.Fatal(err)
		}
		samples := map[string]string{}
		for _, e := range drawn.Legend {
			if other, ok := samples[e.SVG]; ok {
				t.Errorf("%s: %s and %s look alike", f.Name, e.Name, other)
			}
			samples[e.SVG] = e.Name
		}
	}
}

func TestWriteFigures(t *testing.T) {
	rows := slices.DeleteFunc(testRows(), func(r result.Row) bool { return r.Probe != "ridge" || r.Layer != "hidden2" })
	folder := t.TempDir()
	paths, err := WriteFigures(folder, rows)
	if err != nil {
		t.Fatal(err)
	}
	// First, epochs, levels, references and null; one layer has no figure of layers.
	if len(paths) != 5*2*2 {
		t.Errorf("wrote %q", paths)
	}
	for _, p := range paths {
		if info, err := os.Stat(p); err != nil || info.Size() < 1000 {
			t.Errorf("%s: %v", p, err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "levels-3.5in.svg")); err != nil {
		t.Error(err)
	}
	if _, err := WriteFigures(folder, nil); !errors.Is(err, ErrNoRows) {
		t.Errorf("figures of no rows: error %v", err)
	}
	for _, width := range []float64{0, -1, 1e9} {
		if err := testFigures(t)[0].SVG(io.Discard, width); err == nil || !strings.Contains(err.Error(), "give a width of 2 to 40") {
			t.Errorf("width %g: error %v", width, err)
		}
	}
}
