package rundir

import (
	"errors"
	"os"
)

// Abandon closes a folder that nothing was measured into and takes away what was
// made there since Create, and the folder itself where nothing else is in it. A
// folder with rows or trained networks, or one from Resume, is closed and stays as
// it is.
func (d *Dir) Abandon() error {
	d.mu.Lock()
	rows := len(d.known)
	d.mu.Unlock()
	_, trained := os.Lstat(d.Path(SnapshotsDir))
	if rows > 0 || trained == nil || !d.created {
		return d.Close()
	}
	return d.unmake([]string{evidenceDir, labelsFile, ReportFile, ManifestFile, RowsFile, ConfigFile}, true)
}

// unmake closes the folder and takes away what this process made there, by name,
// and where it is all the folder's, the folder too unless something else is in it.
// What another process has taken over stays.
func (d *Dir) unmake(made []string, all bool) error {
	err := d.Held()
	lock := d.lock
	d.lock = nil // let go last
	if e := d.Close(); err != nil || e != nil || lock == nil {
		if lock != nil {
			e = errors.Join(e, lock.Close())
		}
		return e
	}
	for _, name := range made {
		if err := os.RemoveAll(d.Path(name)); err != nil {
			return errors.Join(err, lock.Close())
		}
	}
	if err := lock.Remove(); err != nil || !all {
		return err
	}
	if left, err := os.ReadDir(d.path); err != nil || len(left) > 0 {
		return err
	}
	return os.Remove(d.path)
}
