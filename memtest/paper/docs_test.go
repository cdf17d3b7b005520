package paper

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
)

const docs = "../../docs"

// docs/paper.md, paper.html and the figures are what the rows in docs/paper give.
func TestDocsAreWrittenFromTheirRows(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, archiveFolder), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{rowsFile, factsFile, settingFile} {
		text, err := os.ReadFile(filepath.Join(docs, archiveFolder, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, archiveFolder, name), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Draw(folder); err != nil {
		t.Fatal(err)
	}
	sameFiles(t, folder, MarkdownFile, HTMLFile)
	figures, err := filepath.Glob(filepath.Join(folder, archiveFolder, "*.svg"))
	if err != nil || len(figures) == 0 {
		t.Errorf("there are no figures (%v)", err)
	}
	for _, f := range figures {
		sameFiles(t, folder, filepath.Join(archiveFolder, filepath.Base(f)))
	}
	there, err := filepath.Glob(filepath.Join(docs, archiveFolder, "*.svg"))
	if err != nil || len(there) != len(figures) {
		t.Errorf("docs/paper has %d figures, the document %d (%v)", len(there), len(figures), err)
	}
}

// sameFiles holds files of a folder against those of docs.
func sameFiles(t *testing.T, folder string, names ...string) {
	t.Helper()
	for _, name := range names {
		want, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(docs, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("docs/%s is not what the rows give; write it anew: go run ./cmd/memtest paper --draw docs", name)
		}
	}
}

// One row that is a thousandth off is seen, so that the test above says something.
func TestDocsChangeWithTheirRows(t *testing.T) {
	a, err := Read(filepath.Join(docs, archiveFolder))
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "It is of the "+a.Setting+" setting") {
		t.Errorf("docs/paper is of the %s setting, which README does not say", a.Setting)
	}
	for i := range a.Rows["mlp-fashion"] {
		if r := &a.Rows["mlp-fashion"][i]; r.Network == memtest.RefTwin && r.Epoch == 20 {
			r.Learning += 0.005
			break
		}
	}
	d, err := Document(a)
	if err != nil {
		t.Fatal(err)
	}
	var changed bytes.Buffer
	if err := d.Markdown(&changed, func(f chart.Figure) (string, error) { return "paper/" + f.Name + ".svg", nil }); err != nil {
		t.Fatal(err)
	}
	was, err := os.ReadFile(filepath.Join(docs, MarkdownFile))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(changed.Bytes(), was) {
		t.Error("a changed row leaves the document as it was")
	}
}

// What docs/method.md and README.md say of generalization is what section 8 found.
func TestDocsQuoteWhatWasFoundOfGeneralization(t *testing.T) {
	a, err := Read(filepath.Join(docs, archiveFolder))
	if err != nil {
		t.Fatal(err)
	}
	c := zooClaim{results: &results{Archive: a}}
	if c.scale, err = scaleOf(a.Setting); err != nil {
		t.Fatal(err)
	}
	c.read()
	n := c.numbers()
	if c.err != nil {
		t.Fatal(c.err)
	}
	quoted := map[string][]string{"method.md": n.families().List, "../README.md": {differences(n.scores[0].mean)}}
	for file, lines := range quoted {
		text, err := os.ReadFile(filepath.Join(docs, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if !strings.Contains(string(text), line) {
				t.Errorf("%s does not say what section 8 of paper.md does:\n%s", file, line)
			}
		}
	}
}
