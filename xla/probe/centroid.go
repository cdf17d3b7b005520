package probe

import (
	"context"
	"math"

	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/xla"
)

// Centroid assigns the class whose mean is nearest in Euclidean distance,
// scikit-learn's NearestCentroid. |x−c|² is least where 2c·x − |c|² is greatest.
// Its AUC ranks by −|x−c|², and its margins are in the unit of inUnit.
type Centroid struct{}

func (Centroid) Name() string { return "centroid" }

func (Centroid) Prepare(ctx context.Context, e *xla.Engine, p Problem) (Fitted, error) {
	if err := noProbabilities(p, "centroid"); err != nil {
		return nil, err
	}
	p.Data, _ = p.inUnit()
	c := p.center()
	l, err := newLinear(e, p, c, "centroid", nil, func(sums, counts *Node, n int, _ []*Node) (w, b *Node) {
		empty := Equal(counts, ZerosLike(counts))
		means := Div(sums, ExpandAxes(Where(empty, OnesLike(counts), counts), -1))
		norm := ReduceSum(Mul(means, means), -1)
		// A class without examples has no mean and must never win.
		return MulScalar(means, 2), Where(empty, AddScalar(ZerosLike(norm), -math.MaxFloat32), Neg(norm))
	})
	if err != nil {
		return nil, err
	}
	if p.Metric == AUC {
		for _, v := range p.Valid {
			l.less = append(l.less, c.of(v).squaredLengths())
		}
		if l.mixing {
			l.mixed = p.Train
		}
	}
	return l, nil
}
