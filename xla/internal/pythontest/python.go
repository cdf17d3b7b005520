// Package pythontest makes a Python interpreter with pip, and wheels for it, out
// of a shell script. Only tests import it.
package pythontest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Python writes an interpreter: a shell script that notes each call in the file
// calls, answers -c with the folders sites as JSON, and runs the shell commands
// pip for anything else, with the values of --dest in $dest and of --requirement
// in $requirement.
func Python(t testing.TB, sites []string, pip string) (script, calls string) {
	t.Helper()
	dir := t.TempDir()
	calls = filepath.Join(dir, "calls")
	quoted := "[]"
	if len(sites) > 0 {
		quoted = `["` + strings.Join(sites, `","`) + `"]`
	}
	text := fmt.Sprintf(`#!/bin/sh
echo $(echo "$@") >> '%s'
if [ "$1" = -I ]; then shift; fi
if [ "$1" = -c ]; then echo '%s'; exit 0; fi
while [ $# -gt 0 ]; do
	if [ "$1" = --dest ]; then dest=$2; fi
	if [ "$1" = --requirement ]; then requirement=$2; fi
	shift
done
%s
`, calls, quoted, pip)
	return Write(t, filepath.Join(dir, "python3"), []byte(text)), calls
}

// Count is how often the interpreter was called.
func Count(t testing.TB, calls string) int {
	t.Helper()
	text, err := os.ReadFile(calls)
	if os.IsNotExist(err) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), "\n")
}

// Wheel zips files, name to content, as pkg-1.0-py3-none-any.whl and returns the
// file and its SHA-256.
func Wheel(t testing.TB, files map[string][]byte) (path, hash string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range files {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	return Write(t, filepath.Join(t.TempDir(), "pkg-1.0-py3-none-any.whl"), b.Bytes()), hex.EncodeToString(sum[:])
}

// Download is what pip does when all goes well: the shell commands that copy a
// wheel to where it is asked for.
func Download(wheel string) string {
	return fmt.Sprintf("mkdir -p \"$dest\" && cp '%s' \"$dest\"", wheel)
}

// Write writes an executable file, with the folders above it, and returns its path.
func Write(t testing.TB, path string, data []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// Trap makes a folder with modules of the names that Python is asked for, each of
// which writes the file marker when it is run, and moves there; the name of a real
// interpreter is returned, without which the test is skipped.
func Trap(t *testing.T, modules ...string) (python, marker string) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no Python here")
	}
	folder := t.TempDir()
	marker = filepath.Join(folder, "marker")
	code := fmt.Appendf(nil, "open(%q, 'w').write(__name__)\n", marker)
	for _, m := range modules {
		Write(t, filepath.Join(folder, m+".py"), code)
		Write(t, filepath.Join(folder, m, "__init__.py"), code)
		Write(t, filepath.Join(folder, m, "__main__.py"), code)
	}
	t.Chdir(folder)
	return python, marker
}
