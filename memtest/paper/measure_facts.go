package paper

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// evidence is that of a cell of a run.
type evidence func(cell string) (memtest.Evidence, error)

// facts measures what a run asks for beside its rows.
func (r Run) facts(ctx context.Context, e *xla.Engine, x *memtest.Experiment, rows []result.Row, of evidence, kept *answers) ([]Fact, error) {
	var facts []Fact
	if r.Closeness {
		near, err := r.closeness(ctx, x)
		if err != nil {
			return nil, err
		}
		facts = append(facts, near...)
	}
	if r.Examples {
		more, err := r.examples(ctx, e, x, rows, of)
		if err != nil {
			return nil, err
		}
		facts = append(facts, more...)
	}
	if r.ByChance {
		more, err := r.byChance(x, rows, of)
		if err != nil {
			return nil, err
		}
		facts = append(facts, more...)
	}
	if r.Zoo {
		more, err := r.zooFacts(ctx, e, x)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		facts = append(facts, more...)
	}
	if r.Subsets > 0 {
		more, err := r.subsets(ctx, e, x, rows, of, kept)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		facts = append(facts, more...)
	}
	return facts, nil
}

// closeness measures how far the copies of a run are from their parents.
func (r Run) closeness(ctx context.Context, x *memtest.Experiment) ([]Fact, error) {
	near, err := perturb.MeasureCloseness(ctx, x.Train, x.Perturbation, x.Config.Levels, perturb.ClosenessOptions{Seed: x.Config.Seed})
	if err != nil {
		return nil, err
	}
	var facts []Fact
	for _, n := range near {
		if n.Ratio != nil {
			facts = append(facts, Fact{Run: r.Name, Name: factDistanceRatio, Level: n.Level, Value: *n.Ratio})
		}
		facts = append(facts, Fact{Run: r.Name, Name: factNearestKept, Level: n.Level, Value: n.ParentNearest})
	}
	return facts, nil
}

// examples holds what the probes say of single examples against how often
// training forgot them and against the labels that were planted, for each
// training seed. The rows are those of the run's cells, whose evidence is asked
// for.
func (r Run) examples(ctx context.Context, e *xla.Engine, x *memtest.Experiment, rows []result.Row, of evidence) ([]Fact, error) {
	var facts []Fact
	for s := range x.Config.Seeds {
		seed := x.Config.Seed + uint64(s)
		truth, err := r.truth(ctx, e, x, seed)
		if err != nil {
			return nil, err
		}
		area, err := perm.ROCAUC(truth.forgotten, truth.planted)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		facts = append(facts, Fact{Run: r.Name, Name: factForgettingPlanted, Seed: seed, Value: area})
		for _, row := range lastRows(x, rows, seed) {
			single, err := r.singles(row, of)
			if err != nil {
				return nil, err
			}
			more, err := r.scores(row, single, truth)
			if err != nil {
				return nil, err
			}
			facts = append(facts, more...)
		}
	}
	return facts, nil
}

// lastRows are those of a seed's network at the end of its training.
func lastRows(x *memtest.Experiment, rows []result.Row, seed uint64) []result.Row {
	last := x.Config.Epochs[len(x.Config.Epochs)-1]
	return slices.DeleteFunc(slices.Clone(rows), func(r result.Row) bool {
		return r.Network != x.Spec.Name || r.Seed != seed || r.Epoch != last
	})
}

// truth is what scores of single examples are held against, one value an example.
type truth struct {
	forgotten []float64 // forgetting events
	planted   []bool    // the label it was trained on is not its own
}

func (r Run) truth(ctx context.Context, e *xla.Engine, x *memtest.Experiment, seed uint64) (truth, error) {
	events, err := x.Forgetting(ctx, e, seed)
	if err != nil {
		return truth{}, err
	}
	t := truth{make([]float64, len(events)), make([]bool, len(events))}
	for i, y := range x.TrainedLabels(seed) {
		t.forgotten[i], t.planted[i] = float64(events[i]), y != x.Train.Y[i]
	}
	return t, nil
}

// singles are what a cell says of single examples.
type singles struct {
	whole, own []perm.Example // memorization
	margins    []float64      // of the probe on the labels that the network was trained on
}

func (r Run) singles(row result.Row, of evidence) (singles, error) {
	ev, err := of(row.Cell())
	if err != nil {
		return singles{}, err
	}
	s := singles{whole: ev.Counts.PerExample(), own: ev.Counts.PerExampleOwn()}
	if s.whole == nil || s.own == nil {
		return s, fmt.Errorf("%s: the evidence of %s is of an older version, which did not tell single examples from their class; measure the run in another folder", r.Name, row.Place())
	}
	for _, m := range ev.Margins {
		s.margins = append(s.margins, float64(m))
	}
	return s, nil
}

// memorized is m of each example.
func memorized(examples []perm.Example) []float64 {
	var out []float64
	for _, e := range examples {
		out = append(out, e.Memorization)
	}
	return out
}

// negated are scores of which the smallest come first.
func negated(scores []float64) []float64 {
	out := make([]float64, len(scores))
	for i, s := range scores {
		out[i] = -s
	}
	return out
}

// scores holds the own part of memorization and the margin of single examples
// against the truth.
func (r Run) scores(row result.Row, s singles, t truth) ([]Fact, error) {
	var facts []Fact
	for _, c := range []struct {
		correlation, area string
		scores            []float64
		sign              float64
	}{
		{factMemorizationForgetting, factMemorizationPlanted, memorized(s.own), 1},
		{factMarginForgetting, factMarginPlanted, negated(s.margins), -1}, // the correlation is that of the margin itself
	} {
		rho, err := perm.Spearman(c.scores, t.forgotten)
		if err != nil {
			return nil, fmt.Errorf("%s, %s at level %g: %w", r.Name, row.Probe, row.Level, err)
		}
		area, err := perm.ROCAUC(c.scores, t.planted)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		facts = append(facts,
			Fact{Run: r.Name, Name: c.correlation, Seed: row.Seed, Probe: row.Probe, Level: row.Level, Value: c.sign * rho},
			Fact{Run: r.Name, Name: c.area, Seed: row.Seed, Probe: row.Probe, Level: row.Level, Value: area})
	}
	return facts, nil
}
