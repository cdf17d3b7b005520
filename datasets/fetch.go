package datasets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/seed-1a417598/memtest/datasets/filelock"
	"github.com/seed-1a417598/memtest/datasets/usercache"
)

// fetch downloads the set into the user's cache. One process at a time does so;
// the others wait for it and find the files.
func (i Info) fetch(ctx context.Context, o Options) (dir string, err error) {
	dir, err = i.cacheDir()
	if err != nil {
		return "", fmt.Errorf("data set %s: there is no folder to download into: %w; set HOME, or name a folder with its files in %s", i.Name, err, envDir)
	}
	if err := usercache.Private(dir); err != nil {
		return "", fmt.Errorf("data set %s: %w, or name a folder with the set's files in %s", i.Name, err, envDir)
	}
	if err := usercache.Make(dir); err != nil {
		return "", i.unwritable(dir, err)
	}
	lock, err := filelock.Wait(ctx, filepath.Join(dir, ".lock"), nil)
	if err != nil && ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", i.unwritable(dir, err)
	}
	defer lock.Close()
	if i.held(dir) { // another process was faster
		return dir, nil
	}

	say := o.Log
	if say == nil {
		say = io.Discard
	}
	total := int64(0)
	for _, f := range i.Files {
		total += f.Size
	}
	fmt.Fprintf(say, "downloading data set %s, %.1f MB (licence: %s), into %s\n", i.Name, float64(total)/1e6, i.License, dir)
	for _, f := range i.Files {
		if findFile(dir, f.Name) != "" {
			continue
		}
		if err = i.fetchFile(ctx, lock, dir, f, o.Progress); err != nil {
			break
		}
	}
	if err == nil {
		return dir, nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if d := i.moduleDir(ctx, false); d != "" {
		fmt.Fprintf(say, "data set %s came by the Go module %s instead\n", i.Name, mnistModule)
		return d, nil
	}
	return "", err
}

func (i Info) unwritable(dir string, err error) error {
	return fmt.Errorf("data set %s: the cache folder %s cannot be written: %w; make it writable, set XDG_CACHE_HOME, or name a folder with the set's files in %s", i.Name, dir, err, envDir)
}

// fetchFile downloads one file from the first mirror that gives it whole.
func (i Info) fetchFile(ctx context.Context, lock *filelock.Lock, dir string, f File, tell func(Progress)) error {
	var failures []error
	for _, mirror := range i.Mirrors {
		err := i.fetchFrom(ctx, lock, mirror+f.Name, dir, f, tell)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failures = append(failures, err)
	}
	return fmt.Errorf("data set %s: %s could not be downloaded: %w; try again, or put it into %s yourself", i.Name, f.Name, oneLine(failures), dir)
}

// oneLine joins errors in one sentence.
func oneLine(errs []error) error {
	joined := errors.New("no address is known")
	for k, err := range errs {
		if k == 0 {
			joined = err
		} else {
			joined = fmt.Errorf("%w; %w", joined, err)
		}
	}
	return joined
}

// fetchFrom downloads one file from one address into a part file beside its
// place, checks it and renames it. A part that a broken transfer left is
// continued, by later calls too; each address has its own, for two mirrors may
// serve different compressions.
func (i Info) fetchFrom(ctx context.Context, lock *filelock.Lock, url, dir string, f File, tell func(Progress)) error {
	part := filepath.Join(dir, fmt.Sprintf(".%s.%08x.part", f.Name, shortHash(url)))
	out, err := os.OpenFile(part, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return i.unwritable(dir, err)
	}
	defer out.Close()
	d := download{url: url, out: out, size: f.Size, stall: stallTimeout, tell: func(done int64) {
		if tell != nil {
			tell(Progress{Set: i.Name, File: f.Name, From: url, Done: done, Total: f.Size})
		}
	}}
	if err := d.run(ctx); err != nil {
		if st, e := out.Stat(); e == nil && st.Size() == 0 {
			os.Remove(part)
		}
		return err
	}
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if sum, err := sumOf(ctx, out); err != nil {
		return err
	} else if sum != f.SHA256 {
		os.Remove(part)
		return fmt.Errorf("%s gave a file with SHA-256 %s, expected %s", url, sum, f.SHA256)
	}
	if err := out.Sync(); err != nil {
		return err
	}
	if err := lock.Held(); err != nil {
		return fmt.Errorf("data set %s: the download into %s was given up: %w; try again", i.Name, dir, err)
	}
	return os.Rename(part, filepath.Join(dir, f.Name))
}
