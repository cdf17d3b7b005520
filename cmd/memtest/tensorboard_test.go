package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReportWritesForTensorBoard(t *testing.T) {
	folder, logdir := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "logs")
	if code, _, stderr := command(smaller(folder)...); code != exitDone {
		t.Fatal(stderr)
	}
	var before string
	for range 2 { // again: the same files with the same bytes
		code, stdout, stderr := command("report", folder, "--tensorboard", logdir)
		if code != exitDone {
			t.Fatal(stderr)
		}
		files, err := filepath.Glob(filepath.Join(logdir, "*", "*", "events.out.tfevents.*"))
		if err != nil || len(files) != 2 {
			t.Fatalf("event files %q: %v", files, err)
		}
		var all string
		for _, f := range files {
			if !strings.Contains(stdout, f) {
				t.Errorf("stdout does not name %s:\n%s", f, stdout)
			}
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all += f + string(b)
		}
		if before != "" && before != all {
			t.Error("the second time wrote something else")
		}
		before = all
	}
	// Another run in a folder of the same name stays another run.
	other := filepath.Join(t.TempDir(), "run")
	if code, _, stderr := command(append(smaller(other), "--quiet")...); code != exitDone {
		t.Fatal(stderr)
	}
	if code, _, stderr := command("report", other, "--tensorboard", logdir); code != exitDone {
		t.Fatal(stderr)
	}
	if files, _ := filepath.Glob(filepath.Join(logdir, "run-*", "*", "events.out.tfevents.*")); len(files) != 4 {
		t.Errorf("two runs are %q", files)
	}
	if code, _, stderr := command("report", t.TempDir(), "--tensorboard", logdir); code == exitDone || strings.Count(stderr, "\n") != 1 {
		t.Errorf("no run: exit %d, %q", code, stderr)
	}
}
