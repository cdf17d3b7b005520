package memtest

import (
	"context"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla/nn"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// Label set r of a refit's row is a network of its own: one trained alone on
// these labels, and probed with them, has the same accuracy.
func TestRefitIsNetworksTrainedAlone(t *testing.T) {
	ctx := context.Background()
	e := engine(t)
	c := small()
	c.N, c.Epochs, c.Refs, c.Probes, c.Refit = 300, []int{2}, []string{RefInput}, []string{"centroid"}, 19
	x, err := New(ctx, c, datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	var refit []result.Row
	for cell, err := range x.Cells(ctx, e) {
		if err != nil {
			t.Fatal(err)
		}
		if cell.Network == NetworkRefit {
			refit = append(refit, cell.Row)
		}
	}
	if len(refit) != 2 || !refit[0].Exact || refit[0].Permutations != 19 {
		t.Fatalf("refit rows: %+v", refit)
	}
	sets, err := perm.NewShuffled(x.Train.Y, 10, nil, x.Config.Seed)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []int{0, 7} {
		labels := make([]int32, x.Train.Len())
		sets.Set(r, labels)
		given := *x.Train
		given.Y = labels
		for s, err := range nn.Train(ctx, e, x.Spec, &given, x.training(x.Config.Seed)) {
			if err != nil {
				t.Fatal(err)
			}
			d := probe.Data{Classes: 10}
			if d.Train, err = s.Features(ctx, x.Train, "dense1"); err != nil {
				t.Fatal(err)
			}
			set, err := x.Copies(x.Config.Levels[1])
			if err != nil {
				t.Fatal(err)
			}
			copies, err := s.Features(ctx, set, "dense1")
			if err != nil {
				t.Fatal(err)
			}
			scaler := probe.FitScaler(d.Train, probe.ScaleFloor)
			d.Train, d.Valid = scaler.Transform(d.Train), append(d.Valid, scaler.Transform(copies))
			design, err := perm.NewDesign(labels, 10, nil)
			if err != nil {
				t.Fatal(err)
			}
			for batch, err := range probe.Run(ctx, e, probe.Centroid{}, d, design.Fixed(), 0, 1, probe.Options{}) {
				if err != nil {
					t.Fatal(err)
				}
				want := hits(batch.Valid[0][0], labels)
				all := append([]float64{refit[1].Observed}, refit[1].Null...)
				// Sums of a product in another order may turn a near-tie of two classes.
				if got := int(all[r]*300 + 0.5); got < want-1 || got > want+1 {
					t.Errorf("network %d: %d hits in the refit, %d trained alone", r, got, want)
				}
			}
			s.Close()
		}
	}
}
