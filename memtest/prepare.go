package memtest

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// prepared are features that are ready for every probe.
type prepared struct {
	row      result.Row // what their rows have in common
	where    string     // their name in a sentence
	levels   []float64
	data     probe.Checked
	fresh    []int32 // [m] labels of the fresh examples
	sets     perm.LabelSets
	groups   []int32 // [n] within which labels move; nil = one
	null     null
	own      []*features.Answer // [levels] what the network itself gives for the copies; none = not known
	labelSet int                // of a network of a full refit: the label set that it was trained on
	// strata [n] are the true classes by which memorization is split: the labels of
	// label set 0, those that the network was trained on. Of a twin they are shuffled
	// ones; of a refit those of its network on the real labels, which comes first.
	// nil = not known, as of a refit whose networks come in another order.
	strata []int32
	halves [][2]half // random splits of the examples; nil = none are measured
	bare   bool      // of a half: nothing is wanted of single examples
	mixed  bool      // the copies are blends of the training features: see features.MixClass

	labelNoise float64   // share of the labels that is known to have been shuffled
	nearest    []float64 // of raw inputs, level by level: see result.Row; nil = no raw inputs
}

// null is what the label sets beside the observed one are.
type null struct {
	permutations int  // B
	enumerated   bool // they are all distinct labelings
}

// prepare reads the features, level by level, checks and scales them, and finds
// the label sets. This is the one place where features are checked.
func (m *measurement) prepare(f features.Features) (prepared, error) {
	p := prepared{row: m.row(f), where: f.Where(), levels: f.Levels, fresh: f.FreshLabels, labelNoise: f.LabelNoise, mixed: f.Mixed()}
	err := f.Check()
	if err == nil && p.mixed {
		err = m.checkMixed(f.Levels)
	}
	if err != nil {
		return p, result.Input(err)
	}
	if err := m.design(&p, f); err != nil {
		return p, result.Input(err)
	}
	if err := m.probesFit(f.Train.Rows, len(f.Levels), len(p.halves)); err != nil {
		return p, result.Input(err)
	}
	p.row.Scale = m.scaling(f)
	data, err := m.read(f, &p)
	if err != nil {
		return p, err
	}
	if f.Own != nil {
		p.own = f.Own.Copies
	}
	if err := ownAnswers(&p.row, f.Own); err != nil {
		return p, result.Input(err)
	}
	p.row.Features = data.Train.Cols
	if f.Role != features.Refit { // its rows are of many networks
		p.row.WithinClass = withinClass(data.Train, f.Labels, f.Classes)
	}
	if p.data, err = data.Checked(); err != nil { // scaling can leave the range of float32
		return p, result.Input(err)
	}
	return p, nil
}

// scaling is the way in which features are scaled, none of them being auto.
func (m *measurement) scaling(f features.Features) string {
	switch {
	case m.Scale != "":
		return m.Scale
	case f.Shape.Size() == 0 || f.Shape.Table() && f.Role != features.Input:
		return ScaleFloor
	case f.Shape.Table():
		return ScaleStandard
	}
	return ScaleShared
}

// scalings are the ways to scale that need a look at the training features.
var scalings = map[string]probe.Scaling{ScaleFloor: probe.ScaleFloor, ScaleStandard: probe.ScaleStandard, ScaleShared: probe.ScaleShared}

