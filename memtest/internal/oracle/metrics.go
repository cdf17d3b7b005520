package oracle

import "math"

// Metrics, by the names that rows give them.
const (
	Accuracy = ""
	Balanced = "balanced"
	AUC      = "auc"
	LogLoss  = "log-loss"
)

// share is the share of the rows of a block that carry a label.
func share(labels, block []int, label int) float64 {
	sum := 0.0
	for _, i := range block {
		if labels[i] == label {
			sum++
		}
	}
	return sum / float64(len(block))
}

// pairedAtRandom is, for each row, the chance that its prediction hits where
// labels are dealt out anew within blocks.
func pairedAtRandom(predicted, labels []int, blocks [][]int) []float64 {
	out := make([]float64, len(labels))
	for _, block := range blocks {
		for _, i := range block {
			out[i] = share(labels, block, predicted[i])
		}
	}
	return out
}

// hitsOf is 1 for each row whose prediction is its label.
func hitsOf(predicted, labels []int) []float64 {
	out := make([]float64, len(labels))
	for i := range out {
		if predicted[i] == labels[i] {
			out[i] = 1
		}
	}
	return out
}

// Chance is what the accuracy of predictions is on average where labels are dealt
// out anew.
func Chance(predicted, labels []int) float64 {
	return meanOf(pairedAtRandom(predicted, labels, blocksOf(nil, len(labels))))
}

// recall is the share of hits among the rows labelled k, and what it is on average
// where labels are dealt out anew within blocks; false where none has the label.
func recall(predicted, labels []int, blocks [][]int, k int) (value, chance float64, some bool) {
	n := 0.0
	for _, y := range labels {
		if y == k {
			n++
		}
	}
	for _, block := range blocks {
		for _, i := range block {
			if predicted[i] != k {
				continue
			}
			chance += share(labels, block, k) / n
			if labels[i] == k {
				value += 1 / n
			}
		}
	}
	return value, chance, n > 0
}

// counted is a metric of predicted classes, accuracy or balanced, and its chance.
func counted(metric string, predicted, labels []int, blocks [][]int, classes int) (value, chance float64) {
	if metric == Accuracy {
		return meanOf(hitsOf(predicted, labels)), meanOf(pairedAtRandom(predicted, labels, blocks))
	}
	present := 0.0
	for k := range classes {
		if v, c, some := recall(predicted, labels, blocks, k); some {
			value, chance, present = value+v, chance+c, present+1
		}
	}
	return value / present, chance / present
}

// Scored is a metric of scores [n][K]: the mean area under the curve of each class
// against the rest, ties counting half, or the mean log-probability of the label.
func Scored(metric string, scores [][]float64, labels []int) float64 {
	if metric == LogLoss {
		sum := 0.0
		for i, y := range labels {
			sum += scores[i][y] / float64(len(labels))
		}
		return sum
	}
	sum, counted := 0.0, 0.0
	for k := range scores[0] {
		won, pairs := 0.0, 0.0
		for i := range labels {
			for j := range labels {
				if labels[i] != k || labels[j] == k {
					continue
				}
				pairs++
				if a, b := scores[i][k], scores[j][k]; a > b {
					won++
				} else if a == b {
					won += 0.5
				}
			}
		}
		if pairs > 0 {
			sum, counted = sum+won/pairs, counted+1
		}
	}
	return sum / counted
}

// ScoredChance is what Scored is on average where labels are dealt out anew within
// groups.
func ScoredChance(metric string, scores [][]float64, labels, groups []int) float64 {
	blocks := blocksOf(groups, len(labels))
	if metric == AUC {
		return areaChance(scores, labels, blocks)
	}
	sum := 0.0
	for _, block := range blocks {
		for _, i := range block {
			for _, j := range block {
				sum += scores[i][labels[j]] / float64(len(block)) / float64(len(labels))
			}
		}
	}
	return sum
}

// areaChance is that of the area under the curve: the pair of rows i and j is one
// of a class and of another with a probability that follows from the shares of the
// class in their blocks.
func areaChance(scores [][]float64, labels []int, blocks [][]int) float64 {
	sum, counted := 0.0, 0.0
	for k := range scores[0] {
		own := share(labels, blocksOf(nil, len(labels))[0], k) * float64(len(labels))
		if own == 0 || own == float64(len(labels)) {
			continue
		}
		won := 0.0
		for g, block := range blocks {
			for h, other := range blocks {
				p := share(labels, block, k) * (1 - share(labels, other, k))
				if m := float64(len(block)); g == h {
					p *= m / max(1, m-1) // the other row of the same block is another
				}
				won += p * pairsWon(scores, k, block, other)
			}
		}
		sum, counted = sum+won/own/(float64(len(labels))-own), counted+1
	}
	return sum / counted
}

// pairsWon is the number of pairs of different rows, one of each list, of which
// the first has the greater score of class k, equal ones counting half.
func pairsWon(scores [][]float64, k int, first, second []int) float64 {
	won := 0.0
	for _, i := range first {
		for _, j := range second {
			switch a, b := scores[i][k], scores[j][k]; {
			case i == j || a < b:
			case a > b:
				won++
			default:
				won += 0.5
			}
		}
	}
	return won
}

// LogShares are logarithms of shares [n][K] of so many votes, one vote more being
// counted for each class.
func LogShares(shares [][]float64, votes int) [][]float64 {
	out := make([][]float64, len(shares))
	for i, row := range shares {
		for _, v := range row {
			out[i] = append(out[i], math.Log((v*float64(votes)+1)/float64(votes+len(row))))
		}
	}
	return out
}
