package result

import (
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// Of five examples the first two are recalled under every shuffle, the last two
// never: the extremes are those, whatever k asks beyond half of them.
func TestExtremes(t *testing.T) {
	tally, err := perm.NewTally(5, 2, perm.TallyOptions{PerExample: true, Strata: make([]int32, 5)})
	if err != nil {
		t.Fatal(err)
	}
	for b := range 4 {
		predicted := []int32{0, 1, 0, 1, 0}
		if b%2 == 1 {
			predicted[2] = 1
		}
		if err := tally.Add(b, []int32{0, 1, 1, 0, 1}, predicted); err != nil {
			t.Fatal(err)
		}
	}
	most, least := Cell{Evidence: Evidence{Counts: tally.Counts()}}.Extremes(9)
	if len(most) != 2 || len(least) != 2 {
		t.Fatalf("%d and %d examples, want 2 and 2", len(most), len(least))
	}
	for i := range 2 {
		if most[i].Recalled != 1 || least[i].Recalled != 0 {
			t.Errorf("place %d: examples %d and %d, recalled %g and %g; want 1 and 0", i, most[i].Index, least[i].Index, most[i].Recalled, least[i].Recalled)
		}
	}
}

// Two classes of two examples and two label sets beside the observed one, of which
// the first example alone is recalled always. In its class a copy has a hit by
// chance in half of the cases under either set, so its own part is 1/2; evidence of
// an older version leaves both columns empty.
func TestWriteExamples(t *testing.T) {
	cell := func(o perm.TallyOptions) Cell {
		tally, err := perm.NewTally(4, 2, o)
		if err != nil {
			t.Fatal(err)
		}
		for b, labels := range [][]int32{{0, 0, 1, 1}, {0, 1, 0, 1}, {1, 0, 1, 0}} {
			if err := tally.Add(b, labels, []int32{labels[0], labels[0], 1, 1}); err != nil {
				t.Fatal(err)
			}
		}
		return Cell{Row: Row{Layer: "hidden", Probe: "ridge", Level: 0.1},
			Evidence: Evidence{Counts: tally.Counts(), Margins: []float32{1, 2, 3, 4}, Predicted: []int32{0, 0, 1, 1}}}
	}
	var text strings.Builder
	cells := []Cell{cell(perm.TallyOptions{PerExample: true, Strata: []int32{0, 0, 1, 1}}), cell(perm.TallyOptions{PerExample: true})}
	if err := WriteExamples(&text, cells, []int32{0, 0, 1, 1}, []string{"ant", "bee"}); err != nil {
		t.Fatal(err)
	}
	want := `layer,probe,level,index,class,memorization,se,margin,predicted
hidden,ridge,0.1,0,ant,0.5,0,1,ant
hidden,ridge,0.1,1,ant,-0.5,0,2,ant
hidden,ridge,0.1,2,bee,0,0.5,3,bee
hidden,ridge,0.1,3,bee,0,0.5,4,bee
hidden,ridge,0.1,0,ant,,,1,ant
hidden,ridge,0.1,1,ant,,,2,ant
hidden,ridge,0.1,2,bee,,,3,bee
hidden,ridge,0.1,3,bee,,,4,bee
`
	if text.String() != want {
		t.Errorf("examples are\n%s\nwant\n%s", text.String(), want)
	}
}
