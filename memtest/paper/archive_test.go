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

func TestArchiveKeepsRows(t *testing.T) {
	folder := t.TempDir()
	a := synthetic(t, nil)
	a.Data = []result.Data{{Name: "mnist", SHA256: "ab", Train: 5}}
	a.Elsewhere = map[string]string{"refit": "another processor"}
	if err := a.Write(folder); err != nil {
		t.Fatal(err)
	}
	b, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a.Rows, b.Rows) || !reflect.DeepEqual(a.Facts, b.Facts) || !reflect.DeepEqual(a.Data, b.Data) || !reflect.DeepEqual(a.Elsewhere, b.Elsewhere) || a.Setting != b.Setting {
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
		{settingFile, nil, "--resume"},
		{settingFile, []byte("{"), settingFile},
		{settingFile, []byte(`{"setting":"huge"}`), `"huge" is not known`},
		{rowsFile, nil, rowsFile},
		{rowsFile, []byte("no gzip"), rowsFile},
		{rowsFile, zip("{"), "line 1"},
		{rowsFile, zip(`{"run":"refit"}` + "\n"), `line 1: field "network" is empty`},
		{rowsFile, zip(""), "run mlp-mnist has no rows"},
		{factsFile, nil, factsFile},
		{factsFile, []byte("{}\n["), "line 2"},
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

// A document of other sections or of another setting is not written over.
func TestOtherDocumentIsNotWrittenOver(t *testing.T) {
	folder := t.TempDir()
	if err := synthetic(t, nil).Write(filepath.Join(folder, archiveFolder)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		setting string
		only    []string
		want    string // "" = no error
	}{{"small", nil, ""}, {"full", nil, "of `memtest paper --setting small`"}, {"small", []string{"zoo"}, "not of --setting small --only zoo"}} {
		err := sameArchive(folder, c.setting, c.only)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %v: %v", c.setting, c.only, err)
		}
	}
	if err := sameArchive(t.TempDir(), "small", nil); err != nil {
		t.Error(err)
	}
}
