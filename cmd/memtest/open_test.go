//go:build unix

package main

import (
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// noBrowser leaves no command that could open a page.
func noBrowser(t *testing.T) {
	t.Setenv("BROWSER", "")
	t.Setenv("PATH", t.TempDir())
}

// ownBrowser makes a command the user's browser that notes what it was asked to show; the
// function returned waits for that.
func ownBrowser(t *testing.T) (asked func() string) {
	t.Helper()
	noBrowser(t)
	folder := filepath.Join(t.TempDir(), "my programs") // whose name has a space
	note, program := filepath.Join(folder, "asked"), filepath.Join(folder, "browser")
	script := "#!/bin/sh\nfor word in \"$@\"; do echo \"$word\"; done >'" + note + ".part' && /bin/mv '" + note + ".part' '" + note + "'\n"
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BROWSER", program)
	return func() string {
		t.Helper()
		for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
			if text, err := os.ReadFile(note); err == nil {
				if err := os.Remove(note); err != nil {
					t.Fatal(err)
				}
				return string(text)
			}
			if time.Since(begun) > time.Minute {
				t.Fatal("the browser was not asked to show anything")
			}
		}
	}
}

func TestOpen(t *testing.T) {
	asked := ownBrowser(t)
	out := filepath.Join(t.TempDir(), "50% of #1")
	page := filepath.Join(out, rundir.ReportFile)
	address := (&url.URL{Scheme: "file", Path: page}).String() + "\n"
	file := writeFeatures(t, featureArrays(60)...)
	probe := []string{"probe", file, "--permutations", "19", "--probes", "centroid", "--backend", "go", "--out", out, "--quiet", "--open"}
	if code, _, stderr := command(append(probe, "--json")...); code != exitDone || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if got := asked(); got != address {
		t.Errorf("the browser was asked to show %q, want %q", got, address)
	}
	if strings.Contains(read(t, out, rundir.ConfigFile), "open") {
		t.Error("--open is kept in the configuration")
	}
	if code, _, stderr := command("report", out, "--open"); code != exitDone || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if got := asked(); got != address {
		t.Errorf("the browser was asked to show %q, want %q", got, address)
	}
	// Where there is no browser, the page is written all the same.
	noBrowser(t)
	code, stdout, stderr := command("report", out, "--open")
	if code != exitDone || !strings.Contains(stdout, "is written") || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "no browser could be opened (") || !strings.HasSuffix(stderr, "; open "+page+" in one\n") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}

// A browser that cannot show the page is passed over; the one after it is asked.
func TestOpenPassesOver(t *testing.T) {
	asked := ownBrowser(t)
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("#!/bin/sh\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BROWSER", strings.Join([]string{broken, "there-is-none --new", os.Getenv("BROWSER")}, ":"))
	if err := browse("/a/b.html"); err != nil {
		t.Fatal(err)
	}
	if got := asked(); got != "file:///a/b.html\n" {
		t.Errorf("the browser was asked to show %q", got)
	}
	t.Setenv("BROWSER", broken)
	if err := browse("/a/b.html"); err == nil || !strings.Contains(err.Error(), broken+": exit status 3") {
		t.Error(err)
	}
}

// BROWSER is a list of commands, with or without a place for the address, which no shell
// reads.
func TestBrowsers(t *testing.T) {
	noBrowser(t)
	t.Setenv("BROWSER", "one:two --new --to=%s::three $(touch x)")
	got := browsers("file:///a%20b")
	want := [][]string{{"one", "file:///a%20b"}, {"two", "--new", "--to=file:///a%20b"}, {"three", "$(touch", "x)", "file:///a%20b"}}
	if len(got) != len(want)+1 || !reflect.DeepEqual(got[:len(want)], want) {
		t.Errorf("browsers %q", got)
	}
}
