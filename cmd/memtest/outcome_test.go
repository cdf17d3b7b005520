package main

import (
	"os"
	"slices"
	"sync"
	"testing"
	"time"
)

// Runs that begin in the same second, of one process or of several, get a folder
// each; one that was asked for is left to those who look what is in it.
func TestOutFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	started := time.Date(2026, 11, 29, 1, 2, 3, 0, time.UTC)
	folders := make([]string, 8)
	var all sync.WaitGroup
	for i := range folders {
		all.Go(func() {
			var err error
			if folders[i], err = outFolder("", started); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	slices.Sort(folders)
	if folders[0] != "runs/20261129-010203" || folders[1] != "runs/20261129-010203-2" || len(slices.Compact(slices.Clone(folders))) != len(folders) {
		t.Errorf("folders %v", folders)
	}
	for _, f := range folders {
		if info, err := os.Stat(f); err != nil || !info.IsDir() {
			t.Errorf("%s: %v", f, err)
		}
	}
	if f, err := outFolder("mine", started); f != "mine" || err != nil {
		t.Errorf("the folder asked for became %s, %v", f, err)
	}
	if _, err := os.Stat("mine"); err == nil {
		t.Error("the folder asked for was made")
	}
}
