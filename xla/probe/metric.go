package probe

import (
	"math"
	"math/bits"
	"slices"
)

// Metric is what a probe's predictions of the copies are measured by. Every
// metric is such that more is better.
type Metric int

const (
	// Accuracy, and balanced accuracy too, follows from the predicted classes:
	// package perm counts it and there are no values.
	Accuracy Metric = iota
	// AUC is the area under the ROC curve of each class against the rest, ties
	// counted half, averaged over the classes that have both: scikit-learn's
	// roc_auc_score with multi_class="ovr". By chance it is 1/2.
	AUC
	// LogLoss is the mean logarithm of the probability that the probe gives to
	// the copy's label, scikit-learn's neg_log_loss. It is for probes that give
	// probabilities: softmax, knn and forest. Those of knn and forest are shares
	// of votes, smoothed by one vote more for each class.
	LogLoss
)

var metricNames = []string{"accuracy", "auc", "log-loss"}

func (m Metric) String() string { return metricNames[m] }

// classScores are scores of rows, class by class: [K][n].
type classScores [][]float32

func newClassScores(classes, rows int) classScores {
	flat := make([]float32, classes*rows)
	s := make(classScores, classes)
	for k := range s {
		s[k] = flat[k*rows : (k+1)*rows]
	}
	return s
}

// measured is a metric of one label set, its mean over shuffled labels, and both
// by example, see Predictions.
type measured struct {
	value, chance      float64
	parts, chanceParts []float32 // [n]
}

// measure is the metric of scores for these labels, which are exchanged within
// groups. For LogLoss the scores must be logarithms of probabilities.
func (m Metric) measure(scores classScores, labels []int32, within blocks) measured {
	out := measured{parts: make([]float32, len(labels))}
	if m == AUC {
		out.value, out.chance = macroAUC(scores, labels, within, out.parts)
		return out
	}
	n, shares := float64(len(labels)), within.shares(labels, len(scores))
	out.chanceParts = make([]float32, len(labels))
	for i, y := range labels {
		out.parts[i] = scores[y][i]
		out.value += float64(scores[y][i]) / n
		chance := 0.0
		for k, share := range shares[within.group(i)] {
			chance += share * float64(scores[k][i])
		}
		out.chanceParts[i] = float32(chance)
		out.chance += chance / n
	}
	return out
}

// measured appends the metric of label sets on a set of copies.
func (o *Predictions) measured(v int, all ...measured) {
	for len(o.Values) <= v {
		o.Values, o.Chance = append(o.Values, nil), append(o.Chance, nil)
		o.Parts, o.ChanceParts = append(o.Parts, nil), append(o.ChanceParts, nil)
	}
	for _, m := range all {
		o.Values[v], o.Chance[v] = append(o.Values[v], m.value), append(o.Chance[v], m.chance)
		o.Parts[v], o.ChanceParts[v] = append(o.Parts[v], m.parts), append(o.ChanceParts[v], m.chanceParts)
	}
}

// logSoftmax turns scores into logarithms of probabilities, in place. In
// logarithms a probability near 1 keeps its digits.
func (s classScores) logSoftmax() {
	for i := range s[0] {
		top := s[0][i]
		for _, column := range s[1:] {
			top = max(top, column[i])
		}
		sum := 0.0
		for _, column := range s {
			sum += math.Exp(float64(column[i] - top))
		}
		log := float64(top) + math.Log(sum)
		for _, column := range s {
			column[i] = float32(float64(column[i]) - log)
		}
	}
}

// logShares turns shares of so many votes into logarithms of probabilities, in
// place: (votes·share + 1)/(votes + K), Laplace's rule of succession. A class that
// none of a few voters names is improbable, not impossible; as a share of 0, cut
// where float64 ends, it alone would set the mean.
func (s classScores) logShares(votes int) {
	all := float64(votes + len(s))
	for _, column := range s {
		for i, v := range column {
			column[i] = float32(math.Log((float64(votes)*float64(v) + 1) / all))
		}
	}
}

