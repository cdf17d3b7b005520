package report

import (
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// named is a network of a role.
type named struct {
	role    features.Role
	network string
}

// subjects are the networks that conclusions are about; the references where
// there is no other.
func (v *view) subjects() []named {
	var all []named
	for _, n := range v.networks {
		all = append(all, named{features.Network, n})
	}
	if len(all) == 0 {
		for _, role := range []features.Role{features.Input, features.Untrained, features.Start, features.Twin, features.Refit} {
			if n, ok := v.others[role]; ok {
				all = append(all, named{role, n})
			}
		}
	}
	return all
}

// epochs are the epochs of a network, ascending.
func (v *view) epochs(network string) []int {
	var all []int
	for s := range v.cells {
		if s.network == network {
			all = once(all, s.epoch)
		}
	}
	slices.Sort(all)
	return all
}

// outputs are names of layers that are a network's answer.
var outputs = []string{"logits", "output", "scores", "probabilities"}

// lastLayer is the layer that conclusions are drawn from: the last one that
// came in the rows of this network and is not its output.
func (v *view) lastLayer(network string) string {
	last := ""
	for _, layer := range v.layersOf(network) {
		if last == "" || !v.answers(network, layer) {
			last = layer
		}
	}
	return last
}

// answers says that a layer is a network's answer: by its name, or because it has a column
// for each class.
func (v *view) answers(network, layer string) bool {
	if slices.Contains(outputs, layer) {
		return true
	}
	i := slices.IndexFunc(v.rows, func(r result.Row) bool { return r.Network == network && r.Layer == layer })
	return i >= 0 && v.rows[i].Features == v.rows[i].Classes
}

// layersOf are the layers of a network.
func (v *view) layersOf(network string) []string {
	var all []string
	for _, layer := range v.layers {
		for s := range v.cells {
			if s.network == network && s.layer == layer {
				all = once(all, layer)
			}
		}
	}
	return all
}

// subject is the setting that conclusions about a network are drawn from: its
// last epoch and last hidden layer, seen by one probe.
func (v *view) subject(n named, probe, perturbation string) (setting, bool) {
	layer := v.lastLayer(n.network)
	for _, epoch := range slices.Backward(v.epochs(n.network)) {
		s := setting{n.role, n.network, layer, probe, perturbation, epoch}
		if len(v.cells[s]) > 0 {
			return s, true
		}
	}
	return setting{}, false
}

// reference is a setting that a subject is compared with.
type reference struct {
	name string // for a sentence
	setting
}

// references are those of the subject that were measured.
func (v *view) references(s setting) []reference {
	var all []reference
	if before := v.untrained(s); s.role == features.Network && s.epoch != 0 && len(v.cells[before]) > 0 {
		all = append(all, reference{nameUntrained, before})
	}
	start := v.other(s, features.Start)
	if start.epoch = result.EpochNone; s.role == features.Network && s.epoch != 0 && len(v.cells[start]) > 0 {
		all = append(all, reference{nameStart, start})
	}
	input := setting{features.Input, v.others[features.Input], "", s.probe, s.perturbation, result.EpochNone}
	for _, layer := range v.layersOf(input.network) {
		if input.layer = layer; s.role != features.Input && len(v.cells[input]) > 0 {
			all = append(all, reference{nameInput, input})
			break
		}
	}
	if twin := v.other(s, features.Twin); s.role != features.Twin && len(v.cells[twin]) > 0 {
		all = append(all, reference{nameTwin, twin})
	}
	return all
}

// untrained is the same layer before training: of the network itself, or of the one
// that stands for all.
func (v *view) untrained(s setting) setting {
	before := s
	if before.epoch = 0; len(v.cells[before]) == 0 {
		before = v.other(before, features.Untrained)
	}
	return before
}

// other is the same setting of what was measured for comparison.
func (v *view) other(s setting, role features.Role) setting {
	s.role, s.network = role, v.others[role]
	return s
}
