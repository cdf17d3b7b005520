package oracle_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/internal/oracle"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// TestFolderByDefinition runs memtest into a folder by the names of probes, on the
// plugin that users have, and computes its rows again; what export gives is what
// they were measured by.
func TestFolderByDefinition(t *testing.T) {
	e := engine(t, "")
	s := scenario{name: "run", probes: "ridge ridge:gcv knn softmax"}
	c := configuration()
	c.Probes = []string{"ridge", "ridge:gcv", "knn", "softmax"}
	rows, err := memtest.RunIn(t.Context(), e, experiment(t, c, 0), filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	c.Layers = memtest.Layers{"last", "logits"}
	all := collected(t, e, experiment(t, c, 0))
	m := s.check(t, e, all, newComparison())
	if len(rows) != len(m.rows) {
		t.Fatalf("%d rows in the folder, %d of the same features", len(rows), len(m.rows))
	}
	for _, r := range rows {
		i := slices.IndexFunc(m.rows, func(other result.Row) bool { return other.Cell() == r.Cell() })
		if i < 0 {
			t.Fatalf("no features of %s", r.Cell())
		}
		want := flat(t, m.rows[i])
		for name, v := range flat(t, r) {
			if w, there := want[name]; !there || v != w {
				t.Errorf("%s: %s is %v in the folder, %v of the same features", r.Cell(), name, v, w)
			}
			delete(want, name)
		}
		flagged := *m.told[i].flagged
		flagged.Penalty = m.told[i].chosen // of probes of one's own nobody knows the grid
		if got, words := flagWords(r.Flags), oracle.Words(m.told[i].fields, flagged); !slices.Equal(got, words) {
			t.Errorf("%s: flags %v, by definition %v", r.Cell(), r.Flags, words)
		}
		if len(want) > 0 {
			t.Errorf("%s: the folder lacks %v", r.Cell(), want)
		}
	}
	for _, f := range all {
		if f.Layer != "logits" {
			compareExport(t, e, f, c)
		}
	}
}

// compareExport compares what export gives of some features with these.
func compareExport(t *testing.T, e *xla.Engine, f features.Features, c memtest.Config) {
	t.Helper()
	want := memtest.Export{Layer: f.Layer}
	if f.Role != features.Input {
		want.Epoch = f.EpochNumber()
	}
	if f.Role == features.Twin {
		want.Role = f.Role
	}
	got, done, err := experiment(t, c, 0).Export(t.Context(), e, want)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if !slices.Equal(got.Train.Data, f.Train.Data) || !slices.Equal(got.Fresh.Data, f.Fresh.Data) || !slices.Equal(got.Labels, f.Labels) {
		t.Errorf("%s: exported features are others", f.Where())
	}
	exported := copiesOf(t, got.Features)
	for i, copies := range copiesOf(t, f) {
		if !slices.Equal(exported[i].Data, copies.Data) {
			t.Errorf("%s: exported copies at level %v are others", f.Where(), f.Levels[i])
		}
	}
	sets := oracle.LabelSets(whole(f.Labels), whole(f.Groups), seedOfRuns, c.Permutations)
	for i, set := range got.Permuted {
		if !slices.Equal(whole(set), sets[i+1]) {
			t.Errorf("%s: exported label set %d is another", f.Where(), i+1)
		}
	}
	if len(got.Permuted) != c.Permutations {
		t.Errorf("%s: %d exported label sets", f.Where(), len(got.Permuted))
	}
}
