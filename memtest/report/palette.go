package report

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

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

// look is how a series is drawn.
type look struct {
	hue    hue
	dashes []vg.Length
	glyph  draw.GlyphDrawer // nil = no markers
}

var (
	lookObserved = look{blue, nil, draw.CircleGlyph{}}
	lookNull     = look{vermillion, dash(5, 3), draw.BoxGlyph{}}
	lookChance   = look{muted, dash(1, 2.5), nil}
	lookFresh    = look{green, dash(7, 2, 1.5, 2), nil}

	lookUntrained = look{vermillion, dash(5, 3), draw.BoxGlyph{}}
	lookInput     = look{green, dash(7, 2, 1.5, 2), draw.PyramidGlyph{}}
	lookTwin      = look{purple, dash(3, 2), draw.SquareGlyph{}}
)

// looks are those of series that form a sequence: levels, or several networks.
var looks = []look{
	{blue, nil, draw.CircleGlyph{}},
	{vermillion, dash(5, 3), draw.BoxGlyph{}},
	{green, dash(7, 2, 1.5, 2), draw.PyramidGlyph{}},
	{purple, dash(3, 2), draw.SquareGlyph{}},
	{ink, dash(9, 3), draw.RingGlyph{}},
	{orange, dash(1, 2.5), draw.TriangleGlyph{}},
}

// lookOf is the look of member i of a sequence. After six, colour, dash and
// marker come in new combinations.
func lookOf(i int) look {
	n, round := len(looks), i/len(looks)
	return look{looks[i%n].hue, looks[(i+round)%n].dashes, looks[(i+2*round)%n].glyph}
}

// plotLook is the look of series i of a plot: that of a sequence, with a marker
// of its own for each of the first eight, since a scatter has no lines.
func plotLook(i int) look {
	l := lookOf(i)
	l.glyph = plotGlyphs[i%len(plotGlyphs)]
	return l
}

// referenceDashes tell the references of a plot apart; the first is chance's.
var referenceDashes = [][]vg.Length{lookChance.dashes, dash(8, 4), dash(6, 2, 1.5, 2), dash(3, 3)}

func dash(lengths ...vg.Length) []vg.Length { return lengths }
