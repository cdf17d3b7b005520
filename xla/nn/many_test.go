package nn

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/xla"
)

// shuffles are label sets: the set's own, then shuffles of it.
func shuffles(set *datasets.Set, n int) [][]int32 {
	out := [][]int32{set.Y}
	for r := 1; r < n; r++ {
		y := make([]int32, set.Len())
		for i, j := range seed.Stream(8, "shuffle", r).Perm(set.Len()) {
			y[i] = set.Y[j]
		}
		out = append(out, y)
	}
	return out
}

// many collects the snapshots of many networks: [epoch][network].
func many(t *testing.T, e *xla.Engine, spec Spec, set *datasets.Set, labels [][]int32, o Training, bytes int) map[int]map[int]*Snapshot {
	t.Helper()
	out := map[int]map[int]*Snapshot{}
	err := trainMany(t.Context(), e, spec, set, labels, o, nil, func(s *Snapshot, err error) bool {
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		if out[s.Epoch] == nil {
			out[s.Epoch] = map[int]*Snapshot{}
		}
		if out[s.Epoch][s.Network] != nil {
			t.Fatalf("network %d came twice at epoch %d", s.Network, s.Epoch)
		}
		out[s.Epoch][s.Network] = s
		return true
	}, bytes)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Networks trained together end up as each trained alone, up to rounding,
// however many go into one program, with a last batch that is not full.
func TestTrainManyEqualsTrain(t *testing.T) {
	set := noise(21, shape(3, 2, 1), 3)
	labels := shuffles(set, 5)
	fresh := noise(30, set.Shape, 3)
	for name, c := range map[string]struct {
		spec Spec
		o    Training
	}{
		"adam": {MLP(set.Shape, 3, 7, 5), Training{Optimizer: Optimizer{Rate: 0.01, Decay: 0.01}}},
		"sgd":  {MLP(set.Shape, 3, 7), Training{Optimizer: Optimizer{Kind: "sgd"}, Schedule: Schedule{Kind: "cosine"}, Augment: Augmentation{Shift: 1, Flip: true}}},
		"tanh": {Spec{Name: "tanh", Input: set.Shape, Classes: 3, Layers: []Layer{{Kind: "dense", Units: 4, Activation: "tanh"}, {Kind: "dense", Units: 4, Activation: "gelu"}}}, Training{}},
		// one after the other
		"conv":  {CNN(set.Shape, 3, []int{2}), Training{}},
		"until": {MLP(set.Shape, 3, 7), Training{Until: 0.4}},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, e *xla.Engine) {
				if e.Describe().Real && name != "adam" {
					t.Skip("compiles for long; one network shows that the backends agree")
				}
				o := c.o
				o.Epochs, o.Batch, o.Seed, o.Keep, o.Fresh = 3, 8, 4, []int{0, 1, 3}, fresh
				var alone [][]*Snapshot
				for _, y := range labels {
					own := *set
					own.Y = y
					alone = append(alone, trainAll(t, e, c.spec, &own, o))
				}
				memory := []int{1 << 30}
				if name == "adam" && !e.Describe().Real {
					memory = append(memory, 1, groupBytes(t, c.spec, o, 2))
				}
				for _, bytes := range memory {
					all := many(t, e, c.spec, set, labels, o, bytes)
					for r := range labels {
						for _, want := range alone[r] {
							compareNetworks(t, all[want.Epoch][r], want, set)
						}
					}
				}
			})
		})
	}
}

// Networks of dense layers take series, of which lengths and padding are no values.
func TestTrainManyTakesSeries(t *testing.T) {
	e := golang(t)
	set := sequences(21, series(5, 2), 3)
	spec, o := MLP(set.Shape, 3, 7), Training{Epochs: 2, Batch: 8, Seed: 4, Fresh: sequences(9, set.Shape, 3)}
	labels := shuffles(set, 3)
	all := many(t, e, spec, set, labels, o, 1<<30)
	for r, y := range labels {
		own := *set
		own.Y = y
		for _, want := range trainAll(t, e, spec, &own, o) {
			compareNetworks(t, all[want.Epoch][r], want, set)
		}
	}
}

