package nn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/xla"
)

// dropping is a network that trains in a moment, and draws numbers as it does.
func dropping() Spec {
	return Spec{Name: "dropping", Input: shape(4, 4, 1), Classes: 2, Layers: []Layer{{Kind: "dense", Units: 8}, {Kind: "dropout", Rate: 0.2}}}
}

// stopping are trainings that end early, each by what resuming has to remember.
func stopping() map[string]Training {
	o := Training{Epochs: 12, Batch: 8, Seed: 5, LabelNoise: 0.2, Optimizer: Optimizer{Rate: 0.005}, Fresh: cross(20, "fresh")}
	patience, until, reach := o, o, o
	patience.Patience, patience.Keep = 3, []int{0, 4}
	until.Until, until.Keep = 0.8, []int{0, 4}
	reach.Reach = []float64{0.65, 0.6, 0.8}
	return map[string]Training{"patience": patience, "until": until, "reach": reach}
}

// filesOf are the files of a folder by name; of the resume file, that it is there.
func filesOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
		if e.Name() == resumeFile {
			files[e.Name()] = ""
		}
	}
	return files
}

// savedIn trains into a folder and returns the epochs that were trained, those of the
// snapshots, and what ended it.
func savedIn(ctx context.Context, e *xla.Engine, o Training, folder string) (trained, yielded []int, err error) {
	o.Save, o.Resume = folder, true
	hear := o.Progress
	o.Progress = func(p Progress) {
		if trained = append(trained, p.Epoch); hear != nil {
			hear(p)
		}
	}
	for s, err := range Train(ctx, e, dropping(), cross(40, "train"), o) {
		if err != nil {
			return trained, yielded, err
		}
		yielded = append(yielded, s.Epoch)
		s.Close()
	}
	return trained, yielded, nil
}

// upTo are the whole numbers from one to another.
func upTo(from, to int) (all []int) {
	for ; from <= to; from++ {
		all = append(all, from)
	}
	return all
}

// Of a training that is saved after each epoch, a copy of the folder as it was when
// a kill came in any of them is gone on with from that epoch, and ends with the same
// bytes.
func TestCheckpointOfAnyEpochGoesOn(t *testing.T) {
	e := golang(t)
	for name, o := range stopping() {
		t.Run(name, func(t *testing.T) {
			whole, copies := t.TempDir(), t.TempDir()
			at := func(epoch int) string { return filepath.Join(copies, fmt.Sprint(epoch)) }
			disturbed := o
			disturbed.every = 1
			disturbed.Progress = func(p Progress) {
				if err := os.CopyFS(at(p.Epoch), os.DirFS(whole)); err != nil {
					t.Error(err)
				}
			}
			trained, epochs, err := savedIn(t.Context(), e, disturbed, whole)
			last := len(trained)
			if err != nil || last < 4 || last == o.Epochs {
				t.Fatalf("trained epochs %v, which are too few to tell or all (%v)", trained, err)
			}
			if name == "reach" && len(epochs) != 2 {
				t.Fatalf("snapshots of epochs %v, want two for three accuracies", epochs)
			}
			want := filesOf(t, whole)
			for epoch := 1; epoch <= last; epoch++ {
				again, yielded, err := savedIn(t.Context(), e, o, at(epoch))
				if err != nil || !slices.Equal(again, upTo(epoch, last)) || !slices.Equal(yielded, epochs) {
					t.Errorf("killed in epoch %d: trained %v, snapshots %v, want %d to %d and %v (%v)", epoch, again, yielded, epoch, last, epochs, err)
				}
				if got := filesOf(t, at(epoch)); !maps.Equal(got, want) {
					t.Errorf("killed in epoch %d: other files than an unbroken training's", epoch)
				}
			}
		})
	}
}

// An epoch at whose end the context has ended is saved, be a snapshot wanted of it
// or not; no snapshot is yielded then.
func TestInterruptedEpochIsNotLost(t *testing.T) {
	e := golang(t)
	for name, o := range stopping() {
		t.Run(name, func(t *testing.T) {
			whole := t.TempDir()
			trained, epochs, err := savedIn(t.Context(), e, o, whole)
			if err != nil {
				t.Fatal(err)
			}
			want, last := filesOf(t, whole), len(trained)
			for epoch := 1; epoch <= last; epoch++ {
				folder := t.TempDir()
				ctx, cancel := context.WithCancel(t.Context())
				broken := o
				broken.Progress = func(p Progress) {
					if p.Epoch == epoch {
						cancel()
					}
				}
				trained, yielded, err := savedIn(ctx, e, broken, folder)
				if !errors.Is(err, context.Canceled) || !slices.Equal(trained, upTo(1, epoch)) || slices.Contains(yielded, epoch) {
					t.Errorf("interrupted in epoch %d: trained %v, snapshots %v (%v)", epoch, trained, yielded, err)
				}
				trained, yielded, err = savedIn(t.Context(), e, o, folder)
				if err != nil || !slices.Equal(trained, upTo(epoch+1, last)) || !slices.Equal(yielded, epochs) {
					t.Errorf("resumed after epoch %d: trained %v, snapshots %v, want %v (%v)", epoch, trained, yielded, epochs, err)
				}
				if got := filesOf(t, folder); !maps.Equal(got, want) {
					t.Errorf("resumed after epoch %d: other files than an unbroken training's", epoch)
				}
			}
		})
	}
}

