package wheels

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gofrs/flock"

	"github.com/seed-1a417598/memtest/xla/internal/pythontest"
)

// lines collects what an installation says.
type lines []string

func (l *lines) log(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

// fake is a cache that is not there yet, without Python.
func fake(t *testing.T, python ...string) Cache {
	return Cache{filepath.Join(t.TempDir(), "cache"), python}
}

// left lists what lies in the cache beside locks.
func left(t *testing.T, c Cache) []string {
	entries, err := os.ReadDir(c.Folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".lock") {
			names = append(names, e.Name())
		}
	}
	return names
}

// fit are the bytes of a library that check takes.
var fit = []byte("a library, as far as check can see")

func check(path string) error {
	data, err := os.ReadFile(path)
	if err == nil && !bytes.HasPrefix(data, fit) {
		err = fmt.Errorf("%s is not a whole library", path)
	}
	return err
}

func member(data []byte) map[string][]byte {
	return map[string][]byte{"pkg/lib.so": data, "pkg/__init__.py": nil}
}

// wheelOf zips files and returns the wheel with a pin for its member pkg/lib.so.
func wheelOf(t *testing.T, files map[string][]byte) (path string, w Wheel) {
	path, hash := pythontest.Wheel(t, files)
	return path, Wheel{
		Name: "pkg", Version: "1.0", SHA256: hash, Member: "pkg/lib.so", Size: int64(len(files["pkg/lib.so"])),
		License: "MIT", Holds: "the library", Instead: "a library in ~/lib does as well",
	}
}

func TestInstall(t *testing.T) {
	wheel, w := wheelOf(t, member(fit))
	w.Download = 62_711_338
	keep := filepath.Join(t.TempDir(), "requirement")
	script, calls := pythontest.Python(t, nil, pythontest.Download(wheel)+fmt.Sprintf(" && cp \"$requirement\" '%s'", keep))
	c := fake(t, "no-such-python", script)
	pythontest.Write(t, c.Folder+"/.pkg-1.0.part-77/wheel/half.whl", []byte("PK")) // of a process that was killed
	other := pythontest.Write(t, c.Folder+"/.pkg-1.0.1.part-77/half.whl", []byte("PK"))
	var said lines
	path, err := c.Install(t.Context(), w, check, said.log)
	if err != nil {
		t.Fatal(err)
	}
	if want := c.Folder + "/pkg-1.0/lib.so"; path != want || check(path) != nil {
		t.Errorf("got %s, want a sound %s", path, want)
	}
	if got := left(t, c); !slices.Equal(got, []string{filepath.Base(filepath.Dir(other)), "pkg-1.0"}) {
		t.Errorf("the cache holds %q", got)
	}
	if line, _ := os.ReadFile(keep); string(line) != "pkg==1.0 --hash=sha256:"+w.SHA256+"\n" {
		t.Errorf("pip was given %q", line)
	}
	asked, _ := os.ReadFile(calls)
	for _, option := range []string{"-m pip download", "--no-deps", "--require-hashes"} {
		if !strings.Contains(string(asked), option) {
			t.Errorf("pip was called without %s: %s", option, asked)
		}
	}
	if want := "installing the library: pkg 1.0 (MIT), 63 MB to download, once, into " + c.Folder; len(said) != 1 || said[0] != want {
		t.Errorf("said %q, want %q", said, want)
	}
	if _, err := c.Install(t.Context(), w, check, said.log); err != nil || pythontest.Count(t, calls) != 1 || len(said) != 1 {
		t.Errorf("again: %v, %d calls of pip, said %q", err, pythontest.Count(t, calls), said)
	}
	// An unfit one is replaced, with what lies beside it.
	pythontest.Write(t, path, []byte("broken"))
	pythontest.Write(t, filepath.Dir(path)+"/other", nil)
	if _, err := c.Install(t.Context(), w, check, said.log); err != nil || check(path) != nil || len(left(t, c)) != 2 {
		t.Errorf("broken: %v, the cache holds %q", err, left(t, c))
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("broken: %v, %v lie in the folder", err, entries)
	}
}

