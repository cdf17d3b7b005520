package perturb

import (
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

// Tables have no pixels.
func TestUnitsOfTablesNameNoPixels(t *testing.T) {
	table, picture := datasets.Shape{Height: 1, Width: 1, Channels: 20}, datasets.Shape{Height: 8, Width: 8, Channels: 1}
	for _, k := range All() {
		if k.Check(k.Levels()[1], table) == nil && strings.Contains(UnitFor(k, table), "pixel") {
			t.Errorf("%s of a table is in %q", k.Name(), UnitFor(k, table))
		}
		if UnitFor(k, picture) != k.Unit() {
			t.Errorf("%s of a picture is in %q", k.Name(), UnitFor(k, picture))
		}
	}
}
