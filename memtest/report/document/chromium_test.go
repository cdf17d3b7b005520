package document

import (
	"testing"

	"github.com/seed-1a417598/memtest/memtest/report/internal/webpage"
)

func TestDocumentInChromium(t *testing.T) {
	webpage.InChromium(t, map[string]webpage.Page{
		"document": {HTML: renderDocument(t, testDocument()), Plots: 15, Folded: 6, Shot: true},
		"words":    {HTML: renderDocument(t, hostileDocument()), Plots: 15, Folded: 6, LongNames: true},
	})
}
