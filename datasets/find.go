package datasets

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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

// local returns the first folder that holds all files of the set, or "".
func (i Info) local(o Options) string {
	for _, d := range i.places(o) {
		held := true
		for _, f := range i.Files {
			held = held && findFile(d, f.Name) != ""
		}
		if held {
			return d
		}
	}
	return ""
}

// locate returns a folder with all files of the set.
func (i Info) locate(ctx context.Context, o Options) (string, error) {
	if d := i.local(o); d != "" {
		return d, nil
	}
	return "", fmt.Errorf("data set %s is in none of the folders %s; put its files into one of them, or name their folder in %s", i.Name, strings.Join(i.places(o), ", "), envDir)
}
