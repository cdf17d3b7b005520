package paper_test

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/paper"
)

// The claims of the paper, as the archive in docs has them.
func Example() {
	archive, err := paper.Read("../../docs/paper")
	if err != nil {
		fmt.Println(err)
		return
	}
	document, err := paper.Document(archive)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range paper.Verdicts(document)[:3] {
		fmt.Println(line)
	}
	// Output:
	// 1. The method tells learning from memorization in MLPs: holds
	// 2. And in CNNs, layer by layer: holds
	// 3. It corroborates other groups: holds in part
}
