package probe

import (
	"context"
	"slices"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/counts"
)

// On an accelerator a call of a program costs as much as many label sets do, and what
// goes to and fro costs more than what stays. So
//
//   - more label sets come at once (chunkOn);
//   - predictions stay where they are made, for those who ask for it by Options.OnDevice
//     and count them there (addOnDevice, votes), and neighbours are picked from distances
//     that stay (search_device.go).
//
// What comes out is the same.
const (
	// acceleratorBytes is there what chunkBytes is on a processor: a small part of the
	// memory of a GPU.
	acceleratorBytes = 1 << 30
	// acceleratorSets is the most label sets at once. It does not follow from how many are
	// asked for: a program of another size may add up in another order, and a run that
	// grows, or that several devices share, must give the same to the last digit. More
	// at once gain little, and cost the runs that have only 199.
	acceleratorSets = 256
)

// chunkOn is how many label sets come at once, the largest array of which has so many
// rows for each: of n values, or of columns where these are more.
func chunkOn(accelerator bool, n, columns, rows int) int {
	if !accelerator {
		return chunkOf(n, rows)
	}
	return min(acceleratorSets, max(1, acceleratorBytes/(4*max(n, columns)*rows)))
}

// resident says whether predictions stay on the device.
func (p Problem) resident() bool { return p.OnDevice && p.Metric == Accuracy }

// addOnDevice is add where the predictions stay on the device.
func (s *scorer) addOnDevice(ctx context.Context, out *Predictions, models []model, labels [][]int32) error {
	for i, part := range slices.Collect(slices.Chunk(labels, s.chunk)) {
		err := out.keep(s.engine, part, s.classes, len(s.valid), func(v int) (*tensors.Tensor, error) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			res, err := s.classify.Run(models[i][0], models[i][1], s.valid[v].whole)
			if err != nil {
				return nil, err
			}
			return res[0], nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keep adds predictions [P, n] for some label sets on each set of copies, which stay
// where they are.
func (out *Predictions) keep(e *xla.Engine, labels [][]int32, classes, copies int, predict func(copies int) (*tensors.Tensor, error)) error {
	out.Valid = nil
	var all []*tensors.Tensor
	for v := range copies {
		t, err := predict(v)
		if err != nil {
			xla.Free(all...)
			return err
		}
		all = append(all, t)
	}
	if copies == 0 {
		return nil
	}
	p, err := counts.NewPredicted(e, labels, classes, all)
	if err != nil {
		return err
	}
	out.OnDevice = append(out.OnDevice, p)
	return nil
}

// free frees what of the predictions lies on a device.
func (out Predictions) free() {
	for _, p := range out.OnDevice {
		p.Free()
	}
}
