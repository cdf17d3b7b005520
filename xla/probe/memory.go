package probe

import "github.com/seed-1a417598/memtest/datasets/memory"

// Size is that of the features of a measurement.
type Size struct {
	Rows, Columns int // training examples n, columns d
	Sets          int // sets of copies, without those that are the training examples themselves
	Fresh         int // examples that were not trained on
	Classes       int // K
}

// Memory is about how many bytes a probe takes beside features of this size on the host,
// which grows with none of the label sets. Of a probe of one's own it is 0.
func Memory(p Probe, s Size) float64 {
	if f, ok := p.(interface{ memory(Size) float64 }); ok {
		return f.memory(s)
	}
	return 0
}

// train is the size of the training features.
func (s Size) train() float64 { return 4 * memory.Product(s.Rows, s.Columns) }

// wide is what the space of n dimensions takes, and coordinates in it.
func (s Size) wide() float64 {
	return s.train() + max(s.train(), blockBytes) + 4*memory.Product(s.Rows*(s.Sets+1)+s.Fresh, s.Rows)
}

// scored is what the copies and fresh examples take on the device, their scores, and the
// labels and predictions of a chunk.
func (s Size) scored(columns int) float64 {
	need := 0.0
	for i := range s.Sets + 1 {
		rows := s.Rows
		if i == s.Sets {
			rows = s.Fresh
		}
		need += min(4*memory.Product(rows, columns), residentBytes)
	}
	chunk := chunkOf(s.Rows, s.Classes)
	scores := 4 * memory.Product(s.Rows, s.Classes, chunk)
	return need + 2*scores + 4*memory.Product(s.Rows, chunk, s.Sets+2)
}

func (r Ridge) memory(s Size) float64 {
	side := 8 * memory.Product(min(s.Rows, s.Columns), min(s.Rows, s.Columns))
	if s.Columns > s.Rows { // the centred examples and a block of rows, matrices [n, n] and the hats
		return s.wide() + 4*side + s.scored(s.Rows)
	}
	return max(4*side, s.train()+side/2+s.scored(s.Columns))
}

func (Centroid) memory(s Size) float64 { return s.train() + s.scored(s.Columns) }

func (k KNN) memory(s Size) float64 {
	return s.train() + 2*chunkBytes + 4*memory.Product(s.Rows, k.neighbours(), s.Sets+1)
}

// memory of softmax: the features as they are centred, with a constant, in another order,
// weighted and whitened, of which four lie in memory at a time, and the state of a chunk
// of fits.
func (SoftmaxRegression) memory(s Size) float64 {
	columns := min(s.Rows, s.Columns)
	side, train := 8*memory.Product(columns, columns), 4*memory.Product(s.Rows, columns)
	narrow := 0.0
	if s.Columns > s.Rows {
		narrow = s.wide()
	}
	return narrow + 4*train + 3*side + s.scored(columns) + 6*4*memory.Product(s.Rows, s.Classes, chunkOf(s.Rows, s.Classes))
}

func (f Forest) memory(s Size) float64 { return 2 * s.train() }
