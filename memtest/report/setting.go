package report

import (
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/features"
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
	if r.Role.UnderTest() {
		return features.Network
	}
	return r.Role
}

// title names a setting in a sentence.
func (s setting) title() string {
	switch {
	case s.role == features.Input:
		return nameInput
	case s.epoch == result.EpochNone:
		return word.Name(s.network)
	case s.epoch == 0:
		return fmt.Sprintf("%s before training (layer %s)", word.Name(s.network), word.Name(s.layer))
	}
	return fmt.Sprintf("%s after epoch %d (layer %s)", word.Name(s.network), s.epoch, word.Name(s.layer))
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
	nameInput     = "the raw input"
	nameTwin      = "the shuffled-label twin"
)
