package perm

import (
	"fmt"
	"math"
	"slices"
)

// StratumInformation is what a measure tells of the gap within a stratum, whatever
// hyperparameters are known.
type StratumInformation struct {
	Stratum string
	Score   float64 // 0..1; NaN where the measure is not known in the stratum
	Given   []int   // the factors, at most two, given which it tells least; none where all factors take nothing away
}

// ConditionalMutualInformation is the score by which the competition on predicting
// generalization in deep learning ranked measures (Jiang et al. 2020, arXiv
// 2012.07976; the conditional independence test of Jiang et al. 2020, arXiv
// 1912.02178): the least over sets S of at most two factors of
//
//	I(V_μ; V_g | U_S) / H(V_g | U_S),
//
// V_μ and V_g being the signs, −1, 0 or 1, of the differences in measure and in gap
// of an ordered pair of different networks of the stratum, each as likely, and U_S
// the levels of the factors S of both. It is 1 where the measure orders all pairs as
// the gap does, or all the other way round, and 0 where it tells nothing that two
// hyperparameters do not. Score is the mean over the strata that know the measure,
// as in Taus; where says, stratum by stratum, which factors took most away. A set
// given which the gap's order has no entropy left is passed over.
//
// Probabilities are shares of pairs, so chance leaves a measure of no use above 0: of
// n networks without factors at about 0.32/n, since the score is then 1 less the
// entropy of (1 + tau)/2 in bits. Cells of few pairs add to that, but a set of factors
// counts only where it leaves less. The competition's own program took
// the sets of two only, gave each cell of levels the same weight and counted a
// network with itself and ties as "not greater"; in a full grid without ties it
// differs by these pairs. It is an error where no stratum knows the measure. It
// takes n² steps for each set of factors.
func (z Zoo) ConditionalMutualInformation(measure int) (score float64, where []StratumInformation, err error) {
	if err := z.checkMeasure(measure); err != nil {
		return 0, nil, err
	}
	var scores []float64
	for _, st := range z.strata() {
		found := StratumInformation{Stratum: st.name, Score: math.NaN()}
		if known := z.known(measure, st.networks); known != nil {
			found.Score, found.Given = z.leastInformation(measure, known)
		}
		where, scores = append(where, found), append(scores, found.Score)
	}
	if score = meanKnown(scores); math.IsNaN(score) {
		return 0, nil, fmt.Errorf("zoo: measure %d varies over 10 or more networks of no stratum; measure more networks or leave it out", measure)
	}
	return score, where, nil
}

// leastInformation is the least share of the gap's entropy over sets of factors, and
// the first and smallest such set.
func (z Zoo) leastInformation(measure int, networks []int) (least float64, given []int) {
	n := len(networks)
	signs := make([]int8, n*n) // 3·(sign of the measure + 1) + sign of the gap + 1
	for a, i := range networks {
		for b, j := range networks {
			signs[a*n+b] = int8(3*(order(z.Measures[measure][i], z.Measures[measure][j])+1) + order(z.Gap[i], z.Gap[j]) + 1)
		}
	}
	least = math.Inf(1)
	for _, set := range setsOfTwo(len(z.Factors)) {
		information, entropy := 0.0, 0.0
		groups := z.sameLevels(set, networks)
		for _, first := range groups {
			for _, second := range groups {
				i, h := cellInformation(signs, n, first, second)
				information += i
				entropy += h
			}
		}
		// Sets that split the pairs alike differ by rounding; the smaller one comes first.
		if entropy > 0 && information/entropy < least-1e-12 {
			least, given = max(0, information/entropy), set
		}
	}
	return least, given
}

// setsOfTwo are the sets of at most two of these factors, smaller ones first.
func setsOfTwo(factors int) [][]int {
	sets := [][]int{nil}
	for f := range factors {
		sets = append(sets, []int{f})
	}
	for f := range factors {
		for g := range f {
			sets = append(sets, []int{g, f})
		}
	}
	return sets
}

// sameLevels groups networks, by their place, that have the same levels of these
// factors.
func (z Zoo) sameLevels(factors, networks []int) [][]int {
	var groups [][]int
	for at, i := range networks {
		same := slices.IndexFunc(groups, func(g []int) bool {
			return !slices.ContainsFunc(factors, func(f int) bool { return z.Factors[f][networks[g[0]]] != z.Factors[f][i] })
		})
		if same < 0 {
			same = len(groups)
			groups = append(groups, nil)
		}
		groups[same] = append(groups[same], at)
	}
	return groups
}

// cellInformation is the mutual information of the two signs and the entropy of the
// gap's, in nats, among the pairs of a network of one group with another network of
// the other, each times the share that these are of all n(n−1) pairs.
func cellInformation(signs []int8, n int, first, second []int) (information, entropy float64) {
	var count [9]int
	var measure, gap [3]int
	all := 0
	for _, i := range first {
		for _, j := range second {
			if i != j {
				s := signs[i*n+j]
				count[s]++
				measure[s/3]++
				gap[s%3]++
				all++
			}
		}
	}
	pairs := float64(n) * float64(n-1)
	for s, c := range count {
		if c > 0 {
			information += float64(c) / pairs * math.Log(float64(c)*float64(all)/(float64(measure[s/3])*float64(gap[s%3])))
		}
	}
	for _, c := range gap {
		if c > 0 {
			entropy += float64(c) / pairs * math.Log(float64(all)/float64(c))
		}
	}
	return information, entropy
}
