package paper

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// byChance measures, for each training seed, how well scores of single examples find those
// whose label was drawn by lot.
func (r Run) byChance(x *memtest.Experiment, rows []result.Row, of evidence) ([]Fact, error) {
	truth, err := lots(x.Train)
	if err != nil {
		return nil, err
	}
	var facts []Fact
	for s := range x.Config.Seeds {
		seed := x.Config.Seed + uint64(s)
		facts = append(facts, Fact{Run: r.Name, Name: factByChance, Seed: seed, Value: float64(trues(truth)) / float64(len(truth))})
		for _, row := range lastRows(x, rows, seed) {
			single, err := r.singles(row, of)
			if err != nil {
				return nil, err
			}
			if len(single.margins) != len(truth) {
				return nil, fmt.Errorf("%s: %s holds %d margins for %d examples", r.Name, row.Place(), len(single.margins), len(truth))
			}
			for name, scores := range map[string][]float64{factMemorizationByChance: memorized(single.own), factMarginByChance: negated(single.margins)} {
				facts = append(facts, Fact{Run: r.Name, Name: name, Seed: seed, Probe: row.Probe, Level: row.Level, Value: precision(scores, truth)})
			}
		}
	}
	slices.SortStableFunc(facts, func(a, b Fact) int { return cmp.Or(cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.Name, b.Name)) })
	return facts, nil
}

// precision is the share of true ones among the examples of largest score, as many as there
// are true ones. Of equal scores at the border each counts by the share of them that is taken.
func precision(scores []float64, truth []bool) float64 {
	k := trues(truth)
	if k == 0 {
		return 0
	}
	border := slices.Sorted(slices.Values(scores))[len(scores)-k]
	above, hits, ties, tiedHits := 0, 0, 0, 0
	for i, s := range scores {
		switch {
		case s > border:
			above++
			hits += one(truth[i])
		case s == border:
			ties++
			tiedHits += one(truth[i])
		}
	}
	return (float64(hits) + float64(tiedHits)*float64(k-above)/float64(ties)) / float64(k)
}

// trues is how many are true.
func trues(all []bool) int { return countOf(all, func(b bool) bool { return b }) }

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
