package oracle

import (
	"math"
	"sort"
)

// Tested is what p-values are adjusted by: one row of a run.
type Tested struct {
	Values []float64 // [B+1] T_0, T_1, … T_B
	P      float64   // learning p
}

// Adjusted are the p-values of the rows of a run, adjusted over its cells: by the
// step-down maximum among those of as many label sets, each of two such families
// bearing half of the error; by Holm's procedure where there are more.
func Adjusted(rows []Tested) []float64 {
	families := map[int][]int{}
	for i, r := range rows {
		families[len(r.Values)] = append(families[len(r.Values)], i)
	}
	out := make([]float64, len(rows))
	if len(families) > 2 {
		for i := range rows {
			out[i] = holm(rows, i)
		}
		return out
	}
	for _, members := range families {
		var z [][]float64
		for _, i := range members {
			z = append(z, studentized(rows[i].Values))
		}
		for k, i := range members {
			out[i] = min(1, float64(len(families))*stepDown(z, k))
		}
	}
	return out
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

// Words are the warnings that a row carries, by their first words.
func Words(f Fields, twoSided bool, parents float64, penalty float64, chosen bool, gap float64, dropped, columns int) []string {
	sides, penaltyAtEdge := 1.0, chosen && (penalty < 1.01e-3 || penalty > 0.99e6)
	if twoSided {
		sides = 2
	}
	var words []string
	for word, carried := range map[string]bool{
		"saturated":     f["observed"] >= 0.99 && f["null_mean"] >= 0.99,
		"p-floor":       sides/(f["permutations"]+1) > f["alpha"],
		"knn-ceiling":   parents >= 0.95,
		"l2-edge":       penaltyAtEdge,
		"dropped":       dropped > 0 && dropped < columns,
		"constant":      dropped == columns,
		"twin-accuracy": math.Abs(gap) > 0.02,
	} {
		if carried {
			words = append(words, word)
		}
	}
	sort.Strings(words)
	return words
}
