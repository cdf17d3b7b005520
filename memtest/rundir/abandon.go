package rundir

import (
	"errors"
	"io/fs"
	"os"
)

// Abandon closes a folder that no row was measured into and takes away what was
// made there since Create, and the folder itself where nothing else is in it. A
// folder with rows, or one from Resume, is closed and stays as it is.
func (d *Dir) Abandon() error {
	d.mu.Lock()
	rows := len(d.known)
	d.mu.Unlock()
	if err := d.Close(); err != nil || rows > 0 || !d.created {
		return err
	}
	// Create found neither folder there, so all in them is of this run.
	for _, name := range []string{EvidenceDir, SnapshotsDir} {
		if err := os.RemoveAll(d.Path(name)); err != nil {
			return err
		}
	}
	for _, name := range []string{LabelsFile, ManifestFile, RowsFile, ConfigFile, lockFile} {
		if err := os.Remove(d.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if left, err := os.ReadDir(d.path); err != nil || len(left) > 0 {
		return err
	}
	return os.Remove(d.path)
}
