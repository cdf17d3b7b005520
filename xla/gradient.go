package xla

import (
	"sync"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// repairGradients replaces GoMLX's gradient of Dot for two matrices. The
// original multiplies the broadcast operands and sums, an array of [i, j, k]
// values: 128 MiB a step for 512×512 weights at batch 128. With y = a·b the
// gradients are two products of matrices, dL/da = v·bᵀ and dL/db = aᵀ·v.
// The table that GoMLX keeps for this purpose is global, so it is done once.
var repairGradients = sync.OnceFunc(func() {
	original := graph.VJPRegistration[graph.NodeTypeDot]
	graph.VJPRegistration[graph.NodeTypeDot] = func(node *graph.Node, vs []*graph.Node, out shapes.Shape) []*graph.Node {
		a, b := node.Inputs()[0], node.Inputs()[1]
		if a.Rank() != 2 || b.Rank() != 2 {
			return original(node, vs, out)
		}
		v := vs[0]
		return []*graph.Node{
			graph.DotGeneral(v, []int{1}, nil, b, []int{1}, nil),
			graph.DotGeneral(a, []int{0}, nil, v, []int{0}, nil),
		}
	}
})
