package oracle

import (
	"fmt"
	"math"
)

// Cell is what the fields of a row follow from.
type Cell struct {
	Sets      [][]int // [B+1][n] label sets, 0 the real labels
	Predicted [][]int // [B+1][n] classes of the copies by the fits to them
	Classes   int     // K
	Groups    []int   // [n] blocks of restricted shuffles; nil = one

	Metric string
	// Of AUC and log-loss; nil for metrics of classes.
	Values, Chance     []float64   // [B+1]
	Parts, ChanceParts [][]float64 // [B+1][n], see ScoredParts

	TwoSided   bool
	Stop, Most int       // exceedances that end a sequential test, of so many label sets; 0 = none
	Decided    []float64 // statistic of the set that ended the drawing, if one did; it counts for p alone
	Alpha      float64   // level of the tests
	Seed       uint64    // of the reshuffles
}

// Fields are numbers by the names that rows.jsonl gives them; elements of lists
// follow it as in null[0] and per_class[0].learning.
type Fields map[string]float64

// rowReshuffles is J of memorization p.
const rowReshuffles = 199

// Row is the row of a cell, but for what other rows say.
func (c Cell) Row() Fields {
	values, chance := c.statistics()
	b := float64(len(values) - 1)
	f := Fields{
		"n": float64(len(c.Sets[0])), "classes": float64(c.Classes), "permutations": b, "alpha": c.Alpha, "reshuffles": rowReshuffles,
		"observed": values[0], "null_mean": meanOf(values[1:]), "null_sd": deviation(values[1:]), "chance": meanOf(chance[1:]),
	}
	var excess []float64
	for i := range values[1:] {
		f[fmt.Sprintf("null[%d]", i)] = values[i+1]
		excess = append(excess, values[i+1]-chance[i+1])
	}
	f["learning"], f["memorization"] = values[0]-f["null_mean"], meanOf(excess)
	if f["null_sd"] > 0 {
		f["z"] = f["learning"] / f["null_sd"]
	}
	if c.TwoSided {
		f["two_sided"] = 1
	}
	p := permutationP(values, c.TwoSided)
	if c.Stop > 0 {
		f["stop"] = float64(c.Stop)
		p = sequentialP(append(append([]float64{}, values...), c.Decided...), c.Stop, c.Most)
	}
	f["learning_p"], f["learning_p_low"], f["learning_p_high"] = p.p, p.low, p.high
	f["memorization_p"] = c.memorizationP(c.Groups, "reshuffle")
	c.perClass(f)
	c.parts(f)
	c.overImages(f)
	return f
}

// statistics are T_b and c_b of all label sets.
func (c Cell) statistics() (values, chance []float64) {
	if c.Values != nil {
		return c.Values, c.Chance
	}
	blocks := blocksOf(c.Groups, len(c.Sets[0]))
	for b, labels := range c.Sets {
		v, e := counted(c.Metric, c.Predicted[b], labels, blocks, c.Classes)
		values, chance = append(values, v), append(chance, e)
	}
	return values, chance
}

// memorizationP compares all hits of the shuffled sets with those that there are
// when copies are exchanged within groups, the same for all sets.
func (c Cell) memorizationP(groups []int, stream string) float64 {
	n := len(c.Sets[0])
	hits := func(copyOf func(row int) int) int {
		sum := 0
		for b := 1; b < len(c.Sets); b++ {
			for i, y := range c.Sets[b] {
				if c.Predicted[b][copyOf(i)] == y {
					sum++
				}
			}
		}
		return sum
	}
	own, reached := hits(func(row int) int { return row }), 0
	for _, order := range reshuffles(n, groups, c.Seed, rowReshuffles, stream) {
		if hits(func(row int) int { return order[row] }) >= own {
			reached++
		}
	}
	return float64(1+reached) / (rowReshuffles + 1)
}

// perClass adds what a row says of the copies of each class.
func (c Cell) perClass(f Fields) {
	blocks := blocksOf(c.Groups, len(c.Sets[0]))
	for k := range c.Classes {
		var values, chance []float64
		for b, labels := range c.Sets {
			v, e, _ := recall(c.Predicted[b], labels, blocks, k)
			values, chance = append(values, v), append(chance, e)
		}
		name := fmt.Sprintf("per_class[%d].", k)
		f[name+"class"], f[name+"labels"] = float64(k), math.Round(share(c.Sets[0], blocksOf(nil, len(c.Sets[0]))[0], k)*f["n"])
		f[name+"observed"], f[name+"null_mean"], f[name+"chance"] = values[0], meanOf(values[1:]), meanOf(chance[1:])
		f[name+"learning"] = values[0] - meanOf(values[1:])
		f[name+"memorization"] = meanOf(values[1:]) - meanOf(chance[1:])
		f[name+"learning_p"] = permutationP(values, c.TwoSided).p
	}
}
