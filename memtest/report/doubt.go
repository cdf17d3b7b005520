package report

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// doubts is what is said before all else where copies are doubtful.
func (v *view) doubts() []document.Finding {
	for _, w := range v.warnings() {
		if w.kind != result.FlagDoubtful {
			continue
		}
		where := w.where
		if len(w.details) > 0 {
			where += " (" + strings.TrimPrefix(w.details[0], w.kind+": ") + ")"
		}
		return []document.Finding{{
			Lead:   []string{"The copies are doubtful, and what is said of them below is not to be believed before that is cleared up. " + w.meaning},
			Points: []string{countRows(w.rows) + ": " + where + "."},
		}}
	}
	return nil
}

// nearEnough is the share of copies whose nearest training example is the parent
// below which a sentence that reads their level says so: with fewer, more than one
// copy in twenty is nearer to something else.
const nearEnough = 0.95

// strayed is what a sentence says after naming a level at which copies no longer have
// their parent as the nearest training example, as rows of the raw inputs tell; ""
// where nearly all have, and where there are no such rows.
func (v *view) strayed(perturbation string, level float64) string {
	for _, r := range v.rows {
		if r.Role == features.Input && r.Nearest != nil && r.Perturbation == perturbation && r.Level == level && *r.Nearest < nearEnough {
			return fmt.Sprintf(" (where only %s%% of the copies have their parent as the nearest training example)", number.Fixed(100**r.Nearest, 1))
		}
	}
	return ""
}
