package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fakePython stands in for Python where nothing is to be installed: it makes an
// environment with itself as Python, writes down its calls, and fails as told.
const fakePython = `#!/bin/sh
echo "$@" >>"$CALLS"
[ "$1" = -I ] || { echo "not isolated: $*" >&2; exit 1; }
shift
case "$*" in
*"import $WITHOUT") echo "ModuleNotFoundError: No module named '$WITHOUT'" >&2; exit 1;;
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python";;
"-m pip install "*) [ -z "$OFFLINE" ] || { echo "ERROR: No matching distribution found for jupyterlab" >&2; exit 1; };;
esac
`

// isolate puts a folder with the fake Python, if it is wanted, and the go command
// first and alone on the PATH. It returns the file of calls.
func isolate(t *testing.T, python bool) string {
	t.Helper()
	folder := t.TempDir()
	goProgram, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sh", "mkdir", "cp", "gcc"} {
		at, err := exec.LookPath(name)
		if name == "gcc" && err != nil {
			continue // then the go command builds without cgo
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(at, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	if python {
		if err := os.WriteFile(filepath.Join(folder, "python3"), []byte(fakePython), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	calls := filepath.Join(t.TempDir(), "calls")
	t.Setenv("PATH", folder+string(os.PathListSeparator)+filepath.Dir(goProgram))
	t.Setenv("CALLS", calls)
	t.Setenv("WITHOUT", "nothing")
	t.Setenv("OFFLINE", "")
	return calls
}

func TestLabSaysWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		python           bool
		without, offline string
		want             string
	}{
		"no Python":    {want: "apt install python3"},
		"no venv":      {python: true, without: "venv", want: "apt install python3-venv"},
		"no ensurepip": {python: true, without: "ensurepip", want: "apt install python3-venv"},
		"no network":   {python: true, without: "nothing", offline: "yes", want: "No matching distribution found"},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, c.python)
			t.Setenv("WITHOUT", c.without)
			t.Setenv("OFFLINE", c.offline)
			l := lab{root: t.TempDir(), venv: filepath.Join(t.TempDir(), "venv"), log: &bytes.Buffer{}}
			python, err := l.python(t.Context())
			if err == nil {
				err = l.environment(t.Context(), python)
			}
			if err == nil {
				t.Fatal("nothing is missing")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error(), "go run ./cmd/memtest lab") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q does not say %q and what to type, in one sentence", err, c.want)
			}
			if is, err := os.ReadFile(filepath.Join(l.venv, labStamp)); err == nil && string(is) == labPackages {
				t.Error("an environment that is not whole is stamped as whole")
			}
		})
	}
}