// read gathers the features of all levels, scaled as the row says; the row is told
// which columns were left out or not divided by their own standard deviation, and of
// raw inputs it is measured how near copies are to their parents.
func (m *measurement) read(f features.Features, p *prepared) (probe.Data, error) {
	in := probe.Data{Train: f.Train, Fresh: f.Fresh, Classes: f.Classes}
	if err := in.Check(); err != nil {
		return in, result.Input(err)
	}
	row := &p.row
	how, scale := scalings[row.Scale]
	transform := probe.Scaler.Transform
	if m.spends != nil && m.spends(f) {
		transform = probe.Scaler.TransformInPlace
	}
	var scaler probe.Scaler
	if scale {
		scaler = probe.FitScaler(f.Train, how)
		row.Flags = append(row.Flags, scaleFlags(scaler, f.Train.Cols)...)
		in.Train = transform(scaler, f.Train)
		if f.Fresh.Rows > 0 {
			in.Fresh = transform(scaler, f.Fresh)
		}
	}
	if f.Copies == nil { // which Check lets pass of MixClass alone
		return in, nil
	}
	for copies, err := range f.Copies {
		i := len(in.Valid)
		switch {
		case err != nil:
			return in, err
		case f.Mixed():
			return in, result.Inputf("there are copies of %s, which are made of the training features; leave Copies out", features.MixClass)
		case i == len(f.Levels):
			return in, result.Inputf("there are more copies than the %d levels", len(f.Levels))
		case copies.Rows != f.Train.Rows || copies.Cols != f.Train.Cols:
			return in, result.Inputf("the copies at level %g are %d×%d, but the training features are %d×%d; row i of the copies must belong to row i of the training features", f.Levels[i], copies.Rows, copies.Cols, f.Train.Rows, f.Train.Cols)
		}
		if copies.Same(f.Train) { // as at level 0: nothing is scaled, kept or looked at twice
			if f.Role == features.Input {
				p.nearest = append(p.nearest, 1)
			}
			in.Valid = append(in.Valid, in.Train)
			continue
		}
		if err := copies.CheckFinite(fmt.Sprintf("features of the copies at level %g", f.Levels[i])); err != nil {
			return in, result.Input(err)
		}
		if f.Role == features.Input {
			p.nearest = append(p.nearest, perturb.ParentNearest(f.Train.Data, copies.Data, f.Train.Cols, perturb.ClosenessOptions{Seed: m.Seed, Table: f.Shape.Table()}))
		}
		if scale {
			copies = transform(scaler, copies)
		}
		in.Valid = append(in.Valid, copies)
	}
	if len(in.Valid) < len(f.Levels) && !f.Mixed() {
		return in, result.Inputf("there are copies at %d of the %d levels", len(in.Valid), len(f.Levels))
	}
	return in, nil
}

// scaleFlags are the flags of columns that were left out, and of those that were
// not divided by their own standard deviation.
func scaleFlags(s probe.Scaler, columns int) []string {
	var all []string
	switch dropped := s.Dropped(); {
	case dropped == columns:
		all = append(all, result.FlagConstant)
	case dropped > 0:
		all = append(all, fmt.Sprintf("%s: %d of %d", result.FlagDropped, dropped, columns))
	}
	if s.Floored() > 0 {
		all = append(all, fmt.Sprintf("%s: %d of %d", result.FlagFloored, s.Floored(), columns))
	}
	return all
}

// design checks the labels and finds the label sets of the null: those that came
// with the features, the network's own in a full refit, else those of the design.
func (m *measurement) design(p *prepared, f features.Features) (err error) {
	p.groups = f.Groups
	groups := f.Groups
	for _, labels := range append(slices.Clone(f.Permuted), f.Labels) {
		if !p.mixed {
			break
		}
		if err := checkNoneAlone(labels, f.Classes); err != nil {
			return err
		}
	}
	if f.Permuted != nil || f.Role == features.Refit {
		groups = nil // these labels are not exchanged here
	}
	design, err := perm.NewDesign(f.Labels, f.Classes, groups)
	switch {
	case err != nil:
		return err
	case f.Role == features.Refit:
		p.sets, p.labelSet = design.Fixed(), f.LabelSet
		return m.reshuffle(p, f)
	case f.Permuted != nil:
		p.null.permutations = len(f.Permuted)
		if p.sets, err = design.Given(f.Permuted); err != nil {
			return err
		}
	default:
		if p.sets, p.null.permutations, p.null.enumerated = design.Null(m.Permutations, m.Seed); !p.null.enumerated && !p.mixed {
			p.halves = m.drawHalves(f.Labels, f.Classes, groups)
		}
	}
	if err := perm.CheckPermutations(p.null.permutations, f.Classes, len(f.Levels)); err != nil {
		return err
	}
	return m.reshuffle(p, f)
}

// reshuffle draws the reshuffles of the copies, once for all features of as many
// examples in the same groups, and those within classes, once for all of the same
// labels; features of the label set 0 of a network are split by its classes.
func (m *measurement) reshuffle(p *prepared, f features.Features) (err error) {
	if p.mixed { // copies that depend on the label set have none
		return nil
	}
	if same := m.reshuffles != nil && m.n == len(f.Labels) && slices.Equal(m.groups, f.Groups); !same {
		m.n, m.groups, m.within = len(f.Labels), f.Groups, nil
		if m.reshuffles, err = perm.NewReshuffles(m.n, m.groups, perm.DefaultReshuffles, m.Seed); err != nil {
			return err
		}
	}
	p.strata = f.Labels
	if p.labelSet > 0 { // a network of a refit: its cells are split as the first one's
		if p.strata = m.refit.labels; p.strata == nil {
			return nil
		}
	}
	if m.within == nil || !slices.Equal(m.classes, p.strata) {
		m.classes = p.strata
		m.within, err = perm.NewReshufflesWithin(m.classes, m.groups, perm.DefaultReshuffles, m.Seed)
	}
	return err
}
