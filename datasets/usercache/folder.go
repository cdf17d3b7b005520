// Package usercache says where memtest keeps what it can make or fetch again, and
// sees that nobody else can put anything there: libraries from it are run, and data
// from it are believed. Usually it lies in the user's home, but XDG_CACHE_HOME may
// name a folder that all users share, such as /tmp.
package usercache

import (
	"fmt"
	"os"
	"path/filepath"
)

// top is the folder of this program in the user's cache.
const top = "memtest"

// Folder is the path of a folder of the cache, which may not be there. It is an
// error where neither HOME nor XDG_CACHE_HOME says where the cache lies.
func Folder(names ...string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(append([]string{cache, top}, names...)...), nil
}

// Make makes a folder of the cache where there is none, for the user alone. It is
// an error where Private is one.
func Make(folder string) error {
	if err := Private(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return Private(folder)
}

// Private is an error where somebody else may have put something into a folder of
// the cache: where it, or one above it up to that of this program, belongs to another
// user than root, or may be written by everybody. A folder that is not there is
// private. The superuser may use other people's; where the system has no such
// owners, nothing is known, and everything is private.
func Private(folder string) error {
	for at := folder; ; at = filepath.Dir(at) {
		if why := others(at); why != "" {
			return fmt.Errorf("%s %s, so what lies there is not trusted: set XDG_CACHE_HOME to a folder of your own", at, why)
		}
		if filepath.Base(at) == top || filepath.Dir(at) == at || !beneath(folder) {
			return nil
		}
	}
}

// beneath says whether a folder lies below that of this program.
func beneath(folder string) bool {
	for at := folder; filepath.Dir(at) != at; at = filepath.Dir(at) {
		if filepath.Base(at) == top {
			return true
		}
	}
	return false
}
