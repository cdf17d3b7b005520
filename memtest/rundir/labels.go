package rundir

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// labelsName is the array of labelsFile.
const labelsName = "labels"

// KeepLabels keeps the classes [n] of the training examples, by which runs are
// compared. Where the folder has labels already, they must be these; labels that
// cannot be read are written anew.
func (d *Dir) KeepLabels(labels []int32) error {
	there, err := d.Labels()
	if err != nil {
		return d.put(d.Path(labelsFile), func(w io.Writer) error {
			return arrays.WriteNPZ(w, arrays.Named{Name: labelsName, Dims: []int{len(labels)}, Ints: labels})
		})
	}
	if !slices.Equal(there, labels) {
		return result.Inputf("%s holds other labels than the data have now: give the data that the run was begun with, or another folder with --out", d.Path(labelsFile))
	}
	return nil
}

// Labels are the classes that KeepLabels kept; the error of a folder without any
// is fs.ErrNotExist.
func (d *Dir) Labels() ([]int32, error) {
	if _, err := os.Stat(d.Path(labelsFile)); err != nil {
		return nil, err
	}
	if err := ordinary(d.Path(labelsFile)); err != nil {
		return nil, err
	}
	s, err := arrays.Open(d.Path(labelsFile))
	if err != nil {
		return nil, err
	}
	defer s.Close()
	a, err := s.Array(labelsName)
	if err != nil {
		return nil, err
	}
	read, err := a.Labels()
	if err != nil {
		return nil, err
	}
	labels := make([]int32, read.Len())
	for i, y := range read.Ints {
		if labels[i] = int32(y); int64(labels[i]) != y || y < 0 {
			return nil, fmt.Errorf("%s: label %d of example %d is no class", d.Path(labelsFile), y, i)
		}
	}
	return labels, nil
}
