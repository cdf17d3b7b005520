package document

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/internal/golden"
	"github.com/seed-1a417598/memtest/memtest/report/internal/sample"
	"github.com/seed-1a417598/memtest/memtest/report/internal/webpage"
)

// testDocument has every kind of block that an author writes.
func testDocument() Document {
	long := "What the paper says of this is longer than a cell should be on one line, so it takes several."
	d := Document{Contents: true,
		Title: "A paper, measured again",
		Lead: []string{
			"The claims of the paper one by one, each with what was measured here. Run `memtest paper --out folder` to make it anew.",
			"Code and rows are in [the repository](https://github.com/seed-1a417598/memtest); the details are [further down](#what-was-done--how).",
		},
		Sections: []Section{
			{Title: "Networks learn before they memorize", Blocks: []Block{
				{Quote: "We find that learning comes first, and memorization after it.\n\nThis holds for all networks."},
				{Verdict: &Verdict{HoldsYes, "In all 15 runs, learning rises from epoch 0 to 1 by more than memorization."}},
				{Text: "Where memorization is measured from the null, the rise is that of\nFigure 1. The setting is\n    `--epochs 0,1,5,20`."},
			}},
			{Title: "Noise breaks memorization", Blocks: []Block{
				{Verdict: &Verdict{HoldsPart, "Up to level 0.5 it does; beyond that the interval holds zero."}},
				{List: []string{"the level is the standard deviation of the noise", "see [`rows.csv`](data/rows.csv) for all numbers"}},
				{Grid: &Grid{Caption: "What the paper reports and what was measured here, at level 0.3, with the interval over seeds, for those who want all of it beside each other",
					Head: []string{"network", "claim", "learning", "95% interval", "memorization", "95% interval", "training accuracy", "test accuracy", "permutations", "seconds"},
					Rows: [][]string{
						{"MLP 512", long, "+0.412", "0.401 to 0.423", "+0.102", "0.091 to 0.113", "0.998", "0.884", "999", "1,204"},
						{"CNN", "none", "+0.512", "0.501 to 0.523", "+0.082", "0.071 to 0.093", "0.999", "0.921", "999", "12,044"},
					}, Text: 2}},
				{Grid: &Grid{Caption: "A small one", Head: []string{"level", "share"}, Rows: [][]string{{"0.1", "0.412"}, {"0.3", "0.302"}}}},
			}},
			{Title: "Wider networks memorize more", Blocks: []Block{{Verdict: &Verdict{HoldsNot, "Learning rises with width, memorization does not."}}}},
			{Title: "What was done, & how", Blocks: []Block{
				{Text: "1. is no list here."},
				{Code: "memtest run --data fashion \\\n\t--epochs 0,1,5,20\n```\n<b>"},
			}},
		},
	}
	for i, f := range sample.Figures() {
		s := &d.Sections[[]int{1, 0, 2, 2, 3, 3}[i]]
		s.Blocks = append(s.Blocks, Block{Figure: &f})
	}
	return d
}

// hostileDocument is testDocument with harmful words wherever it has words.
func hostileDocument() Document {
	bad := func(s string) string {
		return s + "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>`|*_[a](javascript:alert(1)) [b](//evil.example) ![c](http://evil.example/x.png)]]>&amp;{{.}}\r\x1b[31m\x00\u202e\ufeff\xff"
	}
	d := testDocument()
	d.Title = bad(d.Title)
	for i := range d.Lead {
		d.Lead[i] = bad(d.Lead[i])
	}
	for i := range d.Sections {
		s := &d.Sections[i]
		s.Title = bad(s.Title)
		for j := range s.Blocks {
			switch b := &s.Blocks[j]; {
			case b.Text != "":
				b.Text = bad(b.Text)
			case b.Quote != "":
				b.Quote = bad(b.Quote)
			case b.Code != "":
				b.Code = bad(b.Code)
			case b.Verdict != nil:
				b.Verdict.Text = bad(b.Verdict.Text)
			case b.Grid != nil:
				b.Grid.Caption = bad(b.Grid.Caption)
				for k := range b.Grid.Head {
					b.Grid.Head[k] = bad(b.Grid.Head[k])
				}
				for _, r := range b.Grid.Rows {
					for k := range r {
						r[k] = bad(r[k])
					}
				}
			case len(b.List) > 0:
				for k := range b.List {
					b.List[k] = bad(b.List[k])
				}
			case b.Figure != nil:
				b.Figure = hostileFigure(*b.Figure, bad)
			}
		}
	}
	return d
}

