package wheels

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/filelock"
	"github.com/seed-1a417598/memtest/datasets/usercache"
)

// Fill makes a folder of the cache that holds one file and returns the file's
// path; at once, when it is there already and check finds it fit. Several
// processes may ask for it at the same time: one makes it, the others wait. It
// appears in one step, by renaming a folder, so that a process that is killed
// leaves no half of it, and the next one sweeps up.
//
// fetch writes the file to path, in a folder that holds nothing else, and may use
// the folder staging beside it, which is removed, for whatever it needs. check and
// log are those of Install, and so are the errors, with those of fetch.
func (c Cache) Fill(ctx context.Context, folder, file string, check func(path string) error, log Log, fetch func(staging, path string) error) (string, error) {
	if c.Folder == "" {
		return "", fmt.Errorf("there is no cache folder to install %s in: set HOME or XDG_CACHE_HOME", folder)
	}
	if err := usercache.Private(c.Folder); err != nil {
		return "", err
	}
	if err := usercache.Make(c.Folder); err != nil {
		return "", fmt.Errorf("the cache folder cannot be made (%w): set XDG_CACHE_HOME to a folder that can be written", err)
	}
	lock, err := c.lock(ctx, folder, log)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	target := filepath.Join(c.Folder, folder)
	path := filepath.Join(target, file)
	if check(path) == nil {
		return path, nil // another process was first, or an earlier one
	}
	staging, err := c.stage(folder)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(staging)
	ready := filepath.Join(staging, "ready")
	if err := os.Mkdir(ready, 0o755); err != nil {
		return "", fmt.Errorf("the cache folder %s cannot be written: %w", c.Folder, err)
	}
	made := filepath.Join(ready, file)
	if err := fetch(staging, made); err != nil {
		return "", err
	}
	if err := check(made); err != nil {
		return "", err
	}
	if err := lock.Held(); err != nil {
		return "", fmt.Errorf("the installation of %s was given up: %w; start again", folder, err)
	}
	if _, err := os.Lstat(target); err == nil { // unfit, by the check above
		if err := os.Rename(target, filepath.Join(staging, "unfit")); err != nil {
			return "", fmt.Errorf("what is broken in %s cannot be replaced: %w", target, err)
		}
	}
	if err := os.Rename(ready, target); err != nil {
		return "", fmt.Errorf("%s cannot be put in its place: %w", folder, err)
	}
	return path, nil
}

// lock takes the lock of a folder of the cache.
func (c Cache) lock(ctx context.Context, folder string, log Log) (*filelock.Lock, error) {
	lock, err := filelock.Wait(ctx, filepath.Join(c.Folder, folder)+".lock", func() {
		log("another process is installing %s; waiting for it", folder)
	})
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("waiting for the installation of %s was stopped: %w", folder, context.Cause(ctx))
	}
	if err != nil {
		return nil, fmt.Errorf("the cache folder %s cannot be locked (%w): set XDG_CACHE_HOME to a folder that can be written", c.Folder, err)
	}
	return lock, nil
}

// stage makes a folder in the cache, on the same file system as what it becomes.
// It is for the holder of the lock, so whatever an earlier process staged is
// abandoned and removed.
func (c Cache) stage(folder string) (string, error) {
	prefix := "." + folder + ".part-"
	entries, _ := os.ReadDir(c.Folder) // where it cannot be read, something stays, which costs space only
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			_ = os.RemoveAll(filepath.Join(c.Folder, e.Name()))
		}
	}
	staging, err := os.MkdirTemp(c.Folder, prefix)
	if err != nil {
		return "", fmt.Errorf("the cache folder %s cannot be written (%w): set XDG_CACHE_HOME to one that can", c.Folder, err)
	}
	return staging, nil
}
