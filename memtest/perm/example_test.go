package perm_test

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// A probe that remembers the label of the nearest training value, tested on
// copies that moved a little: it recalls random labels as well as real ones, so
// it has memorized everything and shows no learning.
func Example() {
	train := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	copies := []float64{1.2, 1.9, 3.1, 4.6, 5.3, 5.9, 7.2, 8.1, 8.8, 9.7}
	labels := []int32{0, 1, 0, 0, 1, 1, 0, 1, 1, 0}
	nearest := func(x float64, y []int32) int32 {
		best := 0
		for i, t := range train {
			if (x-t)*(x-t) < (x-train[best])*(x-train[best]) {
				best = i
			}
		}
		return y[best]
	}

	design, err := perm.NewDesign(labels, 2, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	sets := design.Shuffled(1)

	tally, err := perm.NewTally(len(copies), 2, perm.TallyOptions{Seed: 1, Strata: labels})
	if err != nil {
		fmt.Println(err)
		return
	}
	y, predicted := make([]int32, len(copies)), make([]int32, len(copies))
	for b := range 100 { // 0 is the observed set
		sets.Set(b, y)
		for i, x := range copies {
			predicted[i] = nearest(x, y)
		}
		if err := tally.Add(b, y, predicted); err != nil {
			fmt.Println(err)
			return
		}
	}

	v, err := perm.Judge(tally.Counts(), perm.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("observed %.2f, null %.2f, chance %.2f\n", v.Observed, v.NullMean, v.Chance)
	fmt.Printf("learning %.2f (p %.2f), memorization %.2f (p %.3f)\n", v.Learning, v.LearningP, v.Memorization, v.MemorizationP)
	fmt.Printf("of which the class gives %.2f, the example itself %.2f (p %.3f)\n", v.MemorizationClass, v.MemorizationOwn, v.MemorizationOwnP)
	// Output:
	// observed 0.90, null 0.95, chance 0.50
	// learning -0.05 (p 1.00), memorization 0.45 (p 0.005)
	// of which the class gives 0.04, the example itself 0.40 (p 0.005)
}
