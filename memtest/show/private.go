package show

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// private makes a folder that only this user can read and write, and the folders
// above it. One that is there already is believed only where it is a folder of this
// user's own, no link, since a run that lies in it is answered without being
// measured; others are then kept out of it.
func private(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("measurements cannot be kept in %s (%w): set XDG_CACHE_HOME to a folder of your own", folder, err)
	}
	info, err := os.Lstat(folder)
	switch {
	case err != nil:
		return err
	case !info.IsDir() || !mine(info):
		return fmt.Errorf("measurements are not kept in %s, which is no folder of this user's own: remove it, or set XDG_CACHE_HOME to a folder of your own", folder)
	case info.Mode().Perm()&0o077 != 0:
		return os.Chmod(folder, 0o700)
	}
	return nil
}
