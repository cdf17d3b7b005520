package datasets

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// idxBytes is an IDX array of unsigned bytes as the format lays it out.
func idxBytes(data []byte, dims ...int) []byte {
	b := []byte{0, 0, 0x08, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	return append(b, data...)
}

func zipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func write(t testing.TB, path string, b []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// refused fails unless err is one sentence that holds all words.
func refused(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one with %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q is more than one line", err)
	}
}

// twelve is 12 images of 2×2 pixels in three classes, four each.
func twelve() (pixels, labels []byte) {
	for i := range 12 {
		labels = append(labels, byte(i%3))
		pixels = append(pixels, byte(i), byte(20*i), 0, 255)
	}
	return pixels, labels
}

func idxDir(t *testing.T, images, labels []byte) string {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "train-images-idx3-ubyte"), images)
	write(t, filepath.Join(dir, "train-labels-idx1-ubyte.gz"), labels)
	return dir
}

func TestIDXFolder(t *testing.T) {
	pixels, ys := twelve()
	dir := idxDir(t, idxBytes(pixels, 12, 2, 2), zipped(t, idxBytes(ys, 12)))
	train, test, err := Load(context.Background(), dir, Options{Files: FileOptions{TestShare: -1}})
	if err != nil {
		t.Fatal(err)
	}
	if test != nil || train.Len() != 12 || train.Shape != (Shape{Height: 2, Width: 2, Channels: 1}) || strings.Join(train.Classes, " ") != "0 1 2" {
		t.Fatalf("read %+v and %+v", train, test)
	}
	if got := train.Row(3); got[0] != 3.0/255 || got[1] != 60.0/255 || got[2] != 0 || got[3] != 1 {
		t.Errorf("pixels of image 3 are %v", got)
	}

	write(t, filepath.Join(dir, "t10k-images.idx3-ubyte"), idxBytes(pixels[:24], 6, 2, 2))
	write(t, filepath.Join(dir, "t10k-labels.idx1-ubyte"), idxBytes(ys[:6], 6))
	if _, test, err = Load(context.Background(), dir, Options{}); err != nil || test.Len() != 6 {
		t.Fatalf("test part: %v, %v", test, err)
	}
	write(t, filepath.Join(dir, "t10k-labels.idx1-ubyte"), idxBytes([]byte{0, 1, 2, 0, 1, 7}, 6))
	_, _, err = Load(context.Background(), dir, Options{})
	refused(t, err, `label "7"`, "example 5", "[0 1 2]")
}

func TestIDXSplitsWhereThereIsNoTestPart(t *testing.T) {
	pixels, ys := twelve()
	dir := idxDir(t, idxBytes(pixels, 12, 2, 2), idxBytes(ys, 12))
	train, test, err := Load(context.Background(), dir, Options{Files: FileOptions{TestShare: 0.5, Seed: 3}})
	if err != nil {
		t.Fatal(err)
	}
	if train.Len() != 6 || test.Len() != 6 || test.Counts()[0] != 2 {
		t.Errorf("split into %v and %v", train.Counts(), test.Counts())
	}
}

func TestIDXRefuses(t *testing.T) {
	pixels, ys := twelve()
	images, good := idxBytes(pixels, 12, 2, 2), idxBytes(ys, 12)
	damaged := zipped(t, bytes.Repeat(good, 50))
	damaged[len(damaged)/2] ^= 0xff
	half := zipped(t, good)
	float := bytes.Clone(images)
	float[2] = 0x0d
	one := idxBytes(bytes.Repeat([]byte{4}, 12), 12)
	single := idxBytes([]byte{0, 1, 2, 0, 1, 0, 1, 0, 1, 0, 1, 0}, 12)
	for name, c := range map[string]struct {
		images, labels []byte
		words          []string
	}{
		"empty file":             {nil, good, []string{"train-images", "cut off", "fetch or write it again"}},
		"truncated header":       {images[:9], good, []string{"train-images", "header is cut off"}},
		"truncated values":       {images, good[:15], []string{"train-labels", "cut off after 7 of the 12"}},
		"wrong magic":            {[]byte("PNG and so on"), good, []string{"50 4e", "00 00"}},
		"floats":                 {float, good, []string{"0x0d", "unsigned bytes"}},
		"five dimensions":        {idxBytes(pixels, 12, 2, 1, 2, 1), good, []string{"5 dimensions"}},
		"flat images":            {idxBytes(pixels, 48), good, []string{"[48]", "height"}},
		"a dimension of 0":       {idxBytes(nil, 12, 0, 2), good, []string{"dimension 1", "is 0"}},
		"counts that disagree":   {idxBytes(pixels[:44], 11, 2, 2), good, []string{"11 images", "12 labels"}},
		"goes on":                {append(bytes.Clone(images), 1), good, []string{"goes on after the 48"}},
		"absurd dimensions":      {idxBytes(pixels, 1<<31, 1<<31, 1<<31), good, []string{"more than 1073741824 values"}},
		"more than it can hold":  {idxBytes(pixels, 1<<20, 2, 2), good, []string{"asks for 4194304 bytes", "at most"}},
		"damaged gzip":           {images, damaged, []string{"train-labels"}},
		"truncated gzip":         {images, half[:len(half)-12], []string{"train-labels"}},
		"bomb":                   {images, zipped(t, append(bytes.Clone(good), make([]byte, 64<<20)...)), []string{"goes on after the 12"}},
		"bomb with large header": {zipped(t, idxBytes(nil, 1<<10, 1<<10, 1<<10)), good, []string{"can hold at most"}},
		"one class":              {images, one, []string{"1 class", "two"}},
		"class with one example": {images, single, []string{`class "2"`, "single"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Load(context.Background(), idxDir(t, c.images, c.labels), Options{})
			refused(t, err, c.words...)
		})
	}
}

