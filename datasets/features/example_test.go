package features_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
)

// A file of features under the usual names, so that Load needs no Keys: two layers
// of one network, which share labels, and fresh examples of one. Copies whose name
// says no level are at level 1.
func ExampleLoad() {
	matrix := func(name string, rows int) arrays.Named {
		return arrays.Named{Name: name, Dims: []int{rows, 3}, Floats: make([]float32, 3*rows)}
	}
	column := func(name string, values ...int32) arrays.Named {
		return arrays.Named{Name: name, Dims: []int{len(values)}, Ints: values}
	}
	folder, err := os.MkdirTemp("", "features")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "mine.npz")
	file, err := os.Create(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = arrays.WriteNPZ(file,
		matrix("hidden/"+features.KeyTrain, 4), matrix("hidden/"+features.KeyValid+"_0.1", 4), matrix("hidden/"+features.KeyValid+"_0.3", 4),
		matrix("hidden/"+features.KeyFresh, 2), column(features.KeyFreshLabels, 0, 1),
		matrix("last/"+features.KeyTrain, 4), matrix("last/"+features.KeyValid, 4),
		column(features.KeyLabels, 0, 1, 0, 1), column(features.KeyGroups, 5, 5, 8, 8))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := file.Close(); err != nil {
		fmt.Println(err)
		return
	}

	layout, err := features.Load(path, features.Keys{}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer layout.Close()
	for _, layer := range layout.Layers {
		fmt.Printf("%s: %d×%d, levels %v\n", layer.Name, layer.Rows, layer.Cols, layer.Levels)
	}
	fmt.Println("labels", layout.Labels, "groups", layout.Groups, "fresh", layout.FreshLabels)
	// Output:
	// hidden: 4×3, levels [0.1 0.3]
	// last: 4×3, levels [1]
	// labels [0 1 0 1] groups [0 0 1 1] fresh [0 1]
}

// What a network itself gives: of its scores of three classes for the examples and one
// level of copies, and of another that names classes alone.
func ExampleScores() {
	labels := []int32{0, 1, 2}
	of := func(values ...float32) arrays.Matrix { return arrays.Matrix{Rows: 3, Cols: 3, Data: values} }
	scores := features.Scores{
		Train:  of(0.8, 0.1, 0.1, 0.2, 0.6, 0.2, 0, 0.5, 0.5),
		Copies: []arrays.Matrix{of(0.4, 0.3, 0.3, 0.4, 0.3, 0.3, 0.1, 0.1, 0.8)},
	}.Resolve()
	fmt.Println("taken for probabilities:", scores.Are == features.Probabilities)
	own, err := scores.Answers(labels, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	loss, _ := own.Train.Loss()
	fmt.Printf("accuracy %.2f, of copies %.2f, loss %.3f\n", own.Train.Accuracy, own.Copies[0].Accuracy, loss)

	if scores.Are, err = features.ParseScoresAre("logits"); err == nil {
		own, err = scores.Answers(labels, nil)
	}
	loss, _ = own.Train.Loss()
	fmt.Printf("as logits: loss %.3f, %v\n", loss, err)

	alone, err := features.AnswerOfClasses([]int32{0, 1, 1}, labels)
	_, known := alone.Loss()
	fmt.Printf("classes alone: accuracy %.2f, loss known: %v, %v\n", alone.Accuracy, known, err)
	// Output:
	// taken for probabilities: true
	// accuracy 0.67, of copies 0.67, loss 0.476
	// as logits: loss 0.833, <nil>
	// classes alone: accuracy 0.67, loss known: false, <nil>
}
