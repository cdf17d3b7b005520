package paper

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Every stratum has 30 networks or more at the full setting and each value of a factor
// as often as the others or once more; networks of a stratum differ in factors alone.
func TestZooIsBalanced(t *testing.T) {
	full, err := scaleOf("full")
	if err != nil {
		t.Fatal(err)
	}
	networks := full.zoo.zoo()
	runs := zooRuns(full)
	for _, s := range full.zoo.strata {
		for f, factor := range zooFactors {
			times := map[string]int{}
			members := 0
			for _, n := range networks {
				if n.stratum == s {
					times[n.factors[f]]++
					members++
				}
			}
			if members < 30 {
				t.Errorf("%v: %d networks", s, members)
			}
			values := factor.values[s.family]
			for value, got := range times {
				often := 0
				for _, v := range values {
					if v == value {
						often++
					}
				}
				if least := members * often / len(values); got < least || got > least+often {
					t.Errorf("%v: %s is %s in %d of %d networks", s, factor.name, value, got, members)
				}
			}
		}
	}
	for i, r := range runs {
		c := r.Config
		if c.LabelNoise != 0 || c.N != full.zoo.n || c.Registered != registeredSHA256() {
			t.Errorf("%s: label noise %v, n %d, registered %s", networks[i].run, c.LabelNoise, c.N, c.Registered)
		}
	}
}

// The code reads each measure that is registered, and none besides.
func TestRegisteredMeasuresAreRead(t *testing.T) {
	words, measures, err := registered()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for name := range ownMeasures {
		known[name] = true
	}
	for name := range probeMeasures {
		known[name] = true
	}
	for name := range rowMeasures {
		known[name] = true
	}
	for name := range complexityMeasures {
		known[name] = true
	}
	for _, m := range words.Measures {
		if !known[m.Name] {
			t.Errorf("%q is registered and nothing reads it", m.Name)
		}
		delete(known, m.Name)
		if m.Formula == "" || m.Source == "" || m.Sign != "+" && m.Sign != "−" {
			t.Errorf("%q: formula %q, source %q, sign %q", m.Name, m.Formula, m.Source, m.Sign)
		}
	}
	for name := range known {
		t.Errorf("%q is read and not registered", name)
	}
	c := zooClaim{results: &results{Archive: synthetic(t, nil)}}
	if c.scale, err = scaleOf("small"); err != nil {
		t.Fatal(err)
	}
	c.read()
	for i, m := range measures {
		missing := countOf(c.reached, func(n trainedNetwork) bool { return math.IsNaN(n.measured[i]) })
		if missing == len(c.reached) && m.name != "own memorization" { // which made-up rows do not have
			t.Errorf("%v is known of no network", m)
		}
	}
	if len(c.missed) != 1 || c.missed[0].run != zooMissing || c.err != nil {
		t.Errorf("%d networks missed the training accuracy (%v)", len(c.missed), c.err)
	}
}

// What the section says of made-up networks: the measures that were made to go with the
// gap are worth looking at, those that were not are not.
func TestZooFindsWhatWasPlanted(t *testing.T) {
	a := synthetic(t, nil)
	d, err := Document(a)
	if err != nil {
		t.Fatal(err)
	}
	var table *document.Grid
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if b.Grid != nil && strings.HasPrefix(b.Grid.Caption, "Kendall's tau") {
				table = b.Grid
			}
		}
	}
	if table == nil {
		t.Fatal("there is no table of measures")
	}
	planted := []string{ownLoss, ownAccuracy, "margin at the input"}
	for _, row := range table.Rows {
		name, _, _ := strings.Cut(row[0], ", ")
		ofRows := !strings.Contains(row[0], "shift")
		if want := slices.Contains(planted, name) && ofRows; want != (row[len(row)-1] != "no") {
			t.Errorf("%v: worth %v, want %v", row, row[len(row)-1], want)
		}
	}
}

// Rows and facts of the zoo in docs carry the SHA-256 of the file that is there now.
func TestRegisteredBeforehand(t *testing.T) {
	a, err := Read(docs + "/" + archiveFolder)
	if err != nil {
		t.Fatal(err)
	}
	runs, err := Runs(a.Setting, "zoo")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		if len(a.Rows[r.Name]) == 0 || slices.ContainsFunc(a.Rows[r.Name], func(row result.Row) bool { return row.Registered != registeredSHA256() }) {
			t.Errorf("%s: its rows do not carry %s", r.Name, registeredSHA256())
		}
	}
	facts := 0
	for _, f := range a.Facts {
		if strings.HasPrefix(f.Run, "zoo-") && f.Name != factSeconds {
			if facts++; f.Registered != registeredSHA256() {
				t.Errorf("%s, %s: it carries %q", f.Run, f.Name, f.Registered)
			}
		}
	}
	if facts == 0 {
		t.Error("there are no facts of the zoo")
	}
}
