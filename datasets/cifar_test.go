package datasets

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// record is a CIFAR record: labels, then 1024 values of each colour.
func record(red, green, blue byte, labels ...byte) []byte {
	b := append([]byte(nil), labels...)
	for _, v := range []byte{red, green, blue} {
		b = append(b, bytes.Repeat([]byte{v}, 1024)...)
	}
	b[len(labels)+33] = 7 // red of row 1, column 1
	return b
}

func records(labelBytes int, labels ...byte) []byte {
	var b []byte
	for i, y := range labels {
		l := []byte{99, y}[2-labelBytes:]
		b = append(b, record(byte(i), 100, 200, l...)...)
	}
	return b
}

func TestCIFARFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "data_batch_1.bin"), records(1, 0, 1, 2))
	write(t, filepath.Join(dir, "data_batch_2.bin"), records(1, 2, 1, 0))
	write(t, filepath.Join(dir, "test_batch.bin"), records(1, 0, 0, 1, 1))
	write(t, filepath.Join(dir, "batches.meta.txt"), []byte("airplane\nautomobile\nbird\n\n"))
	train, test, err := loadOwn(dir, FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if train.Len() != 6 || test.Len() != 4 || train.Shape != color32 || strings.Join(train.Classes, " ") != "airplane automobile bird" || train.Y[3] != 2 {
		t.Fatalf("read %d and %d, classes %v, labels %v", train.Len(), test.Len(), train.Classes, train.Y)
	}
	if got := train.Row(2)[:3]; got[0] != 2.0/255 || got[1] != 100.0/255 || got[2] != 200.0/255 {
		t.Errorf("first pixel %v", got)
	}
	if got := train.Row(2)[33*3]; got != 7.0/255 {
		t.Errorf("red of row 1, column 1 is %v", got)
	}

	if err := os.Remove(filepath.Join(dir, "batches.meta.txt")); err != nil {
		t.Fatal(err)
	}
	if train, _, err = loadOwn(dir, FileOptions{}); err != nil || strings.Join(train.Classes, " ") != "0 1 2" {
		t.Errorf("without names: %v, %v", train, err)
	}
	write(t, filepath.Join(dir, "train.bin"), nil)
	_, _, err = loadOwn(dir, FileOptions{})
	refused(t, err, "train.bin", "keep one")
}

func TestCIFARFolderOf100(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "train.bin"), records(2, 0, 1, 0, 1))
	s, _, err := loadOwn(dir, FileOptions{TestShare: -1})
	if err != nil || s.Len() != 4 || s.Y[1] != 1 || s.Row(0)[1] != 100.0/255 {
		t.Errorf("%v, %v", s, err)
	}
}

func TestCIFARRefuses(t *testing.T) {
	good := records(1, 0, 1, 0, 1)
	for name, c := range map[string]struct {
		batch, names string
		words        []string
	}{
		"empty":           {"", "", []string{"data_batch_1.bin", "0 bytes"}},
		"cut off":         {string(good[:len(good)-5]), "", []string{"not a whole number of records of 3073"}},
		"one class":       {string(records(1, 3, 3)), "", []string{"1 class"}},
		"unknown class":   {string(good), "airplane\n", []string{`label "1"`, "[airplane]"}},
		"names of latin1": {string(good), "caf\xe9\nbird\n", []string{"batches.meta.txt", "not UTF-8"}},
		"name twice":      {string(good), "bird\nbird\n", []string{`"bird" twice`}},
		"class of single": {string(records(1, 0, 0, 1)), "", []string{"single"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "data_batch_1.bin"), []byte(c.batch))
			if c.names != "" {
				write(t, filepath.Join(dir, "batches.meta.txt"), []byte(c.names))
			}
			_, _, err := loadOwn(dir, FileOptions{TestShare: -1})
			refused(t, err, c.words...)
		})
	}
}

// member is one file of a tar archive.
type member struct {
	name string
	data []byte
}

func tarOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		if err := w.WriteHeader(&tar.Header{Name: m.name, Mode: 0o644, Size: int64(len(m.data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return zipped(t, b.Bytes())
}

// cifarInfo is CIFAR-10 or CIFAR-100 in small: an archive of its real form with
// a few records, whose size and sum are what the test made.
func cifarInfo(name string, train, test int, archive []byte) Info {
	i, _ := lookup(name)
	sum := sha256.Sum256(archive)
	i.Train, i.Test, i.balanced = train, test, false
	i.Files[0].Size, i.Files[0].SHA256 = int64(len(archive)), fmt.Sprintf("%x", sum)
	return i
}

func cifar10Members() []member {
	var ms []member
	for k := range 5 { // in another order than their names
		n := 5 - k
		ms = append(ms, member{fmt.Sprintf("cifar-10-batches-bin/data_batch_%d.bin", n), records(1, byte(n-1), byte(9-n))})
	}
	return append(ms, member{"cifar-10-batches-bin/readme.html", []byte("hello")}, member{"cifar-10-batches-bin/test_batch.bin", records(1, 3, 3, 4, 4)})
}

// Unpacked files of the right form may be anything: that they are not verified is said,
// and numbers of examples that are not the set's are refused.
func TestUnpackedFilesAreNotVerified(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := t.TempDir()
	for k, m := range cifar10Members() {
		if k < 5 {
			m.data = records(1, byte(k), byte(k))
		}
		write(t, filepath.Join(dir, m.name), m.data)
	}
	i := cifarInfo("cifar10", 10, 4, nil)
	var log bytes.Buffer
	if _, _, err := i.load(context.Background(), Options{Dir: dir, Offline: true, Log: &log}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "cifar-10-batches-bin are not verified") || strings.Count(log.String(), "\n") != 1 {
		t.Errorf("said %q", log.String())
	}
	i.balanced = true // two of each of five classes
	_, _, err := i.load(context.Background(), Options{Dir: dir, Offline: true})
	refused(t, err, "is not cifar10", "2 examples of class airplane in cifar10, where the set has 1", "give the path of the folder")
}

func TestCIFARArchive(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	archive := tarOf(t, cifar10Members()...)
	i := cifarInfo("cifar10", 10, 4, archive)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "cifar10", i.Files[0].Name), archive)
	_, _, err := i.load(context.Background(), Options{Dir: dir, Offline: true})
	refused(t, err, `class "airplane" has a single example`) // labels 0..4 and 8..4, all but 4 once or twice

	ms := cifar10Members()
	for k := range 5 {
		ms[k].data = records(1, byte(4-k), byte(4-k))
	}
	archive = tarOf(t, ms...)
	i = cifarInfo("cifar10", 10, 4, archive)
	write(t, filepath.Join(dir, "cifar10", i.Files[0].Name), archive)
	train, test, err := i.load(context.Background(), Options{Dir: dir, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(train.Y) != "[0 0 1 1 2 2 3 3 4 4]" || train.Classes[4] != "deer" || test.Len() != 4 {
		t.Errorf("labels %v, classes %v", train.Y, train.Classes)
	}

	// The same files unpacked give the same sets.
	unpacked := t.TempDir()
	for _, m := range ms {
		write(t, filepath.Join(unpacked, m.name), m.data)
	}
	again, _, err := i.load(context.Background(), Options{Dir: unpacked, Offline: true})
	if err != nil || again.Hash() != train.Hash() {
		t.Errorf("unpacked: %v", err)
	}

	// Others of the same names and sizes are not taken for them.
	write(t, filepath.Join(unpacked, "cifar-10-batches-bin", "data_batch_1.bin"), records(1, 0, 1))
	_, _, err = i.load(context.Background(), Options{Dir: unpacked, Offline: true})
	refused(t, err, "1 of the 10 training images have the label 0, and cifar10 has equally many of each class")
}

func TestCIFAR100Archive(t *testing.T) {
	archive := tarOf(t, member{"cifar-100-binary/train.bin", records(2, 0, 99, 0, 99)}, member{"cifar-100-binary/test.bin", records(2, 0, 99, 0, 99)})
	i := cifarInfo("cifar100", 4, 4, archive)
	dir := t.TempDir()
	write(t, filepath.Join(dir, i.Files[0].Name), archive)
	train, _, err := i.load(context.Background(), Options{Dir: dir, Offline: true})
	if err != nil || train.Classes[train.Y[1]] != "worm" {
		t.Errorf("%v, %v", train, err)
	}
}

func TestCIFARArchiveRefuses(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	good := cifar10Members()
	short := cifar10Members()
	short[2].data = short[2].data[:3073]
	outside := cifar10Members()
	for k := range outside {
		outside[k].name = "../../../" + outside[k].name
	}
	cutOff := tarOf(t, good...)
	for name, c := range map[string]struct {
		archive []byte
		words   []string
	}{
		"no gzip":    {[]byte("hello, this is no archive"), []string{"gzip", "fetch it again"}},
		"cut off":    {cutOff[:len(cutOff)/2], []string{"cut off", "fetch it again"}},
		"missing":    {tarOf(t, good[1:]...), []string{"no member data_batch_5.bin"}},
		"twice":      {tarOf(t, append(good, good[0])...), []string{"two members named data_batch_5.bin"}},
		"wrong size": {tarOf(t, short...), []string{"data_batch_3.bin", "3073 bytes", "expected 6146"}},
		// Only the last part of a member's path is looked at, and nothing is written.
		"path traversal": {tarOf(t, outside...), []string{"single example"}},
	} {
		t.Run(name, func(t *testing.T) {
			i := cifarInfo("cifar10", 10, 4, c.archive)
			dir := filepath.Join(t.TempDir(), "a", "b", "c")
			write(t, filepath.Join(dir, i.Files[0].Name), c.archive)
			_, _, err := i.load(context.Background(), Options{Dir: dir, Offline: true})
			refused(t, err, c.words...)
			if found, _ := filepath.Glob(filepath.Join(dir, "../../../*/*/*/*")); len(found) != 1 {
				t.Errorf("files %v", found)
			}
		})
	}
	i := cifarInfo("cifar10", 10, 4, cutOff)
	dir := t.TempDir()
	write(t, filepath.Join(dir, i.Files[0].Name), append([]byte{1}, cutOff[1:]...))
	_, _, err := i.load(context.Background(), Options{Dir: dir, Offline: true})
	refused(t, err, "SHA-256", i.Files[0].Name)
	write(t, filepath.Join(dir, i.Files[0].Name), append(bytes.Clone(cutOff), 1))
	_, _, err = i.load(context.Background(), Options{Dir: dir, Offline: true})
	refused(t, err, "another size")
}

func TestEMNISTArchive(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	pixels, ys := twelve() // 2×2 pixels: i, 20i / 0, 255, stored by columns
	parts := [][]byte{zipped(t, idxBytes(pixels, 12, 2, 2)), zipped(t, idxBytes(ys, 12)), zipped(t, idxBytes(pixels, 12, 2, 2)), zipped(t, idxBytes(ys, 12))}
	var members []any
	for k, name := range emnistFiles {
		members = append(members, "gzip/"+name, parts[k])
	}
	load := func(archive []byte) (*Set, error) {
		i := cifarInfo("emnist-digits", 12, 12, archive)
		i.Shape, i.Classes = Shape{Height: 2, Width: 2, Channels: 1}, i.Classes[:3]
		dir := t.TempDir()
		write(t, filepath.Join(dir, i.Files[0].Name), archive)
		s, _, err := i.load(context.Background(), Options{Dir: dir, Offline: true})
		return s, err
	}
	packed, err := load(zipOf(t, append(members, "gzip/emnist-letters-train-images-idx3-ubyte.gz", []byte("other"))...))
	if err != nil {
		t.Fatal(err)
	}
	if got := packed.Row(3); got[0] != 3.0/255 || got[1] != 0 || got[2] != 60.0/255 || got[3] != 1 {
		t.Errorf("image 3 is %v, not turned", got)
	}
	_, err = load(zipOf(t, members[2:]...))
	refused(t, err, "no member", emnistFiles[0])
	_, err = load(zipOf(t, append(members, members[0], members[1])...))
	refused(t, err, "two members", emnistFiles[0])
	damaged := append([]any{"gzip/" + emnistFiles[0], zipped(t, make([]byte, 10<<20))}, members[2:]...)
	_, err = load(zipOf(t, damaged...))
	refused(t, err, emnistFiles[0], "0x00")
	_, err = load([]byte("no zip"))
	refused(t, err, "zip", "fetch it again")

	i := cifarInfo("emnist-digits", 12, 12, []byte("absent"))
	i.Shape, i.Classes = Shape{Height: 2, Width: 2, Channels: 1}, i.Classes[:3]
	dir := t.TempDir()
	for k, name := range emnistFiles {
		write(t, filepath.Join(dir, name), parts[k])
	}
	unpacked, _, err := i.load(context.Background(), Options{Dir: dir, Offline: true})
	if err != nil || unpacked.Hash() != packed.Hash() {
		t.Errorf("unpacked: %v", err)
	}
}
