package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// wellFormed parses a page as strict XML, refuses whatever could load, run or
// leave the page, and counts the elements by name.
func wellFormed(t *testing.T, page []byte) map[string]int {
	t.Helper()
	elements := map[string]int{}
	ids := map[string]bool{}
	var refs []string
	in := xml.NewDecoder(bytes.NewReader(page))
	for {
		token, err := in.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		elements[e.Name.Local]++
		switch e.Name.Local {
		case "script", "link", "iframe", "object", "embed", "form", "base", "audio", "video", "image", "use", "foreignObject":
			t.Errorf("the page has a <%s>", e.Name.Local)
		}
		for _, a := range e.Attr {
			switch name := strings.ToLower(a.Name.Local); {
			case name == "id":
				if ids[a.Value] {
					t.Errorf("two elements have the id %q", a.Value)
				}
				ids[a.Value] = true
			case name == "aria-labelledby":
				refs = append(refs, a.Value)
			case strings.HasPrefix(name, "on"):
				t.Errorf("<%s> has a handler %s", e.Name.Local, name)
			case name == "src" && !strings.HasPrefix(a.Value, "data:image/png;base64,"),
				name == "href", name == "srcset", name == "action", name == "data", name == "poster", name == "background":
				t.Errorf("<%s> refers to %s=%q", e.Name.Local, name, a.Value)
			case name == "style" && strings.Contains(a.Value, "url("):
				t.Errorf("<%s> has the style %q", e.Name.Local, a.Value)
			}
		}
	}
	for _, id := range refs {
		if !ids[id] {
			t.Errorf("nothing has the id %q", id)
		}
	}
	for _, word := range []string{"@import", "url(", "http://", "https://", "src=\"//", "href="} {
		if bytes.Contains(page, []byte(word)) {
			t.Errorf("the page holds %q", word)
		}
	}
	return elements
}

