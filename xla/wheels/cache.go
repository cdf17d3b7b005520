package wheels

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/usercache"
)

// Cache is a folder of installed files, each in a folder of its own.
type Cache struct {
	Folder string   // made when it is needed; "" = there is nowhere to install
	Python []string // interpreters to try for pip, names on PATH or paths, the preferred one first
}

// Log receives one line on what is being done, without its end.
type Log func(format string, args ...any)

// UserCache is the folder memtest/name in the user's cache folder, "" where that
// is unknown, and the interpreters to try: those of active environments first, then
// that of the environment which this program was installed into.
func UserCache(name string) Cache {
	var c Cache
	if folder, err := usercache.Folder(name); err == nil {
		c.Folder = folder
	}
	for _, dir := range environments(os.Getenv) {
		c.Python = append(c.Python, filepath.Join(dir, "bin", "python3"))
	}
	if program, err := os.Executable(); err == nil {
		c.Python = append(c.Python, beside(program)...)
	}
	c.Python = append(c.Python, "python3", "python", "/usr/bin/python3")
	return c
}

// beside is the interpreter of the virtual environment that a program lies in, none
// where it lies in no such one: a python3 in any other folder may be anybody's.
func beside(program string) []string {
	bin := filepath.Dir(program)
	if _, err := os.Stat(filepath.Join(filepath.Dir(bin), "pyvenv.cfg")); err != nil {
		return nil
	}
	return []string{filepath.Join(bin, "python3")}
}

// environments are the folders of the Python environments that are active by the
// variables that activating one sets: virtualenv's, then conda's.
func environments(getenv func(name string) string) []string {
	var all []string
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if dir := getenv(name); dir != "" {
			all = append(all, dir)
		}
	}
	return all
}

// SitePackages are the folders of packages of the active Python environments, in the
// order of their activation.
func SitePackages(getenv func(name string) string) []string {
	var all []string
	for _, dir := range environments(getenv) {
		for _, below := range []string{"lib*/python*/site-packages", "Lib/site-packages"} { // POSIX, Windows
			found, _ := filepath.Glob(filepath.Join(EscapeGlob(dir), filepath.FromSlash(below))) // the pattern is well formed
			all = append(all, found...)
		}
	}
	return all
}

// EscapeGlob protects the characters that filepath.Glob gives a meaning.
func EscapeGlob(dir string) string {
	if filepath.Separator == '\\' { // where it separates folders it cannot protect
		return dir
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
