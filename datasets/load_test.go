package datasets

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

func TestSample(t *testing.T) {
	train, test, err := Load(context.Background(), "fashion-mnist-sample", Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		s          *Set
		n, inClass int
	}{{train, 5000, 500}, {test, 1000, 100}} {
		if c.s.Len() != c.n || c.s.Shape != (Shape{Height: 28, Width: 28, Channels: 1}) || c.s.Classes[9] != "Ankle boot" {
			t.Errorf("%s: %d examples of %v, classes %v", c.s.Name, c.s.Len(), c.s.Shape, c.s.Classes)
		}
		for k, n := range c.s.Counts() {
			if n != c.inClass {
				t.Errorf("%s: class %d has %d examples", c.s.Name, k, n)
			}
		}
		if lo, hi := slices.Min(c.s.X), slices.Max(c.s.X); lo != 0 || hi != 1 {
			t.Errorf("%s: pixels in %v..%v", c.s.Name, lo, hi)
		}
	}
}

// The embedded files are the ones that internal/sample draws: wherever
// Fashion-MNIST is installed, its seeded subset must equal them.
func TestSampleIsDrawnFromFashionMNIST(t *testing.T) {
	info, _ := lookup("fashion-mnist")
	if dir, _ := info.local(Options{}); dir == "" {
		t.Skip("Fashion-MNIST is not on this machine; Debian has it as dataset-fashion-mnist")
	}
	fullTrain, fullTest, err := Load(context.Background(), "fashion-mnist", Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	if fullTrain.Len() != 60000 || fullTest.Len() != 10000 {
		t.Fatalf("%d and %d examples", fullTrain.Len(), fullTest.Len())
	}
	train, test, err := Load(context.Background(), "fashion-mnist-sample", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ full, sample *Set }{{fullTrain, train}, {fullTest, test}} {
		want, err := Stratified(c.full, c.sample.Len(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if want.Hash() != c.sample.Hash() {
			t.Errorf("%s is not the subset that its generator draws", c.sample.Name)
		}
	}
}

func TestUnknownNameListsTheChoices(t *testing.T) {
	_, _, err := Load(context.Background(), "imagenet", Options{})
	refused(t, err, `"imagenet"`, "fashion-mnist-sample", "cifar100", "path")
	_, err = Describe("imagenet")
	refused(t, err, `"imagenet"`, "emnist-digits")
	_, _, err = Load(context.Background(), "", Options{})
	refused(t, err, `""`, "mnist")
}

func TestCanceledBeforeLoading(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Load(ctx, "fashion-mnist-sample", Options{}); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}

func TestCatalog(t *testing.T) {
	for _, name := range Names() {
		i, err := Describe(name)
		if err != nil {
			t.Fatal(err)
		}
		if i.License == "" || i.Source == "" || i.Cite == "" || i.Train == 0 || i.Test == 0 || i.Shape.Size() == 0 {
			t.Errorf("%s lacks a field: %+v", name, i)
		}
		if want := cmp.Or(map[string]int{"cifar100": 100, "words": 12, "cbf": 3, "adult-sample": 2, "adult": 2, "ag-news": 4, "uci-har": 6}[name], 10); len(i.Classes) != want {
			t.Errorf("%s has %d classes, want %d", name, len(i.Classes), want)
		}
		if len(i.Files) == 0 && !i.made() {
			t.Errorf("%s has no files", name)
		}
		if name == "cifar100" && !slices.IsSorted(i.Classes) {
			t.Error("the fine labels of CIFAR-100 are in the order of the alphabet")
		}
		for _, f := range i.Files {
			if len(f.SHA256) != 64 || f.Size == 0 {
				t.Errorf("%s: file %+v", name, f)
			}
		}
	}
}

func TestFieldsWithoutMeaningAreRefused(t *testing.T) {
	_, _, err := Load(context.Background(), "fashion-mnist-sample", Options{Files: FileOptions{High: 255}})
	refused(t, err, "fashion-mnist-sample", ": high is stated", "leave ", "= out of --own")
	pixels, ys := twelve()
	dir := idxDir(t, idxBytes(pixels, 12, 2, 2), idxBytes(ys, 12))
	_, _, err = loadOwn(dir, FileOptions{Layout: "nhwc"})
	refused(t, err, "(IDX)", ": layout is stated")
	_, _, err = loadOwn(pictureDir(t, t.TempDir()), FileOptions{Y: "kind"})
	refused(t, err, "(pictures)", ": y is stated")

	// A share that is drawn for the test, and its seed, where nothing is drawn.
	for field, o := range map[string]FileOptions{"test_share": {TestShare: 0.5}, "seed": {Seed: 3}} {
		_, _, err = Load(context.Background(), "fashion-mnist-sample", Options{Files: o})
		refused(t, err, "fashion-mnist-sample: "+field+" is stated", "leave ", "= out of --own")
		whole := idxDir(t, idxBytes(pixels, 12, 2, 2), idxBytes(ys, 12))
		write(t, filepath.Join(whole, testImages), idxBytes(pixels, 12, 2, 2))
		write(t, filepath.Join(whole, testLabels), idxBytes(ys, 12))
		_, _, err = loadOwn(whole, o)
		refused(t, err, "which has a test part: "+field+" is stated")
	}
	_, _, err = loadOwn(dir, FileOptions{TestShare: -1, Seed: 3})
	refused(t, err, "without a test set: seed is stated")
}

func ExampleLoad() {
	train, test, err := Load(context.Background(), "fashion-mnist-sample", Options{Offline: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train.Len(), test.Len(), train.Shape, train.Classes[train.Y[0]])
	// Output: 5000 1000 28×28×1 Pullover
}
