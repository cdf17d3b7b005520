package memtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Unit is a part of an experiment that can be measured apart from the others: what
// shares a training. Its rows do not depend on which other units there are.
type Unit struct {
	Role features.Role // features.Input: the raw inputs; features.Network: a network with its twin; features.Refit: the networks of a full refit
	Seed uint64        // of the network; 0 = of none
}

// String is the unit's name, of which a folder can be made: "input", "network-3" for
// the network of seed 3, "refit".
func (u Unit) String() string {
	if u.Role == features.Network {
		return fmt.Sprintf("network-%d", u.Seed)
	}
	return string(u.Role)
}

// Units lists the units of a resolved configuration of CommandRun, in the order in
// which they are measured.
func (c Config) Units() []Unit {
	var all []Unit
	if slices.Contains(c.Refs, RefInput) {
		all = append(all, Unit{Role: features.Input})
	}
	for i := range c.Seeds {
		all = append(all, Unit{features.Network, c.Seed + uint64(i)})
	}
	if c.Refit > 0 {
		all = append(all, Unit{Role: features.Refit})
	}
	return all
}

// unitOf is the unit that a row is of.
func unitOf(r result.Row) Unit { return unit(r.Role, r.Seed) }

func unit(role features.Role, seed uint64) Unit {
	switch role {
	case features.Input, features.Refit:
		return Unit{Role: role}
	}
	return Unit{features.Network, seed}
}

// Part is the experiment of some of its units: its Cells and Features are theirs
// alone. Of none, it is the whole experiment.
func (x *Experiment) Part(units ...Unit) *Experiment {
	part := *x
	part.units = units
	return &part
}

// has says whether a unit is measured.
func (x *Experiment) has(u Unit) bool { return len(x.units) == 0 || slices.Contains(x.units, u) }

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

// Owns says whether unit i of Config.Units, from 0, is this shard's.
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
