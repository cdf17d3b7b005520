package probe

import (
	"context"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla"
)

// scored are features whose rows are classified: on the device, or too large to stay
// there. Then blocks of rows are brought there each time.
type scored struct {
	count int
	whole *tensors.Tensor // [count, d]; nil = not there
	rows  xla.Rows        // else
	block int             // rows brought there at a time
}

// residentBytes is the size of features beyond which they do not stay on the device;
// blockBytes that of the blocks in which they are brought there then.
const residentBytes, blockBytes = 128 << 20, 32 << 20

// roomy says whether all features stay on the device: an accelerator has the memory, and
// predictions that stay there are of whole sets.
func (s *scorer) roomy() bool { return s.resident || s.engine.Accelerator() }

// few says whether the scores of so many rows under P label sets may be one array.
func (s *scorer) few(rows int) bool {
	return s.roomy() || 4*rows*s.classes*s.chunk <= 2*chunkBytes
}

// place uploads features, unless they are too large, or their scores are.
func (s *scorer) place(r xla.Rows) (scored, error) {
	rows, cols := r.Dims()
	if !s.roomy() && 4*rows*cols > residentBytes || !s.few(rows) {
		block := min(rows, max(1, blockBytes/(4*cols)), max(1, chunkBytes/(4*s.classes*s.chunk)))
		return scored{count: rows, rows: r, block: block}, nil
	}
	whole, err := s.engine.UploadRows(r, 0, rows)
	return scored{count: rows, whole: whole}, err
}

// blocks hands the rows over block by block, on the device, with the number of the first
// row. All blocks are of one size, so that programs are compiled once: the last one is
// filled up with zeros.
func (s *scorer) blocks(ctx context.Context, f scored, use func(x *tensors.Tensor, first int) error) error {
	if f.whole != nil {
		return use(f.whole, 0)
	}
	for first := 0; first < f.count; first += f.block {
		if err := ctx.Err(); err != nil {
			return err
		}
		x, err := s.engine.UploadRows(f.rows, first, f.block)
		if err != nil {
			return err
		}
		err = use(x, first)
		xla.Free(x)
		if err != nil {
			return err
		}
	}
	return nil
}

// held are scores [K·P, n] that are put together of blocks of rows.
type held struct {
	n    int
	flat []float32 // nil = none are needed
}

func newHeld(s *scorer, n int) held {
	if !s.scoring() {
		return held{}
	}
	return held{n, make([]float32, s.classes*s.chunk*n)}
}

// put puts the scores [K·P, rows] of the rows from the first on where they belong.
func (h held) put(scores *tensors.Tensor, first int) error {
	rows := scores.Shape().Dim(1)
	return xla.View(scores, func(flat []float32) {
		for r := range len(flat) / rows {
			copy(h.flat[r*h.n+first:(r+1)*h.n], flat[r*rows:(r+1)*rows])
		}
	})
}

// views are the scores of so many label sets of a chunk.
func (h held) views(s *scorer, sets int) []classScores {
	all := make([]classScores, sets)
	for p := range all {
		for k := range s.classes {
			row := (k*s.chunk + p) * h.n
			all[p] = append(all[p], h.flat[row:row+h.n:row+h.n])
		}
	}
	return all
}

// heldScores is how many values a call of Predict holds of each label set until they are
// blended.
func (s *scorer) heldScores() int {
	if !s.mixing {
		return 0
	}
	return s.valid[0].count * s.classes
}
