package nn

import (
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// Rows of a network whose logits come with a layer must be those of one whose layer
// comes alone, to the last digit.
func TestFeaturesAndLogitsAreThoseOfEitherAlone(t *testing.T) {
	shape := datasets.Shape{Height: 8, Width: 8, Channels: 3}
	set := noise(40, shape, 4)
	e := real(t)
	normed := Spec{Name: "normed", Input: shape, Classes: 4, Layers: []Layer{{Kind: "conv", Channels: 5, Activation: "none"}, {Kind: "batchnorm"}, {Kind: "relu"}, {Kind: "avgpool", Window: 8}, {Kind: "dense", Units: 9}}}
	for _, spec := range []Spec{MLP(shape, 4, 33, 17), normed} {
		for s, err := range Train(t.Context(), e, spec, set, Training{Epochs: 1, Batch: 32, Keep: []int{1}}) {
			if err != nil {
				t.Fatal(err)
			}
			names := spec.LayerNames()
			for _, layer := range []string{LayerInput, names[0], names[len(names)-1], LayerLogits} {
				together(t, s, set, layer)
			}
			if _, _, err := s.FeaturesAndLogits(t.Context(), set, "dense7"); err == nil {
				t.Errorf("%s: a layer that is not there has no error", spec.Name)
			}
			s.Close()
		}
	}
}

// together compares a layer and the logits with what each is alone.
func together(t *testing.T, s *Snapshot, set *datasets.Set, layer string) {
	t.Helper()
	want, err := s.Features(t.Context(), set, layer)
	if err != nil {
		t.Fatal(err)
	}
	logits, err := s.Features(t.Context(), set, LayerLogits)
	if err != nil {
		t.Fatal(err)
	}
	got, gotLogits, err := s.FeaturesAndLogits(t.Context(), set, layer)
	if err != nil {
		t.Fatal(err)
	}
	if got.Rows != want.Rows || got.Cols != want.Cols || !slices.Equal(got.Data, want.Data) {
		t.Errorf("%s: layer %s is another where logits come with it", s.Spec().Name, layer)
	}
	if gotLogits.Cols != 4 || !slices.Equal(gotLogits.Data, logits.Data) {
		t.Errorf("%s: the logits that come with layer %s are others", s.Spec().Name, layer)
	}
}
