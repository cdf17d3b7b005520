package oracle

import "math"

// Own is what a network's logits [n][K] say of the labels: the share of hits, and
// the cross-entropy of each example.
func Own(logits [][]float64, labels []int) (accuracy float64, losses []float64) {
	for i, row := range logits {
		sum := 0.0
		for _, v := range row {
			sum += math.Exp(v)
		}
		losses = append(losses, -math.Log(math.Exp(row[labels[i]])/sum))
	}
	return meanOf(hitsOf(Predict(logits), labels)), losses
}

// Membership is the share of pairs of a training and a fresh example of which the
// first has the smaller loss, ties counted half.
func Membership(train, fresh []float64) float64 {
	won := 0.0
	for _, a := range train {
		for _, b := range fresh {
			switch {
			case a < b:
				won++
			case a == b:
				won += 0.5
			}
		}
	}
	return won / float64(len(train)*len(fresh))
}

// OwnRow are the fields of a row that say what the network itself gives for the
// training examples and the copies of a level, beside the labels that it was trained
// on, and for fresh examples.
func OwnRow(train, copies, fresh [][]float64, labels, freshLabels []int) Fields {
	trained, trainLosses := Own(train, labels)
	copied, copyLosses := Own(copies, labels)
	tested, freshLosses := Own(fresh, freshLabels)
	return Fields{
		"train_accuracy": trained, "test_accuracy": tested, "own_gap": trained - tested,
		"own_train_loss": meanOf(trainLosses), "own_fresh_loss": meanOf(freshLosses), "own_loss_gap": meanOf(freshLosses) - meanOf(trainLosses),
		"own_accuracy": copied, "own_loss": meanOf(copyLosses), "membership_auc": Membership(trainLosses, freshLosses),
	}
}
