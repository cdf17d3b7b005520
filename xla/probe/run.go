package probe

import (
	"context"
	"fmt"
	"iter"

	"github.com/seed-1a417598/memtest/xla"
)

// LabelSets makes label sets on demand: number 0 is the observed labels, the
// others are shuffled. perm.LabelSets is one.
type LabelSets interface {
	Examples() int
	Set(b int, dst []int32)
}

// Batch is what a probe said of a run of label sets.
type Batch struct {
	First  int       // number of the first label set
	Labels [][]int32 // [sets][n]: the labels that the probes were fitted to
	Predictions
}

// Run fits the probe to the label sets first..first+count-1 and yields its
// predictions, chunk by chunk in rising order. Slices of a batch are used again
// after the loop's body. Classes of label sets must lie in 0..d.Classes-1.
// With the label set 0 among them, its batch carries the margins of the copies
// and the classes of the fresh examples.
func Run(ctx context.Context, e *xla.Engine, p Probe, d Data, sets LabelSets, first, count int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		if sets.Examples() != d.Train.Rows {
			yield(Batch{}, fmt.Errorf("probe %s: %d labels, but %d rows of features", p.Name(), sets.Examples(), d.Train.Rows))
			return
		}
		fitted, err := p.Prepare(ctx, e, d)
		if err != nil {
			yield(Batch{}, fmt.Errorf("probe %s: %w", p.Name(), err))
			return
		}
		defer fitted.Close()
		size := fitted.Chunk()
		labels := make([][]int32, size)
		for i := range labels {
			labels[i] = make([]int32, d.Train.Rows)
		}
		for done := 0; done < count; done += size {
			if err := ctx.Err(); err != nil {
				yield(Batch{}, err)
				return
			}
			real := min(size, count-done)
			// The last chunk is filled up with repeats of its first set, so that
			// every call has the one compiled shape; their results are cut off.
			xla.Parallel(size, func(i int) {
				if i < real {
					sets.Set(first+done+i, labels[i])
				}
			})
			for i := real; i < size; i++ {
				copy(labels[i], labels[0])
			}
			out, err := fitted.Predict(ctx, labels, first+done == 0)
			if err != nil {
				yield(Batch{}, fmt.Errorf("probe %s: %w", p.Name(), err))
				return
			}
			for v := range out.Valid {
				out.Valid[v] = out.Valid[v][:real]
			}
			if !yield(Batch{first + done, labels[:real], out}, nil) {
				return
			}
		}
	}
}
