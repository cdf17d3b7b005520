package perturb

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"github.com/seed-1a417598/memtest/datasets"
)

// Grid draws copies beside their parents: a row for each of the first examples
// of the set, a column for each level, with a gap of two white pixels. Copy i is
// that of Copies with the same seed. Pixels are not magnified.
func Grid(set *datasets.Set, p Perturbation, levels []float64, examples int, seed uint64) (image.Image, error) {
	if examples < 1 || examples > set.Len() || len(levels) == 0 {
		return nil, fmt.Errorf("data set %q: a grid of %d examples and %d levels cannot be drawn; ask for 1..%d examples and at least one level", set.Name, examples, len(levels), set.Len())
	}
	if set.Shape.KindOf() != datasets.Image || set.Shape.Height < 2 || set.Shape.Width < 2 {
		return nil, fmt.Errorf("data set %q: examples of shape %v are no pictures", set.Name, set.Shape)
	}
	p, err := Fitted(p, set) // to the whole set, before it is cut to the rows shown
	if err != nil {
		return nil, err
	}
	const gap = 2
	w, h := set.Shape.Width+gap, set.Shape.Height+gap
	grid := image.NewRGBA(image.Rect(0, 0, w*len(levels)-gap, h*examples-gap))
	draw.Draw(grid, grid.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for k, level := range levels {
		copies, err := Copies(set.Head(examples), p, level, seed)
		if err != nil {
			return nil, err
		}
		for i := range examples {
			at := image.Rect(k*w, i*h, k*w+set.Shape.Width, i*h+set.Shape.Height)
			draw.Draw(grid, at, datasets.Picture(set.Shape, copies.Row(i)), image.Point{}, draw.Src)
		}
	}
	return grid, nil
}
