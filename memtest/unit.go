package memtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// Unit is a part of an experiment that can be measured apart from the others: what
// shares a training. Its rows do not depend on which other units there are.
type Unit struct {
	Role features.Role // features.Input: the raw inputs; features.Network: a network with its twin; features.Refit: networks of a full refit
	Seed uint64        // of the network; 0 = of none
	Part int           // of a refit, from 1; 0 = it is not cut
}

// String is the unit's name, of which a folder can be made: "input", "network-3" for
// the network of seed 3, "refit", or "refit-2" for a part of it.
func (u Unit) String() string {
	switch {
	case u.Role == features.Network:
		return fmt.Sprintf("network-%d", u.Seed)
	case u.Part > 0:
		return fmt.Sprintf("%s-%d", u.Role, u.Part)
	}
	return string(u.Role)
}

// Units lists the units of an experiment of CommandRun, in the order in which they are
// measured.
func (x *Experiment) Units() []Unit {
	c := x.Config
	var all []Unit
	if slices.Contains(c.Refs, RefInput) {
		all = append(all, Unit{Role: features.Input})
	}
	for i := range c.Seeds {
		all = append(all, Unit{Role: features.Network, Seed: c.Seed + uint64(i)})
	}
	if parts := len(x.refitParts()); parts > 1 {
		for i := range parts {
			all = append(all, Unit{Role: features.Refit, Part: i + 1})
		}
	} else if parts == 1 {
		all = append(all, Unit{Role: features.Refit})
	}
	return all
}

// mostRefitParts is into how many units a refit is cut at most: each keeps what was
// counted for every cell.
const mostRefitParts = 20

// refitParts are the networks of the units of a refit, [first, after) each: networks
// that are trained together stay together. none = there is no refit.
func (x *Experiment) refitParts() [][2]int {
	if x.Config.Refit == 0 {
		return nil
	}
	networks := x.Config.Refit + 1
	groups, err := nn.GroupsOfMany(x.Spec, networks, x.training(x.Config.Seed))
	if err != nil { // which training says in more words
		return [][2]int{{0, networks}}
	}
	each := (len(groups) + mostRefitParts - 1) / mostRefitParts
	var parts [][2]int
	for i := 0; i < len(groups); i += each {
		after := networks
		if i+each < len(groups) {
			after = groups[i+each]
		}
		parts = append(parts, [2]int{groups[i], after})
	}
	return parts
}

// Part is the experiment of some of its units: its Cells and Features are theirs
// alone. Of none, it is the whole experiment. Of some parts of a refit, cells hold what
// was counted for their networks, and rows what is known beforehand: Merge judges them.
func (x *Experiment) Part(units ...Unit) *Experiment {
	part := *x
	part.units = units
	return &part
}

// has says whether a unit is measured.
func (x *Experiment) has(u Unit) bool { return len(x.units) == 0 || slices.Contains(x.units, u) }

// measures says whether features of a role and seed are measured.
func (x *Experiment) measures(role features.Role, seed uint64) bool {
	switch role {
	case features.Input:
		return x.has(Unit{Role: role})
	case features.Refit:
		return len(x.units) == 0 || slices.ContainsFunc(x.units, func(u Unit) bool { return u.Role == role })
	}
	return x.has(Unit{Role: features.Network, Seed: seed})
}

// partOfRefit says whether some units of a refit are measured and others are not.
func (x *Experiment) partOfRefit() bool {
	parts := 0
	for _, u := range x.units {
		if u.Part > 0 {
			parts++
		}
	}
	return parts > 0 && parts < len(x.refitParts())
}

// Shard is one of several parts of an experiment that are measured by processes of
// their own, on one machine or on many. Which units are whose depends on the
// configuration alone.
type Shard struct {
	Number int // from 1
	Of     int // how many there are
}

// ParseShard reads K/N, as in 3/8 for the third of eight.
func ParseShard(text string) (Shard, error) {
	first, second, found := strings.Cut(text, "/")
	number, err := strconv.Atoi(first)
	of, err2 := strconv.Atoi(second)
	s := Shard{number, of}
	if !found || err != nil || err2 != nil || s.String() != text {
		return Shard{}, fmt.Errorf("shard: %q is not K/N; type for example 3/8 for the third of eight", text)
	}
	if of < 1 {
		return Shard{}, fmt.Errorf("shard: %q is of no shards; type for example 3/8 for the third of eight", text)
	}
	if number < 1 || number > of {
		return Shard{}, fmt.Errorf("shard: %q is none of %d; give 1/%[2]d to %[2]d/%[2]d", text, of)
	}
	return s, nil
}

// String is K/N.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Number, s.Of) }

// Owns says whether unit i of Experiment.Units, from 0, is this shard's.
func (s Shard) Owns(i int) bool { return i%s.Of == s.Number-1 }

// Units are those of the units of an experiment that are this shard's. Where there are
// more shards than units, some have none.
func (s Shard) Units(all []Unit) []Unit {
	var own []Unit
	for i, u := range all {
		if s.Owns(i) {
			own = append(own, u)
		}
	}
	return own
}
