package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What --draw prints and writes: docs are drawn by it.
func TestPaperDraws(t *testing.T) {
	folder := t.TempDir()
	const docs = "../../docs"
	if err := os.CopyFS(filepath.Join(folder, "paper"), os.DirFS(filepath.Join(docs, "paper"))); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := command("paper", "--draw", folder)
	if code != exitDone || stderr != "" {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	// A line for each claim, as docs/paper.md lists them.
	page, err := os.ReadFile(filepath.Join(docs, "paper.md"))
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, claim := range regexp.MustCompile(`(?m)^- \[(\d+\. .*)\]\(#.*\): (.*)$`).FindAllStringSubmatch(string(page), -1) {
		said = append(said, claim[1]+": "+claim[2])
	}
	want := strings.Join(said, "\n") + "\n\nThe document is " + filepath.Join(folder, "paper.html") + ", also as " + filepath.Join(folder, "paper.md") + ".\n"
	if len(said) != 11 || stdout != want {
		t.Errorf("stdout is %q, it should be %q", stdout, want)
	}
	for _, name := range []string{"paper.md", "paper.html"} {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if want, err := os.ReadFile(filepath.Join(docs, name)); err != nil || string(got) != string(want) {
			t.Errorf("%s is not that of docs (%v)", name, err)
		}
	}
}

func TestPaperRefuses(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--setting", "huge", "--out", filepath.Join(empty, "x")}, "choose small or full"},
		{[]string{"--out", full}, "--resume"},
		{[]string{"--draw", empty}, "--resume"},
		{[]string{"more"}, "more"},
	} {
		code, stdout, stderr := command(append([]string{"paper", "--quiet"}, c.args...)...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit %d, stdout %q, stderr %q", c.args, code, stdout, stderr)
		}
	}
	for folder, want := range map[string]int{full: 1, empty: 0} {
		if there, err := os.ReadDir(folder); err != nil || len(there) != want {
			t.Errorf("%s has %d files (%v)", folder, len(there), err)
		}
	}
}
