package memtest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla/nn"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// oneClassShare is the share below which a probe names too few of the copies that
// are not of its favourite class for hits to say much.
const oneClassShare = 0.1

// oneClassFlag is the flag of a probe that, fitted to the real labels, predicts one
// class for almost all copies: other classes for at most a tenth of as many copies
// as have them. (With 5 % in the minority, for 0.5 % of the copies.) "" for others.
func oneClassFlag(c *perm.Counts) string {
	predicted := c.Predicted[0]
	favourite := slices.Index(predicted, slices.Max(predicted))
	elsewhere, others := c.N-int(predicted[favourite]), c.N-int(c.Labels[0][favourite])
	if float64(elsewhere) > oneClassShare*float64(others) {
		return ""
	}
	return fmt.Sprintf("%s: class %d for %.4g %% of the copies", result.FlagOneClass, favourite, 100*float64(predicted[favourite])/float64(c.N))
}

// wideFlag is the flag of a linear probe with as many columns as examples or more:
// it fits whatever labels it is given, so that observed and null tie wherever
// copies lie close to their parents. "" for others.
func wideFlag(kind probe.Probe, columns, examples int) string {
	switch kind.(type) {
	case probe.Ridge, probe.SoftmaxRegression:
		if columns >= examples {
			return fmt.Sprintf("%s: %d columns for %d examples", result.FlagWide, columns, examples)
		}
	}
	return ""
}

// doubtfulShare is the share of the fresh examples' accuracy above chance below which
// the copies' is doubted. Copies are of examples that the probe was fitted to, so it
// should know at least as many of them as of fresh ones. Where it knows less than a quarter
// as many above chance, more than three quarters of the copies are none that keep their
// parent's label: had a share q of them the place of another, they would reach 1 − q of it.
const doubtfulShare = 0.25

// doubtfulFlag is the flag of copies of which the probe, fitted to the real labels,
// knows far fewer than of fresh examples, at the smallest level above 0: those of
// larger levels were made and ordered in the same way, and change more. Of labels that
// were shuffled copies can keep no more than the rest. "" for others, where there are
// no such levels, and where the fresh examples are not counted.
func doubtfulFlag(levels []float64, evidence []Evidence, labelNoise float64) string {
	least := -1
	for v, level := range levels {
		if level > 0 && (least < 0 || level < levels[least]) {
			least = v
		}
	}
	if least < 0 || evidence[least].Fresh == nil || evidence[least].FreshN == 0 {
		return ""
	}
	ev := evidence[least]
	copies := perm.Scored{Hits: ev.Counts.Hits[0], N: ev.Counts.N, Chance: ev.Counts.Chance[0]}
	fresh := perm.Scored{Hits: int(math.Round(*ev.Fresh * float64(ev.FreshN))), N: ev.FreshN, Chance: ev.FreshByChance}
	if !perm.FarBelow(copies, fresh, doubtfulShare*(1-labelNoise)) {
		return ""
	}
	return fmt.Sprintf("%s: right at level %g %.1f %%, fresh examples %.1f %%", result.FlagDoubtful, levels[least], 100*float64(copies.Hits)/float64(copies.N), 100**ev.Fresh)
}

// augmentedFlag is the flag of networks whose training images were changed by what
// also makes the copies: the network was trained to take copies for their parents.
// The perturbation is named as perturb.Parse reads it. "" for others.
func augmentedFlag(a Augmentation, perturbation string) string {
	for part := range strings.SplitSeq(perturbation, "+") {
		name, _, _ := strings.Cut(part, ":")
		switch strings.TrimSpace(name) {
		case "flip":
			if a.Flip {
				return result.FlagAugmented + ": flip"
			}
		case "shift":
			if a.Shift > 0 {
				return fmt.Sprintf("%s: shift by up to %d pixels", result.FlagAugmented, a.Shift)
			}
		}
	}
	return ""
}

// croppedFlag is the flag of networks that take only the first steps of long sequences; ""
// for others.
func croppedFlag(spec nn.Spec) string {
	kept, of := spec.Steps()
	if kept == of {
		return ""
	}
	return fmt.Sprintf("%s: the first %d of %d steps", result.FlagCropped, kept, of)
}
