package paper

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// byChance measures, for each training seed, how well scores of single examples find those
// whose label was drawn by lot.
func (r Run) byChance(x *memtest.Experiment, rows []result.Row, of evidence) ([]Fact, error) {
	truth := x.Train.ByChance
	if truth == nil {
		return nil, fmt.Errorf("data set %q does not know whose labels were drawn by lot", x.Train.Name)
	}
	drawn := countOf(truth, func(lot bool) bool { return lot })
	var facts []Fact
	for s := range x.Config.Seeds {
		seed := x.Config.Seed + uint64(s)
		facts = append(facts,
			Fact{Run: r.Name, Name: factByChance, Seed: seed, Value: float64(drawn) / float64(len(truth))},
			Fact{Run: r.Name, Name: factShortByChance, Seed: seed, Value: perm.AmongTop(negated(lengths(x.Train)), truth, drawn) / float64(drawn)})
		for _, row := range lastRows(x, rows, seed) {
			single, err := r.singles(row, of)
			if err != nil {
				return nil, err
			}
			if len(single.margins) != len(truth) {
				return nil, fmt.Errorf("%s: %s holds %d margins for %d examples", r.Name, row.Place(), len(single.margins), len(truth))
			}
			for name, scores := range map[string][]float64{factMemorizationByChance: memorized(single.own), factMarginByChance: negated(single.margins)} {
				facts = append(facts, Fact{Run: r.Name, Name: name, Seed: seed, Probe: row.Probe, Level: row.Level, Value: perm.AmongTop(scores, truth, drawn) / float64(drawn)})
			}
		}
	}
	slices.SortStableFunc(facts, func(a, b Fact) int { return cmp.Or(cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.Name, b.Name)) })
	return facts, nil
}

// lengths are those of the sequences of a set.
func lengths(set *datasets.Set) []float64 {
	all := make([]float64, set.Len())
	for i := range all {
		all[i] = float64(set.Shape.Length(set.Row(i)))
	}
	return all
}
