package memtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// Features are what one layer of a network gives for its training examples, for
// near-copies of them and for fresh examples, whatever trained the network. Only
// Train, Copies and Labels are needed.
type Features struct {
	Train  arrays.Matrix // [n, d]
	Copies []Copies      // one for each level
	Labels []int32       // [n], 0..Classes-1: those the network was trained on

	Fresh       arrays.Matrix // [m, d] of examples that were not trained on; no rows = none
	FreshLabels []int32       // [m]

	// Permuted [B][n] are the label sets of the null; nil = shuffles of Labels
	// are drawn from the seed, within Groups where there are any.
	Permuted [][]int32
	Groups   []int32 // [n] blocks within which labels are shuffled; nil = one block

	Classes      int    // K; 0 = 1 + the largest label
	Raw          bool   // the raw inputs, of no network: the rows are those of the input reference
	Exact        bool   // the features have not seen the labels, as those of an untrained network
	Data         string // name of the data set; "" = "given"
	Network      string // "" = "features"
	Layer        string // "" = "features"
	Epoch        *int   // nil = of no epoch that is known
	Perturbation string // how copies were made; "" = "given"
	Unit         string // of the levels

	TrainAccuracy, TestAccuracy *float64 // of the network itself; nil = not known
}

// Copies are features of near-copies at one level; row i belongs to training
// example i.
type Copies struct {
	Level    float64
	Features arrays.Matrix // [n, d]
}

// Ways to scale features before they are probed.
const (
	ScaleStandard = "standard" // columns centred and divided by their training sd; constant ones are dropped
	ScaleNone     = "none"
)

// TestOptions says how features are probed.
type TestOptions struct {
	Probes       []string       // default ridge, knn
	Permutations int            // B, at least 19; 0 = 199; Features.Permuted comes over it
	Seed         uint64         // of the shuffles; 0 = 1
	Alpha        float64        // level that p-values are asked to reach; 0 = 0.05
	Scale        string         // "" = standard, but none for raw inputs
	Progress     func(Progress) // hears what is being done; nil = nobody
}

// Resolve fills in the defaults and says what is wrong, as one sentence that
// names the field.
func (o TestOptions) Resolve() (TestOptions, error) {
	setDefaults(&o.Probes, "ridge", "knn")
	setDefault(&o.Permutations, 199)
	setDefault(&o.Seed, 1)
	setDefault(&o.Alpha, perm.DefaultLevel)
	switch {
	case o.Permutations < MinPermutations:
		return o, fmt.Errorf("permutations: %d is too few for any p-value to reach 0.05; give at least %d", o.Permutations, MinPermutations)
	case !(o.Alpha > 0 && o.Alpha < 1):
		return o, fmt.Errorf("alpha: %v is outside 0..1", o.Alpha)
	case o.Scale != "" && o.Scale != ScaleStandard && o.Scale != ScaleNone:
		return o, fmt.Errorf("scale: %q is not known; choose %s or %s", o.Scale, ScaleStandard, ScaleNone)
	}
	for _, p := range o.Probes {
		if _, err := probe.Parse(p); err != nil {
			return o, fmt.Errorf("probes: %w", err)
		}
	}
	return o, unique("probes", o.Probes)
}

// Test asks features what was learned and what was memorized: the complete rows
// of all probes and levels. For several layers, collect the rows of TestCells
// and complete them together.
func Test(ctx context.Context, e *xla.Engine, f Features, o TestOptions) ([]result.Row, error) {
	var rows []result.Row
	for cell, err := range TestCells(ctx, e, f, o) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, cell.Row)
	}
	return Complete(rows)
}

// TestCells measures features and yields each cell as soon as it is known, probe
// by probe. The features given are not changed.
func TestCells(ctx context.Context, e *xla.Engine, f Features, o TestOptions) iter.Seq2[Cell, error] {
	return func(yield func(Cell, error) bool) {
		emit := func(c Cell) error {
			if !yield(c, nil) {
				return errStopped
			}
			return nil
		}
		if err := f.measure(ctx, e, o, emit); err != nil && !errors.Is(err, errStopped) {
			yield(Cell{}, err)
		}
	}
}

// row is what all rows of these features have in common.
func (f Features) row(seed uint64) result.Row {
	name := func(s, otherwise string) string {
		if s == "" {
			return otherwise
		}
		return s
	}
	r := result.Row{
		Data: name(f.Data, "given"), Network: name(f.Network, "features"), Layer: name(f.Layer, "features"), Seed: seed, Epoch: result.EpochNone,
		Perturbation: name(f.Perturbation, "given"), Unit: f.Unit, Exact: f.Exact || f.Raw, TrainAccuracy: f.TrainAccuracy, TestAccuracy: f.TestAccuracy,
	}
	if f.Raw {
		r.Network, r.Layer = RefInput, nn.LayerInput
	} else if f.Epoch != nil {
		r.Epoch = *f.Epoch
	}
	return r
}

