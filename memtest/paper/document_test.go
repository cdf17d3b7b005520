package paper

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// verdictOf is the verdict of the section whose title begins so.
func verdictOf(t *testing.T, d document.Document, title string) document.Holding {
	t.Helper()
	for _, s := range d.Sections {
		if strings.HasPrefix(s.Title, title) {
			for _, b := range s.Blocks {
				if b.Verdict != nil {
					return b.Verdict.Holds
				}
			}
		}
	}
	t.Fatalf("there is no verdict in section %q", title)
	return 0
}

// Verdicts follow the rows: where rows are changed so that a claim fails, its
// verdict says so, and that of the unchanged rows does not.
func TestVerdictsFollowRows(t *testing.T) {
	isNetwork := func(r *result.Row) bool { return r.Network == "mlp" || r.Network == "cnn" }
	asTheyAre := sync.OnceValues(func() (document.Document, error) { return Document(synthetic(t, nil)) })
	for _, c := range []struct {
		section string
		what    string
		change  func(run string, r *result.Row)
		want    document.Holding
	}{
		{"1.", "rows as they are", nil, document.HoldsYes},
		{"1.", "the network is like its twin", func(run string, r *result.Row) {
			if strings.HasPrefix(run, "mlp-") && isNetwork(r) && r.Epoch > 0 {
				r.Learning = 0.2 - 0.05*r.Level + 0.001*float64(3*r.Seed%7)
			}
		}, document.HoldsNot},
		{"1.", "the network is like its twin on MNIST", func(run string, r *result.Row) {
			if run == "mlp-mnist" && isNetwork(r) && r.Epoch > 0 {
				r.Learning = 0.2 - 0.05*r.Level + 0.001*float64(3*r.Seed%7)
			}
		}, document.HoldsPart},
		{"1.", "the twin fits less", func(run string, r *result.Row) {
			if r.Network == memtest.RefTwin {
				v := 0.2
				r.TrainAccuracy = &v
			}
		}, document.HoldsPart},
		{"2.", "rows as they are", nil, document.HoldsYes},
		{"2.", "one layer is like the twin's", func(run string, r *result.Row) {
			if isNetwork(r) && r.Layer == "maxpool1" {
				r.Learning = 0
			}
		}, document.HoldsPart},
		{"4.", "rows as they are", nil, document.HoldsYes},
		{"4.", "memorization stays", func(run string, r *result.Row) {
			if strings.HasPrefix(run, "mlp-") {
				r.Memorization = 0.1 + 0.001*float64((r.Seed*uint64(r.Epoch+7))%5)
			}
		}, document.HoldsNot},
		{"5.", "rows as they are", nil, document.HoldsYes},
		{"5.", "like the twin", func(run string, r *result.Row) {
			if r.Network == memtest.RefTwin {
				r.Learning += 0.5
			}
		}, document.HoldsPart},
		{"5.", "like the untrained network", func(run string, r *result.Row) {
			if run == "noise-input" && isNetwork(r) {
				r.Learning = 0.1
			}
		}, document.HoldsNot},
		{"5.", "fresh noise above chance", func(run string, r *result.Row) {
			if r.TestAccuracy != nil {
				v := *r.TestAccuracy + 0.2
				r.TestAccuracy = &v
			}
		}, document.HoldsPart},
		{"6.", "levels differ", func(run string, r *result.Row) { r.Learning += 0.2 * r.Level }, document.HoldsYes},
		{"6.", "levels are alike", func(run string, r *result.Row) {
			if strings.HasPrefix(run, "perturb-") {
				r.Learning = 0.3 + 0.001*float64(r.Seed%7)
			}
		}, document.HoldsPart},
		{"7.", "rows as they are", nil, document.HoldsYes},
		{"7.", "learning rises with label noise", func(run string, r *result.Row) { r.Learning = 0.9 - r.Learning }, document.HoldsNot},
		{"9.", "facts as they are", nil, document.HoldsYes},
		{"10.", "facts as they are", nil, document.HoldsYes},
	} {
		d, err := asTheyAre()
		if c.change != nil {
			d, err = Document(synthetic(t, c.change))
		}
		if err != nil {
			t.Fatalf("%s %s: %v", c.section, c.what, err)
		}
		if got := verdictOf(t, d, c.section); got != c.want {
			t.Errorf("section %s, %s: %v, want %v", c.section, c.what, got, c.want)
		}
	}
}

