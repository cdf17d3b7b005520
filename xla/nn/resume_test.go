package nn

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/xla"
)

// Helper processes run this test binary again with one of these variables set.
const (
	trainVariable = "NN_TEST_TRAIN" // folder: train and save there, saying each epoch
	fullVariable  = "NN_TEST_FULL"  // file: save a snapshot there with no room for it
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(trainVariable); folder != "" {
		helpTrain(folder)
	}
	os.Exit(m.Run())
}

// resumable is a training with everything that has a state: momentum, running
// statistics, dropout, augmentation, a schedule, patience.
func resumable(folder string) Training {
	return Training{
		Epochs: 9, Batch: 8, Seed: 5, Keep: []int{0, 2, 4, 5, 9}, Augment: Augmentation{Shift: 1, Flip: true}, LabelNoise: 0.2,
		Schedule: Schedule{Kind: "cosine", Warmup: 2}, Patience: 8, Fresh: cross(20, "fresh"), Save: folder,
	}
}

func helpTrain(folder string) {
	ctx := context.Background()
	e, err := xla.Open(ctx, golangBackend, xla.Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	o := resumable(folder)
	o.Progress = func(p Progress) {
		fmt.Println("epoch", p.Epoch)
		if p.Epoch == 7 {
			time.Sleep(time.Hour) // to be killed here, two epochs after the last snapshot
		}
	}
	for s, err := range Train(ctx, e, everyKind(), cross(40, "train"), o) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		s.Close()
	}
	os.Exit(0)
}

// A training killed after its seventh epoch and resumed ends as one that ran through.
func TestResumeAfterKill(t *testing.T) {
	e := golang(t)
	set := cross(40, "train")
	whole := trainAll(t, e, everyKind(), set, resumable(t.TempDir()))

	folder := t.TempDir()
	helper := exec.Command(os.Args[0], "-test.run=^$")
	helper.Env = append(os.Environ(), trainVariable+"="+folder)
	out, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(out); said != "epoch 7" && lines.Scan(); {
		said = lines.Text()
	}
	if said != "epoch 7" {
		t.Fatalf("the helper stopped by itself: %s", said)
	}
	if err := helper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := helper.Wait(); !errors.As(err, &exit) || exit.Success() {
		t.Fatalf("the helper was not killed: %v", err)
	}
	for epoch, want := range map[int]bool{0: true, 2: true, 4: true, 5: true, 9: false} {
		if _, err := os.Stat(filepath.Join(folder, SnapshotFile(epoch))); (err == nil) != want {
			t.Fatalf("snapshot of epoch %d after the kill: %v", epoch, err)
		}
	}

	o := resumable(folder)
	o.Resume = true
	var heard []int
	o.Progress = func(p Progress) { heard = append(heard, p.Epoch) }
	check := func(epochs ...int) {
		t.Helper()
		heard = nil
		got := trainAll(t, e, everyKind(), set, o)
		if !slices.Equal(heard, epochs) {
			t.Errorf("trained epochs %v, want %v", heard, epochs)
		}
		if len(got) != len(whole) {
			t.Fatalf("%d snapshots, want %d", len(got), len(whole))
		}
		for i, s := range got {
			w := whole[i]
			if s.Epoch != w.Epoch || s.Loss != w.Loss || s.TrainAccuracy != w.TrainAccuracy || s.FreshAccuracy != w.FreshAccuracy {
				t.Errorf("epoch %d: %+v, unbroken %+v", w.Epoch, s, w)
			}
			for k, flat := range weightsOf(t, s) {
				if !slices.Equal(flat, weightsOf(t, w)[k]) {
					t.Errorf("epoch %d: %s differs from an unbroken training", w.Epoch, s.net.params[k].name)
				}
			}
		}
	}
	check(6, 7, 8, 9)
	check() // all is done: nothing is trained
	spec, err := ReadSpec(filepath.Join(folder, specFile), shape(1, 1, 1), 1)
	if err != nil || spec.Name != "every" {
		t.Errorf("the Spec beside the snapshots: %v, %v", spec.Name, err)
	}

	// What cannot be resumed.
	refuse := func(o Training, want string) {
		t.Helper()
		for _, err := range Train(t.Context(), e, everyKind(), set, o) {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("got %v\nwant %s", err, want)
			}
		}
	}
	refuse(resumable(folder), "holds a training already; resume it or choose another folder")
	other := o
	other.Seed = 6
	refuse(other, "it cannot be resumed with another seed: saved is\n5\nbut asked for is\n6")
	other = o
	other.Optimizer.Rate = 0.5
	refuse(other, "another optimizer")
	other = o
	other.Fresh = cross(22, "fresh")
	refuse(other, "another fresh")
	path := filepath.Join(folder, resumeFile)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file[:len(file)-1], 0o644); err != nil {
		t.Fatal(err)
	}
	refuse(o, "resume.safetensors")
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, SnapshotFile(2)), []byte("?"), 0o644); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for s, err := range Train(t.Context(), e, everyKind(), set, o) {
		if seen++; seen == 2 && (err == nil || !strings.Contains(err.Error(), SnapshotFile(2))) {
			t.Errorf("got %v", err)
		}
		if s != nil {
			s.Close()
		}
	}
	if seen != 2 {
		t.Errorf("%d results", seen)
	}
}

