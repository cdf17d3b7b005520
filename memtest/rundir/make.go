package rundir

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// makeFolder makes the folder of a new run where there is none; made says that it
// did.
func makeFolder(path string) (made bool, err error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return false, nil
	}
	if err == nil {
		return false, result.Inputf("%s is a file, but a run needs a folder: give another one with --out", path)
	}
	if to, e := os.Readlink(path); e == nil && errors.Is(err, fs.ErrNotExist) {
		return false, result.Inputf("%s is a link to %s, which is not there: make that folder, or give another one with --out", path, to)
	}
	if err := os.MkdirAll(path, 0o777); errors.Is(err, syscall.ENOSPC) { // no fault of the name
		return false, err
	} else if err != nil {
		return false, result.Inputf("the folder %s cannot be made (%v): give another one with --out", path, errors.Unwrap(err))
	}
	return true, nil
}

// vacant is nil where the folder holds nothing of a run: evidence and networks
// that were left there would be taken for those of the new one, and files of the
// user's would be written over.
func (d *Dir) vacant() error {
	for _, name := range runsOwn {
		if _, err := os.Lstat(d.Path(name)); err == nil {
			return d.taken(name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if parts, err := Parts(d.path); err != nil {
		return err
	} else if len(parts) > 0 {
		return result.Inputf("%s holds shards of a run (%s): put them together with `memtest merge %[1]s`, or give another folder with --out", d.path, parts[0].Path)
	}
	// Ours is empty, and may be left by a process that was killed early.
	if lock, err := os.Lstat(d.Path(lockFile)); err == nil && (!lock.Mode().IsRegular() || lock.Size() > 0) {
		return d.taken(lockFile)
	}
	return nil
}

// readConfig reads the configuration of a run's folder. Editors of Windows, and
// version control there, end lines otherwise and put a mark before the first.
func readConfig(path string) ([]byte, error) {
	text, err := ReadFile(filepath.Join(path, ConfigFile))
	if err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\r\n"), []byte("\n")), nil
}
