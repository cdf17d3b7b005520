package probe

import (
	"context"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// addObserved adds what is wanted of the fit to the first label set only.
func (s *scorer) addObserved(ctx context.Context, out *Predictions, m model, labels []int32) error {
	if s.bare {
		return nil
	}
	first, err := s.firstFit(m)
	defer xla.Free(first...)
	if err != nil {
		return err
	}
	copies := s.valid
	if s.mixing { // there are none yet
		copies, out.unmixed.margins = nil, true
	}
	for _, v := range copies {
		margins := make([]float32, v.count)
		err := s.scoresOf(ctx, first, v, func(i int, scores []float32) { margins[i] = margin(scores, labels[i]) })
		if err != nil {
			return err
		}
		out.Margins = append(out.Margins, margins)
	}
	if s.fresh.count == 0 {
		return nil
	}
	out.Fresh = make([]int32, s.fresh.count)
	return s.scoresOf(ctx, first, s.fresh, func(i int, scores []float32) { out.Fresh[i] = argMax(scores) })
}

// argMax is the class of greatest score, the smallest of equal ones.
func argMax[T float32 | float64](scores []T) int32 {
	best := 0
	for k, s := range scores {
		if s > scores[best] {
			best = k
		}
	}
	return int32(best)
}

// margin is the score of a class less the best score of the others.
func margin[T float32 | float64](scores []T, class int32) float32 {
	other := 0
	if class == 0 {
		other = 1
	}
	for k, s := range scores {
		if int32(k) != class && s > scores[other] {
			other = k
		}
	}
	return float32(scores[class] - scores[other])
}

// firstFit is the weights [K, d] and biases [K] of the first label set.
func (s *scorer) firstFit(m model) (model, error) {
	w, err := xla.Download[float32](m[0])
	if err != nil {
		return nil, err
	}
	b, err := xla.Download[float32](m[1])
	if err != nil {
		return nil, err
	}
	d := len(w) / len(b)
	var firstW, firstB []float32
	for k := range s.classes {
		row := k * s.chunk
		firstW = append(firstW, w[row*d:(row+1)*d]...)
		firstB = append(firstB, b[row])
	}
	wt, err := xla.Tensor(s.engine, firstW, s.classes, d)
	if err != nil {
		return nil, err
	}
	bt, err := xla.Tensor(s.engine, firstB, s.classes)
	return model{wt, bt}, err
}

// scoresOf reads the scores [K] of each row by one fit.
func (s *scorer) scoresOf(ctx context.Context, fit model, f scored, read func(row int, scores []float32)) error {
	return s.blocks(ctx, f, func(x *tensors.Tensor, first int) error {
		res, err := s.scores.Run(fit[0], fit[1], x)
		if err != nil {
			return err
		}
		defer xla.Free(res...)
		return xla.View(res[0], func(flat []float32) {
			all := arrays.Matrix{Rows: min(len(flat)/s.classes, f.count-first), Cols: s.classes, Data: flat}
			for i := range all.Rows {
				read(first+i, all.Row(i))
			}
		})
	})
}
