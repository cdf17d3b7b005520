package nn

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

// manyBytes is the memory that the networks trained together may take.
const manyBytes = 512 << 20

// TrainMany trains one network for each label set, labels[r][i] being the label
// of example i for network r. All networks have the same start weights, order
// of examples, dropout and augmentation, those of the seed: the features of
// network r are one fixed function of labels[r], whichever r it is. So if the
// label sets are exchangeable, what is computed from the networks is too, and a
// permutation test over them is exact.
//
// Networks of dense layers are trained together, as many in one program as
// their memory allows; others, and those with Until, Patience or Reach, one after
// the other. Either way each ends up as Train would have trained it, up to the
// rounding of sums. Snapshots come network by network within an epoch, epoch by
// epoch within a group of networks that is trained together, and group by
// group; Snapshot.Network is r. The caller closes them. The label sets replace
// those of the set; LabelNoise, Save and Resume must be zero.
//
// Only the networks first to after−1 are trained, 0 to len(labels) for all: whole
// groups, see GroupsOfMany. They are, to the last bit, what all would give.
func TrainMany(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, labels [][]int32, first, after int, t Training) iter.Seq2[*Snapshot, error] {
	return func(yield func(*Snapshot, error) bool) {
		theirs := func(g group) bool { return first <= g.first && g.first+len(g.labels) <= after }
		if err := trainMany(ctx, engine, spec, set, labels, t, theirs, yield, manyBytes); err != nil {
			yield(nil, err)
		}
	}
}

// GroupsOfMany lists where the groups begin that TrainMany trains together of so many
// networks: numbers of networks, ascending from 0.
func GroupsOfMany(spec Spec, networks int, t Training) ([]int, error) {
	t, err := t.withDefaults()
	if err != nil {
		return nil, err
	}
	var first []int
	size, _ := groupsOf(spec, t, networks, manyBytes)
	for r := 0; r < networks; r += size {
		first = append(first, r)
	}
	return first, nil
}

// groupsOf is how many of r networks are trained at once, and whether in one program.
func groupsOf(spec Spec, t Training, r, bytes int) (size int, stacked bool) {
	if !stackable(spec, t) {
		return 1, false
	}
	return groupSize(spec, t, r, bytes), true
}

// TrainOneOfMany yields the snapshots of network r as TrainMany yields them, to the
// last bit: it trains the networks that are trained together with it, and no others.
func TrainOneOfMany(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, labels [][]int32, r int, t Training) iter.Seq2[*Snapshot, error] {
	return func(yield func(*Snapshot, error) bool) {
		its := func(g group) bool { return g.first <= r && r < g.first+len(g.labels) }
		own := func(s *Snapshot, err error) bool {
			if err == nil && s.Network != r {
				s.Close()
				return true
			}
			return yield(s, err)
		}
		if err := trainMany(ctx, engine, spec, set, labels, t, its, own, manyBytes); err != nil {
			yield(nil, err)
		}
	}
}

// trainMany trains the groups that are wanted; nil wants all.
func trainMany(ctx context.Context, engine *xla.Engine, spec Spec, set *datasets.Set, labels [][]int32, t Training, wanted func(group) bool, yield func(*Snapshot, error) bool, bytes int) error {
	t, err := t.withDefaults()
	if err != nil {
		return err
	}
	if err := t.checkMany(spec, set, labels); err != nil {
		return err
	}
	size, stacked := groupsOf(spec, t, len(labels), bytes)
	left := false // the loop over the snapshots was broken off
	pass := func(s *Snapshot, err error) bool {
		left = !yield(s, err)
		return !left
	}
	for first := 0; first < len(labels) && !left; first += size {
		g := group{labels: labels[first:min(first+size, len(labels))], first: first, total: len(labels), stacked: stacked}
		if wanted != nil && !wanted(g) {
			continue
		}
		err := trainGroup(ctx, engine, spec, set, g, t, pass)
		if err != nil && !stacked {
			err = fmt.Errorf("label set %d: %w", first, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkMany says whether networks can be trained on a set with these labels.
func (t Training) checkMany(spec Spec, set *datasets.Set, labels [][]int32) error {
	if t.LabelNoise != 0 || t.Save != "" || t.Resume {
		return fmt.Errorf("training: many networks take no label noise, save or resume; put the noise into the label sets and save with Snapshot.Save")
	}
	if len(labels) == 0 {
		return fmt.Errorf("training: no label sets are given; one for each network is needed")
	}
	if err := t.checkData(spec, set); err != nil {
		return err
	}
	for r, l := range labels {
		if len(l) != set.Len() {
			return fmt.Errorf("training: label set %d has %d labels for %d examples", r, len(l), set.Len())
		}
		if err := checkLabels(fmt.Sprintf("label set %d", r), l, spec.Classes); err != nil {
			return err
		}
	}
	return nil
}

// stackable says whether networks can be trained in one program.
func stackable(spec Spec, t Training) bool {
	return spec.Model == nil && !t.stopsEarly() &&
		!slices.ContainsFunc(spec.Layers, func(l Layer) bool { return l.Kind != "dense" })
}

// groupSize is how many of r networks of dense layers fit into so many bytes,
// spread evenly over the groups that this takes.
func groupSize(spec Spec, t Training, r, bytes int) int {
	width, weights, values := spec.Input.Size(), 0, 0
	for _, l := range append(slices.Clone(spec.Layers), Layer{Units: spec.Classes}) {
		weights += (width + 1) * l.Units
		values += l.Units
		width = l.Units
	}
	// Weights, gradients and state, old and new; outputs of the layers and their
	// gradients before and after the activation.
	each := 4 * (weights*(3+2*t.Optimizer.slots()) + 4*values*t.Batch)
	most := max(1, min(r, bytes/each))
	groups := (r + most - 1) / most
	return (r + groups - 1) / groups
}
