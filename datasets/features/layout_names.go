package features

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// A file may hold several networks: [NETWORK[@EPOCH]/][LAYER/]train. The first part of
// a name is a network where it has @EPOCH, where it is untrained, twin or start, and
// where one of these arrays stands beside its layers, as NETWORK/labels; else it
// belongs to the name of the layer. The one without a name is the network under test.
const (
	keyRole          = "role"           // text: network, untrained, twin, start
	keyTrainAccuracy = "train_accuracy" // one number in [0, 1]
	keyTestAccuracy  = "test_accuracy"  // likewise
	keyTrainedEpochs = "trained_epochs" // one whole number
)

// ofNetwork are the arrays by which a network is known, with the labels that it was
// trained on, where they are its own.
var ofNetwork = []string{KeyLabels, keyRole, keyTrainAccuracy, keyTestAccuracy, keyTrainedEpochs}

// roles are those that a file can state, or name a network by; the network under test
// has a name of its own, or none.
var roles = []Role{Network, Untrained, Twin, Start}

// place tells the network and the layer from what stands before "/train" in the name
// of an array; "" = nothing does. The raw inputs are of no network. A layer that was
// chosen by its key alone is that of the network under test, called by all of it.
func (l *Layout) place(s *arrays.Source, prefix string) (layer string, of *network, err error) {
	first, rest, _ := strings.Cut(prefix, "/")
	key, found := "", false
	if s == l.main && s != nil {
		found, err = l.isNetwork(first)
	}
	switch {
	case err != nil && !l.single:
		return "", nil, err
	case prefix == string(Input):
		return prefix, nil, nil
	case l.single && found && err == nil:
		return prefix, l.network("", first+"/"), nil
	case l.single:
		return orFeatures(prefix), l.network("", ""), nil
	case found:
		key, layer = first, orFeatures(rest)
	default:
		layer = orFeatures(prefix)
	}
	if found && layer == string(Input) {
		return "", nil, fmt.Errorf("file %s, %s/train: the raw inputs are of no network; save them once, as input/train", s.Path(), prefix)
	}
	return layer, l.network(key), nil
}

// orFeatures is the name of a layer, "features" where there is none.
func orFeatures(layer string) string {
	if layer == "" {
		return "features"
	}
	return layer
}

// isNetwork says whether the first part of a name is a network.
func (l *Layout) isNetwork(first string) (bool, error) {
	has := slices.ContainsFunc(ofNetwork, func(key string) bool { return first != "" && l.main.Has(first+"/"+key) })
	base, _, epoch, err := atEpoch(first)
	switch {
	case first == string(Input) && has, epoch && base == string(Input):
		return false, fmt.Errorf("file %s: %s is the raw inputs, of no network, so it has no epoch, no role, no accuracy and no labels of its own; give the network another name", l.main.Path(), first)
	case epoch && base == "":
		return false, fmt.Errorf("file %s: %s names no network before its epoch; write it as net%s", l.main.Path(), first, first)
	case err != nil:
		return false, fmt.Errorf("file %s: %w", l.main.Path(), err)
	}
	return has || epoch || slices.Contains(roles[1:], Role(first)) || l.hasEpochs(first), nil
}

// hasEpochs says whether a network of this name has an epoch anywhere in the file.
func (l *Layout) hasEpochs(name string) bool {
	return slices.ContainsFunc(l.main.Names(), func(array string) bool {
		first, _, found := strings.Cut(array, "/")
		base, _, epoch, _ := atEpoch(first)
		return found && epoch && base == name
	})
}

// atEpoch takes NETWORK@EPOCH apart; found is false where there is no whole number
// after the last @. The error is of one that is too large.
func atEpoch(name string) (base string, epoch int, found bool, err error) {
	base, digits, found := cutLast(name, "@")
	if !found || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return name, 0, false, nil
	}
	if epoch, err = strconv.Atoi(digits); err != nil {
		err = fmt.Errorf("%s: epoch %s is too late", name, digits)
	}
	return base, epoch, true, err
}

// network is the network of this key, which is added where it is new; what the file
// says of it stands at these places, that of the key before that of the network at all
// its epochs.
func (l *Layout) network(key string, places ...string) *network {
	for _, n := range l.networks {
		if n.key == key {
			return n
		}
	}
	base, epoch, found, _ := atEpoch(key)
	n := &network{key: key, base: base, places: places}
	if found {
		n.epoch = &epoch
	}
	switch {
	case len(places) > 0: // of a layer that was chosen by its key
	case key == "":
		n.places = []string{""}
	case found:
		n.places = []string{key + "/", base + "/"}
	default:
		n.places = []string{key + "/"}
	}
	l.networks = append(l.networks, n)
	return n
}

// mostNamed is how many arrays a note names.
const mostNamed = 10

// noteUnused notes the arrays of the file that nothing was made of.
func (l *Layout) noteUnused() {
	if l.main == nil {
		return
	}
	var unused []string
	for _, name := range l.main.Names() {
		if a, err := l.main.Array(name); err == nil && !l.used[a] {
			unused = append(unused, name)
		}
	}
	if len(unused) == 0 {
		return
	}
	more := ""
	if n := len(unused) - mostNamed; n > 0 {
		unused, more = unused[:mostNamed], fmt.Sprintf(" and %d more", n)
	}
	l.notes = append(l.notes, fmt.Sprintf("file %s holds arrays of which nothing was made: %s%s; memtest probe --help says which names are read", l.main.Path(), strings.Join(unused, ", "), more))
}
