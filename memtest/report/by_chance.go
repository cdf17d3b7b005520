package report

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// ByChance is what is known of a set whose labels are partly drawn by lot, at one cell:
// of as many examples as have such a label, how many of the most memorized have one.
type ByChance struct {
	Title     string `json:"title"`            // of the cell
	N         int    `json:"n"`                // training examples
	Drawn     int    `json:"drawn"`            // whose label was drawn by lot
	Memorized int    `json:"memorized"`        // of the Drawn most memorized examples
	Margin    *int   `json:"margin,omitempty"` // of the Drawn examples of the smallest margin; nil = the probe tells none
}

// ByChanceOf counts at a cell the examples whose label is by chance among those that
// stand out; nil where the set does not know which they are, or where all or none are.
// It is an error where the cell is of another number of examples.
func ByChanceOf(cell result.Cell, byChance []bool) (*ByChance, error) {
	b := ByChance{N: len(byChance)}
	for _, drawn := range byChance {
		if drawn {
			b.Drawn++
		}
	}
	if b.Drawn == 0 || b.Drawn == b.N {
		return nil, nil
	}
	own := cell.Counts.PerExampleOwn()
	if len(own) != b.N {
		return nil, fmt.Errorf("the cell %s is of %d examples, but of %d it is known whether their label is by chance; give the set that it was measured on", cell.Place(), len(own), b.N)
	}
	scores := make([]float64, b.N)
	for i, e := range own {
		scores[i] = e.Memorization
	}
	b.Title, b.Memorized = CellTitle(cell.Row), int(math.Round(perm.AmongTop(scores, byChance, b.Drawn)))
	if len(cell.Margins) == b.N {
		for i, m := range cell.Margins {
			scores[i] = -float64(m)
		}
		margin := int(math.Round(perm.AmongTop(scores, byChance, b.Drawn)))
		b.Margin = &margin
	}
	return &b, nil
}

// check says what is wrong with numbers that were read from a file, or nil.
func (b ByChance) check() error {
	if b.Drawn < 1 || b.Drawn > b.N || b.Memorized < 0 || b.Memorized > b.Drawn || b.Margin != nil && (*b.Margin < 0 || *b.Margin > b.Drawn) {
		return fmt.Errorf("of %d examples %d cannot have a label by chance, and %d of so many", b.N, b.Drawn, b.Memorized)
	}
	return nil
}

// sentence says how many of those that stand out are by chance.
func (b ByChance) sentence() string {
	s := fmt.Sprintf("The label of %s of the %s examples was drawn by lot among several that are as right, so that it can be memorized but not learned. Of the %s most memorized, %s have such a label",
		number.Count(b.Drawn), number.Count(b.N), number.Count(b.Drawn), b.found(b.Memorized))
	if b.Margin != nil {
		s += fmt.Sprintf("; of the %s with the smallest margin, %s", number.Count(b.Drawn), b.found(*b.Margin))
	}
	return s + fmt.Sprintf(". By lot %s would. (%s.)", number.Percent(float64(b.Drawn)/float64(b.N)), b.Title)
}

func (b ByChance) found(hits int) string {
	i := perm.ShareInterval(perm.Scored{Hits: hits, N: b.Drawn}, perm.DefaultConfidence)
	return fmt.Sprintf("%s (%s) [95%% interval: %s to %s]", number.Count(hits), number.Share(i.Estimate), number.Share(i.Low), number.Share(i.High))
}