// Between snapshots the resume file is written when the time has come, and not before.
func TestCheckpointsKeepTheirDistance(t *testing.T) {
	for every, want := range map[time.Duration][]int{1: {0, 1, 2, 3, 4, 5}, 0: {0, 0, 0, 3, 3, 3}, time.Hour: {0, 0, 0, 3, 3, 3}} {
		o := stopping()["patience"]
		o.Epochs, o.Patience, o.Keep, o.every = 6, 0, []int{0, 3, 6}, every
		folder := t.TempDir()
		var saved []int // the epoch of the resume file, while each of the epochs was trained
		o.Progress = func(p Progress) {
			_, metadata, err := readArrays(filepath.Join(folder, resumeFile))
			if err != nil {
				t.Error(err)
			}
			c, err := parseCheckpoint(metadata[checkpointKey])
			if err != nil {
				t.Error(err)
			}
			saved = append(saved, c.Epoch)
		}
		if _, _, err := savedIn(t.Context(), golang(t), o, folder); err != nil || !slices.Equal(saved, want) {
			t.Errorf("every %v: epochs saved %v, want %v (%v)", every, saved, want, err)
		}
	}
}

// A folder that another process has taken over gets no checkpoint either.
func TestCheckpointAsksWhetherTheFolderIsHeld(t *testing.T) {
	o, lost := stopping()["patience"], errors.New("it is another's now")
	o.Patience, o.Keep, o.every, o.Held = 0, []int{9}, 1, func() error { return lost }
	folder := t.TempDir()
	trained, _, err := savedIn(t.Context(), golang(t), o, folder)
	if files := filesOf(t, folder); !errors.Is(err, lost) || len(trained) != 1 || len(files) > 0 {
		t.Errorf("trained %v, left %v (%v)", trained, slices.Collect(maps.Keys(files)), err)
	}
}

// With other accuracies to wait for a training begins again, and says so; what else
// differs is refused as ever.
func TestAnotherReachBeginsAgain(t *testing.T) {
	e := golang(t)
	o := stopping()["reach"]
	folder := t.TempDir()
	all, _, err := savedIn(t.Context(), e, o, folder)
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	o.Note = func(s string) { notes = append(notes, s) }
	if trained, _, err := savedIn(t.Context(), e, o, folder); err != nil || len(trained) > 0 || len(notes) > 0 {
		t.Errorf("of a training that has ended epochs %v are trained, notes %q (%v)", trained, notes, err)
	}
	other := o
	other.Reach = []float64{0.65, 0.6}
	trained, yielded, err := savedIn(t.Context(), e, other, folder)
	if err != nil || len(trained) == 0 || trained[0] != 1 || len(trained) >= len(all) || len(yielded) != 1 {
		t.Errorf("trained %v, snapshots %v (%v)", trained, yielded, err)
	}
	if want := `it waited for the training accuracies "[0.65 0.6 0.8]", and now "[0.65 0.6]" are asked for`; len(notes) != 1 || !strings.Contains(notes[0], want) {
		t.Errorf("notes %q", notes)
	}
	other.Seed++
	if _, _, err := savedIn(t.Context(), e, other, folder); err == nil || !strings.Contains(err.Error(), "it cannot be resumed with another seed") {
		t.Errorf("another seed: %v", err)
	}
	none := o
	none.Reach = nil // it trains to its last epoch, which is the same as ever
	if trained, _, err := savedIn(t.Context(), e, none, folder); err != nil || !slices.Equal(trained, upTo(1, o.Epochs)) || len(notes) != 2 {
		t.Errorf("without accuracies to wait for: trained %v, notes %q (%v)", trained, notes, err)
	}
}

// A training without Reach says nothing of it, as those of older programs.
func TestOptionsNameReachOnlyWhereItIs(t *testing.T) {
	for name, o := range stopping() {
		o, err := o.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		set := cross(40, "train")
		r, err := newTrainer(golang(t), dropping(), set, group{labels: [][]int32{set.Y}, total: 1}, o)
		if err != nil {
			t.Fatal(err)
		}
		options, err := r.options()
		if _, said := options[reachOption]; err != nil || said != (name == "reach") {
			t.Errorf("%s: %v (%v)", name, options, err)
		}
		r.close()
	}
}
