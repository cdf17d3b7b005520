package report

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/internal/webpage"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// letters are those of the names below, by number.
var letters = strings.Split("_?·abcdefghijklmnopqrstuvwxyzäèéöüABGNSÖ ", "")

// namesSet is a few names of regions, letter by letter.
func namesSet(names ...string) *datasets.Set {
	s := &datasets.Set{
		Name: "names", Classes: []string{"deutsch", "français"}, Tokens: &datasets.Vocabulary{Words: letters, Mask: 2},
		Shape: datasets.Shape{Height: 24, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: len(letters)},
	}
	for i, name := range names {
		row := make([]float32, s.Shape.RowSize())
		n := 0
		for _, r := range name {
			for k, letter := range letters {
				if letter == string(r) {
					row[n] = float32(k)
					n++
				}
			}
		}
		row[s.Shape.Size()] = float32(n)
		s.X, s.Y = append(s.X, row...), append(s.Y, int32(i%2))
	}
	return s
}

// replaced replaces each letter with probability level by another, and at a level of 1/2 or
// more leaves the last one out.
var replaced = perturb.Func{Label: "own-replace", In: "share of letters", Max: 1, Make: func(dst, src []float32, s datasets.Shape, level float64, r *rand.Rand) {
	copy(dst, src)
	for j := range s.Length(src) {
		if u, v := r.Float64(), r.IntN(26); u < level {
			dst[j] = float32(3 + v)
		}
	}
	if level >= 0.5 {
		dst[s.Size()]--
	}
}}

// waves are series of two channels, of 40 to 64 steps.
func waves(n int) *datasets.Set {
	s := &datasets.Set{Name: "waves", Classes: []string{"bell", "funnel"}, Shape: datasets.Shape{Height: 64, Width: 1, Channels: 2, Kind: datasets.Series}}
	for i := range n {
		row := make([]float32, s.Shape.RowSize())
		length := 64 - 8*(i%4)
		for t := range length {
			row[2*t], row[2*t+1] = float32(3*math.Sin(float64(t)/(3+float64(i)))), float32(t)/float32(length)
		}
		row[s.Shape.Size()] = float32(length)
		s.X, s.Y = append(s.X, row...), append(s.Y, int32(i%2))
	}
	return s
}

// people are rows of a table of 15 columns: an age, an income that may be missing, a
// town, and twelve numbers.
func people(n int) *datasets.Set {
	s := &datasets.Set{Name: "people", Classes: []string{"no", "yes"}, Shape: datasets.Shape{Height: 1, Width: 1, Channels: 18}, Columns: []datasets.Column{
		{Name: "age", First: 0}, {Name: "yearly <income>", First: 1, Missing: true}, {Name: "town", First: 3, Categories: []string{"Ulm", "Bonn\x1b[31m", "Kiel"}},
	}}
	for j := range 12 {
		s.Columns = append(s.Columns, datasets.Column{Name: fmt.Sprintf("score %d", j+1), First: 6 + j})
	}
	for i := range n {
		row := make([]float32, 18)
		row[0], row[1], row[3+i%3] = float32(31+7*i), float32(23456.5+float64(1000*i)), 1
		if i%3 == 1 {
			row[1], row[2] = 0, 1
		}
		for j := range 12 {
			row[6+j] = float32(i-j) / 7
		}
		s.X, s.Y = append(s.X, row...), append(s.Y, int32(i%2))
	}
	return s
}

