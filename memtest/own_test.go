package memtest

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// The membership figure is scikit-learn's area under the ROC curve of the losses.
func TestMembershipIsScikitLearnsArea(t *testing.T) {
	text, err := os.ReadFile("../datasets/features/testdata/answers.json")
	if err != nil {
		t.Fatal(err)
	}
	type losses struct{ Losses []float64 }
	var golden struct {
		Cases []struct {
			Train, Fresh losses
			Area         float64 `json:"membership_auc"`
		}
	}
	if err := json.Unmarshal(text, &golden); err != nil || len(golden.Cases) != 2 {
		t.Fatalf("%d cases, %v", len(golden.Cases), err)
	}
	for i, c := range golden.Cases {
		var row result.Row
		own := &features.Answers{Train: features.Answer{Accuracy: 0.5, Losses: c.Train.Losses}, Fresh: &features.Answer{Accuracy: 0.25, Losses: c.Fresh.Losses}}
		if err := ownAnswers(&row, own); err != nil || math.Abs(*row.MembershipAUC-c.Area) > 1e-12 {
			t.Errorf("case %d: %v, %v, scikit-learn has %v", i, *row.MembershipAUC, err, c.Area)
		}
		if *row.OwnGap != 0.25 || *row.TrainAccuracy != 0.5 || math.Abs(*row.OwnLossGap-(*row.OwnFreshLoss-*row.OwnTrainLoss)) > 1e-15 {
			t.Errorf("case %d: %+v", i, row)
		}
	}
}

// A row says of the network itself what is known: nothing of raw inputs, no loss of
// a network that gives classes alone, no fresh examples where there are none; a
// stated accuracy stands.
func TestRowsSayOfTheNetworkWhatIsKnown(t *testing.T) {
	var row result.Row
	if err := ownAnswers(&row, nil); err != nil || row.TrainAccuracy != nil || row.OwnGap != nil {
		t.Errorf("no answers: %+v, %v", row, err)
	}
	stated := 0.9
	row.TrainAccuracy = &stated
	own := &features.Answers{Train: features.Answer{Accuracy: 0.5}, Copies: []*features.Answer{nil, {Accuracy: 0.4}}}
	if err := ownAnswers(&row, own); err != nil || *row.TrainAccuracy != 0.9 || row.TestAccuracy != nil || row.OwnGap != nil || row.OwnTrainLoss != nil || row.MembershipAUC != nil {
		t.Errorf("classes alone: %+v, %v", row, err)
	}
	if ownCopies(&row, own.Copies, 0); row.OwnAccuracy != nil {
		t.Errorf("level 0 has %v", *row.OwnAccuracy)
	}
	if ownCopies(&row, own.Copies, 1); *row.OwnAccuracy != 0.4 || row.OwnLoss != nil {
		t.Errorf("level 1: %v, %v", *row.OwnAccuracy, row.OwnLoss)
	}
}
