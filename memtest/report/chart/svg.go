package chart

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strings"

	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// svgBody is the drawing without the prelude and the outer element, which are
// written anew.
func svgBody(c *vgsvg.Canvas) (string, error) {
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return "", err
	}
	s := b.String()
	start := strings.Index(s, "<svg")
	if start < 0 {
		return "", fmt.Errorf("the plot library wrote no <svg>")
	}
	s = s[start:]
	s = s[strings.Index(s, ">")+1:]
	s = strings.TrimSpace(s[:strings.LastIndex(s, "</svg>")]) + "\n"
	s = strings.ReplaceAll(s, "font-variant:none;", "")
	s = strings.ReplaceAll(s, "font-weight:normal;", "")
	return strings.ReplaceAll(s, "font-style:normal;", ""), nil
}

// writtenFont is how the plot library names the font.
const writtenFont = "font-family:Liberation Sans;"

// ownFont names the font of a file that stands alone, and what stands for it.
func ownFont(body string) string {
	return strings.ReplaceAll(body, writtenFont, "font-family:'Liberation Sans',Arial,Helvetica,sans-serif;")
}

// variables replaces the light colours by the page's CSS variables, and lets
// the page choose the font. The SVG canvas undoes the premultiplied alpha of
// areas with a rounding error of one step, so the nearest hue is taken.
func variables(body string) string {
	body = hexColour.ReplaceAllStringFunc(body, func(hex string) string {
		var r, g, b int
		fmt.Sscanf(hex, "#%02X%02X%02X", &r, &g, &b)
		for _, h := range hues {
			if near(r, h.light.R) && near(g, h.light.G) && near(b, h.light.B) {
				return "var(--" + h.name + ")"
			}
		}
		return hex
	})
	return strings.ReplaceAll(body, writtenFont, "")
}

var hexColour = regexp.MustCompile(`#[0-9A-F]{6}\b`)

func near(a int, b uint8) bool { return a-int(b) <= 2 && int(b)-a <= 2 }

func escape(s string) string { return html.EscapeString(word.Plain(s)) }
