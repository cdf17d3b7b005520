package perturb_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/perturb"
)

// Two pictures of 2×2 pixels, turned by half a turn.
func ExampleCopies() {
	set := &datasets.Set{
		Name: "two", Shape: datasets.Shape{Height: 2, Width: 2, Channels: 1}, Classes: []string{"a", "b"},
		X: []float32{0, 0, 0, 1, 1, 0, 0, 0}, Y: []int32{0, 1},
	}
	turn, err := perturb.Parse("rotate")
	if err != nil {
		fmt.Println(err)
		return
	}
	copies, err := perturb.Copies(set, turn, 180, 1)
	fmt.Printf("%.0f %v %v\n", copies.X, copies.Y, err)

	_, err = perturb.Copies(set, turn, 270, 1)
	fmt.Println(err)
	// Output:
	// [1 0 0 0 0 0 0 1] [0 1] <nil>
	// data set "two": perturbation rotate: level 270 is outside 0..180 (degrees)
}

// A composition names the level of each part.
func ExampleParse_composition() {
	p, err := perturb.Parse("rotate:10+gaussian:0.1")
	fmt.Println(p.Name(), "|", p.Unit(), "|", err)
	_, err = perturb.Parse("wobble:3")
	fmt.Println(err)
	// Output:
	// rotate:10+gaussian:0.1 | times rotate:10+gaussian:0.1 | <nil>
	// there is no perturbation named "wobble"; choose one of gaussian, uniform (images, tables and series); column-noise, mix (images and tables); salt-pepper, replace, dropout, occlusion, shift, rotate, scale, shear, flip, elastic, blur, brightness, contrast (images); mix-class (features); column-resample, corrupt, missing (tables); jitter, scaling, channel-dropout, time-shift, time-warp, window-crop (series); token-replace, token-mask, token-delete, token-swap, token-crop (tokens); or join them with levels as in rotate:10+gaussian:0.1
}

// Which perturbations are there for a table, and with which levels to begin?
func ExampleAll() {
	columns := datasets.Shape{Height: 1, Width: 1, Channels: 20}
	for _, k := range perturb.All() {
		if k.Check(0.1, columns) == nil {
			fmt.Println(k.Name(), k.Levels())
		}
	}
	// Output:
	// gaussian [0 0.1 0.3 0.5]
	// uniform [0 0.2 0.5 0.9]
	// column-noise [0 0.1 0.3 0.5]
	// mix [0 0.1 0.25 0.4]
	// mix-class [0 0.25 0.5]
	// column-resample [0 0.1 0.3 0.5]
	// corrupt [0 0.2 0.4 0.6]
	// missing [0 0.1 0.3 0.5]
}

// A perturbation of one's own, after a shift by one pixel.
func ExampleCompose() {
	shift, err := perturb.Parse("shift")
	if err != nil {
		fmt.Println(err)
		return
	}
	negative := perturb.Func{Label: "negative", In: "share of the way", Max: 1, Make: func(dst, src []float32, _ datasets.Shape, level float64, _ *rand.Rand) {
		for i, v := range src {
			dst[i] = v + float32(level)*(1-2*v)
		}
	}}
	both, err := perturb.Compose(perturb.Part{Perturbation: shift, Level: 1}, perturb.Part{Perturbation: negative, Level: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	black := &datasets.Set{Name: "black", Shape: datasets.Shape{Height: 2, Width: 2, Channels: 1}, Classes: []string{"a"}, X: make([]float32, 4), Y: []int32{0}}
	copies, err := perturb.Copies(black, both, 0.5, 1) // half of each
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(both.Name(), copies.X)
	// Output:
	// shift:1+negative:1 [0.5 0.5 0.5 0.5]
}

// Rows perturbs a matrix of features. column-noise is a Fitter: it takes the spread
// of the columns from the rows that it is given, unless it was fitted to others.
func ExampleRows() {
	columns := datasets.Shape{Height: 1, Width: 1, Channels: 2}
	train := []float32{-1, 0, 1, 0, -1, 0, 1, 0} // the second column is constant
	noise, err := perturb.Parse("column-noise")
	if err != nil {
		fmt.Println(err)
		return
	}
	if f, ok := noise.(perturb.Fitter); ok {
		if noise, err = f.Fit(&datasets.Set{Shape: columns, X: train}); err != nil {
			fmt.Println(err)
			return
		}
	}
	copies, err := perturb.Rows([]float32{5, 7}, columns, noise, 0.1, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the first column moves:", copies[0] != 5, "the second stays:", copies[1] == 7)
	// Output: the first column moves: true the second stays: true
}
