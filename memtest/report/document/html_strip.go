package document

import (
	"fmt"
	"html/template"
	"math"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
)

// htmlTiles are the pictures below a panel.
type htmlTiles struct {
	Shape template.CSS // of the room that they take, as wide as the panel
	All   []htmlTile
}

// htmlTile is one, with its place in the room.
type htmlTile struct {
	Tile
	Place template.CSS
}

// Sizes of tiles, as shares of the width of a panel: no wider than the widest, a little
// apart, and left out where they would be narrower than the narrowest.
const (
	widestTile    = 0.15
	narrowestTile = 0.045
	tileOfGap     = 0.92
)

// Tiled is a figure that is drawn with its pictures.
func (b htmlBlock) Tiled(s *Strip) (htmlFigure, error) {
	drawn, err := s.Figure.Inline()
	if err != nil {
		return htmlFigure{}, err
	}
	out := b.figure(&s.Figure, drawn)
	for i, p := range drawn.Panels {
		out.Panels[i].Tiles = s.tiles(p.Places)
	}
	return out, nil
}

// tiles are the pictures of the places of a panel; nil where none has one. A picture for
// which there is no room beside the one before is left out.
func (s *Strip) tiles(places []chart.Place) *htmlTiles {
	type placed struct {
		Tile
		at float64
	}
	var shown []placed
	width := widestTile
	for _, p := range places {
		for _, t := range s.Tiles {
			if t.At != p.Value || t.Width <= 0 || t.Height <= 0 {
				continue
			}
			if n := len(shown); n > 0 {
				gap := p.Share - shown[n-1].at
				if gap*tileOfGap < narrowestTile {
					continue
				}
				width = math.Min(width, gap*tileOfGap)
			}
			shown = append(shown, placed{t, p.Share})
		}
	}
	if len(shown) == 0 {
		return nil
	}
	tallest := 0.0
	out := &htmlTiles{}
	for _, t := range shown {
		tallest = math.Max(tallest, float64(t.Height)/float64(t.Width))
		left := math.Min(math.Max(t.at-width/2, 0), 1-width)
		out.All = append(out.All, htmlTile{t.Tile, template.CSS(fmt.Sprintf("left:%.3f%%;width:%.3f%%", 100*left, 100*width))})
	}
	out.Shape = template.CSS(fmt.Sprintf("aspect-ratio:1/%.4f", width*tallest))
	return out
}
