package perm

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Pilot is what the error of an effect, or of a difference of two, is made of, as a
// first run found it: from it follows what a run of another size can show. The
// variances are taken to be those of the larger run too. They are not quite: a
// network that learns from more images gives other answers
// (docs/simulation.md says how far that goes).
type Pilot struct {
	Estimate float64 `json:"estimate"` // mean over the training seeds
	Seeds    int     `json:"seeds"`    // training seeds of the pilot
	// Images is the variance of an example's part of the effect over all label sets;
	// over other images, n of them give the variance Images/n. It is that of the parts
	// that B sets gave (Effect.Examples, divisor n−1) less Sets/B, what the chance of
	// the sets adds to them: hits of different examples under a shuffle are taken as
	// independent.
	Images float64 `json:"images"`
	// Sets is the variance of a label set's part (Effect.Sets, divisor B−1) times n,
	// since it goes like 1/n: B sets give Sets/(n·B).
	Sets float64 `json:"sets"`
	// Trainings is the variance of the estimate between training seeds, divisor
	// Seeds−1, taken not to depend on n; 0 where the pilot has one seed, which tells
	// nothing of others.
	Trainings float64 `json:"trainings"`
}

// NewPilot takes the variances of an effect from a pilot: one effect a training
// seed, all of the same examples and label sets.
func NewPilot(effects ...Effect) (Pilot, error) {
	p := Pilot{Seeds: len(effects)}
	var estimates []float64
	for _, e := range effects {
		n := len(e.Examples)
		if n < 2 || n != len(effects[0].Examples) {
			return p, fmt.Errorf("pilot: effects of %d and of %d examples; at least two are needed, and the same for each training seed", n, len(effects[0].Examples))
		}
		images, sets := stat.Variance(e.Examples, nil), 0.0
		if b := float64(len(e.Sets)); b > 1 {
			sets = stat.Variance(e.Sets, nil) * float64(n)
			images = max(0, images-sets/b)
		}
		p.Images, p.Sets = p.Images+images/float64(len(effects)), p.Sets+sets/float64(len(effects))
		estimates = append(estimates, e.Estimate)
	}
	switch len(effects) {
	case 0:
		return p, fmt.Errorf("pilot: no effects; give one for each training seed")
	case 1:
		p.Estimate = estimates[0]
	default:
		p.Estimate, p.Trainings = stat.MeanVariance(estimates, nil)
	}
	return p, nil
}

// Size is that of a run that is planned.
type Size struct {
	N     int `json:"n"`            // examples, at least 2
	B     int `json:"permutations"` // label sets beside the observed one, at least 1
	Seeds int `json:"seeds"`        // trainings, at least 1; of one, intervals are about that network
}

// Knows says whether the pilot tells what a run of so many trainings can show:
// between trainings it must have seen two.
func (p Pilot) Knows(s Size) bool { return s.Seeds == 1 || p.Seeds > 1 }

// SE is the standard error over other images and label sets and, with several
// seeds, trainings: √(Images/n + Sets/(n·B) + Trainings/S).
func (p Pilot) SE(s Size) float64 { return math.Sqrt(p.images(s, 1) + p.trainings(s)) }

// images is the variance of the estimate by images and label sets. Effect.SE counts
// what the sets do twice, once in the examples' parts, which errs on the wide side:
// the error that a run prints has twice the Sets.
func (p Pilot) images(s Size, times float64) float64 {
	return (p.Images + times*p.Sets/float64(s.B)) / float64(s.N)
}

// trainings is that by training seeds.
func (p Pilot) trainings(s Size) float64 {
	if s.Seeds == 1 {
		return 0
	}
	return p.Trainings / float64(s.Seeds)
}

// HalfWidth is half the width to expect of the interval that OverSeedsAndImages
// gives. With several seeds that width is random, as the variance between so few
// trainings is: this is its mean, for trainings whose estimates are normal.
func (p Pilot) HalfWidth(s Size, confidence float64) float64 {
	return stat.Mean(p.halves(s, confidence), nil)
}

// quantiles is at how many equally likely values a mean over a random quantity is
// taken; the error of what follows from it is below 1 %.
const quantiles = 200

// halves are the half-widths that are equally likely to come: one without a
// variance between seeds to be estimated, else one for each of the quantiles of
// that estimate, σ²·χ²(S−1)/(S−1).
func (p Pilot) halves(s Size, confidence float64) []float64 {
	images, trainings := p.images(s, 2), p.trainings(s)
	tail := 1 - (1-confidence)/2
	if trainings == 0 {
		return []float64{quantileOfT(tail, math.Inf(1)) * math.Sqrt(images)}
	}
	freedom := float64(s.Seeds - 1)
	all := make([]float64, quantiles)
	for i := range all {
		found := trainings * distuv.ChiSquared{K: freedom}.Quantile((float64(i)+0.5)/quantiles) / freedom
		welch := freedom * (images + found) * (images + found) / (found * found)
		all[i] = quantileOfT(tail, welch) * math.Sqrt(images+found)
	}
	return all
}

// Detectable is the smallest true effect that is shown, that is whose interval of
// this confidence leaves out 0 on either side, with the probability power. It is
// (z(1−α/2) + z(power))·SE for one seed and many sets, the standard formula of normal theory
// (Cohen 1988, Statistical power analysis, ch. 2; Chow, Shao and Wang 2008, Sample
// size calculations in clinical research, ch. 3), and larger for few seeds, of which
// Student's t asks more.
func (p Pilot) Detectable(s Size, confidence, power float64) float64 {
	se, halves := p.SE(s), p.halves(s, confidence)
	return smallest(se, power, func(effect float64) float64 {
		shown := 0.0
		for _, half := range halves {
			shown += normal((effect-half)/se) + normal((-effect-half)/se)
		}
		return shown / float64(len(halves))
	})
}

// SameWithin is the smallest margin within which two cells that do not differ are
// shown to be the same (Stand) with the probability power: for one seed and many sets
// (z(1−α/2) + z((1+power)/2))·SE, the formula of the two one-sided tests (Chow, Shao
// and Wang 2008, ch. 3) with the interval of Stand.
func (p Pilot) SameWithin(s Size, confidence, power float64) float64 {
	se, halves := p.SE(s), p.halves(s, confidence)
	return smallest(se, power, func(margin float64) float64 {
		shown := 0.0
		for _, half := range halves {
			shown += max(0, 2*normal((margin-half)/se)-1)
		}
		return shown / float64(len(halves))
	})
}

func normal(z float64) float64 { return distuv.UnitNormal.CDF(z) }

// smallest is the least value at which a probability that rises from 0 on reaches
// power, by bisection; step is its scale. Where there is no error, it is 0.
func smallest(step, power float64, probability func(float64) float64) float64 {
	if step == 0 {
		return 0
	}
	high := step
	for probability(high) < power {
		high *= 2
	}
	low := 0.0
	for high-low > 1e-9*high {
		if middle := (low + high) / 2; probability(middle) < power {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}
