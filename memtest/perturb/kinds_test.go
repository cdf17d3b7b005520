package perturb

import (
	"math"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

func TestMoves(t *testing.T) {
	for name, want := range map[string]bool{
		"shift": true, "rotate": true, "elastic": true, "flip": true, "gaussian": false, "occlusion": false, "blur": false,
		"gaussian:0.1+shift:2": true, "gaussian:0.1+blur:1": false, "given": false,
	} {
		if got := Moves(name); got != want {
			t.Errorf("%s moves: %t", name, got)
		}
		if got := MovesPictures(name); got != want {
			t.Errorf("%s moves pictures: %t", name, got)
		}
	}
	series := Kind{name: "own-shift", kinds: []datasets.Kind{datasets.Series}, moves: true}
	if ofImages(series) || ofImages(Composition{[]Part{{series, 1}}}) {
		t.Error("what moves series moves pictures")
	}
}

// Steps and places are moved as pixels are; a swap moves two tokens by one place.
func TestMovesInTime(t *testing.T) {
	for name, want := range map[string]bool{
		"token-delete": true, "token-crop": true, "window-crop": true, "time-shift": true, "time-warp": true,
		"token-swap": false, "token-replace": false, "jitter": false, "channel-dropout": false, "missing": false,
		"token-replace:0.1+token-delete:0.1": true,
	} {
		if got := Moves(name); got != want {
			t.Errorf("%s moves: %t", name, got)
		}
	}
}

// Only images have pixels.
func TestUnitsOfOthersNameNoPixels(t *testing.T) {
	picture := datasets.Shape{Height: 8, Width: 8, Channels: 1}
	for _, k := range All() {
		for _, set := range kindSets() {
			unit, of := UnitFor(k, set.Shape), set.Shape.KindOf()
			if of != datasets.Image && k.Check(k.Levels()[1], set.Shape) == nil && strings.Contains(unit+k.About(), "pixel") && (k.plain == "" || strings.Contains(unit, "pixel")) {
				t.Errorf("%s of %s is in %q: %s", k.Name(), of, unit, k.About())
			}
		}
		if UnitFor(k, picture) != k.Unit() {
			t.Errorf("%s of a picture is in %q", k.Name(), UnitFor(k, picture))
		}
	}
}

// Every perturbation that is listed is in one group, and in the line of names.
func TestGroups(t *testing.T) {
	listed := map[string]int{}
	for _, g := range Groups() {
		for _, k := range g.Kinds {
			listed[k.Name()]++
			if k.Of() != g.Of {
				t.Errorf("%s, of %s, is listed among those of %s", k.Name(), k.Of(), g.Of)
			}
		}
	}
	for _, k := range All() {
		if listed[k.Name()] != 1 || !strings.Contains(Names(), k.Name()) {
			t.Errorf("%s is listed %d times", k.Name(), listed[k.Name()])
		}
	}
	if of := mustParse(t, "gaussian").(Kind).Of(); of != "images, tables and series" {
		t.Errorf("gaussian is for %s", of)
	}
}

// Of features there are no kinds: those of texts are mixed as others are.
func TestFeaturesOfAllKindsAreMixed(t *testing.T) {
	for _, set := range kindSets() {
		if err := mustParse(t, "mix-class").Check(0.25, set.Shape); err != nil {
			t.Error(err)
		}
	}
}

// Rows that are no sequences are refused in a sentence, whoever gives them.
func TestRowsThatAreNoSequences(t *testing.T) {
	s := datasets.Shape{Height: 3, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 5}
	for _, bad := range []struct {
		row  []float32
		says string
	}{
		{[]float32{1, 2, 3, 0}, "has 0 steps, which is outside 1..3"},
		{[]float32{1, 2, 3, 4}, "has 4 steps"},
		{[]float32{1, 2, 3, 1.5}, "has 1.5 steps"},
		{[]float32{1, 2, 3, float32(math.NaN())}, "has NaN steps"},
		{[]float32{1, 2, 3, 3e38}, "has 3e+38 steps"},
		{[]float32{1, 5, 3, 2}, "holds 5 at place 1, which is no token of 0..4"},
		{[]float32{1, -1, 3, 2}, "holds -1 at place 1"},
		{[]float32{float32(math.Inf(1)), 2, 3, 2}, "holds +Inf at place 0"},
	} {
		x := append([]float32{1, 2, 0, 2}, bad.row...)
		for _, level := range []float64{0, 0.5} {
			if _, err := Rows(x, s, mustParse(t, "token-replace"), level, 1); err == nil || !strings.Contains(err.Error(), "example 1 "+bad.says) {
				t.Errorf("%v at level %v: error %v", bad.row, level, err)
			}
		}
		if _, err := mustParse(t, "token-replace").(Fitter).Fit(&datasets.Set{Shape: s, X: x}); err == nil || !strings.Contains(err.Error(), "example 1 "+bad.says) {
			t.Errorf("fitted to %v: error %v", bad.row, err)
		}
	}
	if _, err := Rows([]float32{1, 7, 9, 1}, s, mustParse(t, "token-crop"), 0.5, 1); err != nil {
		t.Errorf("padding that is no token: %v", err)
	}
	if _, err := mustParse(t, "jitter").(Fitter).Fit(words()); err == nil || !strings.Contains(err.Error(), "jitter is for series, but examples are tokens") {
		t.Errorf("jitter fitted to texts: error %v", err)
	}
}
