package features

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// scoredFile holds a network with logits at two of its three levels, and its twin
// with probabilities, of four training and two fresh examples in classes "3" and "7".
func scoredFile(t *testing.T) string {
	t.Helper()
	m := func(name string, values ...float32) arrays.Named {
		return arrays.Named{Name: name, Dims: []int{len(values) / 2, 2}, Floats: values}
	}
	whole := func(name string, values ...int32) arrays.Named {
		return arrays.Named{Name: name, Dims: []int{len(values)}, Ints: values}
	}
	wide := func(name string, rows int) arrays.Named {
		return arrays.Named{Name: name, Dims: []int{rows, 3}, Floats: make([]float32, 3*rows)}
	}
	return fileOf(t,
		wide("hidden/train", 4), wide("hidden/valid_0", 4), wide("hidden/valid_0.1", 4), wide("hidden/valid_0.3", 4), wide("hidden/fresh", 2),
		m("logits/train", 2, 0, 0, 2, 2, 0, 0, 2), m("logits/valid_0.3", 0, 2, 0, 2, 2, 0, 0, 2), m("logits/valid_0", 2, 0, 0, 2, 2, 0, 0, 2), m("logits/fresh", 2, 0, 2, 0),
		wide("twin/hidden/train", 4), wide("twin/hidden/valid_0.3", 4), whole("twin/labels", 7, 3, 3, 7),
		m("twin/probabilities/train", 0.25, 0.75, 0.75, 0.25, 0.75, 0.25, 0.75, 0.25), m("twin/probabilities/valid_0.3", 1, 0, 0, 1, 0, 1, 0, 1),
		whole("labels", 3, 7, 3, 7), whole("fresh_labels", 3, 7))
}

func TestScoresOfAFileAreTheNetworksAnswers(t *testing.T) {
	l, err := Load(scoredFile(t), Keys{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accuracies := map[string][]float64{}
	for _, layer := range l.Layers {
		f, err := l.Read(layer)
		if err != nil || f.Own == nil {
			t.Fatalf("%v: %+v, %v", layer, f.Own, err)
		}
		all := []float64{f.Own.Train.Accuracy}
		for _, a := range f.Own.Copies {
			if a == nil {
				all = append(all, -1)
			} else {
				all = append(all, a.Accuracy)
			}
		}
		if f.Own.Fresh != nil {
			all = append(all, f.Own.Fresh.Accuracy)
		}
		accuracies[layer.String()] = all
	}
	for layer, want := range map[string][]float64{
		"hidden": {1, 1, -1, 0.75, 0.5}, "logits": {1, 1, 0.75, 0.5},
		"twin/hidden": {0.75, 0.25}, "twin/probabilities": {0.75, 0.25}, // beside its own labels
	} {
		if got := accuracies[layer]; !slices.Equal(got, want) {
			t.Errorf("%s: accuracies %v, want %v", layer, got, want)
		}
	}
	notes := strings.Join(l.Notes(), "\n")
	for _, want := range []string{"layer logits, taken for logits, which --scores-are changes; their columns are the classes 3, 7", "layer twin/probabilities, taken for probabilities"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is not among the notes:\n%s", want, notes)
		}
	}
}

func TestScoresAsStated(t *testing.T) {
	path := scoredFile(t)
	l, err := Load(path, Keys{Scores: "probabilities", ScoresAre: "logits"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, layer := range l.Layers {
		f, err := l.Read(layer)
		if twin := strings.HasPrefix(layer.String(), "twin"); err != nil || (f.Own != nil) != twin {
			t.Errorf("%v: %+v, %v", layer, f.Own, err)
		}
	}
	none, err := Load(path, Keys{Scores: noScores}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer none.Close()
	if f, err := none.Read(none.Layers[0]); err != nil || f.Own != nil {
		t.Errorf("none: %+v, %v", f.Own, err)
	}
	for _, test := range []struct {
		keys Keys
		want string
	}{
		{Keys{Scores: "hidden"}, "layer hidden has 3 columns, but there are 2 classes"},
		{Keys{Scores: "softmax"}, `no network has a layer "softmax"; there are hidden, logits`},
		{Keys{ScoresAre: "odds"}, `scores_are: "odds" is not known`},
	} {
		l, err := Load(path, test.keys, 0)
		if err == nil {
			l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.keys, err, test.want)
		}
	}
}
