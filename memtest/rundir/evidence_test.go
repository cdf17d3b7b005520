package rundir

import (
	"os"
	"reflect"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

func TestEvidenceComesBackAsItWasSaved(t *testing.T) {
	tally, err := perm.NewTally(4, 2, perm.TallyOptions{PerExample: true, Strata: []int32{0, 0, 1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	for b, labels := range [][]int32{{0, 0, 1, 1}, {1, 0, 1, 0}} {
		if err := tally.Add(b, labels, []int32{0, 0, 1, 0}); err != nil {
			t.Fatal(err)
		}
	}
	none, half := 0.0, 0.5
	_, d := create(t)
	for name, want := range map[string]result.Evidence{
		"fresh accuracy 0": {Counts: tally.Counts(), Margins: []float32{1, -1, 0, 2}, Predicted: []int32{0, 0, 1, 0}, Fresh: &none, Parents: &half},
		"no parent found":  {Counts: tally.Counts(), Parents: &none},
		"no fresh set":     {Counts: tally.Counts(), Values: []float64{0.5, 0.6}, Chance: []float64{0.5, 0.5}},
	} {
		if err := d.saveEvidence(name, "", want); err != nil {
			t.Fatal(err)
		}
		if got, ok := d.Evidence(name); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, ok, want)
		}
	}
	if _, ok := d.Evidence("another cell"); ok {
		t.Error("there is evidence of a cell that was never saved")
	}
	path := d.evidencePath("no fresh set")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text[:len(text)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Evidence("no fresh set"); ok {
		t.Error("half a file counts as evidence")
	}
}
