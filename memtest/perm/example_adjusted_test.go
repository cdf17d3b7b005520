package perm_test

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// Three cells that share nineteen label sets: the first lies above its null, the
// second below, the third within.
func ExampleMaxT() {
	observed := []float64{0.9, 0.1, 0.5}
	nulls := make([][]float64, len(observed))
	for b := range 19 {
		for c := range nulls {
			nulls[c] = append(nulls[c], 0.4+0.01*float64((7*b+5*c)%19))
		}
	}
	adjusted, err := perm.MaxT(nulls, observed)
	if err != nil {
		fmt.Println(err)
		return
	}
	for c := range nulls {
		v, err := perm.JudgeStatistic(append([]float64{observed[c]}, nulls[c]...), nil, perm.Options{Sides: perm.Greater})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("cell %d: p %.2f, adjusted for three cells %.2f\n", c, v.LearningP, adjusted[c])
	}
	// Output:
	// cell 0: p 0.05, adjusted for three cells 0.05
	// cell 1: p 1.00, adjusted for three cells 1.00
	// cell 2: p 0.50, adjusted for three cells 0.75
}
