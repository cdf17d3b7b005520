package memory_test

import (
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/memory"
)

// Sizes from a file are multiplied before anything is allocated: they may be
// anything.
func ExampleProduct() {
	rows, columns := 1<<40, 1<<40
	bytes := memory.Product(rows, columns, 4)
	fmt.Println(memory.Size(bytes))
	if err := memory.Enough(bytes, "array X of other.npz"); err != nil {
		fmt.Println("refused")
	}
	// Output:
	// 4.5e+15 GiB
	// refused
}