// The parts of claim 3, and claims 8 to 10, from rows made so that they fail.
func TestVerdictsThatFail(t *testing.T) {
	a := synthetic(t, func(run string, r *result.Row) {
		if strings.HasPrefix(run, "fit-") || strings.HasPrefix(run, "capacity-") || strings.HasPrefix(run, "dose-") {
			v := 0.5 + 0.001*float64(r.Seed)
			r.TrainAccuracy, r.TestAccuracy = &v, &v
		}
		if strings.HasPrefix(run, "capacity-") { // all networks alike but for chance
			v := 0.5 + 0.001*float64((r.Seed*31+uint64(len(run)))%7)
			r.TrainAccuracy = &v
		}
		if strings.HasPrefix(run, "zoo-") && r.OwnLoss != nil {
			v := 0.5
			r.OwnLoss, r.OwnAccuracy = &v, &v
		}
	})
	for i := range a.Facts {
		a.Facts[i].Unknown = a.Facts[i].Unknown || a.Facts[i].Name == "margin at the input"
	}
	d, err := Document(a)
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"3.", "8."} {
		if got := verdictOf(t, d, section); got != document.HoldsNot {
			t.Errorf("section %s: %v, want %v", section, got, document.HoldsNot)
		}
	}
	a = synthetic(t, nil)
	for i := range a.Facts {
		if strings.HasPrefix(a.Facts[i].Name, "memorization-") || strings.HasPrefix(a.Facts[i].Name, factMemOwn) {
			a.Facts[i].Value = -0.1 + 0.001*float64(a.Facts[i].Seed)
		}
	}
	if d, err = Document(a); err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"9.", "10."} {
		if got := verdictOf(t, d, section); got != document.HoldsNot {
			t.Errorf("section %s: %v, want %v", section, got, document.HoldsNot)
		}
	}
}

// What a claim needs and does not find is named.
func TestDocumentNamesWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		spoil func(*Archive)
		want  string
	}{
		{func(a *Archive) { delete(a.Rows, "noise-input") }, "noise-input"},
		{func(a *Archive) { delete(a.Rows, "zoo-fashion-mnist-sample-cnn-07") }, "zoo-fashion-mnist-sample-cnn-07"},
		{func(a *Archive) { delete(a.Rows, "dose-0.3") }, "dose-0.3"},
		{func(a *Archive) { a.Rows["mlp-mnist"] = a.Rows["mlp-mnist"][:9] }, "mlp-mnist"},
		{func(a *Archive) {
			a.Rows["refit"] = slices.DeleteFunc(a.Rows["refit"], func(r result.Row) bool { return r.Network == memtest.NetworkRefit })
		}, "refit"},
		{func(a *Archive) { a.Facts = nil }, "fact"},
		{func(a *Archive) {
			a.Facts = slices.DeleteFunc(a.Facts, func(f Fact) bool { return f.Name == factTestHalf })
		}, factTestHalf},
		{func(a *Archive) {
			a.Facts = slices.DeleteFunc(a.Facts, func(f Fact) bool { return f.Name == "sharpness" })
		}, "there is no fact sharpness"},
		{func(a *Archive) {
			for i := range a.Rows[zooMissing] {
				a.Rows[zooMissing][i].TestAccuracy = nil
			}
		}, "run " + zooMissing + ": its rows do not say how accurate"},
		{func(a *Archive) {
			for i := range a.Facts {
				if a.Facts[i].Registered != "" {
					a.Facts[i].Registered = "another"
				}
			}
		}, "under other registered measures (another)"},
		{func(a *Archive) { a.Setting = "huge" }, `"huge" is not known`},
	} {
		a := synthetic(t, nil)
		c.spoil(&a)
		_, err := Document(a)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("the error is %v, it should have %q", err, c.want)
		}
	}
}

// Runs that were measured on another machine than the rest are named.
func TestDocumentNamesOtherMachines(t *testing.T) {
	a := synthetic(t, nil)
	a.Manifest.Host.CPU, a.Elsewhere = "this one", map[string]string{"refit": "another one"}
	d, err := Document(a)
	if err != nil {
		t.Fatal(err)
	}
	var machines [][]string
	for _, b := range d.Sections[len(d.Sections)-1].Blocks {
		if b.Grid != nil {
			for _, row := range b.Grid.Rows {
				if strings.HasPrefix(row[0], "machine") {
					machines = append(machines, row)
				}
			}
		}
	}
	if len(machines) != 2 || !strings.HasPrefix(machines[0][1], "this one") || !slices.Equal(machines[1], []string{"machine of run refit", "another one"}) {
		t.Errorf("machines are %v", machines)
	}
}
