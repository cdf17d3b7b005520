package oracle

import (
	"math"
	"sort"
)

// Tested is what p-values are adjusted by: one row of a run.
type Tested struct {
	Family   string    // its network and role; rows of one family are adjusted together
	Refit    bool      // its label sets are networks
	Values   []float64 // [B+1] T_0, T_1, … T_B
	P        float64   // learning p
	TwoSided bool
	Stopped  bool // its test is sequential
}

// Adjusted are the p-values of the rows of a run, adjusted over their families, and
// the least that each could be: by the step-down maximum where the rows of a family
// share their label sets, else by Holm's procedure.
func Adjusted(rows []Tested) (p, floor []float64) {
	drawn := 0
	for _, r := range rows {
		if !r.Refit {
			drawn = max(drawn, len(r.Values)-1)
		}
	}
	for i, r := range rows {
		var family []Tested
		at := 0 // of row i
		shared := true
		for j, o := range rows {
			if o.Family != r.Family {
				continue
			}
			if j == i {
				at = len(family)
			}
			family = append(family, o)
			shared = shared && len(o.Values) == len(r.Values) && !o.Stopped
		}
		sides := 1.0
		if r.TwoSided {
			sides = 2
		}
		if shared {
			p, floor = append(p, maximum(family, at)), append(floor, min(1, sides/float64(len(r.Values))))
		} else {
			p, floor = append(p, holm(family, at)), append(floor, min(1, sides*float64(len(family))/float64(drawn+1)))
		}
	}
	return p, floor
}

// maximum is the p-value of a row adjusted by the step-down maximum; of two sides
// by that of sizes, but no less than the row's own.
func maximum(family []Tested, at int) float64 {
	var z [][]float64
	for _, r := range family {
		z = append(z, studentized(r.Values))
		for b := range z[len(z)-1] {
			if r.TwoSided {
				z[len(z)-1][b] = math.Abs(z[len(z)-1][b])
			}
		}
	}
	p := stepDown(z, at)
	if family[at].TwoSided {
		p = max(p, permutationP(family[at].Values, true).p)
	}
	return p
}

// holm is Holm's (1979) adjusted p-value of row i: the largest, over the rows j
// that are no less significant, of p_j times the number of rows that are no more
// significant than j.
func holm(rows []Tested, i int) float64 {
	largest := 0.0
	for j := range rows {
		if rows[j].P > rows[i].P {
			continue
		}
		remaining := 0.0
		for _, r := range rows {
			if r.P >= rows[j].P {
				remaining++
			}
		}
		largest = max(largest, min(1, remaining*rows[j].P))
	}
	return largest
}

// studentized centres and scales a cell's statistics by mean and standard
// deviation over all label sets, the observed one included; nil where they do not
// vary.
func studentized(values []float64) []float64 {
	mean, sd := meanOf(values), deviation(values)
	if sd == 0 {
		return nil
	}
	var z []float64
	for _, v := range values {
		z = append(z, (v-mean)/sd)
	}
	return z
}

// stepDown is Westfall and Young's (1993) adjusted p-value of cell c: the largest,
// over the cells d that are no less significant, of the share of label sets in
// which the maximum over the cells that are no more significant than d reaches the
// observed statistic of d. A cell without variation has 1.
func stepDown(z [][]float64, c int) float64 {
	if z[c] == nil {
		return 1
	}
	largest := 0.0
	for d := range z {
		if z[d] == nil || z[d][0] < z[c][0] {
			continue
		}
		reached := 0.0
		for b := range z[d] { // set 0 reaches itself, and counts
			top := math.Inf(-1)
			for e := range z {
				if z[e] != nil && z[e][0] <= z[d][0] {
					top = max(top, z[e][b])
				}
			}
			if reaches(top, z[d][0]) {
				reached++
			}
		}
		largest = max(largest, reached/float64(len(z[d])))
	}
	return largest
}

// Calibrated is learning on the scale from the twin, 0, to the ideal, 1; false
// where the twin leaves less than 0.05 of room, or chance is no share.
func Calibrated(learning, chance, twin float64) (float64, bool) {
	room := 1 - chance - twin
	return (learning - twin) / room, room >= 0.05 && chance >= 0 && chance <= 1
}

// Flagged is what warnings follow from, beside the fields of a row.
type Flagged struct {
	Parents                   float64 // share of copies with their parent among their neighbours
	Penalty                   float64 // L2 penalty that was chosen; 0 = none was
	Floor                     float64 // least that the adjusted p-value could be
	TwoSided                  bool
	OneClass                  bool    // see Cell.OneClass
	Doubtful                  bool    // see Doubtful
	Gap                       float64 // of a twin: its training accuracy less its network's
	Dropped, Floored, Columns int     // of the features
}

// OneClass says that the fit to the real labels predicts other classes than its
// favourite for at most a tenth of as many copies as have them; of metrics of classes.
func (c Cell) OneClass() bool {
	all := blocksOf(nil, len(c.Sets[0]))[0]
	favourite, most := 0, 0.0
	for k := range c.Classes {
		if s := share(c.Predicted[0], all, k); s > most {
			favourite, most = k, s
		}
	}
	return c.Values == nil && 1-most <= (1-share(c.Sets[0], all, favourite))/10+tie
}

// Doubtful says that of n copies at the smallest level above 0 so few get their label,
// and of m fresh examples so many, that, each above its chance, the one accuracy is
// less than half of the other: by the ends of the exact intervals that each lie on the
// wrong side once in 2,000 times.
func Doubtful(hits, n int, chance float64, freshHits, m int, freshChance float64) bool {
	most, least := 1.0, 0.0
	if hits < n {
		most = solve(func(p float64) float64 { return atLeastOf(hits+1, n, p) }, 1-0.0005)
	}
	if freshHits > 0 {
		least = solve(func(p float64) float64 { return atLeastOf(freshHits, m, p) }, 0.0005)
	}
	return least > freshChance && most-chance < (least-freshChance)/2
}

// Words are the first words of the warnings of a row, in alphabetical order.
func Words(f Fields, o Flagged) []string {
	own := 1 / (f["permutations"] + 1)
	if o.TwoSided {
		own *= 2
	}
	var words []string
	for word, carried := range map[string]bool{
		"saturated":     f["observed"] >= 0.99 && f["null_mean"] >= 0.99,
		"p-floor":       own > f["alpha"] || o.Floor > f["alpha"],
		"knn-ceiling":   o.Parents >= 0.95,
		"l2-edge":       o.Penalty > 0 && (o.Penalty < 1.01e-3 || o.Penalty > 0.99e6),
		"dropped":       o.Dropped > 0 && o.Dropped < o.Columns,
		"floored":       o.Floored > 0,
		"one-class":     o.OneClass,
		"few-sets":      f["permutations"] < leastDrawn,
		"constant":      o.Dropped == o.Columns,
		"twin-accuracy": math.Abs(o.Gap) > 0.02,

		"copies-doubtful": o.Doubtful && f["level"] > 0,
	} {
		if carried {
			words = append(words, word)
		}
	}
	sort.Strings(words)
	return words
}