// listed is what a run of a set keeps for its page.
func listed(t *testing.T, set *datasets.Set, p perturb.Perturbation) Pictures {
	t.Helper()
	c := &Copies{Perturbation: p.Name(), Unit: perturb.UnitFor(p, set.Shape)}
	for _, l := range []float64{0, 0.1, 0.3, 0.5} {
		c.Levels = append(c.Levels, CopyLevel{Level: l, Kept: 1 - l, Pool: set.Len()})
	}
	if err := c.ShowCopies(set, p, 6, 1); err != nil {
		t.Fatal(err)
	}
	copies, err := perturb.Copies(set, p, 0.3, 1)
	if err != nil {
		t.Fatal(err)
	}
	form, _ := FormOf(set)
	e := Examples{Title: "a network, ridge, level 0.3", Form: &form}
	for i := range 4 {
		x := Example{Index: i, Class: set.Classes[set.Y[i]], Score: 0.5 - 0.1*float64(i), SE: 0.02, Shown: []Shown{form.show(set, i), form.show(copies, i)}}
		e.Most, e.Least = append(e.Most, x), append([]Example{x}, e.Least...)
	}
	e.Most[1].ByLot = true
	return Pictures{Copies: c, Examples: []Examples{e}}
}

// kinds are sets of each kind that is no picture.
func kinds(t *testing.T) map[datasets.Kind]Pictures {
	t.Helper()
	noise, err := perturb.Parse("gaussian")
	if err != nil {
		t.Fatal(err)
	}
	return map[datasets.Kind]Pictures{
		datasets.Tokens: listed(t, namesSet("Österreich", "Autriche", "Bayern", "Bavière", "Nordrhein", "Sénégal"), replaced),
		datasets.Series: listed(t, waves(6), noise),
		datasets.Table:  listed(t, people(6), noise),
	}
}

func TestExamplesAreShownAsTheyAreRead(t *testing.T) {
	for kind, want := range map[datasets.Kind][]string{
		datasets.Tokens: {">Österreich</td>", "‹", ">Sénégal</td>", ">training example</th>", ">français, by lot</td>", "between ‹ and ›"},
		datasets.Series: {`<svg class="sketch"`, `, its copy"><path`, "<span>channel 2</span>", "share the vertical scale"},
		datasets.Table:  {">yearly &lt;income&gt;</th>", ">23456</td>", ">missing</td>", ">Bonn\ufffd[31m</td>", ">score 9</th>", "Of 15 columns the first 12 are shown."},
	} {
		p := Page{Rows: testRows(), Pictures: kinds(t)[kind]}
		page := string(render(t, p))
		webpage.WellFormed(t, []byte(page))
		var text, markdown bytes.Buffer
		blocks, err := p.Copies.Blocks()
		if err == nil {
			err = document.Document{Verbatim: true, Sections: []document.Section{{Blocks: blocks}}}.Text(&text, document.TextOptions{Width: 100})
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := Markdown(&markdown, p); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s: the page lacks %s", kind, w)
			}
		}
		if strings.Contains(page, "<img") {
			t.Errorf("%s: the page holds a picture", kind)
		}
		for name, got := range map[string]string{"text": text.String(), "Markdown": markdown.String()} {
			if sign := map[datasets.Kind]string{datasets.Tokens: "Österreich", datasets.Series: "▇", datasets.Table: "missing"}[kind]; !strings.Contains(got, sign) || strings.Contains(got, "\x1b") {
				t.Errorf("%s: the %s lacks %s, or moves the cursor:\n%s", kind, name, sign, got)
			}
		}
		t.Logf("%s\n%s", kind, text.String())
	}
}

// Images are pictures: nothing of them is written as text, and a page of theirs has no
// style that is for others.
func TestImagesAreNoLists(t *testing.T) {
	set := &datasets.Set{Shape: datasets.Shape{Height: 2, Width: 2, Channels: 1}, X: make([]float32, 4), Y: []int32{0}, Classes: []string{"a"}}
	if _, ok := FormOf(set); ok {
		t.Error("an image has a form")
	}
	if page := string(render(t, testPage())); strings.Contains(page, ".sketch") {
		t.Error("the page of images has the style of curves")
	}
}

