package features_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
)

// A file holds the features of one layer, those of copies at two levels, and the
// labels, under the names that any program can write.
func ExampleLoad() {
	folder, err := os.MkdirTemp("", "features")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "net.npz")
	if err := write(path); err != nil {
		fmt.Println(err)
		return
	}

	layout, err := features.Load(path, features.Keys{}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer layout.Close()
	for f, err := range layout.Stream("net") {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %d×%d, labels %v\n", f.Network, f.Train.Rows, f.Train.Cols, f.Labels)
		level := 0
		for copies, err := range f.Copies {
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Printf("level %g: %d copies\n", f.Levels[level], copies.Rows)
			level++
		}
	}
	// Output:
	// net: 4×2, labels [0 0 1 1]
	// level 0.1: 4 copies
	// level 0.3: 4 copies
}

// write writes features to a file, as numpy.savez does with train=…, labels=… and
// copies called valid_0.1 and valid_0.3.
func write(path string) error {
	x := arrays.Matrix{Rows: 4, Cols: 2, Data: []float32{0, 0, 0, 1, 5, 5, 5, 6}}
	all, err := features.Features{
		Train: x, Labels: []int32{0, 0, 1, 1},
		Levels: []float64{0.1, 0.3}, Copies: features.Matrices(x, x),
	}.Arrays()
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return arrays.WriteNPZ(file, all...)
}
