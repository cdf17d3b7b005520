package document

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
)

// The page's light colours are the palette of figures for print, and each has
// another on a dark background.
func TestStyleHasThePalette(t *testing.T) {
	light, dark, ok := strings.Cut(styleCSS, "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("the style has no dark colours")
	}
	dark, _, _ = strings.Cut(dark, "\n}\n")
	for name, c := range chart.Variables() {
		if want := fmt.Sprintf(" --%s: #%02x%02x%02x;", name, c.R, c.G, c.B); !strings.Contains(light, want) {
			t.Errorf("the style lacks%s", want)
		}
		if !strings.Contains(dark, " --"+name+": #") {
			t.Errorf("the style has no dark --%s", name)
		}
	}
}