func TestWhatChangedIsMarked(t *testing.T) {
	for _, c := range []struct{ parent, copied, want string }{
		{"Bayern", "Bayern", "Bayern"},
		{"Bayern", "Bxyern", "B‹x›yern"},
		{"Bayern", "Bayrn", "Bay‹›rn"},
		{"Bayern", "aBayern", "‹a›Bayern"},
		{"Bayern", "Bayeqq", "Baye‹qq›"},
		{"abc", "xyz", "‹xyz›"},
		{"abc", "", "‹›"},
	} {
		split := func(s string) []string { return strings.Split(s, "") }
		if got := strings.Join(changed(split(c.parent), split(c.copied)), ""); got != c.want {
			t.Errorf("%s → %s: %s, want %s", c.parent, c.copied, got, c.want)
		}
	}
	if got := strings.Join(changed([]string{"the", "old", "man"}, []string{"the", "young", "wild", "man"}), " "); got != "the ‹young wild› man" {
		t.Errorf("words: %s", got)
	}
}

// What a file says wrongly is an error and no panic.
func TestListsAreChecked(t *testing.T) {
	for kind, p := range kinds(t) {
		for name, spoil := range map[string]func(p *Pictures){
			"kind":   func(p *Pictures) { p.Copies.Form.Kind = datasets.Image },
			"copies": func(p *Pictures) { p.Copies.Examples[1].Copies = p.Copies.Examples[1].Copies[1:] },
			"names": func(p *Pictures) {
				p.Copies.Form.Names = append(p.Copies.Form.Names, "more")
				if kind == datasets.Tokens {
					p.Examples[0].Most[0].Shown = nil
				}
			},
		} {
			bad := p
			c, form := *p.Copies, *p.Copies.Form
			c.Form, c.Examples = &form, append([]ShownExample(nil), p.Copies.Examples...)
			bad.Copies = &c
			e := p.Examples[0]
			e.Most = append([]Example(nil), e.Most...)
			bad.Examples = []Examples{e}
			spoil(&bad)
			if err := HTML(new(bytes.Buffer), Page{Rows: testRows(), Pictures: bad}); err == nil {
				t.Errorf("%s, %s: no error", kind, name)
			}
		}
	}
}

func TestNumbersOfATable(t *testing.T) {
	for _, c := range []struct {
		values []float32 // of the column
		want   string    // as they are shown
	}{
		{[]float32{31, 30.96, -58}, "31.0 31.0 −58.0"},
		{[]float32{0.12345, -0.0001, 0}, "0.123 0.000 0.000"},
		{[]float32{12345.6, -4321, 0.4}, "12346 −4321 0"},
		{[]float32{1.5e9, 2}, "1.5e+09 2"},
		{[]float32{1e-7, -2.346e-6}, "1e−07 −2.35e-06"},
		{[]float32{0, 0}, "0 0"},
		{[]float32{3, -12}, "3 −12"},
	} {
		set := &datasets.Set{Shape: datasets.Shape{Height: 1, Width: 1, Channels: 1}, X: c.values, Y: make([]int32, len(c.values))}
		form, _ := FormOf(set)
		var got []string
		for i := range c.values {
			got = append(got, form.show(set, i).Cells[0])
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v are shown as %s, want %s", c.values, got, c.want)
		}
	}
}

// chanceCell is a cell of eight examples with counts and margins.
func chanceCell(t *testing.T) result.Cell {
	t.Helper()
	tally, err := perm.NewTally(8, 2, perm.TallyOptions{PerExample: true, Strata: make([]int32, 8)})
	if err != nil {
		t.Fatal(err)
	}
	rng := seed.Stream(1, "report-by-chance")
	for b := range 6 {
		labels, predicted := []int32{0, 1, 0, 1, 0, 1, 0, 1}, make([]int32, 8)
		if b > 0 {
			rng.Shuffle(8, func(i, j int) { labels[i], labels[j] = labels[j], labels[i] })
		}
		for i := range predicted {
			if predicted[i] = int32(rng.IntN(2)); i < 3 {
				predicted[i] = labels[i] // these are recalled
			}
		}
		if err := tally.Add(b, labels, predicted); err != nil {
			t.Fatal(err)
		}
	}
	return result.Cell{Evidence: result.Evidence{Counts: tally.Counts(), Margins: []float32{-3, 5, -2, 5, 1, 0, 5, 5}}}
}

