package perm_test

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// Two cells of the same eight copies and label sets: the difference of their
// learning, with its error over other images and its error over label sets alone.
func ExampleEffect_Minus() {
	labels := []int32{0, 0, 0, 0, 1, 1, 1, 1}
	design, err := perm.NewDesign(labels, 2, nil)
	if err != nil {
		panic(err)
	}
	sets := design.Shuffled(1)
	// The first probe recalls every label of every set, the second those of the first
	// half of the copies; of the others it says class 0.
	answers := func(recalls int) *perm.Counts {
		t, err := perm.NewTally(len(labels), 2, perm.TallyOptions{PerExample: true})
		if err != nil {
			panic(err)
		}
		for b, y := range perm.Sets(sets, 0, 20) {
			predicted := make([]int32, len(y))
			copy(predicted, y[:recalls])
			if err := t.Add(b, y, predicted); err != nil {
				panic(err)
			}
		}
		return t.Counts()
	}
	effect := func(c *perm.Counts) (learning, memorization perm.Effect) {
		if learning, err = c.LearningEffect(); err != nil {
			panic(err)
		}
		if memorization, err = c.MemorizationEffect(); err != nil {
			panic(err)
		}
		return learning, memorization
	}
	learnedA, memorizedA := effect(answers(8))
	learnedB, memorizedB := effect(answers(4))
	learned, err := learnedA.Minus(learnedB)
	if err != nil {
		panic(err)
	}
	memorized, err := memorizedA.Minus(memorizedB)
	if err != nil {
		panic(err)
	}
	fmt.Printf("learning: %.3f ± %.3f over images, ± %.3f over label sets\n", learned.Estimate, learned.SE(), learned.SetsSE())
	i := memorized.Interval(0)
	fmt.Printf("memorization: %.3f, 95 %% interval %.3f to %.3f\n", i.Estimate, i.Low, i.High)
	// Output:
	// learning: 0.276 ± 0.108 over images, ± 0.026 over label sets
	// memorization: 0.224, 95 % interval 0.019 to 0.428
}
