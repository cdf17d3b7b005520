package perm

import "math"

// InHalves is the mean tau of a measure in each half of the networks, with a 95 %
// interval of Bootstrap, by the same halves as Halves at the same seed: whether a
// measure holds in one half as in the other. It is nil where a half does not know the
// measure in every stratum in which the whole zoo does, as where it has fewer than 10
// networks there.
func (z Zoo) InHalves(measure, resamples int, s uint64) ([]Interval, error) {
	whole, _, err := z.Taus(measure)
	if err != nil {
		return nil, err
	}
	var out []Interval
	for _, half := range z.split(s) {
		taus, mean, err := half.taus(measure)
		if err != nil {
			return nil, err
		}
		for k, tau := range taus {
			if math.IsNaN(tau) != math.IsNaN(whole[k]) {
				return nil, nil
			}
		}
		if math.IsNaN(mean) {
			return nil, nil
		}
		_, interval, err := half.bootstrap(measure, resamples, s)
		if err != nil {
			return nil, err
		}
		out = append(out, interval)
	}
	return out, nil
}