func hostileFigure(f chart.Figure, bad func(string) string) *chart.Figure {
	f.Title, f.Caption = bad(f.Title), bad(f.Caption)
	f.Panels = slices.Clone(f.Panels)
	for i := range f.Panels {
		p := &f.Panels[i]
		p.Title, p.X.Label, p.Y.Label = bad(p.Title), bad(p.X.Label), bad(p.Y.Label)
		p.X.Categories = slices.Clone(p.X.Categories)
		for j := range p.X.Categories {
			p.X.Categories[j] = bad(p.X.Categories[j])
		}
		p.Series = slices.Clone(p.Series)
		for j := range p.Series {
			p.Series[j].Name = bad(p.Series[j].Name)
		}
	}
	return &f
}

func renderDocument(t *testing.T, d Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.HTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func picture(f chart.Figure) (string, error) { return "figures/" + f.Name + ".svg", nil }

var anchor = regexp.MustCompile(`<a href="([^"]*)">`)

// closed is the page without its links, and the links.
func closed(page []byte) ([]byte, []string) {
	var links []string
	for _, m := range anchor.FindAllSubmatch(page, -1) {
		links = append(links, string(m[1]))
	}
	return anchor.ReplaceAll(page, []byte("<a>")), links
}

func TestDocumentIsWholeAndClosed(t *testing.T) {
	page := renderDocument(t, testDocument())
	bare, links := closed(page)
	elements := webpage.WellFormed(t, bare)
	// 1 + 2 + 1 + 1 + 2 + 8 panels with a table each, and two other tables.
	if elements["figure"] != 15 || elements["table"] != 17 || elements["blockquote"] != 1 || elements["pre"] != 1 {
		t.Errorf("elements %v", elements)
	}
	if want := []string{
		"#networks-learn-before-they-memorize", "#noise-breaks-memorization", "#wider-networks-memorize-more", "#what-was-done--how", "data/rows.csv",
	}; strings.Join(links[2:], " ") != strings.Join(want, " ") || links[0] != "https://github.com/seed-1a417598/memtest" {
		t.Errorf("links %q", links)
	}
	for _, l := range links {
		if id, ok := strings.CutPrefix(l, "#"); ok && !bytes.Contains(page, []byte(`id="`+id+`"`)) {
			t.Errorf("nothing is named %s", l)
		}
	}
	s := string(page)
	for _, part := range []string{
		"Content-Security-Policy", "<title>A paper, measured again</title>", "<code class=\"short\">memtest paper --out folder</code>", "<code class=\"short\">rows.csv</code></a>", "<p>This holds for all networks.</p>",
		`<a href="#noise-breaks-memorization">Noise breaks memorization</a> <span class="label part">holds in part</span>`,
		`<p class="verdict not"><span class="label not">does not hold here</span> Learning rises`, `<td class="word long">What the paper says`, `<th scope="col">learning</th>`,
		"<h3 id=\"figure-over-epochs\">Accuracy over epochs</h3>", "<code>memtest run --data fashion \\\n    --epochs 0,1,5,20\n```\n&lt;b&gt;</code>",
	} {
		if !strings.Contains(s, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if again := renderDocument(t, testDocument()); !bytes.Equal(page, again) {
		t.Error("one document gave two different pages")
	}
}

func TestGoldenDocument(t *testing.T) {
	var b bytes.Buffer
	if err := testDocument().Markdown(&b, picture); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "document.md", b.Bytes())
}

func TestDocumentWordsNeverBecomeMarkup(t *testing.T) {
	tame, _ := closed(renderDocument(t, testDocument()))
	page, links := closed(renderDocument(t, hostileDocument()))
	a, b := wellFormedButForWords(t, tame), wellFormedButForWords(t, page)
	// The hostile words hold no pair of backticks, so they make no code either;
	// slanted and cut labels change what is drawn, but not by elements of the page.
	for _, drawn := range []string{"path", "text", "g"} {
		delete(a, drawn)
		delete(b, drawn)
	}
	// A column that has a name has a head of its own, else a cell.
	for _, elements := range []map[string]int{a, b} {
		elements["th or td"] = elements["th"] + elements["td"]
		delete(elements, "th")
		delete(elements, "td")
	}
	if !maps.Equal(a, b) {
		t.Errorf("elements %v, want %v", b, a)
	}
	for _, l := range links {
		if !strings.HasPrefix(l, "#") && !strings.HasPrefix(l, "https://github.com/") && l != "data/rows.csv" {
			t.Errorf("the page links to %s", l)
		}
	}
	for _, bad := range []string{"<script", "<img", "\x1b", "\x00", "\u202e"} {
		if bytes.Contains(page, []byte(bad)) {
			t.Errorf("the page holds %q", bad)
		}
	}
	var whole, wild bytes.Buffer
	if err := errors.Join(testDocument().Markdown(&whole, picture), hostileDocument().Markdown(&wild, picture)); err != nil {
		t.Fatal(err)
	}
	outside := regexp.MustCompile("(?s)\n(````+)\n.*?\n````+\n") // code is code
	if n, m := strings.Count(outside.ReplaceAllString(wild.String(), ""), "\n"), strings.Count(outside.ReplaceAllString(whole.String(), ""), "\n"); n != m {
		t.Errorf("%d lines of Markdown, want %d", n, m)
	}
	for _, bad := range []string{"<script", "<img", "\x1b", "\u202e"} {
		if strings.Contains(outside.ReplaceAllString(wild.String(), ""), bad) {
			t.Errorf("the Markdown holds %q", bad)
		}
	}
	if bad := regexp.MustCompile(`[^\\]\]\((?:javascript|//|http:)[^)]*`).FindString(outside.ReplaceAllString(wild.String(), "")); bad != "" {
		t.Errorf("the Markdown holds the link %q", bad)
	}
}

// wellFormedButForWords is webpage.WellFormed for a page whose text speaks of addresses.
func wellFormedButForWords(t *testing.T, page []byte) map[string]int {
	t.Helper()
	return webpage.WellFormed(t, bytes.ReplaceAll(page, []byte("http://"), nil))
}

func TestInlineSigns(t *testing.T) {
	for in, want := range map[string][2]string{
		"plain":                    {"plain", "plain"},
		"a `b*c` d":                {"a <code class=\"short\">b*c</code> d", "a `b*c` d"},
		"`a` `b`":                  {`<code class="short">a</code> <code class="short">b</code>`, "`a` `b`"},
		"one ` only":               {"one ` only", "one \\` only"},
		"` `":                      {"` `", "\\` \\`"},
		"[a](b/c.md)":              {`<a href="b/c.md">a</a>`, "[a](b/c.md)"},
		"[a*](https://x.org/?a&b)": {`<a href="https://x.org/?a&amp;b">a*</a>`, "[a\\*](https://x.org/?a&amp;b)"},
		"[`a_b`](#c)":              {`<a href="#c"><code class="short">a_b</code></a>`, "[`a_b`](#c)"},
		"[a](http://x.org)":        {"[a](http://x.org)", "\\[a\\](http://x.org)"},
		"[a](javascript:b)":        {"[a](javascript:b)", "\\[a\\](javascript:b)"},
		"[a](JavaScript:b)":        {"[a](JavaScript:b)", "\\[a\\](JavaScript:b)"},
		"[a](//x.org)":             {"[a](//x.org)", "\\[a\\](//x.org)"},
		"[a](https:b)":             {"[a](https:b)", "\\[a\\](https:b)"},
		"[a]( b)":                  {"[a]( b)", "\\[a\\]( b)"},
		"`[a](b)`":                 {`<code class="short">[a](b)</code>`, "`[a](b)`"},
		"<b> & c":                  {"&lt;b&gt; &amp; c", "&lt;b\\> &amp; c"},
		" two\n\tlines ":           {"two lines", "two lines"},
		"- a":                      {"- a", "\\- a"},
		"12. a":                    {"12. a", "12\\. a"},
		"1.5 a":                    {"1.5 a", "1.5 a"},
		"=====":                    {"=====", "\\====="},
	} {
		if got := fmt.Sprint(Document{}.html(in)); got != want[0] {
			t.Errorf("%q is %s, want %s", in, got, want[0])
		}
		if got := (&markdownWriter{}).words(in); got != want[1] {
			t.Errorf("%q is %s in Markdown, want %s", in, got, want[1])
		}
	}
}

func TestDocumentsThatCannotBeWritten(t *testing.T) {
	for want, b := range map[string]Block{
		`section "s", block 1: 0 of its fields are set`: {},
		"2 of its fields are set":                       {Text: "a", Code: "b"},
		"says neither":                                  {Verdict: &Verdict{Text: "a"}},
		"figure f: no panels":                           {Figure: &chart.Figure{Name: "f"}},
		"figure g: no panels":                           {Plots: &chart.Figure{Name: "g"}},
		"no columns":                                    {Grid: &Grid{}},
		"row 2 of the table has 1 cells, its head 2":    {Grid: &Grid{Head: []string{"a", "b"}, Rows: [][]string{{"1", "2"}, {"1"}}}},
		"3 columns of words in a table of 1":            {Grid: &Grid{Head: []string{"a"}, Text: 3}},
		"row 1 of the table has 0 cells, its head 1":    {Table: &Table{Columns: []Column{{Name: "a"}}, Rows: []Row{{}}}},
		"folded block 1: 0 of its fields":               {Fold: &Fold{Blocks: []Block{{}}}},
	} {
		d := Document{Title: "t", Sections: []Section{{Title: "s", Blocks: []Block{b}}}}
		for _, err := range []error{d.HTML(io.Discard), d.Markdown(io.Discard, picture), d.Text(io.Discard, TextOptions{})} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want one with %q", err, want)
			}
		}
	}
	failed := errors.New("disk full")
	if err := testDocument().Markdown(io.Discard, func(chart.Figure) (string, error) { return "", failed }); !errors.Is(err, failed) {
		t.Errorf("error %v, want %v", err, failed)
	}
	if err := testDocument().Markdown(io.Discard, nil); err != nil {
		t.Errorf("without pictures: %v", err)
	}
}

// Sections and figures of one name get places of their own.
func TestPlacesOfADocumentDiffer(t *testing.T) {
	f := sample.Figures()[0]
	s := Section{Title: "Same", Blocks: []Block{{Figure: &f}, {Figure: &f}}}
	page := renderDocument(t, Document{Title: "t", Contents: true, Sections: []Section{s, s, {Title: "!"}, {Title: "Figure over-levels"}}})
	if err := xml.Unmarshal(page, new(struct{})); err != nil {
		t.Error(err)
	}
	bare, links := closed(page)
	webpage.WellFormed(t, bare)
	if got := strings.Join(links, " "); got != "#same #same-1 #section #figure-over-levels" {
		t.Errorf("links %s", got)
	}
}
