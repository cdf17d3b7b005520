package datasets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/usercache"
)

// envDir names the environment variable with the folder of data.
const envDir = "MEMTEST_DATA"

// systemDirs are where packages of a distribution put data sets, a subfolder
// each; Debian's dataset-fashion-mnist is one.
var systemDirs = []string{"/usr/share/datasets", "/usr/local/share/datasets"}

// place is a folder that may hold a set. One that is bare is named for no set, so
// that files of the names that MNIST and its kin share may be another set's.
type place struct {
	dir  string
	bare bool
}

// places lists the folders that may hold the set, in the order of the search.
func (i Info) places(o Options) []place {
	var all []place
	for _, d := range []string{o.Dir, os.Getenv(envDir)} {
		if d != "" {
			all = append(all, place{dir: filepath.Join(d, i.Name)}, place{dir: d, bare: true})
		}
	}
	if d, err := i.cacheDir(); err == nil && usercache.Private(d) == nil {
		all = append(all, place{dir: d})
	}
	for _, d := range systemDirs {
		all = append(all, place{dir: filepath.Join(d, i.Name)})
	}
	if sub := map[string]string{"cifar10": "cifar-10-batches-bin", "cifar100": "cifar-100-binary", "emnist-digits": "gzip"}[i.Name]; sub != "" {
		for _, p := range slices.Clone(all) {
			all = append(all, place{dir: filepath.Join(p.dir, sub)}) // as the archive unpacks
		}
	}
	return all
}

// cacheDir is the folder of downloads of this set in the user's cache.
func (i Info) cacheDir() (string, error) {
	return usercache.Folder("data", i.Name)
}

// findFile returns the path of a distributed file in a folder: by its name,
// unzipped, or unzipped with the dot that some programs write; "" if none is there.
func findFile(dir, name string) string {
	plain := strings.TrimSuffix(name, ".gz")
	for _, n := range []string{name, plain, strings.Replace(plain, "-idx", ".idx", 1)} {
		p := filepath.Join(dir, n)
		if st, err := os.Stat(p); err == nil && st.Mode().IsRegular() {
			return p
		}
	}
	return ""
}

// unpacked names the files that hold a set once its archive is unpacked; nil
// where the set is not distributed as an archive.
func (i Info) unpacked() []string {
	switch i.Name {
	case "cifar10":
		return append(cifar10Files().train, cifar10Files().test)
	case "cifar100":
		return append(cifar100Files().train, cifar100Files().test)
	case "emnist-digits":
		return emnistFiles[:]
	}
	return nil
}

// held says whether a folder holds the set, as distributed or unpacked.
func (i Info) held(dir string) bool {
	var distributed []string
	for _, f := range i.Files {
		distributed = append(distributed, f.Name)
	}
	for _, names := range [][]string{distributed, i.unpacked()} {
		missing := func(name string) bool { return findFile(dir, name) == "" }
		if len(names) > 0 && !slices.ContainsFunc(names, missing) {
			return true
		}
	}
	return false
}

// takes says whether a set is read from a place: it is there and, where the folder
// and the names of the files do not tell whose they are, their sums do. The error says
// which file is damaged in a folder that holds others of the set.
func (i Info) takes(p place) (bool, error) {
	if !i.held(p.dir) {
		return false, nil
	}
	if !p.bare || i.unpacked() != nil {
		return true, nil
	}
	known, doubt := i.knownIn(p.dir)
	if known > 0 && known == len(i.Files)-1 {
		return false, fmt.Errorf("data set %s: %w; the other files in its folder are of the set", i.Name, doubt)
	}
	return doubt == nil, nil
}

// knownIn is how many files in a folder that holds them all have a sum that is known
// to be this set's, and what is wrong with the first that has none.
func (i Info) knownIn(dir string) (known int, doubt error) {
	for _, f := range i.Files {
		path := findFile(dir, f.Name)
		switch d, err := digestsOf(path); {
		case err == nil && f.is(d):
			known++
		case doubt != nil:
		case err != nil:
			doubt = err
		default:
			doubt = fmt.Errorf("file %s is not the %s of %s by its SHA-256", path, f.Name, i.Name)
		}
	}
	return known, doubt
}

// verified says whether the files in a folder are compared with sums when the set is
// read from it.
func (i Info) verified(dir string) bool {
	return !slices.ContainsFunc(i.Files, func(f File) bool { return f.Content == "" && filepath.Base(findFile(dir, f.Name)) != f.Name })
}

// local returns the first folder that holds the set, or "".
func (i Info) local(o Options) (string, error) {
	for _, p := range i.places(o) {
		if found, err := i.takes(p); found || err != nil {
			return p.dir, err
		}
	}
	return "", nil
}

// Find returns the folder that Load would read a named set from without
// downloading anything, or "" where it is on none of the places; embedded and generated
// sets are in no folder either.
func Find(ctx context.Context, name string, o Options) (string, error) {
	i, err := Describe(name)
	if err != nil || i.made() {
		return "", err
	}
	if d, err := i.local(o); d != "" || err != nil {
		return d, err
	}
	return i.moduleDir(ctx, true), nil
}

// locate returns a folder that holds the set, downloading it where it must.
func (i Info) locate(ctx context.Context, o Options) (string, error) {
	if d, err := i.local(o); d != "" || err != nil {
		return d, err
	}
	if d := i.moduleDir(ctx, true); d != "" {
		return d, nil
	}
	if o.Offline {
		return "", i.absent(o)
	}
	return i.fetch(ctx, o)
}

// ErrAbsent is in the error of Load for a named set of which there is nothing on this
// machine, and which must not be downloaded.
var ErrAbsent = errors.New("not on this machine")

// absent says where the set was looked for or, where files of its names are, why they
// were not taken for its.
func (i Info) absent(o Options) error {
	var dirs []string
	for _, p := range i.places(o) {
		dirs = append(dirs, p.dir)
		if p.bare && i.held(p.dir) {
			_, doubt := i.knownIn(p.dir)
			return fmt.Errorf("data set %s is in %s, if at all: the files of these names there are not known to be of this set (%w): if they are, put them into %s", i.Name, p.dir, doubt, filepath.Join(p.dir, i.Name))
		}
	}
	return fmt.Errorf("data set %s is %w, in none of the folders %s, and downloading is forbidden; put its files into one of them, name their folder in %s, or allow the download", i.Name, ErrAbsent, strings.Join(dirs, ", "), envDir)
}