// A folder pip that lies in the current folder is not run.
func TestPipOfTheCurrentFolder(t *testing.T) {
	python, marker := pythontest.Trap(t, "pip", "json")
	_, w := wheelOf(t, member(fit))
	t.Setenv("PIP_NO_INDEX", "1") // it asks nobody, and so fails
	if _, err := fake(t, python).Install(t.Context(), w, check, new(lines).log); err == nil {
		t.Error("a wheel came from nowhere")
	}
	if _, err := PipVersion(t.Context(), python); err != nil {
		t.Logf("no pip here: %v", err)
	}
	if text, err := os.ReadFile(marker); err == nil {
		t.Errorf("%s of the current folder was run", text)
	}
}

// Whatever goes wrong, the error says what to do and the cache stays empty.
func TestInstallFails(t *testing.T) {
	sound, w := wheelOf(t, member(fit))
	other, _ := wheelOf(t, member(append(slices.Clone(fit), 0)))
	escaping, escapingPin := wheelOf(t, map[string][]byte{"pkg/lib.so": fit, "../../evil.so": fit})
	rooted, rootedPin := wheelOf(t, map[string][]byte{"pkg/lib.so": fit, "/evil.so": fit})
	empty, emptyPin := wheelOf(t, map[string][]byte{"pkg/other.so": fit})
	text, textPin := wheelOf(t, member([]byte("no library")))
	big, bigPin := wheelOf(t, member(append(slices.Clone(fit), make([]byte, 1000)...)))
	bigPin.Size = int64(len(fit))
	small, smallPin := wheelOf(t, member(fit))
	smallPin.Size++
	tests := map[string]struct {
		w    Wheel
		body string
		want string
	}{
		"wrong file":        {w, pythontest.Download(other), "instead of the pinned"},
		"pip refuses hash":  {w, "echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.' >&2; exit 1", "pinned SHA-256"},
		"no network":        {w, "echo 'WARNING: Retrying' >&2; echo 'ERROR: No matching distribution found for pkg==1.0' >&2; exit 1", "No matching distribution found for pkg==1.0 (only this first start needs the network; a library in ~/lib does as well)"},
		"no pip":            {w, "echo '/usr/bin/python3: No module named pip' >&2; exit 1", "python3-pip"},
		"dies silently":     {w, "exit 7", "exit status 7"},
		"nothing came":      {w, "exit 0", "0 wheels"},
		"two came":          {w, pythontest.Download(sound) + "; cp \"$dest\"/*.whl \"$dest/b.whl\"", "2 wheels"},
		"path that escapes": {escapingPin, pythontest.Download(escaping), "unsafe path"},
		"absolute path":     {rootedPin, pythontest.Download(rooted), "unsafe path"},
		"no member":         {emptyPin, pythontest.Download(empty), "does not hold"},
		"member too big":    {bigPin, pythontest.Download(big), "bytes instead of"},
		"member too small":  {smallPin, pythontest.Download(small), "bytes instead of"},
		"member no library": {textPin, pythontest.Download(text), "not a whole library"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			script, _ := pythontest.Python(t, nil, test.body)
			c := fake(t, script)
			path, err := c.Install(t.Context(), test.w, check, new(lines).log)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %s, %v; want %q", path, err, test.want)
			}
			if got := left(t, c); len(got) != 0 {
				t.Errorf("the cache holds %q", got)
			}
			for _, dir := range []string{c.Folder, filepath.Dir(c.Folder)} {
				if _, err := os.Lstat(dir + "/evil.so"); err == nil {
					t.Error("a file was written outside")
				}
			}
		})
	}
	t.Run("no Python", func(t *testing.T) {
		if _, err := fake(t).Install(t.Context(), w, check, new(lines).log); err == nil || !strings.Contains(err.Error(), "no Python") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no zip", func(t *testing.T) {
		if err := unzip(pythontest.Write(t, t.TempDir()+"/a.whl", []byte("text")), "x", 1, t.TempDir()+"/x"); err == nil || !strings.Contains(err.Error(), "not a zip") {
			t.Errorf("got %v", err)
		}
	})
}