func compareNetworks(t *testing.T, got, want *Snapshot, set *datasets.Set) {
	t.Helper()
	if got == nil {
		t.Fatalf("a network is missing at epoch %d", want.Epoch)
	}
	what := fmt.Sprintf("network %d, epoch %d, ", got.Network, got.Epoch)
	if math.Abs(got.Loss-want.Loss) > 1e-5 || got.TrainAccuracy != want.TrainAccuracy || got.FreshAccuracy != want.FreshAccuracy {
		t.Errorf("%s%+v, alone %+v", what, got, want)
	}
	for k, w := range weightsOf(t, got) {
		near(t, what+got.net.params[k].name, w, wide(weightsOf(t, want)[k]), 2e-5)
	}
	layer := got.Spec().LayerNames()[0]
	a, err := got.Features(t.Context(), set, layer)
	if err != nil {
		t.Fatal(err)
	}
	b, err := want.Features(t.Context(), set, layer)
	if err != nil {
		t.Fatal(err)
	}
	near(t, what+layer, a.Data, wide(b.Data), 2e-5)
}

// In bfloat16 the order of sums shows in the third digit.
func TestTrainManyBFloat16(t *testing.T) {
	e := golang(t)
	set := noise(32, shape(1, 1, 4), 2)
	o := Training{Epochs: 4, Batch: 8, Precision: "bfloat16"}
	got := many(t, e, MLP(set.Shape, 2, 6), set, shuffles(set, 2), o, 1<<30)[4][0]
	alone := trainAll(t, e, MLP(set.Shape, 2, 6), set, o)[0]
	o.Precision = ""
	exact := trainAll(t, e, MLP(set.Shape, 2, 6), set, o)[0]
	if got.Loss == exact.Loss || math.Abs(got.Loss/alone.Loss-1) > 0.01 {
		t.Errorf("loss %v, alone %v, in single precision %v", got.Loss, alone.Loss, exact.Loss)
	}
}

// Reach ends the training of each network at its own epoch, so networks of dense
// layers too are trained one after the other, as Train trains each.
func TestTrainManyReach(t *testing.T) {
	e := golang(t)
	set := cross(40, "train")
	labels := shuffles(set, 3)
	spec := MLP(set.Shape, 2, 16)
	o := Training{Epochs: 60, Batch: 8, Optimizer: Optimizer{Rate: 0.01}, Reach: []float64{0.6, 0.8}}
	all := many(t, e, spec, set, labels, o, 1<<30)
	got, want := 0, 0
	var last []int
	for _, snapshots := range all {
		got += len(snapshots)
	}
	for r, y := range labels {
		own := *set
		own.Y = y
		alone := trainAll(t, e, spec, &own, o)
		want += len(alone)
		for _, s := range alone {
			compareNetworks(t, all[s.Epoch][r], s, set)
		}
		last = append(last, alone[len(alone)-1].Epoch)
	}
	if got != want || slices.Max(last) == slices.Min(last) {
		t.Errorf("%d snapshots, %d alone, where training ends after epochs %v", got, want, last)
	}
}

// groupBytes is a memory that r networks fill.
func groupBytes(t *testing.T, spec Spec, o Training, r int) int {
	o, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	bytes := 1
	for groupSize(spec, o, 5, bytes) < r {
		bytes *= 2
	}
	return bytes
}

// 5 networks in groups of at most 2 are groups of 2, 2 and 1; at most 4, of 3
// and 2.
func TestGroupSize(t *testing.T) {
	spec, o := MLP(shape(1, 1, 9), 2, 10), Training{Batch: 4}
	o, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	// Weights 100 + 22, in 3 + 2·2 arrays; 12 outputs of 4 examples, 4 times.
	each := 4 * (122*7 + 4*12*4)
	for most, want := range map[int]int{0: 1, 1: 1, 2: 2, 3: 3, 4: 3, 5: 5, 9: 5} {
		if got := groupSize(spec, o, 5, most*each); got != want {
			t.Errorf("memory for %d: groups of %d, want %d", most, got, want)
		}
	}
}

