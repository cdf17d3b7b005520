package notebooks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// everything is all that a cell put out, streams and errors.
func everything(outputs []output) string {
	var b strings.Builder
	for _, o := range outputs {
		b.WriteString(string(o.Text) + o.EValue + strings.Join(o.Traceback, "\n"))
	}
	return b.String()
}

// TestFirstCellSaysWhatIsWrong runs the bind cell where it cannot work: it must be
// an error, and say what is wrong and what to type.
func TestFirstCellSaysWhatIsWrong(t *testing.T) {
	bin := bin(t)
	copied := filepath.Join(t.TempDir(), "notebooks")
	if err := os.CopyFS(copied, os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		folder string
		env    []string
		want   string
	}{
		"other folder":      {folder: t.TempDir(), want: "works where it lies in a checkout of memtest, opened by: go run ./cmd/memtest lab"},
		"copied folder":     {folder: copied, want: "is not the notebooks folder of a checkout"},
		"stale kernel":      {env: []string{"MEMTEST_GONB=v0.11.3"}, want: "go run ./cmd/memtest lab --setup-only, and restart the kernel"},
		"without goimports": {env: []string{"PATH=" + without(t, "goimports")}, want: "lacks goimports"},
		"offline":           {env: []string{"GOMODCACHE=" + filepath.Join(t.TempDir(), "empty"), "GOFLAGS=-modcacherw"}, want: "with a network, type in"},
		"no plugin":         {env: []string{"GOMLX_BACKEND=/nowhere/plugin.so"}, want: "go run ./cmd/memtest doctor"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := c.folder
			if folder == "" {
				folder = here(t)
			}
			turn <- struct{}{}
			defer func() { <-turn }()
			outputs, err := startKernel(t, bin, folder, c.env...).run(bindCell, cellLimit)
			if err != nil {
				t.Fatal(err)
			}
			if all := everything(outputs); check(outputs) == nil || !strings.Contains(all, c.want) {
				t.Errorf("it does not say %q, or is no error:\n%s", c.want, all)
			}
		})
	}
}

// without is a PATH on which a program is not found.
func without(t *testing.T, program string) string {
	t.Helper()
	var folders []string
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(folder, program)); err != nil {
			folders = append(folders, folder)
		}
	}
	return strings.Join(folders, string(os.PathListSeparator))
}

// TestWhatTheRunnerCatches runs cells that go wrong, in ways some of which gonb
// does not count as errors.
func TestWhatTheRunnerCatches(t *testing.T) {
	k := startKernel(t, bin(t), here(t))
	for name, c := range map[string]struct {
		code string
		bad  bool
	}{
		"fine":            {"!echo fine", false},
		"stderr":          {"!echo warning >&2", false},
		"failing shell":   {"!false", true},
		"unknown command": {"%nosuchcommand", true},
		"failing magic":   {"%%bash\nexit 5", true},
		"compile error":   {"%noautoget\n%%\nx", true},
		"panic":           {"%noautoget\n%%\npanic(1)", true},
		"exit":            {"%noautoget\nimport \"os\"\n%%\nos.Exit(3)", true},
	} {
		outputs, err := k.run(c.code, cellLimit)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if bad := check(outputs) != nil; bad != c.bad {
			t.Errorf("%s: caught %v, want %v: %+v", name, bad, c.bad, outputs)
		}
	}
	if _, err := k.run("!sleep 60", 300*time.Millisecond); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("a cell without end: %v", err)
	}
}
