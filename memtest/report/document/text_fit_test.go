package document

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// wideTable has columns that tell rows apart, values, and spare ones.
func wideTable() Table {
	return Table{
		Columns: []Column{
			{Name: "network", Words: true, Key: true}, {Name: "level", Lead: true}, {Name: "learning ± 95%", Unit: "share"}, {Name: "chance", Unit: "share", Spare: 1},
			{Name: "p", Unit: "learn", Full: true}, {Name: "p", Unit: "own", Full: true, Spare: 2}, {Name: "flags", Words: true, Spare: 2},
		},
		Rows: []Row{
			{First: true, Cells: []string{"a network of a long name", "0", "+0.487", "0.100", "0.005", "0.010", "wide"}},
			{Cells: []string{"a network of a long name", "0.3", "+0.604", "0.100", "0.005", "0.020", "文字文字"}},
		},
	}
}

// fits checks that no line of the parts is wider than the terminal.
func fits(t *testing.T, parts []Table, width int) string {
	t.Helper()
	var all strings.Builder
	for _, part := range parts {
		all.WriteString(part.text(false))
	}
	for line := range strings.SplitSeq(all.String(), "\n") {
		if n := uniseg.StringWidth(line); n > width {
			t.Errorf("%d columns: a line of %d: %s", width, n, line)
		}
	}
	return all.String()
}

// A table is as wide as the terminal at most: first its names take several lines, then
// spare columns go, the greatest and the last first, then keys stand on lines of their
// own, and at last it is parted. Every column is shown or said to be left out, and every
// part says what its rows are of.
func TestFitTable(t *testing.T) {
	for _, c := range []struct {
		width, parts int
		grouped      bool
		left         string
	}{
		{200, 1, false, ""}, {78, 1, false, ""}, {74, 1, false, ""}, {68, 1, false, "flags"}, {60, 1, false, "flags, p (own)"}, {55, 1, false, "flags, p (own), chance"},
		{43, 1, true, "flags, p (own), chance"}, {20, 2, true, "flags, p (own), chance"},
	} {
		parts, left := wideTable().fit(c.width)
		seen := map[string]int{}
		for _, name := range left {
			seen[name]++
		}
		if len(parts) != c.parts || len(left) != strings.Count(c.left, ",")+min(1, len(c.left)) {
			t.Errorf("%d columns: %d parts without %v, want %d without %s", c.width, len(parts), left, c.parts, c.left)
		}
		text := fits(t, parts, c.width)
		if words := strings.Join(strings.Fields(text), " "); strings.Contains(words, "network a network of a long name") != c.grouped || strings.Count(words, "a network of a long name") != c.parts {
			t.Errorf("%d columns: keys on lines of their own should be %v:\n%s", c.width, c.grouped, text)
		}
		for _, part := range parts {
			lead := part.lead()
			if part.Columns[lead-1].Name != "level" {
				t.Errorf("%d columns: a part begins with %v", c.width, part.Columns)
			}
			for _, column := range part.Columns[lead:] {
				seen[column.called()]++
			}
		}
		for _, column := range wideTable().Columns[2:] {
			if seen[column.called()] != 1 {
				t.Errorf("%d columns: %s is there %d times", c.width, column.called(), seen[column.called()])
			}
		}
	}
	if r := wideTable().Rows[0]; r.Cells[0] != "a network of a long name" || r.group != "" {
		t.Errorf("the table itself was changed: %v", r)
	}
}

// Words that say nothing of what a row is of take several lines; others are cut where
// nothing else helps. The cells of the caller stay.
func TestWordsOfATableThatIsTooWide(t *testing.T) {
	whole := Grid{Head: []string{"name", "licence", "n"}, Rows: [][]string{{"fashion", "Creative Commons by some people and others", "60000"}, {"mnist", "none", "7"}}, Text: 2}.table()
	whole.Columns[0].Lead = true
	parts, left := whole.fit(40)
	want := "name     licence                       n\n" +
		"fashion  Creative Commons by some  60000\n" +
		"         people and others\n" +
		"mnist    none                          7\n"
	if text := fits(t, parts, 40); text != want || len(left) > 0 {
		t.Errorf("%q, without %v, want %q", text, left, want)
	}
	wide := Grid{Head: []string{"name", "n"}, Rows: [][]string{{strings.Repeat("name", 10), "60000"}}, Text: 1}.table()
	parts, _ = wide.fit(20)
	if text := fits(t, parts, 20); !strings.Contains(text, "namenamename…  60000") || len(wide.Rows[0].Cells[0]) != 40 {
		t.Errorf("%q of %v", text, wide.Rows)
	}
}

// A name over several lines ends beside the others, and a sign stays with its number.
func TestNamesOverSeveralLines(t *testing.T) {
	parts, _ := wideTable().fit(74)
	want := "                                 learning\n" +
		"network                   level     ± 95%  chance      p      p  flags\n"
	if text := parts[0].text(false); !strings.HasPrefix(text, want) {
		t.Errorf("the head is\n%s\nwant\n%s", text, want)
	}
}

// What was left out is said once for tables of the same columns, with its place.
func TestLeftOutIsSaidOnce(t *testing.T) {
	table, other := wideTable(), wideTable()
	other.Columns[3].Spare = 3
	d := Document{Verbatim: true, Sections: []Section{{Blocks: []Block{{Table: &table}, {Table: &table}, {Table: &other}}}}}
	for _, elsewhere := range []string{"", "runs/x/report.html"} {
		var b strings.Builder
		if err := d.Text(&b, TextOptions{Width: 68, Elsewhere: elsewhere}); err != nil {
			t.Fatal(err)
		}
		where := "a wider terminal shows them"
		if elsewhere != "" {
			where = "they are in " + elsewhere
		}
		words := strings.Join(strings.Fields(b.String()), " ")
		for _, want := range []string{"68 columns have no room for flags; " + where + ".", "68 columns have no room for chance; " + where + "."} {
			if strings.Count(words, want) != 1 {
				t.Errorf("%q is said %d times:\n%s", want, strings.Count(words, want), b.String())
			}
		}
	}
	var wide strings.Builder
	if err := d.Text(&wide, TextOptions{}); err != nil || strings.Contains(wide.String(), "no room") {
		t.Errorf("without a width: %v\n%s", err, wide.String())
	}
}
