package document

import (
	"bytes"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/internal/webpage"
)

// everyBlock is a document of rows, which has the kinds of blocks that an author
// does not write.
func everyBlock() Document {
	plots := chart.Figure{Name: "f", Title: "F", Panels: []chart.Panel{{Title: "panel", X: chart.Axis{Label: "level", Ticks: []float64{0, 1}}, Y: chart.Axis{Label: "share"},
		Series: []chart.Line{{Name: "a", X: []float64{0, 1}, Y: []float64{0.25, 0.5}}}}}}
	return Document{Verbatim: true, Title: "A `run`", About: "of one", Remarks: []string{"not finished"}, Sections: []Section{
		{Name: "found", Title: "Found", Caption: "in short", Blocks: []Block{
			{Beside: &Beside{
				Left:  []Block{{Finding: &Finding{Title: "It did", Lead: []string{"It [learned](x) by & by."}, Points: []string{"one", "two"}, Words: []Term{{"learned", "saw by itself"}, {"by & by", "in time"}, {"by", "through"}}}}},
				Right: []Block{{Strip: &Strip{plots, []Tile{{0, false, Picture{[]byte("0"), 2, 1, "copy 0"}}, {1, true, Picture{[]byte("1"), 2, 1, "copy 1"}}, {0.5, false, Picture{[]byte("5"), 2, 1, "nowhere"}}}}}},
			}},
			{Heading: "But"}, {Limits: []string{"no seeds"}},
			{Fold: &Fold{Summary: "How to read it", Blocks: []Block{{Terms: []Term{{"null", "shuffled"}}}}}},
			{Table: &Table{Title: "T", Columns: []Column{{Name: "net", Words: true, Key: true}, {Name: "p", Unit: "mem.", Full: true, Help: "a share of shuffles"}, {Name: "flags", Words: true, Warning: true}},
				Rows: []Row{{Cells: []string{"mlp", "0.005", "floor"}, First: true}, {Cells: []string{"mlp", "0.010", ""}, Reference: true}}}},
			{Plots: &plots},
		}},
		{Title: "Rest", Folded: true, Blocks: []Block{
			{Notes: []Note{{"Flagged.", "2 rows: mlp.", "a; b"}, {"Bare.", "1 row: mlp.", ""}}},
			{Facts: []Fact{{"Go", "go1.26", false}, {"Command", "memtest run", true}}},
			{File: &File{"Configuration", "a: 1\r\n\tb: 2\n"}},
			{Image: &Image{"copies", Picture{[]byte("PNG"), 4, 2, "a grid"}}},
			{Gallery: &Gallery{"Most", []Pair{{Left: Picture{[]byte("L"), 1, 1, "left"}, Right: Picture{[]byte("R"), 1, 1, "right"}, Name: "bag", Value: "+0.5", Identity: "No. 1"}}}},
		}},
	}}
}