func TestIDXFolderRefuses(t *testing.T) {
	pixels, ys := twelve()
	dir := idxDir(t, idxBytes(pixels, 12, 2, 2), idxBytes(ys, 12))
	write(t, filepath.Join(dir, "t10k-labels-idx1-ubyte"), idxBytes(ys, 12))
	_, _, err := Load(context.Background(), dir, Options{})
	refused(t, err, "both, or neither")

	other := bytes.Clone(ys)
	other[5] = 1
	write(t, filepath.Join(dir, "train-labels-idx1-ubyte"), idxBytes(other, 12))
	_, _, err = Load(context.Background(), dir, Options{})
	refused(t, err, "both train-labels-idx1-ubyte and train-labels-idx1-ubyte.gz", "differ", "keep one")

	_, _, err = Load(context.Background(), filepath.Join(dir, "nowhere"), Options{})
	refused(t, err, "nowhere", "fashion-mnist-sample")
}

// torchvision keeps the files and the archives they came from; Kaggle's archive holds
// the files, with a dot, and each again in a folder of its name, with a dash.
func TestIDXFilesThatAreThereTwice(t *testing.T) {
	pixels, ys := twelve()
	files := map[string][]byte{
		"train-images-idx3-ubyte": idxBytes(pixels, 12, 2, 2), "train-labels-idx1-ubyte": idxBytes(ys, 12),
		"t10k-images-idx3-ubyte": idxBytes(pixels[:24], 6, 2, 2), "t10k-labels-idx1-ubyte": idxBytes(ys[:6], 6),
	}
	torchvision, kaggle, folders := t.TempDir(), t.TempDir(), t.TempDir()
	for name, b := range files {
		write(t, filepath.Join(torchvision, name), b)
		write(t, filepath.Join(torchvision, name+".gz"), zipped(t, b))
		write(t, filepath.Join(kaggle, strings.Replace(name, "-idx", ".idx", 1)), b)
		write(t, filepath.Join(kaggle, name, name), b)
		write(t, filepath.Join(folders, name, name), b)
	}
	for _, dir := range []string{torchvision, kaggle, folders} {
		train, test, err := Load(context.Background(), dir, Options{})
		if err != nil || train.Len() != 12 || test.Len() != 6 || train.Row(3)[1] != 60.0/255 {
			t.Errorf("%v, %v, %v", train, test, err)
		}
	}
	name := "t10k-images-idx3-ubyte"
	write(t, filepath.Join(kaggle, name, name), idxBytes(pixels[24:], 6, 2, 2))
	_, _, err := Load(context.Background(), kaggle, Options{})
	refused(t, err, name+"/"+name, "t10k-images.idx3-ubyte", "differ")

	write(t, filepath.Join(folders, "val-images-idx3-ubyte"), idxBytes(pixels, 12, 2, 2))
	if _, _, log, err := said(t, folders, FileOptions{}); err != nil || !strings.Contains(log, "left out: 1 file whose names do not say train, t10k or test: [val-images-idx3-ubyte]") {
		t.Errorf("said %q, %v", log, err)
	}
}

func TestIDXNoPipesAndNoPointers(t *testing.T) {
	pixels, _ := twelve()
	dir := idxDir(t, idxBytes(pixels, 12, 2, 2), []byte("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"))
	_, _, err := Load(context.Background(), dir, Options{})
	refused(t, err, "train-labels-idx1-ubyte.gz", "git lfs pull")
	dir = t.TempDir()
	write(t, filepath.Join(dir, "train-images-idx3-ubyte"), idxBytes(pixels, 12, 2, 2))
	makePipe(t, filepath.Join(dir, "train-labels-idx1-ubyte"))
	_, _, err = Load(context.Background(), dir, Options{})
	refused(t, err, "train-labels", "not a regular file")
	makePipe(t, filepath.Join(dir, "cifar", "data_batch_1.bin"))
	_, _, err = Load(context.Background(), filepath.Join(dir, "cifar"), Options{})
	refused(t, err, "data_batch_1.bin", "not a regular file")
}

// A header that lies is refused before its array exists: 1 GiB is asked for,
// a few kilobytes are used.
func TestIDXAllocatesNothingForAHeaderThatLies(t *testing.T) {
	b := idxBytes(make([]byte, 100), 1<<10, 1<<10, 1<<10)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := decodeIDX(bytes.NewReader(b), int64(len(b)))
	runtime.ReadMemStats(&after)
	refused(t, err, "can hold at most")
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}
