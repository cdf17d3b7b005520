package paper

import (
	"context"
	"fmt"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/shared"
	"github.com/seed-1a417598/memtest/xla"
)

// Fact is a number that was measured beside the rows of a run and belongs to no
// single cell of it.
type Fact struct {
	Run   string  `json:"run"`
	Name  string  `json:"fact"` // one of the Fact… names
	Seed  uint64  `json:"seed,omitempty"`
	Probe string  `json:"probe,omitempty"`
	Level float64 `json:"level"`
	Value float64 `json:"value"`
}

// Names of facts. Areas are those under the ROC curve: 0.5 = chance.
const (
	FactSeconds = "seconds" // wall time that a run took

	FactRatio = "distance-ratio" // median distance of copies to their parents over the parents' distance to the nearest other example
	FactKept  = "nearest-kept"   // share of copies whose nearest training example is their parent

	FactMemorizationForgetting = "memorization-forgetting" // rank correlation of per-example memorization with forgetting events
	FactMarginForgetting       = "margin-forgetting"       // that of the probe's margin on the label trained on
	FactMemorizationPlanted    = "memorization-planted"    // area: memorization finds planted labels
	FactMarginPlanted          = "margin-planted"          // area: a small margin finds them
	FactForgettingPlanted      = "forgetting-planted"      // area: many forgetting events find them
)

// closeness measures how far the copies of a run are from their parents.
func (r Run) closeness(ctx context.Context, x *memtest.Experiment) ([]Fact, error) {
	near, err := shared.Measure(ctx, x.Train, x.Perturbation, x.Config.Levels, shared.ClosenessOptions{Seed: x.Config.Seed})
	if err != nil {
		return nil, err
	}
	var facts []Fact
	for _, n := range near {
		facts = append(facts, Fact{Run: r.Name, Name: FactRatio, Level: n.Level, Value: n.Ratio}, Fact{Run: r.Name, Name: FactKept, Level: n.Level, Value: n.Kept})
	}
	return facts, nil
}

// examples holds what the probes say of single examples against how often
// training forgot them and against the labels that were planted, for each
// training seed. The rows are those of the run's cells, whose evidence is asked
// for.
func (r Run) examples(ctx context.Context, e *xla.Engine, x *memtest.Experiment, rows []result.Row, evidence func(cell string) (memtest.Evidence, error)) ([]Fact, error) {
	var facts []Fact
	last := x.Config.Epochs[len(x.Config.Epochs)-1]
	for s := range x.Config.Seeds {
		seed := x.Config.Seed + uint64(s)
		events, err := x.Forgetting(ctx, e, seed)
		if err != nil {
			return nil, err
		}
		forgotten, planted := make([]float64, len(events)), make([]bool, len(events))
		for i, y := range x.TrainedLabels(seed) {
			forgotten[i], planted[i] = float64(events[i]), y != x.Train.Y[i]
		}
		area, err := perm.RankingArea(forgotten, planted)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		facts = append(facts, Fact{Run: r.Name, Name: FactForgettingPlanted, Seed: seed, Value: area})
		for _, row := range rows {
			if row.Network != x.Spec.Name || row.Seed != seed || row.Epoch != last {
				continue
			}
			ev, err := evidence(row.Cell())
			if err != nil {
				return nil, err
			}
			memorized, distrusted := make([]float64, len(events)), make([]float64, len(events))
			for i, m := range ev.Counts.PerExample() {
				memorized[i], distrusted[i] = m.Memorization, -float64(ev.Margins[i])
			}
			for _, c := range []struct {
				correlation, area string
				scores            []float64
				sign              float64
			}{
				{FactMemorizationForgetting, FactMemorizationPlanted, memorized, 1},
				{FactMarginForgetting, FactMarginPlanted, distrusted, -1}, // the correlation is that of the margin itself
			} {
				rho, err := perm.Spearman(c.scores, forgotten)
				if err != nil {
					return nil, fmt.Errorf("%s, %s at level %g: %w", r.Name, row.Probe, row.Level, err)
				}
				area, err := perm.RankingArea(c.scores, planted)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", r.Name, err)
				}
				facts = append(facts,
					Fact{Run: r.Name, Name: c.correlation, Seed: seed, Probe: row.Probe, Level: row.Level, Value: c.sign * rho},
					Fact{Run: r.Name, Name: c.area, Seed: seed, Probe: row.Probe, Level: row.Level, Value: area})
			}
		}
	}
	return facts, nil
}

// Facts measures what a run asks for beside its rows.
func (r Run) Facts(ctx context.Context, e *xla.Engine, x *memtest.Experiment, rows []result.Row, evidence func(cell string) (memtest.Evidence, error)) ([]Fact, error) {
	var facts []Fact
	if r.Closeness {
		near, err := r.closeness(ctx, x)
		if err != nil {
			return nil, err
		}
		facts = append(facts, near...)
	}
	if r.Examples {
		more, err := r.examples(ctx, e, x, rows, evidence)
		if err != nil {
			return nil, err
		}
		facts = append(facts, more...)
	}
	return facts, nil
}
