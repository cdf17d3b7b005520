package verdict

import "slices"

// Bounds of the rule by which a level is chosen.
const (
	// NearEnough is the least share of copies whose nearest training example is their
	// parent: with fewer, more than one copy in twenty is nearer to something else.
	NearEnough = 0.95
	// fadedBelow is the share of what it is at level 0 below which memory has faded.
	fadedBelow = 0.5
)

// Candidate is what is known of one level, nothing of it about what the network
// under test learned.
type Candidate struct {
	Level  float64
	Near   *float64 // share of copies whose nearest training example is the parent, in [0, 1]; nil = not known
	Memory *float64 // what memory alone gives there: the twin's learning, or ridge's memorization; nil = not known
	Tells  bool     // the cells of this level can tell anything: observed and null are not both at their most
}

// Fit is how well the level that is read suits a verdict.
type Fit int

// How a level was found.
const (
	FitBoth     Fit = iota + 1 // the smallest at which memory has faded; copies are near their parents
	FitMemory                  // likewise, but how near copies are is not known
	FitNear                    // the largest at which copies are near; memory cannot be judged
	FitNeither                 // the smallest above 0; nothing is known of either
	UnfitFar                   // at every level above 0 copies have left their parents
	UnfitMemory                // nowhere that copies are near their parents has memory faded
	UnfitLevel                 // there is no level above 0 that tells anything
)

// Choice is the level at which a verdict is read.
type Choice struct {
	Index int // of the candidate
	Fit
	// Most is the candidate, up to that level, at which memory gives most: level 0, unless
	// the probe fits any labels there, so that memory does not show. nil = not known.
	Most *Candidate
}

// ReadingLevel chooses among levels, given in ascending order and not none. Where none
// fits, the choice is the level that comes nearest: numbers have to be shown of some.
func ReadingLevel(all []Candidate) Choice {
	most := mostMemory(all)
	var above, near, faded []int
	knowNear := slices.ContainsFunc(all, func(c Candidate) bool { return c.Level > 0 && c.Tells && c.Near != nil })
	for i, c := range all {
		if c.Level == 0 || !c.Tells {
			continue
		}
		above = append(above, i)
		// Where it is known of other levels, one of which it is not known counts as far.
		if !knowNear || c.Near != nil && *c.Near >= NearEnough {
			near = append(near, i)
			if most[i] != nil && (*most[i].Memory <= 0 || *c.Memory < fadedBelow**most[i].Memory) {
				faded = append(faded, i)
			}
		}
	}
	choose := func(i int, f Fit) Choice { return Choice{i, f, most[i]} }
	switch known := slices.ContainsFunc(most, func(m *Candidate) bool { return m != nil }); {
	case len(above) == 0:
		return choose(len(all)/2, UnfitLevel)
	case len(near) == 0:
		return choose(above[0], UnfitFar)
	case !known && !knowNear:
		return choose(above[0], FitNeither)
	case !known:
		return choose(near[len(near)-1], FitNear)
	case len(faded) == 0:
		return choose(near[len(near)-1], UnfitMemory)
	case !knowNear:
		return choose(faded[0], FitMemory)
	default:
		return choose(faded[0], FitBoth)
	}
}

// mostMemory is, for each level, that at which memory gives most from level 0 up to it;
// nil where there is no level 0, or memory is not known there or here.
func mostMemory(all []Candidate) []*Candidate {
	out := make([]*Candidate, len(all))
	if all[0].Level != 0 || all[0].Memory == nil {
		return out
	}
	most := &all[0]
	for i := range all {
		if c := &all[i]; c.Memory != nil {
			if *c.Memory > *most.Memory {
				most = c
			}
			out[i] = most
		}
	}
	return out
}
