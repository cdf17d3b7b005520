package arrays_test

import (
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// A member of an archive, or an answer from elsewhere, is told by its first bytes.
func ExampleForeign() {
	fmt.Println(arrays.Foreign("train.npz", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n")))
	fmt.Printf("%q\n", arrays.Foreign("train.npy", []byte("\x93NUMPY\x01\x00")))
	// Output:
	// it is a Git LFS pointer, a note of three lines in place of the file; bring the file itself with: git lfs pull
	// ""
}
