package perturb

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
)

// Composition applies several perturbations one after the other. Its level
// multiplies the levels of all its parts: 0 is the identity, 1 is what is
// written, 0.5 is half of every part.
type Composition struct{ parts []Part }

// Part is one perturbation of a composition with its level.
type Part struct {
	Perturbation
	Level float64
}

// Compose joins perturbations; the first is applied first.
func Compose(parts ...Part) (Composition, error) {
	if len(parts) == 0 {
		return Composition{}, errors.New("a composition needs at least one perturbation")
	}
	for _, p := range parts {
		if MixesFeatures(p.Name()) {
			return Composition{}, fmt.Errorf("perturbation %s blends features, so it is no part of a composition, which is of examples; use it by itself", p.Name())
		}
		if !(p.Level > 0 && p.Level < maxPart) {
			return Composition{}, fmt.Errorf("perturbation %s: a part of a composition needs a level above 0, not %v (%s)", p.Name(), p.Level, p.Unit())
		}
	}
	return Composition{append([]Part(nil), parts...)}, nil
}

// maxPart only keeps infinities out; each part checks its own range.
const maxPart = 1e9

// Name is the composition as Parse reads it.
func (c Composition) Name() string {
	names := make([]string, len(c.parts))
	for i, p := range c.parts {
		names[i] = p.Name() + ":" + levelText(p.Level)
	}
	return strings.Join(names, "+")
}

func (c Composition) Unit() string { return "times " + c.Name() }

func (c Composition) Check(level float64, s datasets.Shape) error {
	if !(level >= 0) {
		return fmt.Errorf("perturbation %s: level %v is below 0; it multiplies the levels of the parts", c.Name(), level)
	}
	for _, p := range c.parts {
		if err := p.Check(level*p.Level, s); err != nil {
			return fmt.Errorf("composition at level %v: %w", level, err)
		}
	}
	return nil
}

// Fit fits the parts that need it, each to the examples themselves.
func (c Composition) Fit(set *datasets.Set) (Perturbation, error) {
	fitted := Composition{append([]Part(nil), c.parts...)}
	for i, p := range c.parts {
		var err error
		if fitted.parts[i].Perturbation, err = Fitted(p.Perturbation, set); err != nil {
			return nil, err
		}
	}
	return fitted, nil
}

// At gives every part a stream of its own, so that what one draws does not
// shift the draws of the next.
func (c Composition) At(level float64, s datasets.Shape) Copy {
	steps := make([]Copy, len(c.parts))
	for i, p := range c.parts {
		steps[i] = p.At(level*p.Level, s)
	}
	own := rand.NewPCG(0, 0)
	stream := rand.New(own)
	from, to := make([]float32, s.RowSize()), make([]float32, s.RowSize())
	return func(dst, src []float32, r *rand.Rand) {
		copy(from, src)
		for _, step := range steps {
			own.Seed(r.Uint64(), r.Uint64())
			step(to, from, stream)
			from, to = to, from
		}
		copy(dst, from)
	}
}

// family is the name of the streams of random numbers: without levels, so that
// compositions that differ by a level only draw the same numbers.
func family(p Perturbation) string {
	c, ok := p.(Composition)
	if !ok {
		return p.Name()
	}
	names := make([]string, len(c.parts))
	for i, part := range c.parts {
		names[i] = family(part.Perturbation)
	}
	return strings.Join(names, "+")
}
