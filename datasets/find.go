package datasets

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// envDir names the environment variable with the folder of data.
const envDir = "MEMTEST_DATA"

// systemDirs are where packages of a distribution put data sets, a subfolder
// each; Debian's dataset-fashion-mnist is one.
var systemDirs = []string{"/usr/share/datasets", "/usr/local/share/datasets"}

// places lists the folders that may hold the set, in the order of the search.
func (i Info) places(o Options) []string {
	var dirs []string
	for _, d := range []string{o.Dir, os.Getenv(envDir)} {
		if d != "" {
			dirs = append(dirs, filepath.Join(d, i.Name), d)
		}
	}
	if d, err := i.cacheDir(); err == nil {
		dirs = append(dirs, d)
	}
	for _, d := range systemDirs {
		dirs = append(dirs, filepath.Join(d, i.Name))
	}
	if sub := map[string]string{"cifar10": "cifar-10-batches-bin", "cifar100": "cifar-100-binary", "emnist-digits": "gzip"}[i.Name]; sub != "" {
		for _, d := range slices.Clone(dirs) {
			dirs = append(dirs, filepath.Join(d, sub)) // as the archive unpacks
		}
	}
	return dirs
}

// cacheDir is the folder of downloads of this set in the user's cache.
func (i Info) cacheDir() (string, error) {
	d, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(d, "memtest", "data", i.Name), nil
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

// local returns the first folder that holds the set, or "".
func (i Info) local(o Options) string {
	places := i.places(o)
	if k := slices.IndexFunc(places, i.held); k >= 0 {
		return places[k]
	}
	return ""
}

// Find returns the folder that Load would read a named set from without
// downloading anything, or "" where it is on none of the places; the embedded set
// is in no folder either.
func Find(ctx context.Context, name string, o Options) (string, error) {
	i, err := Describe(name)
	if err != nil || i.Name == sampleName {
		return "", err
	}
	if d := i.local(o); d != "" {
		return d, nil
	}
	return i.moduleDir(ctx, true), nil
}

// locate returns a folder that holds the set, downloading it where it must.
func (i Info) locate(ctx context.Context, o Options) (string, error) {
	if d := i.local(o); d != "" {
		return d, nil
	}
	if d := i.moduleDir(ctx, true); d != "" {
		return d, nil
	}
	if o.Offline {
		return "", fmt.Errorf("data set %s is in none of the folders %s, and downloading is forbidden; put its files into one of them, name their folder in %s, or allow the download", i.Name, strings.Join(i.places(o), ", "), envDir)
	}
	return i.fetch(ctx, o)
}