// data are the features as probes take them; the error says what does not fit.
func (f Features) data() (probe.Data, error) {
	d := probe.Data{Train: f.Train, Fresh: f.Fresh, Classes: f.Classes}
	if d.Classes == 0 {
		for _, y := range f.Labels {
			d.Classes = max(d.Classes, int(y)+1)
		}
	}
	switch {
	case len(f.Labels) != f.Train.Rows:
		return d, fmt.Errorf("there are %d labels, but the training features are %d×%d; give one label for each row", len(f.Labels), f.Train.Rows, f.Train.Cols)
	case len(f.Copies) == 0:
		return d, errors.New("there are no copies; give the features of near-copies of the training examples, at one level or more")
	case len(f.FreshLabels) != f.Fresh.Rows:
		return d, fmt.Errorf("there are %d fresh labels, but the fresh features are %d×%d; give one label for each row", len(f.FreshLabels), f.Fresh.Rows, f.Fresh.Cols)
	}
	var levels []float64
	for _, c := range f.Copies {
		levels = append(levels, c.Level)
		d.Valid = append(d.Valid, c.Features)
		if c.Features.Rows != f.Train.Rows || c.Features.Cols != f.Train.Cols {
			return d, fmt.Errorf("the copies at level %g are %d×%d, but the training features are %d×%d; row i of the copies must belong to row i of the training features", c.Level, c.Features.Rows, c.Features.Cols, f.Train.Rows, f.Train.Cols)
		}
	}
	if err := unique("levels", levels); err != nil {
		return d, err
	}
	return d, d.Check()
}

// Check says what does not fit, as one sentence, or nil.
func (f Features) Check() error {
	d, err := f.data()
	if err == nil && f.Permuted != nil {
		_, err = perm.NewGiven(f.Labels, f.Permuted, d.Classes)
	} else if err == nil {
		_, err = perm.NewShuffled(f.Labels, d.Classes, f.Groups, 1)
	}
	if err != nil {
		r := f.row(1)
		return fmt.Errorf("%s, layer %s: %w", r.Network, r.Layer, err)
	}
	return nil
}

// measure runs all probes.
func (f Features) measure(ctx context.Context, e *xla.Engine, o TestOptions, emit func(Cell) error) error {
	o, err := o.Resolve()
	if err != nil {
		return err
	}
	base := f.row(o.Seed)
	data, err := f.data()
	if err != nil {
		return fmt.Errorf("%s, layer %s: %w", base.Network, base.Layer, err)
	}
	var flags []string
	if o.Scale == ScaleStandard || o.Scale == "" && !f.Raw {
		data, flags = standardized(data, nil)
	}
	p := plan{permutations: o.Permutations, alpha: o.Alpha, groups: f.Groups, seed: o.Seed}
	if p.reshuffles, err = perm.NewReshuffles(data.Train.Rows, f.Groups, perm.DefaultReshuffles, o.Seed); err != nil {
		return err
	}
	var sets perm.LabelSets
	b, enumerated := len(f.Permuted), false
	if f.Permuted != nil {
		sets, err = perm.NewGiven(f.Labels, f.Permuted, data.Classes)
	} else {
		sets, b, enumerated, err = p.labelSets(f.Labels, data.Classes)
	}
	if err != nil {
		return err
	}
	base.WithinClass = withinClass(data.Train, f.Labels, data.Classes)
	total := len(o.Probes) * len(f.Copies)
	for i, name := range o.Probes {
		kind, err := probe.Parse(name)
		if err != nil {
			return err
		}
		heard := func(sets int) {
			if o.Progress != nil {
				o.Progress(Progress{fmt.Sprintf("%s %s, %s, permutation %d of %d", base.Network, base.Layer, name, sets, b), i * len(f.Copies), total})
			}
		}
		evidence, err := p.gather(ctx, e, kind, data, sets, b, f.FreshLabels, nil, heard)
		if err != nil {
			return fmt.Errorf("%s, layer %s: %w", base.Network, base.Layer, err)
		}
		for v, c := range f.Copies {
			row := base
			row.Probe, row.Level, row.Features = name, c.Level, data.Train.Cols
			if row, err = p.row(row, evidence[v], enumerated, slices.Clone(flags)); err != nil {
				return fmt.Errorf("%s, layer %s: %w", base.Network, base.Layer, err)
			}
			if err := emit(Cell{row, evidence[v]}); err != nil {
				return err
			}
		}
	}
	return nil
}
