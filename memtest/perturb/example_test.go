package perturb_test

import (
	"fmt"

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
	// there is no perturbation named "wobble"; choose one of gaussian, uniform, column-noise, salt-pepper, replace, dropout, occlusion, shift, rotate, scale, shear, flip, elastic, blur, brightness, contrast, mix, or join them with levels as in rotate:10+gaussian:0.1
}