func TestEveryBlockAsText(t *testing.T) {
	var b bytes.Buffer
	if err := everyBlock().Text(&b, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	want := "A `run`\nof one\n\nnot finished\n\nFound\n\nin short\n\nIt did.\nIt [learned](x) by & by.\n\n- one\n- two\n\npanel\nlevel      a\n    0  0.250\n    1  0.500\n\nBut\n\n- no seeds\n\nHow to read it\n\n- null: shuffled\n" +
		"\nT\nnet      p  flags\n      mem.\nmlp  0.005  floor\n     0.010\n" +
		"\npanel\nlevel      a\n    0  0.250\n    1  0.500\n" +
		"\nRest\n\n- Flagged. 2 rows: mlp. (a; b)\n- Bare. 1 row: mlp.\n\n- Go: go1.26\n- Command: memtest run\n\nConfiguration\na: 1\n  b: 2\n"
	if b.String() != want {
		t.Errorf("text\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	if err := everyBlock().Text(&b, TextOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{bold + "T" + reset, yellow + "floor" + reset, dim + "     0.010" + reset} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("in colour, %q is missing in\n%q", part, b.String())
		}
	}
}

func TestEveryBlockAsMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := everyBlock().Markdown(&b, picture); err != nil {
		t.Fatal(err)
	}
	want := "# A \\`run\\`\n\nof one\n\n**not finished**\n\n## Found\n\nin short\n\n**It did.**\n\nIt \\[learned\\](x) by &amp; by.\n\n- one\n- two\n\n![F](figures/f.svg)\n\n### But\n\n- no seeds\n\n### How to read it\n\n- **null**: shuffled\n" +
		"\nT\n\n| net | p (mem.) | flags |\n|:--|--:|:--|\n| mlp | 0.005 | floor |\n| mlp | 0.010 |  |\n\n![F](figures/f.svg)\n" +
		"\n## Rest\n\n- Flagged. 2 rows: mlp. (a; b)\n- Bare. 1 row: mlp.\n\n| | |\n|:--|:--|\n| Go | go1.26 |\n| Command | memtest run |\n\n```\na: 1\n  b: 2\n```\n"
	if b.String() != want {
		t.Errorf("Markdown\n%s\nwant\n%s", b.String(), want)
	}
}

func TestEveryBlockAsHTML(t *testing.T) {
	page := renderDocument(t, everyBlock())
	elements := webpage.WellFormed(t, page)
	for name, want := range map[string]int{"article": 1, "details": 4, "dl": 2, "img": 5, "table": 3, "figure": 2, "abbr": 3, "nav": 0, "a": 0} {
		if elements[name] != want {
			t.Errorf("%d <%s>, want %d", elements[name], name, want)
		}
	}
	for _, part := range []string{
		"<h1>A `run`</h1>", `<p class="about">of one</p>`, `<section id="found" aria-labelledby="h-found">`, `<h2 id="h-found">Found</h2>`, `<p class="words">It did.</p>`, `<p class="lead">It [<abbr title="saw by itself">learned</abbr>](x) <abbr title="in time">by &amp; by</abbr>.</p>`,
		`<p class="terms"><strong>learned</strong>: saw by itself. <strong>by &amp; by</strong>: in time.`, `<th scope="col"><abbr title="a share of shuffles">p</abbr> <small>mem.</small></th>`,
		`<div class="strip" style="aspect-ratio:1/0.0750">`, `alt="copy 1" class="read" style="left:`, `<details class="section"><summary><h2 id="rest">Rest</h2></summary>`,
		`<section aria-labelledby="rest">`, `<tr class="reference">`, "<li><strong>Flagged.</strong> 2 rows: mlp.\n<span class=\"details\">a; b</span></li>", "<code>memtest run</code>",
		`<pre tabindex="0" aria-label="Configuration">a: 1` + "\n  b: 2</pre>", `alt="a grid"`, `<span class="index">No. 1</span>`,
	} {
		if !bytes.Contains(page, []byte(part)) {
			t.Errorf("the page lacks %s", part)
		}
	}
	if bytes.Contains(page, []byte("nowhere")) {
		t.Error("a tile stands where the axis has no tick")
	}
	if bytes.Contains(page, []byte(".contents")) {
		t.Error("the page of rows has the style of an author's text")
	}
}

// What an author writes, for a terminal.
func TestDocumentAsText(t *testing.T) {
	var b bytes.Buffer
	if err := testDocument().Text(&b, TextOptions{Width: 60}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"A paper, measured again\n", "Run `memtest paper --out folder` to make it\nanew.", "the repository\n(https://github.com/seed-1a417598/memtest)",
		"“We find that learning comes first,", "\nholds: In all 15 runs,", "\ndoes not hold here: Learning rises", "- see `rows.csv` (data/rows.csv)", "\nMemorization over levels\n\nMeans over five seeds;", "memtest run --data fashion \\\n    --epochs 0,1,5,20\n",
	} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("the text lacks %q:\n%s", part, b.String())
		}
	}
}
