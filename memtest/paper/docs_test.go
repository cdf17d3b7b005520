package paper

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
)

// docs/paper.md, paper.html and the figures are what the rows in docs/paper give.
func TestDocsAreWrittenFromTheirRows(t *testing.T) {
	const docs = "../../docs"
	a, err := Read(filepath.Join(docs, "paper"))
	if err != nil {
		t.Fatal(err)
	}
	if a.Setting != "full" {
		t.Errorf("docs/paper is of the %s setting; it should be full", a.Setting)
	}
	write := func(a Archive) (markdown, html string, figures map[string]string) {
		d, err := Document(a)
		if err != nil {
			t.Fatal(err)
		}
		var m, h bytes.Buffer
		figures = map[string]string{}
		err = d.Markdown(&m, func(f chart.Figure) (string, error) {
			var b bytes.Buffer
			err := f.SVG(&b, chart.PageWidth)
			figures[f.Name+".svg"] = b.String()
			return "paper/" + f.Name + ".svg", err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.HTML(&h); err != nil {
			t.Fatal(err)
		}
		return m.String(), h.String(), figures
	}
	same := func(path, want string) {
		t.Helper()
		got, err := os.ReadFile(filepath.Join(docs, path))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("docs/%s is not what the rows give; write it anew: go run ./cmd/memtest paper --draw docs", path)
		}
	}
	markdown, html, figures := write(a)
	same("paper.md", markdown)
	same("paper.html", html)
	for name, svg := range figures {
		same(filepath.Join("paper", name), svg)
	}
	there, err := filepath.Glob(filepath.Join(docs, "paper", "*.svg"))
	if err != nil || len(there) != len(figures) {
		t.Errorf("docs/paper has %d figures, the document %d (%v)", len(there), len(figures), err)
	}
	// One row that is a thousandth off is seen.
	for i := range a.Rows["mlp-fashion"] {
		if r := &a.Rows["mlp-fashion"][i]; r.Network == memtest.RefTwin && r.Epoch == 20 {
			r.Learning += 0.005
			break
		}
	}
	if changed, _, _ := write(a); changed == markdown {
		t.Error("a changed row leaves the document as it was, so the test above says nothing")
	}
}
