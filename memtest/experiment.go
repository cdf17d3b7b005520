package memtest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/shared"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// Experiment is a configuration whose data, copies and network have been read
// and found to fit.
type Experiment struct {
	Config       Config // resolved
	Train        *datasets.Set
	Fresh        *datasets.Set   // the test set
	Copies       []*datasets.Set // one a level, as Config.Levels orders them
	Spec         nn.Spec
	Perturbation shared.Perturbation

	// Skip says which cells, as result.Row.Cell names them, are measured
	// already; nil = none. What only skipped cells need is not computed.
	Skip func(cell string) bool
	// Prior gives the evidence of a cell that was measured with fewer
	// permutations, to go on from it; nil = there is none.
	Prior func(cell string) (Evidence, bool)
	// Snapshots is a folder in which networks are kept, so that an experiment that
	// was interrupted goes on from them; "" = none.
	Snapshots string
	// Devices is how many devices share the label sets; 0 = 1. Rows do not depend
	// on it.
	Devices int
	// Progress hears what is being done; nil = nobody. Its calls come one at a
	// time.
	Progress func(Progress)

	plan   plan
	layers []string
	done   int
}

// Progress is a moment of an experiment.
type Progress struct {
	Doing       string // what is being done, for people: "training mlp, epoch 3 of 20, loss 0.41"
	Done, Total int    // cells
}

// Cell is one measurement with the evidence behind it.
type Cell struct {
	result.Row
	Evidence
}

// New reads the data of a configuration and prepares its experiment. Its errors
// are those of bad input.
func New(ctx context.Context, c Config, o datasets.Options) (*Experiment, error) {
	c, err := c.Resolve()
	if err != nil {
		return nil, err
	}
	var train, fresh *datasets.Set
	if name, _, _ := strings.Cut(c.Data, ":"); name == "gaussian" {
		train, fresh, err = gaussianData(c.Data, c.Seed)
	} else {
		o.Own = c.Own
		train, fresh, err = datasets.Load(ctx, c.Data, o)
	}
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return NewFrom(c, train, fresh)
}

// NewFrom prepares an experiment on sets in memory, whatever Config.Data says.
// fresh, the test set, may be nil. It takes the part of the training set that
// Config.N asks for, makes the copies and checks that all parts fit.
func NewFrom(c Config, train, fresh *datasets.Set) (*Experiment, error) {
	c, err := c.Resolve()
	if err != nil {
		return nil, err
	}
	perturbation, err := shared.Parse(c.Perturb)
	if err != nil {
		return nil, fmt.Errorf("perturb: %w", err)
	}
	if c.Stratified && c.N > 0 {
		if train, err = datasets.Stratified(train, c.N, c.Seed); err != nil {
			return nil, fmt.Errorf("n: %w", err)
		}
	}
	x := &Experiment{Config: c, Train: train.Head(c.N), Fresh: fresh, Perturbation: perturbation}
	if err := x.Train.Check(); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if fresh != nil && (fresh.Shape != x.Train.Shape || len(fresh.Classes) != len(x.Train.Classes)) {
		return nil, fmt.Errorf("data: test examples of %v and %d classes do not go with training examples of %v and %d", fresh.Shape, len(fresh.Classes), x.Train.Shape, len(x.Train.Classes))
	}
	if x.Spec, err = c.network(x.Train); err != nil {
		return nil, err
	}
	if x.layers, err = x.Spec.ResolveLayers(c.Layers); err != nil {
		return nil, fmt.Errorf("layers: %w", err)
	}
	x.plan = plan{permutations: c.Permutations, metric: c.Metric, stop: c.Stop, alpha: c.Alpha, groups: x.Train.Groups, seed: c.Seed}
	if c.TwoSided {
		x.plan.sides = perm.TwoSided
	}
	if x.plan.reshuffles, err = perm.NewReshuffles(x.Train.Len(), x.Train.Groups, perm.DefaultReshuffles, c.Seed); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	for _, level := range c.Levels {
		copies, err := shared.Copies(x.Train, perturbation, level, c.Seed)
		if err != nil {
			return nil, fmt.Errorf("levels: %w", err)
		}
		x.Copies = append(x.Copies, copies)
	}
	// The raw inputs are the input reference; as a layer they would be measured
	// once an epoch with the same result.
	if i := slices.Index(x.layers, nn.LayerInput); i >= 0 {
		x.layers = slices.Delete(x.layers, i, i+1)
		if !slices.Contains(c.Refs, RefInput) {
			x.Config.Refs = append(x.Config.Refs, RefInput)
		}
	}
	return x, nil
}

// Run measures a whole experiment and yields its rows as they are measured.
func Run(ctx context.Context, e *xla.Engine, c Config) iter.Seq2[result.Row, error] {
	return func(yield func(result.Row, error) bool) {
		x, err := New(ctx, c, datasets.Options{})
		if err != nil {
			yield(result.Row{}, err)
			return
		}
		for cell, err := range x.Cells(ctx, e) {
			if !yield(cell.Row, err) || err != nil {
				return
			}
		}
	}
}

// Total is the number of cells of the whole experiment.
func (x *Experiment) Total() int { return x.Config.Cells(len(x.layers)) }

// Cells is the number of cells that a resolved configuration has in a network of
// which so many layers are looked at.
func (c Config) Cells(layers int) int {
	sources := len(c.Epochs)
	if slices.Contains(c.Refs, RefTwin) {
		sources += len(c.twinEpochs())
	}
	sources *= c.Seeds * layers
	if slices.Contains(c.Refs, RefInput) {
		sources++
	}
	if c.Refit > 0 {
		sources += len(c.twinEpochs()) * layers
	}
	return sources * len(c.Probes) * len(c.Levels)
}
