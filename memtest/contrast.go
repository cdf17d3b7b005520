package memtest

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// contrasted is a comparison on its way: for each quantity its differences, one a
// training seed, with their errors.
type contrasted struct {
	pair
	learning, memorization *paired // memorization nil where it is not known
	seeds                  int     // 0 = of one pair of networks
}

// paired are the differences of one quantity, one for each pair of networks.
type paired struct {
	values, errors []float64
	over           string
}

// comparePairs computes the differences, and those over the training seeds of
// pairs that are alike but for the seed.
func comparePairs(a, b Measured, pairs []pair) ([]contrasted, error) {
	key := func(p pair) string { p.a.Seed, p.b.Seed = 0, 0; return p.a.Cell() + p.b.Cell() }
	var all []contrasted
	for len(pairs) > 0 {
		first := key(pairs[0])
		var rest []pair
		var seeds []contrasted
		for _, p := range pairs {
			if key(p) != first {
				rest = append(rest, p)
				continue
			}
			c, err := comparePair(a, b, p)
			if err != nil {
				return nil, err
			}
			seeds = append(seeds, c)
		}
		pairs = rest
		all = append(all, seeds...)
		if len(seeds) > 1 {
			all = append(all, overSeeds(seeds))
		}
	}
	return all, nil
}

// overSeeds compares two networks over their training seeds.
func overSeeds(seeds []contrasted) contrasted {
	over := contrasted{pair: seeds[0].pair, seeds: len(seeds), learning: &paired{over: OverSeeds}, memorization: &paired{over: OverSeeds}}
	for _, c := range seeds {
		if c.learning.over == OverShuffle {
			over.learning.over = OverShuffleSeeds
		}
		over.learning.values, over.learning.errors = append(over.learning.values, c.learning.values...), append(over.learning.errors, c.learning.errors...)
		if c.memorization == nil {
			over.memorization = nil
		}
		if over.memorization != nil {
			over.memorization.values, over.memorization.errors = append(over.memorization.values, c.memorization.values...), append(over.memorization.errors, c.memorization.errors...)
		}
	}
	return over
}

// comparePair is the difference of two cells, image by image by their evidence
// where it is kept, else over the label sets by their rows.
func comparePair(a, b Measured, p pair) (contrasted, error) {
	c := contrasted{pair: p}
	if p.a.Permutations != p.b.Permutations {
		return c, &DifferentError{"permutations", fmt.Sprintf("%d of %s in %s", p.a.Permutations, p.a.Cell(), a.Name), fmt.Sprintf("%d in %s", p.b.Permutations, b.Name), "measure both with the same number"}
	}
	if err := alikeGroups(a, b, p); err != nil {
		return c, err
	}
	ea, eb := effectsOf(p.a, a.Evidence), effectsOf(p.b, b.Evidence)
	if ea != nil && eb != nil {
		d, err := ea.minus(*eb)
		if err != nil {
			return c, fmt.Errorf("%s: %w", p.a.Cell(), err)
		}
		c.learning = &paired{[]float64{d.learning.Estimate}, []float64{d.learning.SE()}, OverImages}
		c.memorization = &paired{[]float64{d.own.Estimate}, []float64{d.own.SE()}, OverImages}
		return c, nil
	}
	d, err := perm.LearningDifference(p.a.Observed, p.a.Null, p.b.Observed, p.b.Null, 0)
	if err != nil {
		return c, fmt.Errorf("%s: %w", p.a.Cell(), err)
	}
	c.learning = &paired{[]float64{d.Estimate}, []float64{perm.ShufflesSE(p.a.Null, p.b.Null)}, OverShuffle}
	return c, nil
}

// alikeGroups checks that the labels of two cells were exchanged within the same
// groups, as far as their evidence tells: by the number of groups and, of one seed,
// by the key of their reshuffles, which is of the groups too.
func alikeGroups(a, b Measured, p pair) error {
	ea, okA := a.Evidence(p.a.Cell())
	eb, okB := b.Evidence(p.b.Cell())
	const hint = "give both the same groups"
	switch {
	case !okA || !okB:
		return nil
	case ea.Counts.Blocks != eb.Counts.Blocks:
		return &DifferentError{"groups", fmt.Sprintf("%d in %s", ea.Counts.Blocks, a.Name), fmt.Sprintf("%d in %s", eb.Counts.Blocks, b.Name), hint}
	case ea.Counts.Blocks > 1 && a.Config.Seed == b.Config.Seed && ea.Counts.Key != eb.Counts.Key:
		return &DifferentError{"groups", "which examples they hold in " + a.Name, "in " + b.Name, hint}
	}
	return nil
}

// say gives each difference its interval and its word.
func say(all []contrasted, o CompareOptions) []Comparison {
	sentences := 0
	for _, c := range all {
		sentences++
		if c.memorization != nil {
			sentences++
		}
	}
	together := perm.Simultaneous(o.Alpha, sentences)
	var out []Comparison
	for _, c := range all {
		one := Comparison{A: c.a, B: c.b, Seeds: c.seeds, Learning: c.learning.contrast(o, together)}
		if c.memorization != nil {
			m := c.memorization.contrast(o, together)
			one.Memorization = &m
		}
		out = append(out, one)
	}
	return out
}

// contrast is the mean difference over the seeds.
func (p paired) contrast(o CompareOptions, together float64) Contrast {
	i := perm.OverSeedsAndImages(p.values, p.errors, 1-o.Alpha)
	return Contrast{i, p.over, perm.Stand(perm.OverSeedsAndImages(p.values, p.errors, together), o.Margin)}
}
