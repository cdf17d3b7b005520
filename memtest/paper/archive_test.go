package paper

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
)

func TestSettings(t *testing.T) {
	for _, setting := range Settings() {
		runs, err := Runs(setting)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, r := range runs {
			if names[r.Name] {
				t.Errorf("%s: two runs are named %s", setting, r.Name)
			}
			names[r.Name] = true
			if _, err := r.Config.Resolve(); err != nil {
				t.Errorf("%s, %s: %v", setting, r.Name, err)
			}
		}
		if n := len(designs()); n < 30 {
			t.Errorf("%s: %d networks in place of 30 or more", setting, n)
		}
	}
	if _, err := Runs("huge"); err == nil || !strings.Contains(err.Error(), "small or full") {
		t.Errorf("the error of an unknown setting is %v", err)
	}
}

// The designs of section 8 meet each other: every value of one factor with every
// value of each other factor, so none can be mistaken for another.
func TestDesignsMeet(t *testing.T) {
	met := map[[3]any]bool{}
	for _, d := range designs() {
		factors := []any{d.width, d.labelNoise, "depth", "dropout", "short"}
		values := []any{d.width, d.labelNoise, d.depth, d.dropout, d.short}
		for i := range factors {
			for j := range i {
				met[[3]any{10*i + j, values[i], values[j]}] = true
			}
		}
	}
	// Pairs of factors with 3, 3, 3, 2 and 2 values.
	if want := 3*9 + 2*3*3*2 + 4; len(met) != want {
		t.Errorf("%d pairs of values meet, of %d", len(met), want)
	}
}

func TestArchiveKeepsRows(t *testing.T) {
	folder := t.TempDir()
	a := synthetic(t, nil)
	a.Data = []result.Data{{Name: "mnist", SHA256: "ab", Train: 5}}
	if err := a.Write(folder); err != nil {
		t.Fatal(err)
	}
	b, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a.Rows, b.Rows) || !reflect.DeepEqual(a.Facts, b.Facts) || !reflect.DeepEqual(a.Data, b.Data) || a.Setting != b.Setting {
		t.Error("an archive that is read again is another")
	}
}

// What makes an archive small does not change its caller's rows.
func TestArchiveLeavesRows(t *testing.T) {
	a := synthetic(t, func(_ string, r *result.Row) { r.PerClass = []result.ClassRow{{Class: 1}} })
	if err := a.Write(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if len(a.Rows["refit"][0].PerClass) != 1 {
		t.Error("writing an archive changes its rows")
	}
}

func TestReadRefuses(t *testing.T) {
	zip := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, c := range []struct {
		file string
		text []byte // nil = the file is removed
		want string
	}{
		{SettingFile, nil, "--resume"},
		{SettingFile, []byte("{"), SettingFile},
		{SettingFile, []byte(`{"setting":"huge"}`), `"huge" is not known`},
		{RowsFile, nil, RowsFile},
		{RowsFile, []byte("no gzip"), RowsFile},
		{RowsFile, zip("{"), "line 1"},
		{RowsFile, zip(`{"run":"refit"}` + "\n"), `line 1: field "network" is empty`},
		{RowsFile, zip(""), "run mlp-mnist has no rows"},
		{FactsFile, nil, FactsFile},
		{FactsFile, []byte("{}\n["), "line 2"},
	} {
		folder := t.TempDir()
		if err := synthetic(t, nil).Write(folder); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, c.file)
		if c.text == nil {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, c.text, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Read(folder)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s as %q: the error is %v, it should have %q", c.file, c.text, err, c.want)
		}
		if c.text != nil && !errors.Is(err, result.ErrInput) {
			t.Errorf("%s as %q: the error %v is not marked as that of input", c.file, c.text, err)
		}
	}
	other := synthetic(t, func(run string, r *result.Row) {
		if run == "refit" {
			r.Config = "0123456789ab"
		}
	})
	folder := t.TempDir()
	if err := other.Write(folder); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(folder); err == nil || !strings.Contains(err.Error(), "run refit was measured with another configuration") {
		t.Errorf("rows of another configuration: %v", err)
	}
}
