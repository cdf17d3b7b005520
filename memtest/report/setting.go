package report

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// setting is what a curve over levels holds fixed, all seeds together.
type setting struct {
	role                                features.Role // of an untrained network that of the trained one
	network, layer, probe, perturbation string
	epoch                               int
}

// roleOf is the role by which settings are told apart: a network before and after
// training is one.
func roleOf(r result.Row) features.Role {
	if r.UnderTest() {
		return features.Network
	}
	return r.Role
}

// title names a setting in a sentence. The layer is named where it is one of several.
func (v *view) title(s setting) string {
	switch {
	case s.role == features.Input:
		return nameInput
	case s.role == features.Untrained:
		return fmt.Sprintf("%s (layer %s)", nameUntrained, word.Name(s.layer))
	case s.role == features.Start:
		return fmt.Sprintf("%s (layer %s)", nameStart, word.Name(s.layer))
	case s.epoch == result.EpochNone && len(v.layersOf(s.network)) < 2:
		return word.Name(s.network)
	case s.epoch == result.EpochNone:
		return fmt.Sprintf("%s (layer %s)", word.Name(s.network), word.Name(s.layer))
	case s.epoch == 0:
		return fmt.Sprintf("%s before training (layer %s)", word.Name(s.network), word.Name(s.layer))
	}
	return fmt.Sprintf("%s after epoch %d (layer %s)", word.Name(s.network), s.epoch, word.Name(s.layer))
}

// CellTitle names a row's cell in a heading: its network, epoch where there is one, layer,
// probe and level.
func CellTitle(r result.Row) string {
	parts := []string{networkName(r)}
	if r.Epoch != result.EpochNone {
		parts = append(parts, fmt.Sprintf("epoch %d", r.Epoch))
	}
	return strings.Join(append(parts, word.Name(r.Layer), word.Name(r.Probe), word.Name(r.Perturbation)+" "+number.Level(r.Level)), ", ")
}

// short names a setting in the title of a panel.
func (s setting) short() string {
	if s.epoch == result.EpochNone {
		return word.Name(s.layer)
	}
	return fmt.Sprintf("%s, epoch %d", word.Name(s.layer), s.epoch)
}

// after says in a few words when the setting was seen.
func (s setting) after() string {
	if s.epoch == result.EpochNone {
		return "as given"
	}
	return fmt.Sprintf("after epoch %d", s.epoch)
}

// Names of the references, for a sentence.
const (
	nameUntrained = "the untrained network"
	nameStart     = "the network that it started from"
	nameInput     = "the raw input"
	nameTwin      = "the shuffled-label twin"
)