func TestInstallNowhere(t *testing.T) {
	wheel, w := wheelOf(t, member(fit))
	script, calls := pythontest.Python(t, nil, pythontest.Download(wheel))
	file := pythontest.Write(t, filepath.Join(t.TempDir(), "file"), nil)
	readOnly := filepath.Join(t.TempDir(), "ro")
	if err := os.Mkdir(readOnly, 0o555); err != nil {
		t.Fatal(err)
	}
	for name, folder := range map[string]string{"none": "", "below a file": filepath.Join(file, "cache"), "read-only": readOnly} {
		t.Run(name, func(t *testing.T) {
			if name == "read-only" && os.Geteuid() == 0 {
				t.Skip("root may write everywhere")
			}
			_, err := Cache{folder, []string{script}}.Install(t.Context(), w, check, new(lines).log)
			if err == nil || !strings.Contains(err.Error(), "XDG_CACHE_HOME") || pythontest.Count(t, calls) != 0 {
				t.Errorf("got %v after %d calls of pip", err, pythontest.Count(t, calls))
			}
		})
	}
}

// A process that waits for another's installation can be stopped.
func TestInstallWaits(t *testing.T) {
	c := fake(t)
	_, w := wheelOf(t, member(fit))
	if err := os.Mkdir(c.Folder, 0o755); err != nil {
		t.Fatal(err)
	}
	other := flock.New(c.Folder + "/pkg-1.0.lock")
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := c.Install(ctx, w, check, func(format string, _ ...any) {
		if !strings.HasPrefix(format, "another process") {
			t.Errorf("said %q", format)
		}
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// What is fetched and unfit, or not fetched at all, leaves the folder as it was.
func TestFillKeepsWhatWasThere(t *testing.T) {
	c := fake(t)
	old := pythontest.Write(t, c.Folder+"/x/lib.so", []byte("old"))
	for name, fetch := range map[string]func(staging, path string) error{
		"unfit": func(_, path string) error { return os.WriteFile(path, []byte("new"), 0o755) },
		"error": func(_, path string) error {
			return errors.Join(os.WriteFile(path, fit, 0o755), errors.New("broken off"))
		},
		"none": func(string, string) error { return nil },
	} {
		if path, err := c.Fill(t.Context(), "x", "lib.so", check, new(lines).log, fetch); err == nil {
			t.Errorf("%s: got %s", name, path)
		}
		if text, err := os.ReadFile(old); string(text) != "old" || len(left(t, c)) != 1 {
			t.Errorf("%s: the file is %q (%v), the cache holds %q", name, text, err, left(t, c))
		}
	}
}

func TestWriteMember(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lib.so")
	if err := WriteMember(bytes.NewReader(fit), int64(len(fit)), path); err != nil || check(path) != nil {
		t.Errorf("got %v", err)
	}
	if err := WriteMember(bytes.NewReader(fit), int64(len(fit)), path); !errors.Is(err, os.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	for _, size := range []int{0, len(fit) - 1, len(fit) + 1} {
		r := bytes.NewReader(fit)
		err := WriteMember(r, int64(size), filepath.Join(t.TempDir(), "lib.so"))
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("instead of %d", size)) || len(fit)-r.Len() > size+1 {
			t.Errorf("%d bytes: got %v after %d bytes", size, err, len(fit)-r.Len())
		}
	}
}

func TestUserCache(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "/x/cache")
	t.Setenv("HOME", "/x")
	t.Setenv("VIRTUAL_ENV", "/x/venv")
	t.Setenv("CONDA_PREFIX", "/x/conda")
	c := UserCache("libs")
	if want := []string{"/x/venv/bin/python3", "/x/conda/bin/python3", "python3", "python", "/usr/bin/python3"}; !slices.Equal(c.Python, want) {
		t.Errorf("got %q, want %q", c.Python, want)
	}
	if !strings.HasSuffix(c.Folder, filepath.Join("memtest", "libs")) || !strings.HasPrefix(c.Folder, "/x") {
		t.Errorf("got %s", c.Folder)
	}
}

// A wheel brings the program into bin of an environment, which need not be active.
func TestPythonBeside(t *testing.T) {
	folder := t.TempDir()
	program, python := filepath.Join(folder, "bin", "memtest"), filepath.Join(folder, "bin", "python3")
	if got := beside(program); got != nil {
		t.Errorf("in a folder that is no environment: %q", got)
	}
	if err := os.WriteFile(filepath.Join(folder, "pyvenv.cfg"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := beside(program); !slices.Equal(got, []string{python}) {
		t.Errorf("got %q, want %s", got, python)
	}
}