// The network of the real labels is treated as all others: the same labels give
// the same network wherever they stand.
func TestTrainManyIsExchangeable(t *testing.T) {
	e := golang(t)
	set := noise(16, shape(1, 1, 4), 2)
	labels := shuffles(set, 3)
	order := []int{2, 0, 1}
	var moved [][]int32
	for _, r := range order {
		moved = append(moved, labels[r])
	}
	o := Training{Epochs: 2, Batch: 5}
	a, b := many(t, e, MLP(set.Shape, 2, 6), set, labels, o, 1<<30), many(t, e, MLP(set.Shape, 2, 6), set, moved, o, 1<<30)
	for place, r := range order {
		for k, w := range weightsOf(t, a[2][r]) {
			if !slices.Equal(w, weightsOf(t, b[2][place])[k]) {
				t.Errorf("label set %d gives another network at place %d", r, place)
			}
		}
	}
}

func TestTrainManyErrors(t *testing.T) {
	e := golang(t)
	set := noise(16, shape(1, 1, 4), 2)
	spec := MLP(set.Shape, 2, 3)
	bad := slices.Clone(set.Y)
	bad[3] = 2
	for _, c := range []struct {
		labels [][]int32
		o      Training
		want   string
	}{
		{nil, Training{}, "no label sets are given"},
		{[][]int32{set.Y, set.Y[1:]}, Training{}, "label set 1 has 15 labels for 16 examples"},
		{[][]int32{set.Y, bad}, Training{}, "label set 1: label 2 of example 3 is outside 0..1"},
		{[][]int32{set.Y}, Training{LabelNoise: 1}, "many networks take no label noise, save or resume"},
		{[][]int32{set.Y}, Training{Save: "x"}, "many networks take no label noise, save or resume"},
		{[][]int32{set.Y}, Training{Epochs: -1}, "must be positive"},
	} {
		for s, err := range TrainMany(t.Context(), e, spec, set, c.labels, 0, len(c.labels), c.o) {
			if s != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		}
	}
	for range TrainMany(t.Context(), e, spec, set, shuffles(set, 4), 0, 4, Training{Keep: []int{0}}) {
		break // harmless
	}
	var heard []Progress
	o := Training{Epochs: 2, Progress: func(p Progress) { heard = append(heard, p) }}
	many(t, e, spec, set, shuffles(set, 4), o, groupBytes(t, spec, o, 2))
	if len(heard) != 4 || heard[1].Network != 0 || heard[2].Network != 2 || heard[3].Networks != 4 || heard[1].Left <= 0 || heard[3].Left != 0 {
		t.Errorf("heard %+v", heard)
	}
}

// One network of many is that of TrainMany to the last bit, and no other comes.
func TestTrainOneOfMany(t *testing.T) {
	set := noise(21, shape(3, 2, 1), 3)
	labels := shuffles(set, 5)
	o := Training{Epochs: 2, Batch: 8, Seed: 4, Keep: []int{1, 2}}
	for name, spec := range map[string]Spec{"together": MLP(set.Shape, 3, 7), "one after the other": CNN(set.Shape, 3, []int{2})} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, e *xla.Engine) {
				want := many(t, e, spec, set, labels, o, manyBytes)
				came := 0
				for s, err := range TrainOneOfMany(t.Context(), e, spec, set, labels, 3, o) {
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(s.Close)
					came++
					got, err := s.Features(t.Context(), set, LayerLogits)
					if err != nil {
						t.Fatal(err)
					}
					all, err := want[s.Epoch][3].Features(t.Context(), set, LayerLogits)
					if err != nil || s.Network != 3 || !slices.Equal(got.Data, all.Data) {
						t.Errorf("epoch %d, network %d differs (%v)", s.Epoch, s.Network, err)
					}
				}
				if came != 2 {
					t.Errorf("%d snapshots, want 2", came)
				}
			})
		})
	}
}
