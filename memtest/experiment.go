package memtest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// Experiment is a configuration whose data, copies and network have been read
// and found to fit: a stream of features.
type Experiment struct {
	Config       Config // resolved; Devices, Known and Progress may be set before it is measured
	Train        *datasets.Set
	Fresh        *datasets.Set // the test set; nil = none
	Spec         nn.Spec
	Perturbation perturb.Perturbation

	// Snapshots is a folder in which networks and their twins are kept, so that an experiment that
	// was interrupted goes on from them; "" = none.
	Snapshots string

	held func() error // whether networks may still be written there; nil = always

	layers []string
	copies []*datasets.Set // one a level; nil = they are made when they are asked for
	units  []Unit          // that are measured; none = all
}

// New reads the data of a configuration and prepares its experiment. Its errors
// are those of bad input.
func New(ctx context.Context, c Config, o datasets.Options) (*Experiment, error) {
	c, err := c.Resolve()
	if err != nil {
		return nil, err
	}
	train, fresh, err := c.Load(ctx, o)
	if err != nil {
		return nil, err
	}
	return NewFrom(c, train, fresh)
}

// Load reads the training and the test set that a resolved configuration names.
// fresh may be nil.
func (c Config) Load(ctx context.Context, o datasets.Options) (train, fresh *datasets.Set, err error) {
	if name, _, _ := strings.Cut(c.Data, ":"); name == "gaussian" {
		train, fresh, err = gaussianData(c.Data, c.Seed)
	} else {
		o.Files, o.Seed, o.Whole = c.Files, c.Seed, c.Command == CommandONNX
		train, fresh, err = datasets.Load(ctx, c.Data, o)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	return train, fresh, nil
}

// NewFrom prepares an experiment on sets in memory, whatever Config.Data says.
// fresh, the test set, may be nil. It takes the part of the training set that
// Config.N asks for and checks that all parts fit.
func NewFrom(c Config, train, fresh *datasets.Set) (*Experiment, error) {
	c, err := c.resolveFor(train.Shape.KindOf())
	if err != nil {
		return nil, err
	}
	x, err := c.prepare(train, fresh)
	if err != nil || c.Command != CommandRun {
		return x, err
	}
	if x.Spec, err = c.network(x.Train); err != nil {
		return nil, err
	}
	if x.layers, err = x.Spec.ResolveLayers(c.Layers); err != nil {
		return nil, fmt.Errorf("layers: %w", err)
	}
	// The raw inputs are the input reference; as a layer they would be measured
	// once an epoch with the same result.
	if i := slices.Index(x.layers, nn.LayerInput); i >= 0 {
		x.layers = slices.Delete(x.layers, i, i+1)
		if !slices.Contains(c.Refs, RefInput) {
			x.Config.Refs = append(x.Config.Refs, RefInput)
		}
	}
	return x, x.enough()
}

// prepare takes the examples that a resolved configuration asks for and makes
// sure that they can be copied and their labels shuffled.
func (c Config) prepare(train, fresh *datasets.Set) (x *Experiment, err error) {
	x = &Experiment{Config: c, Perturbation: c.Perturbation, Fresh: fresh}
	if x.Perturbation == nil {
		if x.Perturbation, err = perturb.Parse(c.Perturb); err != nil {
			return nil, fmt.Errorf("perturb: %w", err)
		}
	}
	if x.Train, err = c.examples(train); err != nil {
		return nil, err
	}
	if err := x.Train.Check(); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if fresh != nil && (fresh.Shape != x.Train.Shape || len(fresh.Classes) != len(x.Train.Classes)) {
		return nil, fmt.Errorf("data: test examples of %v and %d classes do not go with training examples of %v and %d", fresh.Shape, len(fresh.Classes), x.Train.Shape, len(x.Train.Classes))
	}
	design, err := perm.NewDesign(x.Train.Y, len(x.Train.Classes), x.Train.Groups)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	_, b, _ := design.Null(c.Permutations, c.Seed)
	if err := perm.CheckPermutations(b, len(x.Train.Classes), len(c.Levels)); err != nil {
		return nil, err
	}
	m, err := newMeasurement(c.Options)
	if err == nil {
		err = m.probesFit(x.Train.Len(), len(c.Levels), 0)
	}
	if err != nil {
		return nil, err
	}
	return x, x.prepareCopies()
}

// examples takes the part of the training set that is asked for. One that leaves out
// classes of the set, as the first n of a set that is sorted by class do, would be
// another task, so it is refused.
func (c Config) examples(all *datasets.Set) (*datasets.Set, error) {
	taken, how, next := all.Head(c.N), "the first %d", "add --stratified (stratified: true in YAML), which draws them by class, or take more"
	if c.Stratified && c.N > 0 {
		var err error
		if taken, err = datasets.Stratified(all, c.N, c.Seed); err != nil {
			return nil, fmt.Errorf("n: %w", err)
		}
		how, next = "%d drawn by class", "take more"
	}
	if there, whole := classesIn(taken), classesIn(all); there < whole {
		return nil, fmt.Errorf("n: "+how+" of the %d examples hold %d of the %d classes; %s", c.N, all.Len(), there, whole, next)
	}
	if c.N > 0 && !c.Stratified && taken.Len() < all.Len() { // a view would keep all of them
		own := *taken
		own.X, own.Y, own.Groups = slices.Clone(taken.X), slices.Clone(taken.Y), slices.Clone(taken.Groups)
		taken = &own
	}
	return taken, nil
}

// classesIn is how many classes have an example.
func classesIn(s *datasets.Set) int {
	seen := map[int32]bool{}
	for _, y := range s.Y {
		seen[y] = true
	}
	return len(seen)
}

// heldCopies is the memory that the copies of all levels may take to be made
// once and kept.
const heldCopies = 64 << 20

// prepareCopies checks that there can be copies at each level, and makes them
// where they are few enough to be kept.
func (x *Experiment) prepareCopies() error {
	for _, level := range x.Config.Levels {
		if err := x.Perturbation.Check(level, x.Train.Shape); err != nil {
			return fmt.Errorf("levels: %w", err)
		}
	}
	if perturb.MixesFeatures(x.Config.Perturb) {
		return checkNoneAlone(x.Train.Y, len(x.Train.Classes))
	}
	if 4*len(x.Train.X)*len(x.Config.Levels) > heldCopies {
		return x.checkFit()
	}
	held := make([]*datasets.Set, len(x.Config.Levels))
	for i, level := range x.Config.Levels {
		var err error
		if held[i], err = x.Copies(level); err != nil {
			return fmt.Errorf("levels: %w", err)
		}
	}
	x.copies = held
	return nil
}

// checkFit says what the perturbation lacks in the training set, before anything is trained
// whose copies are made later.
func (x *Experiment) checkFit() error {
	if _, err := perturb.Fitted(x.Perturbation, x.Train); err != nil {
		return fmt.Errorf("levels: data set %q: %w", x.Train.Name, err)
	}
	return nil
}

// Copies are the near-copies of the training examples at a level of the
// configuration; copy i is of example i. Those of level 0 are the examples. Of mix-class
// there are no others, which is an error.
func (x *Experiment) Copies(level float64) (*datasets.Set, error) {
	if level == 0 {
		return x.Train, nil
	}
	if i := slices.Index(x.Config.Levels, level); i >= 0 && x.copies != nil {
		return x.copies[i], nil
	}
	return perturb.Copies(x.Train, x.Perturbation, level, x.Config.Seed)
}

// Examples are what features are taken of: the training set, its copies at each
// level, and the test set.
func (x *Experiment) Examples() features.Examples {
	return features.Examples{
		Train: x.Train, Fresh: x.Fresh, Levels: x.Config.Levels, Copies: x.Copies, Perturbation: x.Config.Perturb, Unit: perturb.UnitFor(x.Perturbation, x.Train.Shape),
	}
}

// Run measures a whole experiment and yields its rows as they are measured; of all
// of them, Complete gives adjusted p-values and calibrated learning.
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

// Cells measures the experiment and yields each cell as soon as it is known:
// first the raw inputs, then every network epoch by epoch, then its twin, at last
// a full refit.
func (x *Experiment) Cells(ctx context.Context, e *xla.Engine) iter.Seq2[Cell, error] {
	return func(yield func(Cell, error) bool) {
		o := x.Config.Options
		o.Total = x.Total()
		m, err := newMeasurement(o)
		if err != nil {
			yield(Cell{}, err)
			return
		}
		m.spends = func(f features.Features) bool { return f.Role != features.Input && f.Layer != nn.LayerInput } // those are the images themselves
		if x.partOfRefit() {
			if m.refit.labels, err = x.partLabels(); err != nil {
				yield(Cell{}, err)
				return
			}
		}
		m.all(ctx, e, x.stream(ctx, e, m.wanted, m.report), yield)
	}
}

// Features are what the experiment measures, in the order of Cells. The copies of
// each must be read before the next is asked for: then its network is freed.
func (x *Experiment) Features(ctx context.Context, e *xla.Engine) iter.Seq2[features.Features, error] {
	return x.stream(ctx, e, func(features.Features) bool { return true }, func(string, ...any) {})
}

// Total is the number of cells of the experiment; where training may end early, the
// most that there can be.
func (x *Experiment) Total() int {
	measured := 0
	for _, f := range x.Config.plan(x.Spec.Name, x.layers) {
		if x.measures(f.Role, f.Seed) {
			measured++
		}
	}
	return measured * x.Config.cellsOfFeatures()
}
