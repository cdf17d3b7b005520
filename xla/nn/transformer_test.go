package nn

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/xla"
)

// transformerGolden is what testdata/transformer_golden.py has torch compute.
type transformerGolden struct {
	X       [][]float32
	Lengths []float32
	Y       []int32
	Losses  []float64
	After   []map[string][]float64 // arrays after the first and the last step
}

// Two blocks of attention train as torch's nn.TransformerEncoderLayer does, from the same
// weights by the same batches of texts of unequal lengths: losses and weights, step by step.
func TestTransformerAgainstTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/transformer.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden transformerGolden
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	set := &datasets.Set{Name: "texts", Shape: tokens(7, 9), Classes: make([]string, 3), Y: golden.Y}
	for i, x := range golden.X {
		set.X = append(append(set.X, x...), golden.Lengths[i])
	}
	spec := Transformer(set.Shape, 3, 2, 8)
	for i := range spec.Layers {
		if l := &spec.Layers[i]; l.Kind == kindAttention {
			l.Heads, l.Units = 2, 12
		}
	}
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		o, err := Training{Batch: 5, Optimizer: Optimizer{Rate: 0.01}}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		r, err := newTrainer(e, spec, set, group{labels: [][]int32{set.Y}, total: 1}, o)
		if err != nil {
			t.Fatal(err)
		}
		defer r.close()
		xla.Free(r.weights...)
		if r.weights, err = r.net.upload(sines(r.net.params)); err != nil {
			t.Fatal(err)
		}
		for step, want := range golden.Losses {
			first := 5 * (step % 2)
			out, err := r.run([]int{first, first + 1, first + 2, first + 3, first + 4}, nil)
			if err != nil {
				t.Fatal(err)
			}
			tolerance := 1e-6
			if step > 0 { // Adam divides by the gradient's size, and with it magnifies its rounding
				tolerance = 2e-5
			}
			if math.Abs(float64(out[0])-want) > tolerance {
				t.Errorf("step %d: the loss is %v, torch says %v", step, out[0], want)
			}
			if step == 0 {
				compareArrays(t, r, golden.After[0])
			}
		}
		compareArrays(t, r, golden.After[1])
	})
}

// sines are the start weights of the golden file.
func sines(ps []param) [][]float32 {
	out := make([][]float32, len(ps))
	for k, p := range ps {
		for i := range p.size() {
			v := float32(math.Sin(float64(k)+0.7*float64(i)) / 2)
			if strings.HasSuffix(p.name, "/scale") {
				v++
			}
			out[k] = append(out[k], v)
		}
	}
	return out
}

func compareArrays(t *testing.T, r *trainer, want map[string][]float64) {
	t.Helper()
	compared := 0
	for k, p := range r.net.params {
		flat, err := xla.Download[float32](r.weights[k])
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(p.name, "/keys/biases") { // see the script
			continue
		}
		near(t, p.name, flat, want[p.name], 2e-5)
		compared++
	}
	if compared != len(want) {
		t.Errorf("%d arrays are compared, torch has %d", compared, len(want))
	}
}

// Networks of attention take part in all that others do: many label sets, one after the
// other; a training that was interrupted and goes on; files. Whatever the batch of what is
// computed from them, they give the same.
func TestTransformersAreTrainedSavedAndResumed(t *testing.T) {
	set := sequences(23, tokens(6, 9), 3)
	spec := Transformer(set.Shape, 3, 1, 8)
	spec.Layers[2].Rate = 0.1
	e := golang(t)
	labels := shuffles(set, 3)
	o := Training{Epochs: 3, Batch: 8, Seed: 4, Fresh: sequences(9, set.Shape, 3)}
	if first, err := GroupsOfMany(spec, 3, o); err != nil || len(first) != 3 {
		t.Errorf("groups %v, %v", first, err)
	}
	together := many(t, e, spec, set, labels, o, manyBytes)[3]
	for k, y := range labels {
		own := *set
		own.Y = y
		compareNetworks(t, together[k], trainAll(t, e, spec, &own, o)[0], set)
	}
	whole := trainAll(t, e, spec, set, o)[0]
	saved := o
	saved.Save, saved.Keep = t.TempDir(), []int{1, 3}
	for s, err := range Train(t.Context(), e, spec, set, saved) {
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		break // after epoch 1
	}
	saved.Resume = true
	var last *Snapshot
	for _, last = range trainAll(t, e, spec, set, saved) {
	}
	if !slices.EqualFunc(weightsOf(t, whole), weightsOf(t, last), slices.Equal) {
		t.Error("a training that goes on ends elsewhere")
	}
	path := filepath.Join(t.TempDir(), "a.safetensors")
	if err := whole.Save(path); err != nil {
		t.Fatal(err)
	}
	read, err := Load(e, path, spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(read.Close)
	for _, layer := range []string{"embedding1", "attention1", LayerLogits} {
		want, err := whole.Features(t.Context(), set, layer)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := read.Features(t.Context(), set, layer); err != nil || !slices.Equal(got.Data, want.Data) {
			t.Errorf("%s: other features after reading: %v", layer, err)
		}
	}
	few, err := Load(e, path, spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(few.Close)
	few.net.rows = 5 // at a time, the last ones filled up by sequences without a step
	want, err := whole.Features(t.Context(), set, LayerLogits)
	if err != nil {
		t.Fatal(err)
	}
	got, err := few.Features(t.Context(), set, LayerLogits)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "logits, five at a time", got.Data, wide(want.Data), 1e-5)
}

// A transformer learns what no single token tells: whether the first one comes again.
func TestTransformerLearns(t *testing.T) {
	again := func(n int, stream string) *datasets.Set {
		set := sequences(n, tokens(8, 12), 2)
		r := seed.Stream(7, stream)
		for i := range set.Y {
			row := set.X[i*9 : i*9+9]
			row[8] = float32(3 + r.IntN(6))
			for j := range 8 {
				row[j] = 0
			}
			first := r.IntN(12)
			row[0] = float32(first)
			for j := 1; j < int(row[8]); j++ {
				row[j] = float32((first + 1 + r.IntN(11)) % 12)
			}
			if set.Y[i] == 1 {
				row[1+r.IntN(int(row[8])-1)] = float32(first)
			}
		}
		return set
	}
	train := again(1500, "train")
	o := Training{Epochs: 10, Batch: 64, Seed: 1, Fresh: again(300, "fresh"), Optimizer: Optimizer{Rate: 0.003}}
	s := trainAll(t, real(t), Transformer(train.Shape, 2, 2, 32), train, o)[0]
	if s.FreshAccuracy < 0.7 {
		t.Errorf("%v of new texts are answered", s.FreshAccuracy)
	}
}
