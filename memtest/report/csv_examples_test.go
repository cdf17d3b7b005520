package report

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Two classes of two examples and two label sets beside the observed one, of which
// the first example alone is recalled always. In its class a copy has a hit by
// chance in half of the cases under either set, so its own part is 1/2; evidence of
// an older version leaves both columns empty.
func TestExamplesCSV(t *testing.T) {
	cell := func(o perm.TallyOptions) result.Cell {
		tally, err := perm.NewTally(4, 2, o)
		if err != nil {
			t.Fatal(err)
		}
		for b, labels := range [][]int32{{0, 0, 1, 1}, {0, 1, 0, 1}, {1, 0, 1, 0}} {
			if err := tally.Add(b, labels, []int32{labels[0], labels[0], 1, 1}); err != nil {
				t.Fatal(err)
			}
		}
		return result.Cell{Row: result.Row{Network: "mlp", Layer: "hidden", Probe: "ridge", Level: 0.1},
			Evidence: result.Evidence{Counts: tally.Counts(), Margins: []float32{1, 2, 3, 4}, Predicted: []int32{0, 0, 1, 1}}}
	}
	var text strings.Builder
	cells := []result.Cell{cell(perm.TallyOptions{PerExample: true, Strata: []int32{0, 0, 1, 1}}), cell(perm.TallyOptions{PerExample: true})}
	if err := ExamplesCSV(&text, slices.Values(cells), []int32{0, 0, 1, 1}, []string{"ant", "bee"}, nil); err != nil {
		t.Fatal(err)
	}
	want := `layer,probe,level,index,class,memorization,se,margin,predicted,network
hidden,ridge,0.1,0,ant,0.5,0,1,ant,mlp
hidden,ridge,0.1,1,ant,-0.5,0,2,ant,mlp
hidden,ridge,0.1,2,bee,0,0.5,3,bee,mlp
hidden,ridge,0.1,3,bee,0,0.5,4,bee,mlp
hidden,ridge,0.1,0,ant,,,1,ant,mlp
hidden,ridge,0.1,1,ant,,,2,ant,mlp
hidden,ridge,0.1,2,bee,,,3,bee,mlp
hidden,ridge,0.1,3,bee,,,4,bee,mlp
`
	if text.String() != want {
		t.Errorf("examples are\n%s\nwant\n%s", text.String(), want)
	}
	text.Reset()
	if err := ExamplesCSV(&text, slices.Values(cells[:1]), []int32{0, 0, 1, 1}, []string{"ant", "bee"}, []bool{false, true, false, false}); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(text.String(), "\n"); !strings.HasSuffix(lines[0], ",network,by_chance") || lines[1] != "hidden,ridge,0.1,0,ant,0.5,0,1,ant,mlp,false" || !strings.HasSuffix(lines[2], ",mlp,true") {
		t.Errorf("where labels by chance are known, examples are\n%s", text.String())
	}
}

// A name that a spreadsheet would run as a formula is written as text wherever CSV
// is written; a number stays one.
func TestNoFormulasInCSV(t *testing.T) {
	tally, err := perm.NewTally(3, 3, perm.TallyOptions{PerExample: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := tally.Add(0, []int32{0, 1, 2}, []int32{0, 1, 2}); err != nil {
		t.Fatal(err)
	}
	cell := result.Cell{Row: result.Row{Layer: "@SUM(A1)", Probe: "+cmd|' /C calc'!A0", Level: 0.1},
		Evidence: result.Evidence{Counts: tally.Counts(), Margins: make([]float32, 3), Predicted: []int32{0, 1, 2}}}
	var text strings.Builder
	if err := ExamplesCSV(&text, slices.Values([]result.Cell{cell}), []int32{0, 1, 2}, []string{`=HYPERLINK("http://example.org","x")`, "-1", "\t=1+1"}, nil); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(text.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, class := range []string{`'=HYPERLINK("http://example.org","x")`, "-1", "\ufffd=1+1"} {
		if l := lines[i+1]; l[0] != "'@SUM(A1)" || l[1] != "'+cmd|' /C calc'!A0" || l[4] != class || l[8] != class {
			t.Errorf("example %d is written as %q", i, l)
		}
	}
	for name, want := range map[string]string{"\r=1": "\ufffd=1", "＝1": "'＝1", "-1e-3": "-1e-3", "-1+1": "'-1+1", "": "", "a=1": "a=1"} {
		if got := cellWord(name); got != want {
			t.Errorf("%q is written as %q, want %q", name, got, want)
		}
	}
}