// macroAUC is the mean over the classes of the probability that an example of
// the class scores above one of the others (Mann and Whitney 1947). Classes
// without examples, or without others, do not count; with none left it is 1/2.
// perm.ROCAUC is the same for one class, but package perm stands beside this
// one, and for every label set its ranks in float64 would take too long: the two
// are held equal by TestAreasAgree.
//
// parts [n], where not nil, becomes the area plus each example's influence on it,
// from the structural components of DeLong et al. (1988): those of the n₊ examples
// of a class are the shares of the others that score below, V; those of the n₋
// others the shares of the class that score above. The influence is
// (V − area)·n/n₊ or ·n/n₋, averaged over the classes, so that the variance of the
// parts over n is theirs for each class.
//
// chance is the mean of the area over all exchanges of labels within groups, 1/2
// where there is one group. With p_i the share of the class among the labels of row i's group it is
// Σ_i Σ_j p_i(1 − p_j)·[s_i > s_j, ½ if equal]/(n₊n₋): for rows of one group, whose
// labels are not independent, what the exchange adds to a pair is what the terms
// i = j add here.
func macroAUC(scores classScores, labels []int32, within blocks, parts []float32) (area, chance float64) {
	var sorter sorter
	n, classes := len(labels), 0
	keys, influence := make([]uint64, n), make([]float64, n)
	shares := within.shares(labels, len(scores))
	for k, column := range scores {
		positive := 0
		for i, v := range column {
			own := uint64(0)
			if labels[i] == int32(k) {
				own = 1
				positive++
			}
			keys[i] = uint64(ordered(v))<<32 | uint64(i)<<1 | own
		}
		negative := n - positive
		if positive == 0 || negative == 0 {
			continue
		}
		sorter.sort(keys, math.MaxUint32)
		of := influence
		if parts == nil {
			of = nil
		}
		won, expected := pairsWon(keys, positive, func(row int) float64 { return shares[within.group(row)][k] }, of)
		pairs := float64(positive) * float64(negative)
		if parts != nil {
			centre(influence, labels, int32(k), won/pairs*float64(n)/float64(positive), won/pairs*float64(n)/float64(negative))
		}
		area, chance = area+won/pairs, chance+expected/pairs
		classes++
	}
	if classes == 0 {
		area, chance, classes = 0.5, 0.5, 1
	}
	area, chance = area/float64(classes), chance/float64(classes)
	if within.of == nil {
		chance = 0.5
	}
	for i := range parts {
		parts[i] = float32(area + influence[i]/float64(classes))
	}
	return area, chance
}

// pairsWon is the number of pairs of a row of the class and another of which the
// first has the greater score, ties counted half, and its mean where a row is of the
// class with the probability share. keys are the rows, sorted by score, with their
// number and a last bit that is 1 for the class, of which positive are. Where
// influence [n] is not nil it gets the structural components, times n over the rows
// on either side.
func pairsWon(keys []uint64, positive int, share func(row int) float64, influence []float64) (won, expected float64) {
	negative, n := len(keys)-positive, float64(len(keys))
	twice, below, ownBelow := 0, 0, 0 // whole numbers: pairs won, doubled; others and rows of the class of a smaller score
	othersBelow := 0.0                // others of a smaller score, by chance
	for lo := 0; lo < len(keys); {
		hi, own, p := lo, 0, 0.0
		for ; hi < len(keys) && keys[hi]>>32 == keys[lo]>>32; hi++ {
			own += int(keys[hi] & 1)
			p += share(int(uint32(keys[hi]) >> 1))
		}
		others := hi - lo - own
		twice += own * (2*below + others)
		q := float64(hi-lo) - p
		expected, othersBelow = expected+p*(othersBelow+q/2), othersBelow+q
		if influence != nil {
			ofOwn := float64(2*below+others) / 2 / float64(negative) * n / float64(positive)
			ofOthers := float64(2*(positive-ownBelow)-own) / 2 / float64(positive) * n / float64(negative)
			for _, key := range keys[lo:hi] {
				influence[uint32(key)>>1] += ofOthers + float64(key&1)*(ofOwn-ofOthers)
			}
		}
		below, ownBelow = below+others, ownBelow+own
		lo = hi
	}
	return float64(twice) / 2, expected
}

// centre takes from the values the one amount for examples of a class, the other
// for the others.
func centre(values []float64, labels []int32, class int32, own, others float64) {
	for i, y := range labels {
		if y == class {
			values[i] -= own
		} else {
			values[i] -= others
		}
	}
}

// ordered maps numbers to whole numbers of the same order; −0 equals 0.
func ordered(v float32) uint32 {
	b := math.Float32bits(v)
	switch {
	case v == 0:
		return 1 << 31
	case b>>31 != 0:
		return ^b
	}
	return b | 1<<31
}

// sorter sorts whole numbers by their upper 32 bits; it keeps its scratch.
type sorter struct{ other []uint64 }

// sort orders keys by their upper 32 bits, which are no more than most. Many
// keys are sorted digit by digit, 11 bits at a time.
func (s *sorter) sort(keys []uint64, most uint32) {
	const digit = 11
	if len(keys) < 1<<digit/2 {
		slices.Sort(keys)
		return
	}
	if len(s.other) < len(keys) {
		s.other = make([]uint64, len(keys))
	}
	from, to := keys, s.other[:len(keys)]
	passes := 0
	for shift := 32; shift < 32+bits.Len32(most); shift += digit {
		var start [1 << digit]int32
		for _, v := range from {
			start[v>>shift&(1<<digit-1)]++
		}
		at := int32(0)
		for i, c := range start {
			start[i] = at
			at += c
		}
		for _, v := range from {
			p := &start[v>>shift&(1<<digit-1)]
			to[*p] = v
			*p++
		}
		from, to = to, from
		passes++
	}
	if passes%2 == 1 {
		copy(keys, from)
	}
}
