package rundir

import (
	"errors"
	"io/fs"
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
	if err := d.Close(); err != nil || rows > 0 || trained == nil || !d.created {
		return err
	}
	// Create found no evidence there, so all of it is of this run.
	if err := os.RemoveAll(d.Path(evidenceDir)); err != nil {
		return err
	}
	for _, name := range []string{labelsFile, ManifestFile, RowsFile, ConfigFile, lockFile} {
		if err := os.Remove(d.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if left, err := os.ReadDir(d.path); err != nil || len(left) > 0 {
		return err
	}
	return os.Remove(d.path)
}
