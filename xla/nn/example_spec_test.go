package nn_test

import (
	"fmt"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// The layers of a network whose features can be taken, by name.
func ExampleSpec() {
	spec := nn.CNN(datasets.Shape{Height: 28, Width: 28, Channels: 1}, 10, []int{8}, 32)
	fmt.Println(spec.LayerNames())
	layers, err := spec.ResolveLayers([]string{"last", nn.LayerLogits})
	fmt.Println(layers, err)
	// Output:
	// [conv1 maxpool1 dense1]
	// [dense1 logits] <nil>
}
