package chart

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Look is how a line is drawn: colour, dashes and marker. Its zero value is the
// next look of a sequence.
type Look struct {
	hue    hue
	dashes []vg.Length
	marker draw.GlyphDrawer // nil = none
}

// Looks of the quantities that every figure of a run shows.
var (
	Observed = Look{blue, nil, draw.CircleGlyph{}}
	Null     = Look{vermillion, dash(5, 3), draw.BoxGlyph{}}
	Chance   = Look{muted, dash(1, 2.5), nil}
	Fresh    = Look{green, dash(7, 2, 1.5, 2), nil}
	Itself   = Look{ink, dash(9, 3), draw.RingGlyph{}} // the network without a probe
	New      = Look{ink, dash(2, 2), nil}              // on examples that it was not trained on
)

// Looks of the references that a network, which looks as Observed does, is
// compared with.
var (
	Untrained = Look{vermillion, dash(5, 3), draw.BoxGlyph{}}
	Start     = Look{orange, dash(9, 3), draw.TriangleGlyph{}}
	Input     = Look{green, dash(7, 2, 1.5, 2), draw.PyramidGlyph{}}
	Twin      = Look{purple, dash(3, 2), draw.SquareGlyph{}}
)

// sequence is the looks of lines that form one: levels, or several networks.
var sequence = []Look{
	{blue, nil, draw.CircleGlyph{}},
	{vermillion, dash(5, 3), draw.BoxGlyph{}},
	{green, dash(7, 2, 1.5, 2), draw.PyramidGlyph{}},
	{purple, dash(3, 2), draw.SquareGlyph{}},
	{ink, dash(9, 3), draw.RingGlyph{}},
	{orange, dash(1, 2.5), draw.TriangleGlyph{}},
}

// Sequence is the look of member i of a sequence of lines, as of levels, counted
// from 0. After six, colour, dash and marker come in new combinations.
func Sequence(i int) Look {
	i = max(i, 0)
	n, round := len(sequence), i/len(sequence)
	return Look{sequence[i%n].hue, sequence[(i+round)%n].dashes, sequence[(i+2*round)%n].marker}
}

// Curve is the look of a member of a sequence of lines through so many points that
// markers would hide them.
func Curve(i int) Look {
	l := Sequence(i)
	l.marker = nil
	return l
}

// nextLook is the look of line i of a figure that names none: that of a sequence,
// with a marker of its own for each of the first eight, since a scatter has no
// lines.
func nextLook(i int) Look {
	l := Sequence(i)
	l.marker = markers[i%len(markers)]
	return l
}

// referenceLook is the look of reference i of a figure; the first is chance's.
func referenceLook(i int) Look {
	return Look{muted, referenceDashes[i%len(referenceDashes)], nil}
}

var referenceDashes = [][]vg.Length{Chance.dashes, dash(8, 4), dash(6, 2, 1.5, 2), dash(3, 3)}

func dash(lengths ...vg.Length) []vg.Length { return lengths }

// none says whether nothing was said of how to draw.
func (l Look) none() bool { return l.hue == hue{} }

// line is the look as the plot library has it, and glyph that of markers.
func (l Look) line() draw.LineStyle {
	return draw.LineStyle{Color: l.hue.light, Width: 1.6, Dashes: l.dashes}
}

func (l Look) glyph() draw.GlyphStyle {
	return draw.GlyphStyle{Color: l.hue.light, Radius: 2.8, Shape: l.marker}
}
