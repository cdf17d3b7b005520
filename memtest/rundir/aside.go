package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// runsOwn are the names of all that a run has in its folder, with the facts of a run
// of the report on the paper, and the answers of networks that it trained for them.
var runsOwn = []string{ConfigFile, RowsFile, ManifestFile, ReportFile, MarkdownFile, CSVFile, ExamplesFile, PicturesFile, labelsFile, SnapshotsDir, evidenceDir, "facts.jsonl", "subsets.jsonl"}

// asidePart is in the name of every folder that was set aside.
const asidePart = ".before-"

// SetAside makes room for a run that begins anew: it gives the folder of another run
// a name that is free, which ends in .before-1, .before-2 and so on, and returns it.
// A folder that holds no run, or other files besides, or one that is being measured
// into, stays and is an error.
func SetAside(path string) (to string, err error) {
	if path, err = filepath.Abs(path); err != nil { // "." has no name that could be changed
		return "", err
	}
	d := &Dir{path: path}
	if !d.holdsRun() {
		return "", result.Inputf("%s holds no run that could be set aside: give another folder with --out", path)
	}
	if other, err := d.others(); err != nil {
		return "", err
	} else if other != "" {
		return "", result.Inputf("%s holds %s too, which is not the run's, so the run there is not set aside: give another folder with --out", path, other)
	}
	if err := d.acquire(); err != nil {
		return "", err
	}
	defer d.Close()
	for i := 1; ; i++ {
		to = fmt.Sprintf("%s%s%d", d.path, asidePart, i)
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

// others is what lies in the folder and is not of a run; "" = nothing.
func (d *Dir) others() (string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		name := e.Name()
		ours := slices.Contains(runsOwn, name) || strings.HasPrefix(name, lockFile) || strings.HasPrefix(name, ".") && strings.Contains(name, atomicfile.Temporary)
		if !ours {
			return name, nil
		}
	}
	return "", nil
}