func TestByChance(t *testing.T) {
	cell := chanceCell(t)
	own := cell.Counts.PerExampleOwn()
	// By definition: the three whose label is by chance, against the three highest.
	byChance := []bool{true, false, true, false, true, false, false, false}
	got, err := ByChanceOf(cell, byChance)
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for i, e := range own {
		above := 0
		for k, o := range own {
			if o.Memorization > e.Memorization || o.Memorization == e.Memorization && k < i {
				above++
			}
		}
		if above < 3 && byChance[i] {
			want++
		}
	}
	if got.N != 8 || got.Drawn != 3 || got.Memorized != want || got.Margin == nil || *got.Margin != 2 {
		t.Errorf("%+v, want %d of the most memorized, and 2 by margin", got, want)
	}
	for _, all := range [][]bool{nil, make([]bool, 8)} {
		if got, err := ByChanceOf(cell, all); got != nil || err != nil {
			t.Errorf("nothing is known, but %+v, %v", got, err)
		}
	}
	if _, err := ByChanceOf(cell, byChance[:5]); err == nil {
		t.Error("five marks for eight examples")
	}
	p := Page{Rows: testRows(), Pictures: Pictures{ByChance: &ByChance{Title: "mlp, ridge", N: 10083, Drawn: 1120, Memorized: 400, Margin: new(int)}}}
	// Wilson's intervals of 400 and of 0 of 1120 are those of scipy 1.17.1: binomtest(400, 1120).proportion_ci(method="wilson").
	if page := string(render(t, p)); !strings.Contains(page, "Of the 1,120 most memorized, 400 (0.357) [95% interval: 0.330 to 0.386] have such a label; of the 1,120 with the smallest margin, 0 (0.000) [95% interval: 0.000 to 0.003]. By lot 11% would.") {
		t.Errorf("the page lacks the sentence on labels by chance")
	}
	p.ByChance.Memorized = 2000
	if err := HTML(new(bytes.Buffer), p); err == nil {
		t.Error("more are by chance than there are")
	}
}

// The page says what the data are, and what their raw input is; of images it says nothing
// new.
func TestThePageSaysTheKindOfTheData(t *testing.T) {
	for _, c := range []struct {
		data result.Data
		want []string
	}{
		{result.Data{Train: 2, Shape: "1×1×7", Kind: "table"}, []string{"<dd>table</dd>", "7 values each", "the columns, all scaled by one standard deviation"}},
		{result.Data{Train: 2, Shape: "64 steps × 1 channel", Kind: "series"}, []string{"<dd>series</dd>", "64 steps × 1 channel each", "zeros after the end"}},
		{result.Data{Train: 2, Shape: "24 places for 90 tokens", Kind: "tokens", Input: result.FlagOneHot}, []string{"<dd>tokens</dd>", "one value for each token at each place, 1 where it stands"}},
		{result.Data{Train: 2, Kind: "tokens", Input: result.FlagCounts}, []string{"how often each token occurs"}},
	} {
		p := testPage()
		rows := testRows()
		for i := range rows {
			rows[i].Scale = "shared"
		}
		p.Rows, p.Manifest.Data = rows, c.data
		page := string(render(t, p))
		for _, w := range c.want {
			if !strings.Contains(page, w) {
				t.Errorf("%+v: the page lacks %q", c.data, w)
			}
		}
	}
	if result.FlagOneHot != datasets.RawOneHot || result.FlagCounts != datasets.RawCounts {
		t.Error("flags and sets have other words for the raw input")
	}
	p := testPage()
	before := string(render(t, p))
	p.Manifest.Data.Kind = "image"
	if string(render(t, p)) != before {
		t.Error("the page of images is another one where the manifest says that they are")
	}
}
