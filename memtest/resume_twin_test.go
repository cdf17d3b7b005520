package memtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// twinned is a run with a twin of some epochs.
func twinned() Config {
	c := small()
	c.N, c.Epochs, c.Levels, c.Probes, c.Net = 200, []int{1, 3}, []float64{0.3}, []string{"centroid"}, "mlp:16"
	c.Refs, c.Halves = []string{RefTwin}, -1
	return c
}

// twinEpochs measures into a folder and returns its rows and the epochs that the twin
// was trained; hear hears of each of them.
func twinEpochs(ctx context.Context, t *testing.T, e *xla.Engine, folder string, hear func(epoch int), note func(string)) (rows []result.Row, epochs []int, err error) {
	t.Helper()
	x, err := New(ctx, twinned(), datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	x.Config.Note = note
	x.Config.Progress = func(p Progress) {
		var epoch int
		if _, err := fmt.Sscanf(p.Doing, "training the twin on shuffled labels, epoch %d,", &epoch); err == nil {
			epochs = append(epochs, epoch)
			hear(epoch)
		}
	}
	rows, err = RunIn(ctx, e, x, folder)
	return rows, epochs, err
}

// sameRows is an error where rows are not those of an undisturbed run.
func sameRows(got, want []result.Row) error {
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("other rows:\n%+v\nwant\n%+v", got, want)
	}
	return nil
}

// A run that is interrupted in the training of the twin goes on with the next epoch,
// whether a snapshot was taken at this one or not, and ends with the same rows.
func TestAnInterruptedTwinGoesOn(t *testing.T) {
	e, ctx := engine(t), context.Background()
	silent := func(note string) { t.Errorf("note: %s", note) }
	want, all, err := twinEpochs(ctx, t, e, filepath.Join(t.TempDir(), "whole"), func(int) {}, silent)
	last := len(all)
	if err != nil || len(want) != 4 || last < 4 {
		t.Fatalf("%d rows, the twin's epochs %v (%v)", len(want), all, err)
	}
	for _, at := range []int{1, last / 2, last} {
		folder := filepath.Join(t.TempDir(), "run")
		interrupted, cancel := context.WithCancel(ctx)
		_, epochs, err := twinEpochs(interrupted, t, e, folder, func(epoch int) {
			if epoch == at {
				cancel()
			}
		}, silent)
		if err == nil || len(epochs) != at {
			t.Fatalf("interrupted in epoch %d: trained %v (%v)", at, epochs, err)
		}
		got, epochs, err := twinEpochs(ctx, t, e, folder, func(int) {}, silent)
		if err != nil || !slices.Equal(epochs, all[at:]) {
			t.Errorf("after epoch %d the twin was trained in epochs %v (%v)", at, epochs, err)
		}
		if err := sameRows(got, want); err != nil {
			t.Errorf("interrupted in epoch %d: %v", at, err)
		}
	}
}

// A twin that waited for other accuracies than its network has now is trained again,
// which is said, and so is one of which a file was damaged.
func TestATwinOfAnotherNetworkIsTrainedAgain(t *testing.T) {
	e, ctx := engine(t), context.Background()
	nothing := func(string) {}
	whole := filepath.Join(t.TempDir(), "whole")
	want, all, err := twinEpochs(ctx, t, e, whole, func(int) {}, nothing)
	if err != nil {
		t.Fatal(err)
	}
	// The twin of a run with other epochs waits for other accuracies.
	other := twinned()
	other.Epochs = []int{2, 3}
	x, err := New(ctx, other, datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "other")
	if _, err := RunIn(ctx, e, x, elsewhere); err != nil {
		t.Fatal(err)
	}
	twin := func(folder string) string {
		return filepath.Join(folder, rundir.SnapshotsDir, fmt.Sprintf("twin-%d", x.Config.Seed))
	}
	for _, disturb := range []struct {
		words string
		do    func(folder string) error
	}{
		{"it waited for the training accuracies", func(folder string) error {
			if err := os.RemoveAll(twin(folder)); err != nil {
				return err
			}
			return os.CopyFS(twin(folder), os.DirFS(twin(elsewhere)))
		}},
		{"resume.safetensors", func(folder string) error { return os.Truncate(filepath.Join(twin(folder), "resume.safetensors"), 99) }},
	} {
		folder := filepath.Join(t.TempDir(), "run")
		interrupted, cancel := context.WithCancel(ctx)
		if _, _, err := twinEpochs(interrupted, t, e, folder, func(int) { cancel() }, nothing); err == nil {
			t.Fatal("it was not interrupted")
		}
		if err := disturb.do(folder); err != nil {
			t.Fatal(err)
		}
		var notes []string
		got, epochs, err := twinEpochs(ctx, t, e, folder, func(int) {}, func(n string) { notes = append(notes, n) })
		if err != nil || !slices.Equal(epochs, all) || len(notes) != 1 || !strings.Contains(notes[0], disturb.words) {
			t.Errorf("%s: the twin was trained in epochs %v, notes %q (%v)", disturb.words, epochs, notes, err)
		}
		if err := sameRows(got, want); err != nil {
			t.Errorf("%s: %v", disturb.words, err)
		}
	}
}

// A twin that is exported is trained again beside the run, whose folder stays as it is.
func TestExportOfATwinLeavesTheFolder(t *testing.T) {
	e, ctx := engine(t), context.Background()
	folder := filepath.Join(t.TempDir(), "run")
	if _, _, err := twinEpochs(ctx, t, e, folder, func(int) {}, func(string) {}); err != nil {
		t.Fatal(err)
	}
	x, err := New(ctx, twinned(), datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	x.Snapshots = filepath.Join(folder, rundir.SnapshotsDir)
	files := func() (all []string) {
		t.Helper()
		err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			all = append(all, fmt.Sprint(path, info.ModTime()))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := files()
	out, free, err := x.Export(ctx, e, Export{Role: "twin", Epoch: 3, Layer: "last"})
	if err != nil {
		t.Fatal(err)
	}
	free()
	if !out.Retrained {
		t.Error("the twin was not trained again")
	}
	if after := files(); !slices.Equal(before, after) {
		t.Errorf("the folder was written to:\n%s\nbefore\n%s", after, before)
	}
}
