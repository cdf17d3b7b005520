package features

import (
	"slices"
	"strconv"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Arrays are the features as arrays, under the names by which Load finds them, and
// with the axes that they have.
func (f Features) Arrays() ([]arrays.Named, error) {
	matrix := func(name string, m arrays.Matrix) arrays.Named {
		dims := []int{m.Rows, m.Cols}
		if s := f.Shape; !s.Table() && s.Size() == m.Cols {
			dims = []int{m.Rows, s.Height, s.Width, s.Channels}
		}
		return arrays.Named{Name: name, Dims: dims, Floats: m.Data}
	}
	whole := func(name string, v []int32, dims ...int) arrays.Named {
		return arrays.Named{Name: name, Dims: dims, Ints: v}
	}
	all := []arrays.Named{matrix(KeyTrain, f.Train)}
	i := 0
	for m, err := range f.Copies {
		if err != nil {
			return nil, err
		}
		all = append(all, matrix(KeyValid+"_"+strconv.FormatFloat(f.Levels[i], 'g', -1, 64), m))
		i++
	}
	all = append(all, whole(KeyLabels, f.Labels, len(f.Labels)))
	if f.Fresh.Rows > 0 {
		all = append(all, matrix(KeyFresh, f.Fresh), whole(KeyFreshLabels, f.FreshLabels, len(f.FreshLabels)))
	}
	if f.Groups != nil {
		all = append(all, whole(KeyGroups, f.Groups, len(f.Groups)))
	}
	if f.Permuted != nil {
		all = append(all, whole(KeyPermuted, slices.Concat(f.Permuted...), len(f.Permuted), len(f.Labels)))
	}
	return all, nil
}
