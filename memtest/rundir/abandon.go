package rundir

import (
	"errors"
	"io/fs"
	"os"
)

// Abandon closes a folder that nothing was measured into and takes away what
// Create made, and the folder itself where nothing else is in it. A folder with
// rows stays.
func (d *Dir) Abandon() error {
	d.mu.Lock()
	rows := len(d.known)
	d.mu.Unlock()
	if err := d.Close(); err != nil || rows > 0 {
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
