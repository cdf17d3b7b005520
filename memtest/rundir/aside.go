package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// SetAside makes room for a run that begins anew: it gives the folder of another run
// a name that is free, which ends in .before-1, .before-2 and so on, and returns it.
// A folder that holds no run, or one that is being measured into, stays and is an
// error.
func SetAside(path string) (to string, err error) {
	d := &Dir{path: filepath.Clean(path)}
	if !d.holdsRun() {
		return "", result.Inputf("%s holds no run that could be set aside: give another folder with --out", path)
	}
	if err := d.acquire(); err != nil {
		return "", err
	}
	defer d.Close()
	for i := 1; ; i++ {
		to = fmt.Sprintf("%s.before-%d", d.path, i)
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return to, os.Rename(d.path, to)
		} else if err != nil {
			return "", err
		}
	}
}

// holdsRun says whether the folder holds a file that only runs have.
func (d *Dir) holdsRun() bool {
	for _, name := range []string{ConfigFile, ManifestFile, RowsFile} {
		if info, err := os.Lstat(d.Path(name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}
