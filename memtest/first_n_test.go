package memtest

import (
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// sortedByClass is a set of classes one after the other, each of so many examples.
func sortedByClass(classes, each int) *datasets.Set {
	s := &datasets.Set{Name: "sorted", Shape: datasets.Shape{Height: 1, Width: 1, Channels: 2}}
	for k := range classes {
		s.Classes = append(s.Classes, string(rune('a'+k)))
		for i := range each {
			s.X, s.Y = append(s.X, float32(k), float32(i)), append(s.Y, int32(k))
		}
	}
	return s
}

// The first n of a set that is sorted by class are a task of fewer classes.
func TestFirstExamplesWithoutSomeClassesAreRefused(t *testing.T) {
	for _, command := range []Command{CommandRun, CommandONNX} {
		c := Config{Command: command, N: 60, Perturb: "column-noise", Levels: []float64{0.1}, Options: Options{Permutations: 19}}
		if command == CommandRun {
			c.Net = "mlp:4"
		}
		_, err := NewFrom(c, sortedByClass(10, 50), nil)
		if err == nil || !strings.Contains(err.Error(), "the first 60 of the 500 examples hold 2 of the 10 classes; add --stratified") {
			t.Errorf("%q: error %v", command, err)
		}
		c.Stratified = true
		x, err := NewFrom(c, sortedByClass(10, 50), nil)
		if err != nil || x.Train.Len() != 60 || classesIn(x.Train) != 10 {
			t.Errorf("%q, stratified: %v", command, err)
		}
		c.Stratified, c.N = false, 460
		if x, err = NewFrom(c, sortedByClass(10, 50), nil); err != nil || x.Train.Len() != 460 {
			t.Errorf("%q, first 460: %v", command, err)
		}
	}
	few := sortedByClass(10, 50)
	few.Classes, few.X, few.Y = append(few.Classes, "rare"), append(few.X, 1, 2, 3, 4), append(few.Y, 10, 10)
	_, err := NewFrom(Config{N: 40, Stratified: true, Net: "mlp:4", Perturb: "column-noise", Levels: []float64{0.1}, Options: Options{Permutations: 19}}, few, nil)
	if err == nil || !strings.Contains(err.Error(), "40 drawn by class of the 502 examples hold 10 of the 11 classes; take more") {
		t.Errorf("error %v", err)
	}
	// A class of which no example was ever there is not left out.
	empty := sortedByClass(3, 50)
	empty.Classes = append(empty.Classes, "none")
	if _, err := NewFrom(Config{N: 140, Net: "mlp:4", Perturb: "column-noise", Levels: []float64{0.1}, Options: Options{Permutations: 19}}, empty, nil); err != nil {
		t.Error(err)
	}
}
