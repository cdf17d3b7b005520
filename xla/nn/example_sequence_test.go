package nn_test

import (
	"context"
	"fmt"

	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// signals are 100 texts of one to six of ten tokens; in those of class 1 token 7 is the last.
func signals() *datasets.Set {
	set := &datasets.Set{Name: "signals", Classes: []string{"without", "with"},
		Shape: datasets.Shape{Height: 6, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 10}}
	for i := range 100 {
		row, length := make([]float32, set.Shape.RowSize()), 1+i%6
		for j := range length {
			row[j] = float32((i + 3*j) % 7)
		}
		if i%2 == 1 {
			row[length-1] = 7
		}
		row[set.Shape.Size()] = float32(length) // the last value of a row
		set.X, set.Y = append(set.X, row...), append(set.Y, int32(i%2))
	}
	return set
}

// right says whether a network answers nearly all of the set after training.
func right(spec nn.Spec, set *datasets.Set) bool {
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		fmt.Println(err)
		return false
	}
	defer engine.Close()
	for snapshot, err := range nn.Train(ctx, engine, spec, set, nn.Training{Epochs: 30, Batch: 20, Seed: 1, Optimizer: nn.Optimizer{Rate: 0.01}}) {
		if err != nil {
			fmt.Println(err)
			return false
		}
		defer snapshot.Close()
		return snapshot.TrainAccuracy > 0.95
	}
	return false
}

// A transformer of one block and width 16 for texts.
func ExampleTransformer() {
	set := signals()
	spec := nn.Transformer(set.Shape, len(set.Classes), 1, 16)
	fmt.Println(spec.LayerNames())
	fmt.Println(right(spec, set))
	// Output:
	// [embedding1 positions1 attention1 layernorm1 pool1]
	// true
}

// A network written by hand: of each text it counts the tokens, padding left out, and
// classifies the counts.
func ExampleBuilder_Lengths() {
	set := signals()
	count := func(b *nn.Builder, x *Node) *Node { // x [batch, steps]
		_, there := b.Lengths()
		each := OneHot(x, set.Shape.Vocabulary, dtypes.Float32) // [batch, steps, tokens]
		counts := ReduceSum(Mul(each, ExpandAxes(ConvertDType(there, dtypes.Float32), -1)), 1)
		counts = b.Layer("counts", counts)
		return DotProduct(counts, b.Weights("logits/weights", nn.FanIn(set.Shape.Vocabulary, false), set.Shape.Vocabulary, len(set.Classes)))
	}
	spec := nn.Spec{Name: "counts", Input: set.Shape, Classes: len(set.Classes), Model: count, Layers: []nn.Layer{{Kind: "function", Name: "counts"}}}
	fmt.Println(right(spec, set))
	// Output: true
}
