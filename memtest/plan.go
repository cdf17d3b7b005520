package memtest

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Pilots are what the errors of learning and of memorization are made of, of a cell
// and, where references are given, of its difference to them: what a run of another
// size is planned by. rows are those of a cell, one a training seed, and references,
// which may be nil, what each is compared with; evidence gives that of a cell.
// Learning is of the metric of the rows; memorization is that which sentences speak of,
// the examples' own part, of hits.
func Pilots(rows, references []result.Row, evidence func(cell string) (Evidence, bool)) (learning, memorization perm.Pilot, err error) {
	var learned, memorized []perm.Effect
	for i, r := range rows {
		if perturb.MixesFeatures(r.Perturbation) {
			return learning, memorization, fmt.Errorf("%s: of blends no errors over examples are known that a size could be planned by; take a pilot on copies of the examples", r.Place())
		}
		e := effectsOf(r, evidence)
		if references != nil && e != nil {
			if e, err = difference(e, effectsOf(references[i], evidence)); err != nil {
				return learning, memorization, fmt.Errorf("%s: %w", r.Place(), err)
			}
		}
		if e == nil {
			return learning, memorization, fmt.Errorf("%s: what is kept of it says nothing example by example, as that of an older memtest; measure a pilot again", r.Place())
		}
		learned, memorized = append(learned, e.learning), append(memorized, e.own)
	}
	if learning, err = perm.NewPilot(learned...); err != nil {
		return learning, memorization, err
	}
	memorization, err = perm.NewPilot(memorized...)
	return learning, memorization, err
}

// difference is e − o, or nil where o is not known.
func difference(e, o *effects) (*effects, error) {
	if o == nil {
		return nil, nil
	}
	d, err := e.minus(*o)
	return &d, err
}
