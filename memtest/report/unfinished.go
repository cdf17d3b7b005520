package report

import (
	"fmt"
	"time"

	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// Unfinished is how far a run is whose page is drawn before its end.
type Unfinished struct {
	Done, Total int    // cells that are measured, and that there will be; Total 0 = not known
	AtMost      bool   // there may be fewer than Total, since training may end early
	GoOn        string // the command that goes on with the run

	// Reload is after how many seconds the page loads itself again; 0 = it does not, since
	// nobody is measuring.
	Reload int
	Drawn  time.Time // when; the zero time = not said
	Doing  string    // what was being done then; "" = not known
}

// longestDoing is of what was being done, in characters: names of networks and layers
// may be long.
const longestDoing = 200

// sentence says how far the run is, and how to go on where it stands still.
func (u Unfinished) sentence(rows bool) string {
	text := fmt.Sprintf("The run is not finished: %s.", u.measured())
	if rows && u.Done != u.Total {
		text += " What follows is said of these alone, and may change when the others come."
	}
	if u.Reload == 0 {
		text += " It was stopped; go on with: " + word.Plain(u.GoOn)
	}
	return text
}

// measured is "12 of 64 cells are measured".
func (u Unfinished) measured() string {
	cells := number.Count(u.Done)
	if u.Total > 0 {
		of := "of"
		if u.AtMost {
			of = "of at most"
		}
		return fmt.Sprintf("%s %s %s %s measured", cells, of, number.Count(u.Total), word.Plural(u.Total, "cell is", "cells are"))
	}
	return fmt.Sprintf("%s %s measured so far", cells, word.Plural(u.Done, "cell is", "cells are"))
}

// reloading is after how many seconds the page loads itself again, and the remarks with
// one that says so and when it was drawn.
func (p Page) reloading(remarks []string) (seconds int, with []string) {
	u := p.Unfinished
	if u == nil || u.Reload == 0 {
		return 0, remarks
	}
	text := "This page loads itself again until the run is finished."
	if !u.Drawn.IsZero() {
		text += " It was drawn on " + u.Drawn.UTC().Format(clock)
		if u.Doing != "" {
			text += ", during: " + word.Cut(word.Plain(u.Doing), longestDoing)
		}
		text += "."
	}
	return u.Reload, append(remarks, text+" Should it stand still, the run was broken off; go on with: "+word.Plain(u.GoOn))
}
