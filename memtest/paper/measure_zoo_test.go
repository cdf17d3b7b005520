package paper

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// A small network has every registered measure, in its rows or as a fact; its networks are
// not kept once they are measured.
func TestZooFacts(t *testing.T) {
	engine, err := xla.Open(t.Context(), "", xla.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	r := Run{Name: "one", Zoo: true, Config: memtest.Config{
		N: 300, Net: "cnn:4/16,drop0.2", Epochs: []int{0, 60}, Until: 0.9, Levels: zooLevels, InitialScale: 1.5, Refs: []string{memtest.RefUntrained},
		Options: memtest.Options{Permutations: 19, Registered: registeredSHA256()}}}
	m := measurement{engine: engine, folder: t.TempDir()}
	a, err := m.all(t.Context(), "small", []Run{r})
	if err != nil {
		t.Fatal(err)
	}
	c := zooClaim{results: &results{Archive: a}}
	if _, c.measures, err = registered(); err != nil {
		t.Fatal(err)
	}
	n := c.network(zooNetwork{run: r.Name})
	if c.err != nil {
		t.Fatal(c.err)
	}
	for i, v := range n.measured {
		if m := c.measures[i]; math.IsNaN(v) != (m.name == "calibrated learning") { // there is no twin
			t.Errorf("%v is %v", m, v)
		}
	}
	if last := c.lastEpoch(r.Name); last == 60 || trainAccuracy(n.trained) < 0.9 {
		t.Errorf("training ended after epoch %d with accuracy %v", last, trainAccuracy(n.trained))
	}
	if mean := (n.halves[0] + n.halves[1]) / 2; math.Abs(mean-n.test) > 1e-12 {
		t.Errorf("two halves of the test set have accuracies %v, the whole %v", n.halves, n.test)
	}
	dir, err := rundir.Open(filepath.Join(m.folder, runsFolder, r.Name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir.Path("snapshots")); !os.IsNotExist(err) {
		t.Errorf("the networks are still kept (%v)", err)
	}
}
