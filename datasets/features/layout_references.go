package features

import (
	"fmt"
	"slices"
	"strings"
)

// of are the networks of a role.
func (l *Layout) of(role Role) []*network {
	return slices.DeleteFunc(slices.Clone(l.networks), func(n *network) bool { return n.role != role })
}

// checkEpochs refuses a network that has an epoch in one place and none in another.
func (l *Layout) checkEpochs() error {
	for _, n := range l.networks {
		for _, o := range l.networks {
			if o.base == n.base && o.key != n.key && n.key == n.base && n.key != "" {
				return fmt.Errorf("the file holds features of %s and of %s, so the epoch of the first is not known; save it as %s@EPOCH", n.key, o.key, n.key)
			}
		}
	}
	return nil
}

// matchTwins gives each twin the epoch of the network that it matches: its own, or the
// last one.
func (l *Layout) matchTwins() error {
	twins, tested := l.of(Twin), l.of(Network)
	if len(twins) == 0 {
		return nil
	}
	if len(tested) == 0 {
		return fmt.Errorf("there is a twin, %s, but no network that it is the twin of; save that one too, as train or NETWORK/train", twins[0].key)
	}
	last := tested[0]
	for _, n := range tested {
		if n.base != last.base {
			return fmt.Errorf("there is a twin, %s, and there are several networks, %v and %v, so it is not known whose it is; save each network with its twin in a file of its own", twins[0].key, last, n)
		}
		if n.epoch != nil && *n.epoch > *last.epoch {
			last = n
		}
	}
	for _, twin := range twins {
		if twin.epoch == nil {
			twin.epoch = last.epoch
			continue
		}
		if !slices.ContainsFunc(tested, func(n *network) bool { return n.epoch != nil && *n.epoch == *twin.epoch }) {
			var keys []string
			for _, n := range tested {
				keys = append(keys, n.String())
			}
			return fmt.Errorf("the twin %s is of epoch %d, which is none of the network's: there are %s; a twin has the epoch of the network that it matches, however long it was trained itself (trained_epochs)", twin.key, *twin.epoch, strings.Join(keys, ", "))
		}
	}
	return nil
}

// nameNetworks names the networks for their rows: references by their role, as a run
// calls them, but for an untrained network, which is called as the trained one where
// the file has that.
func (l *Layout) nameNetworks() error {
	tested := l.of(Network)
	for i, n := range l.networks {
		n.name = n.base
		if n.role != Network && !(n.role == Untrained && slices.ContainsFunc(tested, func(o *network) bool { return o.base == n.base })) {
			n.name = string(n.role)
		}
		for _, o := range l.networks[:i] {
			if o.name == n.name && o.role == n.role && same(o.epoch, n.epoch) {
				return fmt.Errorf("%s and %s are both the %s network%s; keep one of them", o.key, n.key, n.role, atWhich(n))
			}
		}
	}
	shared, found := l.untrainedOf("")
	if !found {
		return nil
	}
	for _, n := range tested {
		if before, found := l.untrainedOf(n.base); found && n.base != "" {
			return fmt.Errorf("%s and %s are both the untrained network of %s; keep one of them", before.key, shared.key, n.key)
		}
	}
	return nil
}

// untrainedOf is the untrained network of one under test; of "", that of all.
func (l *Layout) untrainedOf(base string) (*network, bool) {
	for _, n := range l.of(Untrained) {
		if base == "" && n.name == string(Untrained) || base != "" && n.name == base {
			return n, true
		}
	}
	return nil, false
}

func same(a, b *int) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// atWhich is the epoch of a network at the end of a sentence.
func atWhich(n *network) string {
	if n.epoch == nil {
		return ""
	}
	return fmt.Sprintf(" at epoch %d", *n.epoch)
}

// matches says whether a network under test is compared with a reference.
func (n *network) matches(tested *network) bool {
	switch n.role {
	case Untrained:
		return n.name == string(Untrained) || n.name == tested.name
	case Twin:
		return same(n.epoch, tested.epoch)
	}
	return true
}

// matchLayers refuses a reference of which no layer can be compared, and notes what
// of one cannot: layers are compared with those of the same name, at the same levels.
func (l *Layout) matchLayers() error {
	tested := l.of(Network)
	for _, n := range l.networks {
		if n.role == Network || len(tested) == 0 {
			continue
		}
		var alone []string
		matched := false
		for _, layer := range l.Layers {
			if layer.of != n {
				continue
			}
			found := false
			for _, o := range l.Layers {
				if o.of != nil && o.of.role == Network && n.matches(o.of) && o.Name == layer.Name {
					found = true
					l.noteUnlike(layer, o)
				}
			}
			if matched = matched || found; !found {
				alone = append(alone, layer.Name)
			}
		}
		switch {
		case !matched:
			return fmt.Errorf("%s has the layers %s, and no network that it is compared with has a layer of such a name; give both the same names", n.key, strings.Join(alone, ", "))
		case len(alone) > 0:
			l.notes = append(l.notes, fmt.Sprintf("layers of %s that are compared with nothing, since no network has layers of these names: %s", n.key, strings.Join(alone, ", ")))
		}
	}
	return nil
}

// noteUnlike notes what tells that a reference and its network are not alike, layer
// against layer.
func (l *Layout) noteUnlike(reference, tested Layer) {
	if reference.Cols != tested.Cols {
		l.notes = append(l.notes, fmt.Sprintf("layer %v has %d columns, but %v has %d: their difference is that of two architectures too", reference, reference.Cols, tested, tested.Cols))
	}
	var lacking []string
	for _, level := range tested.Levels {
		if !slices.Contains(reference.Levels, level) {
			lacking = append(lacking, fmt.Sprintf("%g", level))
		}
	}
	if len(lacking) > 0 {
		l.notes = append(l.notes, fmt.Sprintf("layer %v has no copies at level %s, so there %v is not compared with it", reference, strings.Join(lacking, ", "), tested))
	}
}
