package report

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/internal/webpage"
	"github.com/seed-1a417598/memtest/memtest/result"
)

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
	elements := webpage.WellFormed(t, page)
	// 1 + 4 + 2 + 4 + 4 + 2 panels; 16 examples with a copy each, and a tile and a grid.
	if n := elements["figure"]; n != 17 {
		t.Errorf("%d figures", n)
	}
	if n := elements["img"]; n != 37 {
		t.Errorf("%d pictures", n)
	}
	// A folded table for each panel, that of the numbers, of the networks themselves and of the copies, and two of all cells.
	if n := elements["table"]; n != 22 {
		t.Errorf("%d tables", n)
	}
	s := string(page)
	for _, part := range []string{
		"Content-Security-Policy", "prefers-color-scheme: dark", "@media print", `name="viewport"`, `lang="en"`,
		"The verdict", "Mostly learned, and it generalizes.", "What cannot be said", "Learning and memorization over epochs", "Observed, null and chance over levels",
		"Beside the references", "Layer by layer", "The null distribution", "Single examples", "All 88 rows", "Warnings", "How it was made",
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
func TestVerdictAndLimitsComeFirst(t *testing.T) {
	s := string(render(t, testPage()))
	last := -1
	for _, id := range []string{`id="verdict"`, `class="plot"`, `id="why"`, `id="numbers"`, `id="limits"`, `id="epochs"`, `id="levels"`, `id="references"`, `id="layers"`, `id="null"`, `id="examples"`, `id="cells"`, `id="warnings"`, `id="words"`, `id="made"`} {
		at := strings.Index(s, id)
		if at <= last {
			t.Errorf("%s stands at %d, after %d", id, at, last)
		}
		last = at
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
	tame := webpage.WellFormed(t, render(t, testPage()))
	page := render(t, hostile(testPage()))
	wild := webpage.WellFormed(t, page)
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
			webpage.WellFormed(t, render(t, Page{Rows: rows}))
			if err := Text(io.Discard, rows, document.TextOptions{}); err != nil {
				t.Error(err)
			}
			figures, err := Figures(rows)
			if err != nil || len(figures) == 0 {
				t.Fatalf("%d figures, error %v", len(figures), err)
			}
			for _, f := range figures {
				var b bytes.Buffer
				if err := f.SVG(&b, chart.ColumnWidth); err != nil || strings.Contains(b.String(), "NaN") {
					t.Errorf("%s: error %v, NaN in it: %t", f.Name, err, strings.Contains(b.String(), "NaN"))
				}
			}
		})
	}
}

// All but what is read first is folded, and every row is there.
func TestTheRestIsFolded(t *testing.T) {
	rows := testRows(1, 2, 3)
	page := string(render(t, Page{Rows: rows}))
	before, folded, ok := strings.Cut(page, `<details class="section">`)
	if !ok || strings.Count(folded, "<tr") < len(rows) || strings.Count(before, "<tr") > 60 {
		t.Errorf("%d table lines stand open, %d folded, of %d rows", strings.Count(before, "<tr"), strings.Count(folded, "<tr"), len(rows))
	}
	if !strings.Contains(page, ">All 264 rows</h2>") {
		t.Error("the rows have no section")
	}
}

// The pictures below the axis are cut out of the grid and stand at their levels.
func TestTilesStandAtTheirLevels(t *testing.T) {
	p := testPage()
	page := string(render(t, p))
	_, strip, ok := strings.Cut(page, `<div class="strip"`)
	strip, _, _ = strings.Cut(strip, "</div>")
	if !ok || strings.Count(strip, "<img") != 4 {
		t.Fatalf("strip %.300s", strip)
	}
	last := -1.0
	for i, level := range testLevels {
		read := map[bool]string{true: `, which is read" class="read"`, false: `"`}[level == 0.3]
		_, at, _ := strings.Cut(strip, fmt.Sprintf(`alt="A copy at level %g%s style="left:`, level, read))
		var left float64
		if _, err := fmt.Sscanf(at, "%f%%", &left); err != nil || left <= last || left > 100 {
			t.Errorf("tile %d stands at %g, after %g (%v)", i, left, last, err)
		}
		last = left
	}
	tiles, err := p.Copies.tiles()
	if err != nil || len(tiles) != 4 {
		t.Fatalf("%d tiles, error %v", len(tiles), err)
	}
	for i, tile := range tiles {
		m, err := png.Decode(bytes.NewReader(tile.PNG))
		if err != nil || m.Bounds().Dx() != 28 || m.Bounds().Dy() != 28 || fmt.Sprint(m.At(3, 3)) != fmt.Sprint(color.NRGBA{uint8(60 * i), 0, 0, 255}) {
			t.Errorf("tile %d: %v of %v (%v)", i, m.At(3, 3), m.Bounds(), err)
		}
	}
	p.Copies.Width = 0 // as an older memtest kept it
	if strings.Contains(string(render(t, p)), `class="strip"`) {
		t.Error("a grid of unknown size was cut")
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
