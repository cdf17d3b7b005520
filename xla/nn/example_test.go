package nn_test

import (
	"context"
	"fmt"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// A network is data, and its training an iterator over the epochs that are looked
// at: here an MLP before and after ten epochs on 1,000 images of clothes.
func Example() {
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	train, _, err := datasets.Load(ctx, "fashion-mnist-sample", datasets.Options{Offline: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	train = train.Head(1000)

	spec := nn.MLP(train.Shape, len(train.Classes), 32)
	for snapshot, err := range nn.Train(ctx, engine, spec, train, nn.Training{Epochs: 10, Keep: []int{0, 10}, Seed: 1}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		features, err := snapshot.Features(ctx, train, "dense1")
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("epoch %d: dense1 is %d×%d, most labels right: %v\n", snapshot.Epoch, features.Rows, features.Cols, snapshot.TrainAccuracy > 0.5)
		snapshot.Close()
	}
	// Output:
	// epoch 0: dense1 is 1000×32, most labels right: false
	// epoch 10: dense1 is 1000×32, most labels right: true
}
