package report

import (
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/report/internal/webpage"
)

func TestPageInChromium(t *testing.T) {
	pages := map[string]webpage.Page{
		"report":     {HTML: render(t, testPage()), Plots: 17, Folded: 19, Shot: true, AtFirstSight: true},
		"unfinished": {HTML: render(t, unfinished(Unfinished{Done: 64, Total: 88, Reload: 600, GoOn: "memtest run --resume --out /" + strings.Repeat("long", 100)})), Plots: 17, Folded: 19},
		"hostile":    {HTML: render(t, hostile(testPage())), Plots: 17, Folded: 19, LongNames: true},
	}
	for kind, p := range kinds(t) {
		p.ByChance = &ByChance{Title: "mlp, ridge", N: 10083, Drawn: 1120, Memorized: 400}
		pages[string(kind)] = webpage.Page{HTML: render(t, Page{Rows: testRows(), Pictures: p}), Plots: 17, Folded: 17, Shot: kind == datasets.Series}
	}
	webpage.InChromium(t, pages)
}

// A browser that shows the page of a run which is being measured comes to show the
// finished one by itself.
func TestUnfinishedPageIsShownAnewInChromium(t *testing.T) {
	first, then := unfinished(Unfinished{Done: 64, Total: 88, Reload: 1}), testPage()
	first.Title, then.Title = "The run goes on", "The run is over"
	webpage.ShowsAnew(t, render(t, first), render(t, then))
}
