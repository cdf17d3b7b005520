package rundir

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
)

func TestSetAside(t *testing.T) {
	path, d := create(t)
	if _, err := SetAside(path); err == nil || !strings.Contains(err.Error(), "is in use by another memtest") {
		t.Errorf("set aside while it is measured into: %v", err)
	}
	if err := errors.Join(d.Append(sample(0)), d.Close()); err != nil {
		t.Fatal(err)
	}
	before := files(t, path)
	for i, want := range []string{path + ".before-1", path + ".before-2"} {
		to, err := SetAside(path + string(os.PathSeparator))
		if err != nil || to != want {
			t.Fatalf("set aside as %q, want %q (%v)", to, want, err)
		}
		if i == 0 && files(t, to)[RowsFile] != before[RowsFile] {
			t.Error("rows were changed")
		}
		d, err := Create(path, config, result.NewManifest(nil, started))
		if err != nil {
			t.Fatal(err)
		}
		d.Close()
	}
	// Files of the user's own do not go with it.
	notes := filepath.Join(path, "data.npz")
	if err := os.WriteFile(notes, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := SetAside(path); err == nil || !strings.Contains(err.Error(), "holds data.npz too") {
		t.Errorf("with a file of the user's: %v", err)
	}
	if _, err := os.Stat(notes); err != nil {
		t.Error(err)
	}
	own := filepath.Join(t.TempDir(), "own")
	if err := errors.Join(os.Mkdir(own, 0o755), os.WriteFile(filepath.Join(own, "notes.txt"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	if _, err := SetAside(own); !errors.Is(err, result.ErrInput) {
		t.Errorf("a folder without a run: %v", err)
	}
}
