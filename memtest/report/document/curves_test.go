package document

import (
	"bytes"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/internal/webpage"
)

// twoCurves is a table of one example with one copy, of two channels.
func twoCurves() *Curves {
	sketch := chart.Sketch{Curves: [][]float32{{0, 1}, {1, 0}}, Low: []float64{0, 0}, High: []float64{1, 1}, About: "copy"}
	return &Curves{Title: "Most", Head: []string{"class", "0", "0.1"}, Names: []string{"up <b>", "down"}, Rows: []CurvesRow{{Words: []string{"a|b"}, Sketches: []chart.Sketch{sketch, sketch}}}}
}

func TestCurves(t *testing.T) {
	d := Document{Verbatim: true, Title: "T", Sections: []Section{{Title: "S", Blocks: []Block{{Fold: &Fold{Summary: "more", Blocks: []Block{{Curves: twoCurves()}}}}}}}}
	var html, text, markdown bytes.Buffer
	for _, err := range []error{d.HTML(&html), d.Text(&text, TextOptions{}), d.Markdown(&markdown, nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	webpage.WellFormed(t, html.Bytes())
	for page, want := range map[string][]string{
		html.String():     {"<caption>Most</caption>", "<span>up &lt;b&gt;</span>", `<td class="word">a|b</td><td><svg class="sketch"`, ".sketch {"},
		text.String():     {"class  channel  0   0.1\na|b    up <b>   ▁█  ▁█\n       down     █▁  █▁\n"},
		markdown.String(): {`| a\|b | up &lt;b\> | ▁█ | ▁█ |`, "|  | down | █▁ | █▁ |"},
	} {
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%q is missing in\n%s", w, page)
			}
		}
	}
}

func TestCurvesThatDoNotFitAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Curves){
		"a word more":   func(c *Curves) { c.Rows[0].Words = append(c.Rows[0].Words, "x") },
		"a sketch less": func(c *Curves) { c.Rows[0].Sketches = c.Rows[0].Sketches[:1] },
		"words shifted": func(c *Curves) {
			c.Rows = append(c.Rows, CurvesRow{Words: []string{"a", "b"}, Sketches: c.Rows[0].Sketches[:1]})
		},
		"a longer table": func(c *Curves) { c.Head = append(c.Head, "0.3") },
	} {
		c := twoCurves()
		spoil(c)
		if err := (Document{Sections: []Section{{Blocks: []Block{{Curves: c}}}}}).HTML(new(bytes.Buffer)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