// A venv.py that lies in the current folder is not run.
func TestLabRunsNoPythonOfTheCurrentFolder(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("no Python here")
	}
	folder := t.TempDir()
	for _, name := range []string{"venv.py", "ensurepip.py", "json.py"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("open('marker', 'w')"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(folder)
	if _, err := (lab{}).python(t.Context()); err != nil && !strings.Contains(err.Error(), "apt install") {
		t.Error(err)
	}
	if _, err := os.Stat("marker"); err == nil {
		t.Error("it was run")
	}
}

// An environment of the user's own stays as it is; one that lab began is gone on
// with.
func TestLabLeavesOthersEnvironments(t *testing.T) {
	calls := isolate(t, true)
	l := lab{root: t.TempDir(), venv: filepath.Join(t.TempDir(), ".venv"), log: &bytes.Buffer{}}
	own := filepath.Join(l.venv, "pyvenv.cfg")
	if err := os.Mkdir(l.venv, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(own, []byte("home = /usr/bin"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := l.environment(t.Context(), "python3")
	if err == nil || !strings.Contains(err.Error(), "mv "+l.venv) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v does not say what to type", err)
	}
	if entries, _ := os.ReadDir(l.venv); len(entries) != 1 {
		t.Errorf("the environment holds %v", entries)
	}
	if _, err := os.Stat(calls); err == nil {
		t.Error("Python was run all the same")
	}
	if err := os.Remove(own); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OFFLINE", "yes")
	if err := l.environment(t.Context(), "python3"); err == nil {
		t.Fatal("pip had no network")
	}
	t.Setenv("OFFLINE", "")
	if err := l.environment(t.Context(), "python3"); err != nil {
		t.Errorf("an environment that lab began: %v", err)
	}
}

func TestLabOutsideACheckout(t *testing.T) {
	t.Chdir(t.TempDir())
	code, _, stderr := command("lab", "--setup-only")
	if code != exitUsage || !strings.Contains(stderr, "not in a checkout") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit %d, %q", code, stderr)
	}
	if code, _, stderr := command("lab", "notebooks"); code != exitUsage || !strings.Contains(stderr, "--") {
		t.Errorf("an argument: exit %d, %q", code, stderr)
	}
}

// TestLabSetsUp makes an environment with a fake Python and the real tools, twice.
func TestLabSetsUp(t *testing.T) {
	calls := isolate(t, true)
	home := t.TempDir()
	for name, value := range map[string]string{"GOPATH": "GOPATH", "GOMODCACHE": "GOMODCACHE", "GOCACHE": "GOCACHE"} {
		out, err := exec.Command("go", "env", value).Output()
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv(name, strings.TrimSpace(string(out)))
	}
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("XDG_CONFIG_HOME", "")
	root, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	l := lab{root: root, venv: filepath.Join(t.TempDir(), "venv"), bin: filepath.Join(t.TempDir(), "bin"), log: &bytes.Buffer{}}
	setUp := func() {
		t.Helper()
		python, err := l.python(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := l.environment(t.Context(), python); err != nil {
			t.Fatal(err)
		}
		if err := l.tools(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := l.kernel(); err != nil {
			t.Fatal(err)
		}
	}
	setUp()
	setUp()
	text, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "pip install"); n != 1 || !strings.Contains(string(text), "jupyterlab==4.6.6") {
		t.Errorf("pip was asked %d times in two setups:\n%s", n, text)
	}

	text, err = os.ReadFile(filepath.Join(l.venv, labKernel))
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Argv []string
		Env  map[string]string
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(spec.Argv[0], "-V").CombinedOutput(); err != nil || len(out) == 0 {
		t.Errorf("the kernel %s does not start: %v %s", spec.Argv[0], err, out)
	}
	wanted, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "github.com/janpfeifer/gonb").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := spec.Env["MEMTEST_GONB"]; got != strings.TrimSpace(string(wanted)) {
		t.Errorf("the kernel says it is gonb %s, go.mod wants %s", got, wanted)
	}
	found := strings.TrimSuffix(spec.Env["PATH"], string(os.PathListSeparator)+"${PATH}")
	if _, err := os.Stat(filepath.Join(found, "goimports")); err != nil {
		t.Errorf("the kernel's PATH %s does not begin with a folder that holds goimports", spec.Env["PATH"])
	}

	_ = filepath.WalkDir(home, func(path string, entry fs.DirEntry, err error) error {
		// The go command keeps telemetry in the configuration folder.
		if err == nil && !entry.IsDir() && !strings.Contains(path, "telemetry") {
			t.Errorf("%s was written into the home folder", path)
		}
		return err
	})
}

func TestLabStartsJupyterInItsFolders(t *testing.T) {
	calls := isolate(t, true)
	l := lab{root: t.TempDir(), venv: filepath.Join(t.TempDir(), "venv"), log: &bytes.Buffer{}}
	python, err := l.python(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.environment(t.Context(), python); err != nil {
		t.Fatal(err)
	}
	if err := l.start(t.Context(), []string{"--no-browser"}, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	last := lines[len(lines)-1]
	if !strings.HasPrefix(last, "-I -m jupyterlab "+filepath.Join(l.root, "notebooks")) || !strings.HasSuffix(last, "--no-browser") {
		t.Errorf("JupyterLab was started by %q", last)
	}
	for _, v := range l.jupyterFolders() {
		if _, folder, _ := strings.Cut(v, "="); !strings.HasPrefix(folder, l.venv) {
			t.Errorf("%s lies outside of the environment", v)
		}
	}
	if err := os.WriteFile(l.venvPython(), []byte("#!/bin/sh\nexec sleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.start(ctx, nil, &bytes.Buffer{}); err != nil {
		t.Errorf("stopped by the user: %v", err)
	}
}
