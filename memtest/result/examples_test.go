package result

import (
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
