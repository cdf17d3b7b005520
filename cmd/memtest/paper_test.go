package main

import (
	"os"
	"path/filepath"
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
	for _, want := range []string{
		"1. The method tells learning from memorization in MLPs: holds\n2. And in CNNs, layer by layer: holds in part\n",
		"8. Beyond: calibrated learning tells the generalization gap: does not hold here\n9. ",
		"\n\nThe document is " + filepath.Join(folder, "paper.html") + ", also as " + filepath.Join(folder, "paper.md") + ".\n",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout is %q, it should have %q", stdout, want)
		}
	}
	if lines := strings.Count(stdout, "\n"); lines != 9+2 {
		t.Errorf("%d lines in place of one for each of nine claims and the place of the document: %q", lines, stdout)
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
