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

// ScoredChance is what Scored is on average where labels are dealt out anew,
// over all rows.
func ScoredChance(metric string, scores [][]float64, labels []int) float64 {
	if metric == AUC {
		return 0.5
	}
	sum, n := 0.0, float64(len(labels))
	for i := range scores {
		for _, y := range labels {
			sum += scores[i][y] / n / n
		}
	}
	return sum
}

// LogShares turns shares of votes into logarithms of probabilities, of which none
// is nearer to 0 or 1 than 2⁻⁵².
func LogShares(shares [][]float64) [][]float64 {
	out := make([][]float64, len(shares))
	for i, row := range shares {
		for _, v := range row {
			out[i] = append(out[i], math.Log(min(max(v, 0x1p-52), 1-0x1p-52)))
		}
	}
	return out
}
