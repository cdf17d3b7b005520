package memtest

import (
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// The sequential test stops where it would stop set by set, whatever the size of
// the chunks that probes are run in, and uses no set beyond.
func TestSequentialStop(t *testing.T) {
	c := small()
	c.Data, c.N, c.Epochs, c.Probes, c.Refs = "gaussian:300:6x6x1:3", 0, []int{0}, []string{"centroid"}, []string{RefUntrained}
	c.Levels, c.Permutations, c.Net = []float64{0.5}, 400, "mlp:8"
	whole := rows(t, c, nil)[0]
	c.Stop = 20
	stopped := rows(t, c, nil)[0]
	reached, at := 0, 0
	for i, v := range whole.Null {
		if v >= whole.Observed {
			reached++
		}
		if reached == 20 {
			at = i + 1
			break
		}
	}
	if at == 0 {
		t.Fatalf("the null of noise should reach the observed 20 times in 400, not %d times", reached)
	}
	// The set that ended it counts for p alone.
	if at <= perm.LeastSets || stopped.Permutations != at-1 || !slices.Equal(stopped.Null, whole.Null[:at-1]) || stopped.Stop != 20 {
		t.Errorf("stopped with %d label sets, want %d", stopped.Permutations, at-1)
	}
	if want := 20 / float64(at); stopped.LearningP != want {
		t.Errorf("p = %g, want %g", stopped.LearningP, want)
	}
}

// A stop draws as many label sets as means and deviations need, whatever its own
// test needs.
func TestSequentialStopDrawsTheLeastSets(t *testing.T) {
	c := small()
	c.Data, c.N, c.Epochs, c.Probes, c.Refs = "gaussian:300:6x6x1:3", 0, []int{0}, []string{"centroid"}, []string{RefUntrained}
	c.Levels, c.Permutations, c.Net, c.Stop = []float64{0.5}, 400, "mlp:8", 1
	row := rows(t, c, nil)[0]
	first := 1 + slices.IndexFunc(row.Null, func(v float64) bool { return v >= row.Observed })
	if first < 1 || first > perm.LeastSets {
		t.Fatalf("the null of noise should reach the observed early, not at set %d", first)
	}
	if row.Permutations != perm.LeastSets || row.LearningP != 1/float64(first) || len(row.Flags) > 0 {
		t.Errorf("%d label sets, p %g, flags %q; want %d and p 1/%d", row.Permutations, row.LearningP, row.Flags, perm.LeastSets, first)
	}
}

// With few distinct labelings every one is tried, and p is known exactly.
func TestEnumeration(t *testing.T) {
	design, err := perm.NewDesign([]int32{0, 0, 0, 1, 1}, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	sets, b, enumerated := design.Null(99, 1)
	if !enumerated || b != 9 { // 5!/(3!·2!) = 10
		t.Errorf("%d label sets beside the observed one, enumerated %v; want 9", b, enumerated)
	}
	if _, err := design.Enumerated(9); err == nil {
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

func TestPenaltyAtTheEndOfTheGrid(t *testing.T) {
	for _, test := range []struct {
		probe   string
		penalty float64
		want    string
	}{
		{"ridge:gcv", 1e6, "l2-edge: 1e+06"},
		{"ridge:gcv", 0.001, "l2-edge: 0.001"},
		{"ridge:gcv", 10, ""},
		{"ridge", 1e6, ""}, // given, not chosen
		{"softmax:gcv", 1e6, "l2-edge: 1e+06"},
		{"softmax:gcv", 0.001, "l2-edge: 0.001"},
		{"softmax:gcv", 1e5, ""}, // the grid is of softmax's own penalty
		{"softmax:gcv", 0.01, ""},
		{"knn", 0, ""},
	} {
		p, err := probe.Parse(test.probe)
		if err != nil {
			t.Fatal(err)
		}
		if got := chosenAtEdge(p, test.penalty); got != test.want {
			t.Errorf("%s at %g: %q, want %q", test.probe, test.penalty, got, test.want)
		}
	}
}

// A penalty that was chosen on the real labels is no fair one: no p-value is exact,
// but for a full refit, where each network has its own.
func TestPenaltyOfTheRealLabelsIsNotExact(t *testing.T) {
	c := small()
	c.N, c.Net, c.Levels, c.Epochs, c.Probes, c.Refit = 200, "mlp:8", []float64{0.3}, []int{1}, []string{"ridge", "ridge:gcv"}, 19
	seen := 0
	for _, r := range rows(t, c, nil) {
		want := r.Role == features.Refit || r.Probe == "ridge" && r.Role != features.Network
		if r.Exact != want {
			t.Errorf("%s of epoch %d by %s: exact %v", r.Network, r.Epoch, r.Probe, r.Exact)
		}
		seen++
	}
	if seen != 8 {
		t.Errorf("%d rows, want network, untrained, input and refit by two probes", seen)
	}
}
