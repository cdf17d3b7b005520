package chart

import "image/color"

// hue is a colour with its two shades: on white paper and, as a CSS variable
// that the page sets, on either background.
type hue struct {
	light color.NRGBA
	name  string // of the CSS variable
}

// The palette of Okabe and Ito (2008), which people with any of the common
// colour blindnesses can tell apart, less its yellow and sky blue, which are
// too light for lines on white. Each series also has its own dash and marker,
// so that nothing hangs on colour alone.
var (
	ink        = hue{color.NRGBA{0x1c, 0x1c, 0x1e, 0xff}, "ink"}
	muted      = hue{color.NRGBA{0x5f, 0x63, 0x68, 0xff}, "muted"}
	grid       = hue{color.NRGBA{0xdf, 0xe1, 0xe5, 0xff}, "grid"}
	blue       = hue{color.NRGBA{0x00, 0x72, 0xb2, 0xff}, "blue"}
	vermillion = hue{color.NRGBA{0xd5, 0x5e, 0x00, 0xff}, "vermillion"}
	green      = hue{color.NRGBA{0x00, 0x9e, 0x73, 0xff}, "green"}
	purple     = hue{color.NRGBA{0xcc, 0x79, 0xa7, 0xff}, "purple"}
	orange     = hue{color.NRGBA{0xe6, 0x9f, 0x00, 0xff}, "orange"}
)

var hues = []hue{ink, muted, grid, blue, vermillion, green, purple, orange}

// faint is the colour of areas.
func (h hue) faint() color.NRGBA {
	c := h.light
	c.A = 0x40
	return c
}

// Variables are the CSS variables that the pieces of Inline use, by their names
// without hyphens before them, with their colours on white. A page sets them, in
// other colours on a dark background.
func Variables() map[string]color.NRGBA {
	all := map[string]color.NRGBA{}
	for _, h := range hues {
		all[h.name] = h.light
	}
	return all
}
