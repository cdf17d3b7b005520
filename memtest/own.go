package memtest

import (
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// ownAnswers fills in what a row says of the network itself at every level. An
// accuracy that is stated beside the features stands.
func ownAnswers(row *result.Row, own *features.Answers) error {
	if own != nil {
		setAbsent(&row.TrainAccuracy, own.Train.Accuracy)
		if loss, known := own.Train.Loss(); known {
			row.OwnTrainLoss = &loss
		}
	}
	if own != nil && own.Fresh != nil {
		setAbsent(&row.TestAccuracy, own.Fresh.Accuracy)
		if loss, known := own.Fresh.Loss(); known {
			row.OwnFreshLoss = &loss
		}
	}
	if row.TrainAccuracy != nil && row.TestAccuracy != nil {
		setAbsent(&row.OwnGap, *row.TrainAccuracy-*row.TestAccuracy)
	}
	if row.OwnTrainLoss == nil || row.OwnFreshLoss == nil {
		return nil
	}
	setAbsent(&row.OwnLossGap, *row.OwnFreshLoss-*row.OwnTrainLoss)
	area, err := membership(own.Train.Losses, own.Fresh.Losses)
	if err != nil {
		return fmt.Errorf("the network's losses: %w", err)
	}
	row.MembershipAUC = &area
	return nil
}

// setAbsent gives a field its value where it has none.
func setAbsent(field **float64, value float64) {
	if *field == nil {
		*field = &value
	}
}

// membership is how well the network's loss tells training examples from fresh ones:
// the area under the ROC curve of the guess that the smaller loss is a training
// example's (Yeom et al. 2018 guess so by a threshold), 1/2 by chance.
func membership(train, fresh []float64) (float64, error) {
	scores := make([]float64, 0, len(train)+len(fresh))
	for _, losses := range [][]float64{train, fresh} {
		for _, v := range losses {
			scores = append(scores, -v)
		}
	}
	member := make([]bool, len(scores))
	for i := range train {
		member[i] = true
	}
	return perm.ROCAUC(scores, member)
}

// ownCopies fills in what the network answers for the copies of a level.
func ownCopies(row *result.Row, own []*features.Answer, level int) {
	if level >= len(own) || own[level] == nil {
		return
	}
	row.OwnAccuracy = &own[level].Accuracy
	if loss, known := own[level].Loss(); known {
		row.OwnLoss = &loss
	}
}
