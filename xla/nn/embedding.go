package nn

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/pkg/core/graph"

	"github.com/seed-1a417598/memtest/datasets"
)

const (
	kindEmbedding = "embedding"
	kindPositions = "positions"
)

// embedding is a vector of so many values for each token of x [batch, steps], of a table
// that training adapts: [batch, steps, units]. The values start with the variance 1.
func (b *Builder) embedding(name string, x *Node, vocabulary, units int) *Node {
	table := b.Weights(name+"/table", Start{Bound: math.Sqrt(3)}, vocabulary, units)
	return Gather(table, ExpandAxes(x, -1))
}

// positions adds to each step of x [batch, steps, channels] a vector of its own, which
// training adapts; they start small beside an embedding.
func (b *Builder) positions(name string, x *Node) *Node {
	d := x.Shape().Dimensions
	table := b.Weights(name+"/table", Start{Bound: 0.2}, d[1], d[2])
	return b.masked(Add(x, ExpandAxes(table, 0)))
}

// ofSteps refuses an input that is no sequence of values.
func ofSteps(in extent, where, name string) error {
	if !in.Sequence() {
		return fmt.Errorf("%s (%s): it takes the steps of a sequence, but its input is %v", where, name, in)
	}
	return nil
}

// ofTokens refuses an input that is no tokens.
func ofTokens(in extent, where, name string) error {
	if in.Kind != datasets.Tokens {
		return fmt.Errorf("%s (%s): an embedding takes tokens, but its input is %v; leave it out", where, name, in)
	}
	return nil
}
