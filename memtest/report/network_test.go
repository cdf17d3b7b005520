package report

import (
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// A network's line is the mean over its seeds, each counted once however many layers
// and levels it has; without losses it has one line, and rows of older versions none.
func TestNetworksOverSeeds(t *testing.T) {
	value := func(v float64) *float64 { return &v }
	var rows []result.Row
	for _, r := range testRows(1, 2) {
		if r.Network != "mlp" || r.Epoch != 20 || r.Level < 0.3 || r.Seed == 2 && r.Layer == "hidden1" {
			continue
		}
		own := map[bool]float64{true: 0.5, false: 0.75}[r.Seed == 1]
		r.TrainAccuracy, r.TestAccuracy, r.OwnGap, r.OwnAccuracy = value(own), nil, nil, value(own-r.Level)
		r.OwnLoss, r.OwnTrainLoss, r.OwnFreshLoss, r.OwnLossGap, r.MembershipAUC = nil, nil, nil, nil, nil
		rows = append(rows, r)
	}
	tables, err := Networks(rows)
	if err != nil || len(tables) != 1 || len(tables[0].Rows) != 1 {
		t.Fatalf("%+v, %v", tables, err)
	}
	if got, want := tables[0].Rows[0].Cells, []string{"mlp after epoch 20", "accuracy", "0.625", "0.325", "0.125", "–", "–", "–"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for i := range rows {
		rows[i].OwnAccuracy = nil
	}
	if tables, err := Networks(rows); err != nil || len(tables) != 0 {
		t.Errorf("rows that do not say it: %+v, %v", tables, err)
	}
}