func render(t *testing.T, p Page) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPageIsWholeAndClosed(t *testing.T) {
	page := render(t, testPage())
	elements := wellFormed(t, page)
	// 4 + 2 + 4 + 4 + 8 panels; 16 examples with a copy each.
	if n := elements["figure"]; n != 22 {
		t.Errorf("%d figures", n)
	}
	if n := elements["img"]; n != 32 {
		t.Errorf("%d pictures", n)
	}
	// A folded table for each panel, the table of the conclusions and two of all cells.
	if n := elements["table"]; n != 25 {
		t.Errorf("%d tables", n)
	}
	s := string(page)
	for _, part := range []string{
		"Content-Security-Policy", "prefers-color-scheme: dark", "@media print", `name="viewport"`, `lang="en"`,
		"Conclusions", "What cannot be said", "Learning and memorization over epochs", "Observed, null and chance over levels",
		"Beside the references", "Layer by layer", "The null distribution", "Single examples", "All cells", "Warnings", "How it was made",
		"memtest run --epochs 0,1,5,20 --out &#39;my runs/first&#39;", "go1.26.8", fmt.Sprintf("%064x", 1), "56s",
	} {
		if !strings.Contains(s, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if again := render(t, testPage()); !bytes.Equal(page, again) {
		t.Error("the same rows gave two different pages")
	}
}

// Order matters: what a reader sees first.
func TestConclusionsAndLimitsComeFirst(t *testing.T) {
	s := string(render(t, testPage()))
	last := -1
	for _, id := range []string{`id="conclusions"`, "What cannot be said", `id="epochs"`, `id="levels"`, `id="references"`, `id="layers"`, `id="null"`, `id="examples"`, `id="cells"`, `id="warnings"`, `id="made"`} {
		at := strings.Index(s, id)
		if at <= last {
			t.Errorf("%s stands at %d, after %d", id, at, last)
		}
		last = at
	}
}

func TestPlotsHaveNamesTextAndPageColours(t *testing.T) {
	v, err := newView(testRows())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.figures() {
		for _, p := range f.panels {
			svg, err := p.pageSVG()
			if err != nil {
				t.Fatal(err)
			}
			if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
				t.Errorf("%s, %s: %v", f.Name, p.title, err)
			}
			for _, part := range []string{`role="img"`, `aria-label="`, "<title>" + escape(p.title) + "</title>", "<text ", ">" + escape(p.x.label) + "</text>", "var(--ink)"} {
				if !strings.Contains(svg, part) {
					t.Errorf("%s, %s lacks %s", f.Name, p.title, part)
				}
			}
			if left := hexColour.FindString(svg); left != "" || strings.Contains(svg, "font-family") || strings.Contains(svg, "<?xml") {
				t.Errorf("%s, %s keeps the colour %q or a font of its own", f.Name, p.title, left)
			}
		}
	}
}

// hostile gives every name of a page a harmful value. Names stay different where
// they were.
func hostile(p Page) Page {
	bad := func(name string) string {
		return name + "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>`|*_[a](b)]]>&amp;{{.}}\n\r\x1b[31m\x00\u202e\ufeff" + strings.Repeat("long", 500) + "\xff"
	}
	p.Title = bad("title")
	p.Rows = slices.Clone(p.Rows)
	for i := range p.Rows {
		r := &p.Rows[i]
		if r.Network == "mlp" {
			r.Network = bad(r.Network)
		}
		r.Data, r.Layer, r.Probe, r.Perturbation, r.Unit = bad(r.Data), bad(r.Layer), bad(r.Probe), bad(r.Perturbation), bad(r.Unit)
		r.Flags = slices.Clone(r.Flags)
		for j, f := range r.Flags {
			word, detail, found := strings.Cut(f, ":")
			if found {
				r.Flags[j] = word + ":" + bad(detail)
			}
		}
	}
	m := *p.Manifest
	m.Backend, m.Plugin, m.Data.Name, m.Data.SHA256, m.Config = bad(m.Backend), bad(m.Plugin), bad(m.Data.Name), bad("x"), bad("y")
	m.Command = append(slices.Clone(m.Command), bad("--net"))
	m.Devices, m.Data.Classes = []string{bad("cpu")}, []string{bad("class")}
	m.Versions = map[string]string{bad("go"): bad("1")}
	p.Manifest = &m
	p.Config = []byte("a: " + strings.ReplaceAll(bad("b"), "\n", " "))
	e := p.Examples[0]
	e.Title = bad(e.Title)
	e.Most, e.Least = slices.Clone(e.Most), slices.Clone(e.Least)
	for _, x := range [][]Example{e.Most, e.Least} {
		for i := range x {
			x[i].Class = bad(x[i].Class)
		}
	}
	p.Examples = []Examples{e}
	return p
}

func TestNamesNeverBecomeMarkup(t *testing.T) {
	tame := wellFormed(t, render(t, testPage()))
	page := render(t, hostile(testPage()))
	wild := wellFormed(t, page)
	if !maps.Equal(tame, wild) {
		for name := range wild {
			if wild[name] != tame[name] {
				t.Errorf("%d <%s>, want %d", wild[name], name, tame[name])
			}
		}
	}
	for _, bad := range []string{"<script", "<img src=x", strings.Repeat("long", 260), "\x1b", "\x00", "\u202e"} {
		if bytes.Contains(page, []byte(bad)) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestFiguresForJournals(t *testing.T) {
	figures, err := Figures(testRows())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range figures {
		names = append(names, f.Name)
	}
	if want := []string{FigureEpochs, FigureLevels, FigureReferences, FigureLayers, FigureNull}; !slices.Equal(names, want) {
		t.Fatalf("figures %v, want %v", names, want)
	}
	for _, f := range figures {
		var svg, again bytes.Buffer
		if err := f.SVG(&svg, PageWidth); err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(svg.Bytes(), new(struct{})); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		for _, part := range []string{`width="7in"`, `xmlns="http://www.w3.org/2000/svg"`, "<text ", `role="img"`, "'Liberation Sans',Arial"} {
			if !strings.Contains(svg.String(), part) {
				t.Errorf("%s lacks %s", f.Name, part)
			}
		}
		for _, e := range f.legend {
			if !strings.Contains(svg.String(), ">"+escape(e.Name)+"</text>") {
				t.Errorf("%s has no legend for %s", f.Name, e.Name)
			}
		}
		if err := f.SVG(&again, PageWidth); err != nil || !bytes.Equal(svg.Bytes(), again.Bytes()) {
			t.Errorf("%s was drawn in two ways, error %v", f.Name, err)
		}
	}
	var b bytes.Buffer
	if err := figures[1].PNG(&b, ColumnWidth); err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(&b)
	if err != nil || picture.Bounds().Dx() != 1050 { // 3.5 inches at 300 dots
		t.Errorf("PNG of %v, error %v", picture.Bounds(), err)
	}
	for _, width := range []float64{0, -1, 1e9} {
		if err := figures[0].SVG(io.Discard, width); err == nil || !strings.Contains(err.Error(), "give a width of 2 to 40") {
			t.Errorf("width %g: error %v", width, err)
		}
	}
}

func TestLooksOfALongSequenceDiffer(t *testing.T) {
	seen := map[string]int{}
	for i := range 24 {
		l := lookOf(i)
		k := fmt.Sprintf("%v %v %T", l.hue.name, l.dashes, l.glyph)
		if j, ok := seen[k]; ok {
			t.Errorf("members %d and %d look alike: %s", j, i, k)
		}
		seen[k] = i
	}
}

// No two entries of a legend share dash and marker, nor dash and colour: they
// differ without colour as well.
func TestLooksDifferWithoutColour(t *testing.T) {
	figures, err := Figures(testRows())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range figures {
		for i, a := range f.legend {
			for _, b := range f.legend[:i] {
				if reflect.DeepEqual(a.look.dashes, b.look.dashes) && a.bars == b.bars {
					t.Errorf("%s: %s and %s have the same dashes", f.Name, a.Name, b.Name)
				}
				if a.look.hue == b.look.hue {
					t.Errorf("%s: %s and %s have the same colour", f.Name, a.Name, b.Name)
				}
			}
		}
	}
}

func TestHistogramCountsEveryPermutation(t *testing.T) {
	for _, null := range [][]float64{
		{0.1, 0.1, 0.1},
		{0.1, 0.2, 0.3, 0.4},
		{0, 1},
		testRows()[0].Null,
	} {
		r := result.Row{N: 5000, Null: null, Observed: 0.9, NullMean: 0.1, NullSD: 0.01, Chance: 0.1, Permutations: len(null)}
		p := histogram(r, "x")
		total := 0
		for i, b := range p.bins {
			total += b.count
			inside := 0
			for _, x := range null {
				// Sums of bin widths carry rounding errors; hits are 1/n apart.
				if x > b.low+1e-9 && x < b.high-1e-9 {
					inside++
				}
			}
			if inside != b.count {
				t.Errorf("bin %d of %v holds %d, want %d", i, null[:2], b.count, inside)
			}
		}
		if total != len(null) {
			t.Errorf("%d of %d permutations are in bins", total, len(null))
		}
	}
}

// Rows of one level, one epoch, no network, no null: the page still opens.
func TestSparseRows(t *testing.T) {
	all := testRows()
	keep := func(f func(result.Row) bool) []result.Row {
		return slices.DeleteFunc(slices.Clone(all), func(r result.Row) bool { return !f(r) })
	}
	for name, rows := range map[string][]result.Row{
		"one row":         all[20:21],
		"one level":       keep(func(r result.Row) bool { return r.Level == 0.3 }),
		"level 0 only":    keep(func(r result.Row) bool { return r.Level == 0 }),
		"input only":      keep(func(r result.Row) bool { return r.Network == string(features.Input) }),
		"twin only":       keep(func(r result.Row) bool { return r.Network == string(features.Twin) }),
		"untrained only":  keep(func(r result.Row) bool { return r.Epoch == 0 }),
		"one epoch":       keep(func(r result.Row) bool { return r.Epoch == 20 }),
		"probes disagree": keep(func(r result.Row) bool { return (r.Probe == "knn") == (r.Layer == "hidden1") }),
		"several seeds":   testRows(1, 2, 3),
		"two seeds":       testRows(7, 8),
		"without null": func() []result.Row {
			rows := slices.Clone(all)
			for i := range rows {
				rows[i].Null = nil
			}
			return rows
		}(),
		"no spread": func() []result.Row {
			rows := slices.Clone(all)
			for i := range rows {
				rows[i].Null = slices.Repeat([]float64{0.1}, 199)
				rows[i].NullSD, rows[i].Z, rows[i].Fresh, rows[i].Observed, rows[i].Learning = 0, nil, nil, 0.1, 0
			}
			return rows
		}(),
		"features from a file": func() []result.Row {
			rows := keep(func(r result.Row) bool { return r.Network == string(features.Input) })
			for i := range rows {
				rows[i].Network, rows[i].Layer = "features.npz", "train"
			}
			return rows
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			wellFormed(t, render(t, Page{Rows: rows}))
			if err := Text(io.Discard, rows, TextOptions{}); err != nil {
				t.Error(err)
			}
			figures, err := Figures(rows)
			if err != nil || len(figures) == 0 {
				t.Fatalf("%d figures, error %v", len(figures), err)
			}
			for _, f := range figures {
				var b bytes.Buffer
				if err := f.SVG(&b, ColumnWidth); err != nil || strings.Contains(b.String(), "NaN") {
					t.Errorf("%s: error %v, NaN in it: %t", f.Name, err, strings.Contains(b.String(), "NaN"))
				}
			}
		})
	}
}

// A run of many rows folds its table of all cells; every row is in it.
func TestLongRunIsFolded(t *testing.T) {
	var seeds []uint64
	for s := range uint64(6) {
		seeds = append(seeds, s)
	}
	rows := testRows(seeds...)
	page := render(t, Page{Rows: rows})
	if !strings.Contains(string(page), "<summary>Show 528 rows</summary>") {
		t.Errorf("a page of %d rows is not folded", len(rows))
	}
	if n := wellFormed(t, page)["tr"]; n < len(rows) {
		t.Errorf("%d table lines for %d rows", n, len(rows))
	}
	if strings.Contains(string(render(t, testPage())), "<summary>Show") {
		t.Error("a short page is folded")
	}
}

func TestExamplePictures(t *testing.T) {
	x := testExample(1, "Bag", 0.5)
	for name, change := range map[string]func(*Example){
		"two channels":  func(x *Example) { x.Channels = 2 },
		"no height":     func(x *Example) { x.Height = 0 },
		"a short copy":  func(x *Example) { x.Copy = x.Copy[1:] },
		"a huge height": func(x *Example) { x.Height = 1 << 40 },
	} {
		bad := x
		change(&bad)
		err := HTML(io.Discard, Page{Rows: testRows(), Pictures: Pictures{Examples: []Examples{{Most: []Example{bad}}}}})
		if err == nil || !strings.Contains(err.Error(), "example 1 ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	colour := Example{Height: 1, Width: 2, Channels: 3, Parent: []float32{1, 0, 0, 0, 0.5, 2}, Copy: make([]float32, 6)}
	if got := fmt.Sprint(colour.picture(colour.Parent).At(0, 0), colour.picture(colour.Parent).At(1, 0)); got != "{255 0 0 255} {0 128 255 255}" {
		t.Errorf("pixels %s", got)
	}
	var b bytes.Buffer
	if err := (Examples{Most: []Example{x, x}, Least: []Example{x}}).PNG(&b, 3); err != nil {
		t.Fatal(err)
	}
	if m, err := png.Decode(&b); err != nil || m.Bounds().Dx() != 2*(28*3+2)+2 || m.Bounds().Dy() != 4*(28*3+2)+6 {
		t.Errorf("sheet of %v, error %v", m.Bounds(), err)
	}
	if err := (Examples{}).PNG(io.Discard, 1); err == nil {
		t.Error("no pictures were drawn without an error")
	}
}

func TestWriteFigures(t *testing.T) {
	rows := slices.DeleteFunc(testRows(), func(r result.Row) bool { return r.Probe != "ridge" || r.Layer != "hidden2" })
	folder := t.TempDir()
	paths, err := WriteFigures(folder, rows)
	if err != nil {
		t.Fatal(err)
	}
	// Epochs, levels, references and null; one layer has no figure of layers.
	if len(paths) != 4*2*2 {
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
}
