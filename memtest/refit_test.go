package memtest

import (
	"context"
	"slices"
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
			copies, err := s.Features(ctx, x.Copies[1], "dense1")
			if err != nil {
				t.Fatal(err)
			}
			d.Valid = append(d.Valid, copies)
			d, _ = d.Standardize()
			own, err := perm.NewGiven(labels, [][]int32{labels}, 10)
			if err != nil {
				t.Fatal(err)
			}
			for batch, err := range probe.Run(ctx, e, probe.Centroid{}, d, own, 0, 1, probe.Options{}) {
				if err != nil {
					t.Fatal(err)
				}
				want := accurate(batch.Valid[0][0], labels)
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

// The sequential test stops where it would stop set by set, whatever the size of
// the chunks that probes are run in, and uses no set beyond.
func TestSequentialStop(t *testing.T) {
	c := small()
	c.Data, c.N, c.Epochs, c.Probes, c.Refs = "gaussian:300:6x6x1:3", 0, []int{0}, []string{"centroid"}, []string{RefUntrained}
	c.Levels, c.Permutations, c.Net = []float64{0.5}, 400, "mlp:8"
	whole := rows(t, c, nil)[0]
	c.Stop = 10
	stopped := rows(t, c, nil)[0]
	reached, at := 0, 0
	for i, v := range whole.Null {
		if v >= whole.Observed {
			reached++
		}
		if reached == 10 {
			at = i + 1
			break
		}
	}
	if at == 0 {
		t.Fatalf("the null of noise should reach the observed 10 times in 400, not %d times", reached)
	}
	if stopped.Permutations != at || !slices.Equal(stopped.Null, whole.Null[:at]) {
		t.Errorf("stopped after %d label sets, want %d", stopped.Permutations, at)
	}
	if want := 10 / float64(at); stopped.LearningP != want {
		t.Errorf("p = %g, want %g", stopped.LearningP, want)
	}
}

// With few distinct labelings every one is tried, and p is known exactly.
func TestEnumeration(t *testing.T) {
	p := plan{permutations: 99, seed: 1}
	sets, b, enumerated, err := p.labelSets([]int32{0, 0, 0, 1, 1}, 2)
	if err != nil || !enumerated || b != 9 { // 5!/(3!·2!) = 10
		t.Errorf("%d label sets beside the observed one, enumerated %v, %v; want 9", b, enumerated, err)
	}
	if _, err := perm.Enumerate([]int32{0, 0, 0, 1, 1}, 2, nil, 9); err == nil {
		t.Error("10 labelings fit into 9")
	}
	seen := map[[5]int32]bool{}
	for i := range b + 1 {
		var set [5]int32
		sets.Set(i, set[:])
		seen[set] = true
	}
	if len(seen) != 10 {
		t.Errorf("%d distinct labelings, want 10", len(seen))
	}
}
