package memtest

import (
	"reflect"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/perm"
)

// A wrong label is what a network can only know by having been trained on it, and most
// true ones are known without. A network is the same whichever others are trained.
func TestOnSubsets(t *testing.T) {
	e := engine(t)
	x, err := New(t.Context(), Config{N: 120, Net: "mlp:64", Epochs: []int{50}, Batch: 20, Refs: []string{RefInput}, LabelNoise: 0.1, Levels: []float64{0.3}, Options: Options{Permutations: 19}}, datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const networks, seed = 30, 3
	all, answers := perm.NewPresence(x.Train.Len()), [][]bool{}
	for right, err := range x.OnSubsets(t.Context(), e, seed, 0, networks) {
		if err == nil {
			err = all.Add(perm.RandomSubset(x.Train.Len(), len(answers), seed), right)
		}
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, right)
	}
	for right, err := range x.OnSubsets(t.Context(), e, seed, 28, networks) {
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(right, answers[28]) {
			t.Error("network 28 answers otherwise where those before it are not trained")
		}
		break
	}
	mem, err := all.Memorization()
	if err != nil {
		t.Fatal(err)
	}
	sum, count := map[bool]float64{}, map[bool]float64{}
	for i, y := range x.TrainedLabels(seed) {
		wrong := y != x.Train.Y[i]
		sum[wrong] += mem[i]
		count[wrong]++
	}
	planted, others := sum[true]/count[true], sum[false]/count[false]
	t.Logf("mem is %.3f of %g planted labels, %.3f of the others", planted, count[true], others)
	if planted < 0.7 || others > 0.4 {
		t.Errorf("mem is %.3f of planted labels and %.3f of the others", planted, others)
	}
}