// A training of which a file is missing or damaged says what to delete, and what it
// says works: the weights end up the same.
func TestResumeWithoutAFile(t *testing.T) {
	e := golang(t)
	set := cross(40, "train")
	damage := func(path string) error { return os.Truncate(path, 50) }
	for _, c := range []struct {
		file, what string
		spoil      func(path string) error
	}{
		{SnapshotFile(2), "is missing", os.Remove}, {SnapshotFile(2), "is damaged", damage}, {resumeFile, "is damaged", damage},
	} {
		o := resumable(t.TempDir())
		whole := trainAll(t, e, everyKind(), set, o)
		if err := c.spoil(filepath.Join(o.Save, c.file)); err != nil {
			t.Fatal(err)
		}
		o.Resume = true
		var failed error
		for s, err := range Train(t.Context(), e, everyKind(), set, o) {
			if failed = err; err == nil {
				s.Close()
			}
		}
		if failed == nil || !strings.Contains(failed.Error(), c.file) || !strings.Contains(failed.Error(), "delete the folder "+o.Save) {
			t.Errorf("%s, which %s: %v", c.file, c.what, failed)
		}
		if err := os.RemoveAll(o.Save); err != nil {
			t.Fatal(err)
		}
		again := trainAll(t, e, everyKind(), set, o)
		for i, s := range again {
			for j, w := range weightsOf(t, s) {
				if !slices.Equal(w, weightsOf(t, whole[i])[j]) {
					t.Fatalf("snapshot %d, array %d is another one", i, j)
				}
			}
		}
	}
}

// With no room for a new snapshot the old one stays whole and nothing is left
// over. A limit on the size of files stands for the full disk: the write fails
// half way all the same.
func TestFullDisk(t *testing.T) {
	if path := os.Getenv(fullVariable); path != "" {
		signal.Ignore(syscall.SIGXFSZ)
		var whole syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &whole); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 256, Max: whole.Max}); err != nil {
			t.Fatal(err)
		}
		defer syscall.Setrlimit(syscall.RLIMIT_FSIZE, &whole) // so that go test -cover can write
		s := goldenSnapshot(t)
		s.Epoch = 4
		if err := s.Save(path); err == nil || !strings.Contains(err.Error(), "cannot be written, and is left as it was") || !errors.Is(err, syscall.EFBIG) {
			t.Errorf("got %v", err)
		}
		return
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "s.safetensors")
	if err := goldenSnapshot(t).Save(path); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	helper := exec.Command(os.Args[0], "-test.run=^TestFullDisk$")
	helper.Env = append(os.Environ(), fullVariable+"="+path)
	if out, err := helper.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the old snapshot was touched, %v", err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("%v left, %v", entries, err)
	}
}
