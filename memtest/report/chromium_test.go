package report

import (
	"testing"

	"github.com/seed-1a417598/memtest/memtest/report/internal/webpage"
)

func TestPageInChromium(t *testing.T) {
	webpage.InChromium(t, map[string]webpage.Page{
		"report":  {HTML: render(t, testPage()), Plots: 17, Folded: 19, Shot: true, AtFirstSight: true},
		"hostile": {HTML: render(t, hostile(testPage())), Plots: 17, Folded: 19, LongNames: true},
	})
}
