package features

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// The first rows of a file that is sorted by class are a task of fewer classes.
func TestFirstRowsWithoutSomeClassesAreRefused(t *testing.T) {
	matrix := arrays.Named{Name: "train", Dims: []int{6, 1}, Floats: []float32{1, 2, 3, 4, 5, 6}}
	copies := matrix
	copies.Name = "valid_0.1"
	path := fileOf(t, matrix, copies, arrays.Named{Name: "labels", Dims: []int{6}, Ints: []int32{0, 0, 1, 1, 2, 2}})
	_, err := Load(path, Keys{}, 4)
	if err == nil || !strings.Contains(err.Error(), "the first 4 of the 6 rows hold 2 of the 3 classes; leave --n out") {
		t.Errorf("error %v", err)
	}
	for n, want := range map[int]int{0: 6, 5: 5, 6: 6, 9: 6} {
		l, err := Load(path, Keys{}, n)
		if err != nil || len(l.Labels) != want || !slices.Equal(l.Classes, []string{"0", "1", "2"}) {
			t.Errorf("n = %d: %+v, %v", n, l, err)
			continue
		}
		l.Close()
	}
}
