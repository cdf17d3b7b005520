package probe

import (
	"context"
	"math"

	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/xla"
)

// Centroid assigns the class whose mean is nearest in Euclidean distance,
// scikit-learn's NearestCentroid. |x−c|² is least where 2c·x − |c|² is greatest.
type Centroid struct{}

func (Centroid) Name() string { return "centroid" }

func (Centroid) Prepare(ctx context.Context, e *xla.Engine, d Data) (Fitted, error) {
	return newLinear(e, d.center(), "centroid", nil, func(sums, counts *Node, n int, _ []*Node) (w, b *Node) {
		empty := Equal(counts, ZerosLike(counts))
		c := Div(sums, ExpandAxes(Where(empty, OnesLike(counts), counts), -1))
		norm := ReduceSum(Mul(c, c), -1)
		// A class without examples has no mean and must never win.
		return MulScalar(c, 2), Where(empty, AddScalar(ZerosLike(norm), -math.MaxFloat32), Neg(norm))
	})
}
