package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/memtest/report/internal/webpage"
)

// unfinished is the page of a run so far.
func unfinished(u Unfinished) Page {
	p := testPage()
	p.Unfinished = &u
	return p
}

// A page that is drawn before the end of its run says how far that is and how to go on;
// where somebody measures, it loads itself again.
func TestUnfinishedPage(t *testing.T) {
	const reload, itself = `http-equiv="refresh"`, "This page loads itself again until the run is finished."
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, c := range map[string]struct {
		of         Unfinished
		rows       bool
		want, none []string
	}{
		"measured": {
			Unfinished{Done: 12, Total: 64, Reload: 5, Drawn: at, Doing: "training <mlp>", GoOn: "memtest run --resume --out a"}, true,
			[]string{
				`<meta http-equiv="refresh" content="5" />`, "The run is not finished: 12 of 64 cells are measured.", "What follows is said of these alone", itself,
				"drawn on 2026-01-02 03:04:05 UTC, during: training &lt;mlp&gt;.", "go on with: memtest run --resume --out a",
			}, []string{"It was stopped"},
		},
		"begun": {
			Unfinished{Total: 1, Reload: 5, GoOn: "memtest probe --resume --out a"}, false,
			[]string{reload, "0 of 1 cell is measured.", itself + " Should it stand still"}, []string{"What follows", noRows},
		},
		"stopped": {
			Unfinished{Done: 1200, Total: 1300, AtMost: true, GoOn: "memtest run --resume --out a"}, true,
			[]string{"1,200 of at most 1,300 cells are measured.", "It was stopped; go on with: memtest run --resume --out a<"}, []string{reload, itself},
		},
		"stopped at its end": {
			Unfinished{Done: 64, Total: 64, GoOn: "memtest run --resume --out a"}, true,
			[]string{"64 of 64 cells are measured. It was stopped;"}, []string{reload},
		},
		"of how many is not known": {
			Unfinished{Done: 3, GoOn: "memtest run --resume --out a"}, true,
			[]string{"3 cells are measured so far."}, []string{reload, "is not finished: 3 of"},
		},
	} {
		p := unfinished(c.of)
		if !c.rows {
			p.Rows = nil
		}
		page := render(t, p)
		webpage.WellFormed(t, page)
		for _, want := range c.want {
			if !bytes.Contains(page, []byte(want)) {
				t.Errorf("%s: the page lacks %q", name, want)
			}
		}
		for _, none := range c.none {
			if bytes.Contains(page, []byte(none)) {
				t.Errorf("%s: the page has %q", name, none)
			}
		}
		if !c.rows {
			continue
		}
		var b bytes.Buffer
		if err := Markdown(&b, p); err != nil || !strings.Contains(b.String(), "The run is not finished") || strings.Contains(b.String(), itself) {
			t.Errorf("%s, as Markdown (%v): %.500s", name, err, b.String())
		}
	}
	if page := render(t, testPage()); bytes.Contains(page, []byte(reload)) {
		t.Error("the page of a finished run loads itself again")
	}
}
