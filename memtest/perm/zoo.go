package perm

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Zoo is trained networks, of each of which the generalization gap is known and
// measures that might go with it. Networks are compared within a stratum only, such
// as those of one data set and one family of architectures. What is asked for here
// depends on order alone, not on units.
type Zoo struct {
	Stratum  []string    // [networks] name of the stratum
	Gap      []float64   // [networks] generalization gap, finite
	Measures [][]float64 // [measures][networks]; NaN = not measured for that network
	Factors  [][]string  // [factors][networks] level of each hyperparameter, as text; may be none
}

// leastNetworks is the number of networks of a stratum below which a measure is not
// judged in it: the standard error of tau without association, √(2(2n+5)/(9n(n−1))),
// is 0.25 at 10.
const leastNetworks = 10

// Check says what is wrong with a zoo: no networks or no measures, lengths that
// differ, a gap that is not finite, a stratum of fewer than 3 networks.
func (z Zoo) Check() error {
	n := len(z.Gap)
	if n == 0 || len(z.Measures) == 0 {
		return fmt.Errorf("zoo: %d networks and %d measures; give some of each", n, len(z.Measures))
	}
	if len(z.Stratum) != n {
		return fmt.Errorf("zoo: strata of %d networks but gaps of %d; give one of each per network", len(z.Stratum), n)
	}
	for m, values := range z.Measures {
		if len(values) != n {
			return fmt.Errorf("zoo: measure %d has %d values for %d networks; give NaN where a network was not measured", m, len(values), n)
		}
	}
	for f, levels := range z.Factors {
		if len(levels) != n {
			return fmt.Errorf("zoo: factor %d has %d levels for %d networks; give one per network", f, len(levels), n)
		}
	}
	if err := checkFinite("zoo: gap of network", z.Gap); err != nil {
		return err
	}
	for _, s := range z.strata() {
		if len(s.networks) < 3 {
			return fmt.Errorf("zoo: stratum %q has %d networks; leave out strata of fewer than 3", s.name, len(s.networks))
		}
	}
	return nil
}

// Strata are the names of the strata in the order in which they first appear, that
// of all slices by stratum.
func (z Zoo) Strata() []string {
	var names []string
	for _, s := range z.strata() {
		names = append(names, s.name)
	}
	return names
}

// stratum is the networks of one, ascending.
type stratum struct {
	name     string
	networks []int
}

func (z Zoo) strata() []stratum {
	var all []stratum
	number := map[string]int{}
	for i, name := range z.Stratum {
		k, seen := number[name]
		if !seen {
			k = len(all)
			number[name] = k
			all = append(all, stratum{name: name})
		}
		all[k].networks = append(all[k].networks, i)
	}
	return all
}

// known are the networks among these for which a measure is there, nil where it
// cannot be judged by them: they are fewer than leastNetworks, or the measure or the
// gap is the same for all of them.
func (z Zoo) known(measure int, networks []int) []int {
	var known []int
	for _, i := range networks {
		if !math.IsNaN(z.Measures[measure][i]) {
			known = append(known, i)
		}
	}
	if len(known) < leastNetworks || constant(z.Measures[measure], known) || constant(z.Gap, known) {
		return nil
	}
	return known
}

func constant(values []float64, at []int) bool {
	return !slices.ContainsFunc(at, func(i int) bool { return values[i] != values[at[0]] })
}

// pick is the values at these places.
func pick[T any](values []T, at []int) []T {
	var out []T
	for _, i := range at {
		out = append(out, values[i])
	}
	return out
}

// checkMeasure is Check and asks that a measure exists.
func (z Zoo) checkMeasure(measure int) error {
	if err := z.Check(); err != nil {
		return err
	}
	if measure < 0 || measure >= len(z.Measures) {
		return fmt.Errorf("zoo: measure %d is none of 0..%d", measure, len(z.Measures)-1)
	}
	return nil
}

// Taus is KendallTau of a measure and the gap within each stratum, and its mean over
// the strata where it is known. It is NaN in a stratum where fewer than 10 networks
// were measured, or where the measure or the gap is the same for all that were; the
// mean is NaN where no stratum is left, which is no error: a measure may be of no
// use in a zoo.
func (z Zoo) Taus(measure int) (byStratum []float64, mean float64, err error) {
	if err := z.checkMeasure(measure); err != nil {
		return nil, 0, err
	}
	return z.taus(measure)
}

func (z Zoo) taus(measure int) (byStratum []float64, mean float64, err error) {
	for _, s := range z.strata() {
		tau := math.NaN()
		if known := z.known(measure, s.networks); known != nil {
			if tau, err = KendallTau(pick(z.Measures[measure], known), pick(z.Gap, known)); err != nil {
				return nil, 0, fmt.Errorf("zoo: measure %d in stratum %q: %w", measure, s.name, err)
			}
		}
		byStratum = append(byStratum, tau)
	}
	return byStratum, meanKnown(byStratum), nil
}

// meanKnown is the mean of the values that are not NaN, NaN where there are none.
func meanKnown(values []float64) float64 {
	var known []float64
	for _, v := range values {
		if !math.IsNaN(v) {
			known = append(known, v)
		}
	}
	if len(known) == 0 {
		return math.NaN()
	}
	return stat.Mean(known, nil)
}
