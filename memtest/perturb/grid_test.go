package perturb

import (
	"image/color"
	"testing"
)

func TestGrid(t *testing.T) {
	set := images()
	levels := []float64{0, 0.5}
	g, err := Grid(set, mustParse(t, "gaussian"), levels, 3, 7)
	if err != nil {
		t.Fatal(err)
	}
	if b := g.Bounds(); b.Dx() != 2*30-2 || b.Dy() != 3*30-2 {
		t.Fatalf("the grid is %v", b)
	}
	for k, level := range levels {
		want := copies(t, set, mustParse(t, "gaussian"), level, 7)
		for i := range 3 {
			for _, at := range [][2]int{{0, 0}, {13, 14}, {27, 20}} {
				v := min(max(want.Row(i)[at[1]*28+at[0]], 0), 1)
				c := uint8(255*v + 0.5)
				if got := g.At(30*k+at[0], 30*i+at[1]); got != (color.RGBA{c, c, c, 255}) {
					t.Errorf("example %d, level %v, pixel %v is %v, want grey %d", i, level, at, got, c)
				}
			}
		}
	}
	if g.At(28, 5) != (color.RGBA{255, 255, 255, 255}) {
		t.Error("no gap between the columns")
	}
}

func TestGridRefuses(t *testing.T) {
	p := mustParse(t, "gaussian")
	if _, err := Grid(images(), p, []float64{0}, 0, 1); err == nil {
		t.Error("no examples")
	}
	if _, err := Grid(images(), p, nil, 1, 1); err == nil {
		t.Error("no levels")
	}
	if _, err := Grid(images(), p, []float64{0}, 1000, 1); err == nil {
		t.Error("more examples than there are")
	}
	if _, err := Grid(table(), p, []float64{0}, 1, 1); err == nil {
		t.Error("a table")
	}
	if _, err := Grid(images(), p, []float64{-1}, 1, 1); err == nil {
		t.Error("level −1")
	}
}
