package probe

import (
	"github.com/gomlx/gomlx/pkg/core/dtypes"
	. "github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/shapes"
)

// manyClasses is more than argMaxClass compares one after the other: XLA takes half a
// second to compile the comparisons of 200 classes and 14 seconds those of 1,000.
const manyClasses = 128

// classBlock is how many of many classes make a block: about the root of 1,000, so
// that there are as few comparisons within blocks as between them.
const classBlock = 32

// argMaxClass returns the class of greatest score, the smallest of equal ones:
// scores [K·P, n] -> [P, n]. Comparisons of whole rows run at the speed of memory;
// XLA's ArgMax on the CPU goes element by element. Many classes are compared within
// all blocks of them at a time, then the blocks' greatest, then what fills no block.
func argMaxClass(scores *Node, classes int) *Node {
	p, n := scores.Shape().Dim(0)/classes, scores.Shape().Dim(1)
	top := greatest{Slice(scores, AxisRange(0, p)), Zeros(scores.Graph(), shapes.Make(dtypes.Int32, p, n))}
	next := 1
	if classes > manyClasses {
		blocks := classes / classBlock
		next = blocks * classBlock
		top = greatestOfBlocks(Reshape(Slice(scores, AxisRange(0, next*p)), blocks, classBlock, p, n))
	}
	for k := next; k < classes; k++ {
		top = top.or(Slice(scores, AxisRange(k*p, (k+1)*p)), AddScalar(ZerosLike(top.class), k))
	}
	return top.class
}

// greatest is the greatest score of the classes so far, and its class.
type greatest struct{ score, class *Node }

// or is the greatest of those and of a class that comes after them, which equal scores
// do not make the greatest.
func (g greatest) or(score, class *Node) greatest {
	better := GreaterThan(score, g.score)
	return greatest{Where(better, score, g.score), Where(better, class, g.class)}
}

// greatestOfBlocks is the greatest of the scores [blocks, classBlock, P, n] of classes
// in their order, [P, n].
func greatestOfBlocks(scores *Node) greatest {
	blocks, p, n := scores.Shape().Dim(0), scores.Shape().Dim(2), scores.Shape().Dim(3)
	first := MulScalar(Iota(scores.Graph(), shapes.Make(dtypes.Int32, blocks, p, n), 0), classBlock)
	class := func(k int) *Node {
		return Reshape(Slice(scores, AxisRange(), AxisRange(k, k+1)), blocks, p, n)
	}
	within := greatest{class(0), first}
	for k := 1; k < classBlock; k++ {
		within = within.or(class(k), AddScalar(first, k))
	}
	block := func(x *Node, b int) *Node { return Reshape(Slice(x, AxisRange(b, b+1)), p, n) }
	top := greatest{block(within.score, 0), block(within.class, 0)}
	for b := 1; b < blocks; b++ {
		top = top.or(block(within.score, b), block(within.class, b))
	}
	return top
}
