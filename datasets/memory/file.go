package memory

import (
	"fmt"
	"os"
)

// ReadFile reads a file whole where there is memory for it and for what is made of
// it, which is so many times its size. The error of a file that is not there is
// fs.ErrNotExist.
func ReadFile(path string, times float64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if size := float64(info.Size()); info.Mode().IsRegular() {
		if err := Enough((1+times)*size, fmt.Sprintf("file %s, %s large,", path, Size(size))); err != nil {
			return nil, err
		}
	}
	return os.ReadFile(path)
}
