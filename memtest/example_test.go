package memtest_test

import (
	"context"
	"fmt"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/xla"
)

// A network is trained on 1,000 images of clothes, and its last hidden layer
// asked, with ridge probes and copies under Gaussian noise of σ = 0.3, what it
// learned: once untrained, once after ten epochs.
func Example() {
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()

	learning := map[int]float64{}
	for row, err := range memtest.Run(ctx, engine, memtest.Config{
		N:       1000,
		Net:     "mlp:64",
		Epochs:  []int{0, 10},
		Levels:  []float64{0.3},
		Refs:    []string{memtest.RefUntrained},
		Options: memtest.Options{Probes: []string{"ridge"}, Permutations: 39},
	}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		learning[row.Epoch] = row.Learning
	}
	fmt.Println("training added to what the layer knows:", learning[10] > learning[0]+0.05)
	// Output: training added to what the layer knows: true
}
