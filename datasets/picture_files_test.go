package datasets

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// losslessWebP is a picture of two pixels, (255, 51, 0) and (0, 0, 255), as Pillow
// writes it with lossless=True.
const losslessWebP = "UklGRh4AAABXRUJQVlA4TBIAAAAvAQAAAA8wM/O///MfPMiI/gc="

// said loads and returns what is said meanwhile.
func said(t *testing.T, path string, o FileOptions) (*Set, *Set, string, error) {
	t.Helper()
	var log bytes.Buffer
	train, test, err := Load(context.Background(), path, Options{Files: o, Log: &log})
	return train, test, log.String(), err
}

// Every format gives the values that were written, whatever the file's name ends in.
func TestPicturesOfEveryFormat(t *testing.T) {
	want := [2][3]float32{{1, 0.2, 0}, {0, 0, 1}}
	img := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.RGBA{255, 51, 0, 255}, color.RGBA{0, 0, 255, 255}})
	img.Pix[1] = 1
	webp, err := base64.StdEncoding.DecodeString(losslessWebP)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(write func(b *bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	asGIF := encode(func(b *bytes.Buffer) error { return gif.Encode(b, img, nil) })
	dir := t.TempDir()
	for name, b := range map[string][]byte{
		"0.webp": webp, "1.gif": asGIF, "2.bmp": encode(func(b *bytes.Buffer) error { return bmp.Encode(b, img) }),
		"3.tif": encode(func(b *bytes.Buffer) error { return tiff.Encode(b, img, nil) }), "4.TIFF": encode(func(b *bytes.Buffer) error { return tiff.Encode(b, img, &tiff.Options{Compression: tiff.Deflate}) }),
		"5": asGIF, "6.jpg_large": webp, "7.png": pngOf(t, img),
	} {
		for _, class := range []string{"a", "b"} {
			write(t, filepath.Join(dir, class, name), b)
		}
	}
	s, _, log, err := said(t, dir, FileOptions{TestShare: -1})
	if err != nil || s.Len() != 16 || s.Shape != (Shape{Height: 1, Width: 2, Channels: 3}) || log != "" {
		t.Fatalf("%+v, %v, %q", s, err, log)
	}
	for i := range s.Len() {
		for k, v := range s.Row(i) {
			if v != want[k/3][k%3] {
				t.Errorf("file %d: values %v, want %v", i%8, s.Row(i), want)
				break
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, grey(2, 1, 51), nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a/1.jfif", "a/2.jpe", "b/1.jpeg", "b/2.JPG"} {
		write(t, filepath.Join(dir, "grey", name), b.Bytes())
	}
	if s, _, _, err := said(t, filepath.Join(dir, "grey"), FileOptions{TestShare: -1}); err != nil || s.Len() != 4 || s.Row(3)[1] != 0.2 {
		t.Errorf("JPEG of every name: %v, %v", s, err)
	}
}

// A palette of greys is grey: GIF and BMP have no other way to hold it.
func TestPicturesWithAPaletteOfGreys(t *testing.T) {
	img := image.NewPaletted(image.Rect(0, 0, 2, 2), color.Palette{color.Gray{0}, color.Gray{51}})
	img.Pix[3] = 1
	var b bytes.Buffer
	if err := gif.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"a/1.gif", "a/2.gif", "b/1.gif"} {
		write(t, filepath.Join(dir, name), b.Bytes())
	}
	write(t, filepath.Join(dir, "b/2.png"), pngOf(t, grey(2, 2, 9)))
	s, _, _, err := said(t, dir, FileOptions{TestShare: -1})
	if err != nil || s.Shape != (Shape{Height: 2, Width: 2, Channels: 1}) || s.Row(0)[3] != 0.2 || s.Row(0)[0] != 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

// The first frame of an animation counts, at its place in the picture.
func TestPicturesTakeTheFirstFrame(t *testing.T) {
	frame := func(r image.Rectangle, v uint8) *image.Paletted {
		f := image.NewPaletted(r, color.Palette{color.RGBA{A: 255}, color.RGBA{255, 0, v, 255}})
		for i := range f.Pix {
			f.Pix[i] = 1
		}
		return f
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{
		Image: []*image.Paletted{frame(image.Rect(1, 1, 3, 2), 51), frame(image.Rect(0, 0, 3, 2), 255)}, Delay: []int{1, 1}, Config: image.Config{Width: 3, Height: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := decodePicture(bytes.NewReader(b.Bytes()))
	if err != nil || p.Bounds() != image.Rect(0, 0, 3, 2) {
		t.Fatalf("%v, %v", p, err)
	}
	for _, c := range []struct{ x, y, red, blue int }{{0, 0, 0, 0}, {0, 1, 0, 0}, {1, 1, 255, 51}, {2, 1, 255, 51}, {2, 0, 0, 0}} {
		if red, _, blue, _ := p.At(c.x, c.y).RGBA(); int(red>>8) != c.red || int(blue>>8) != c.blue {
			t.Errorf("at %d, %d: red %d, blue %d", c.x, c.y, red>>8, blue>>8)
		}
	}
}

func TestFilesThatAreNoPicturesAreCounted(t *testing.T) {
	dir := pictureDir(t, t.TempDir())
	write(t, filepath.Join(dir, "cats", "about\x1b[2J.txt"), []byte("cats"))
	write(t, filepath.Join(dir, "labels.csv"), []byte("a,b"))
	for _, quiet := range []string{"cats/.DS_Store", "cats/Thumbs.db", "dogs/desktop.ini", "__MACOSX/x.txt", ".ipynb_checkpoints/1.png"} {
		write(t, filepath.Join(dir, quiet), []byte("x"))
	}
	s, _, log, err := said(t, dir, FileOptions{TestShare: -1})
	if err != nil || s.Len() != 4 || len(s.Classes) != 2 {
		t.Fatalf("%+v, %v", s, err)
	}
	for _, want := range []string{"1 file in class folders, which are no pictures: [cats/about\ufffd[2J.txt]", "1 file beside the folders: [labels.csv]"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q does not say %q", log, want)
		}
	}
	if strings.Contains(log, "\x1b") || strings.Contains(log, "Thumbs") || strings.Count(log, "\n") != 2 {
		t.Errorf("said %q", log)
	}

	// A note beside each picture is no mistake, whatever their number.
	for _, name := range []string{"cats/1.txt", "cats/2.xml", "dogs/1.png.json", "dogs/2.txt"} {
		write(t, filepath.Join(dir, name), []byte("x"))
	}
	if s, _, log, err = said(t, dir, FileOptions{TestShare: -1}); err != nil || s.Len() != 4 || !strings.Contains(log, "5 files in class folders") {
		t.Errorf("%v, %v, %q", s, err, log)
	}
	write(t, filepath.Join(dir, "cats", "other.txt"), []byte("cats"))
	_, _, _, err = said(t, dir, FileOptions{TestShare: -1})
	refused(t, err, "cats", "2 files that are no pictures beside 2 that are", "move them away")
}

// A picture that is not read is never left out: the class would not be what it is.
func TestPicturesOfFormatsThatAreNotReadAreRefused(t *testing.T) {
	for name, words := range map[string][]string{
		"3.heic": {"1 file of formats that are not read: [3.heic]", "mogrify"},
		"3.PGM":  {"3.PGM", "mogrify"},
	} {
		dir := pictureDir(t, t.TempDir())
		write(t, filepath.Join(dir, "cats", name), []byte("x"))
		_, _, _, err := said(t, dir, FileOptions{TestShare: -1})
		refused(t, err, append(words, filepath.Join(dir, "cats"))...)
	}
	for first, want := range map[string]string{
		"<!DOCTYPE html><html>404 Not Found": "page of the web", "version https://git-lfs.github.com/spec/v1\noid": "git lfs pull", "": "is no picture",
	} {
		dir := pictureDir(t, t.TempDir())
		write(t, filepath.Join(dir, "cats", "3.jpg"), []byte(first))
		_, _, _, err := said(t, dir, FileOptions{TestShare: -1})
		refused(t, err, "3.jpg", want)
	}
}

// A folder named train is a part where it holds folders, and a class where it holds
// pictures as others do.
func TestPartsAndClasses(t *testing.T) {
	picture := func(dir string, names ...string) {
		for i, name := range names {
			for k := range 2 {
				write(t, filepath.Join(dir, name, fmt.Sprintf("%d.png", k)), pngOf(t, grey(2, 2, uint8(10*i+k))))
			}
		}
	}
	for what, c := range map[string]struct {
		folders []string
		o       FileOptions
		classes string // of the training part
		test    bool
		said    string
		refused []string
	}{
		"train and test":          {folders: []string{"train/a", "train/b", "test/a", "test/b"}, classes: "a b", test: true},
		"Training and Testing":    {folders: []string{"Training/a", "Training/b", "Testing/a", "Testing/b"}, classes: "a b", test: true},
		"train alone":             {folders: []string{"train/a", "train/b"}, o: FileOptions{TestShare: -1}, classes: "a b"},
		"train and val":           {folders: []string{"train/a", "train/b", "val/a", "val/b"}, refused: []string{"[val] beside train", "--own test=val"}},
		"val stated":              {folders: []string{"train/a", "train/b", "val/a", "val/b"}, o: FileOptions{Test: "val"}, classes: "a b", test: true},
		"train, valid and test":   {folders: []string{"train/a", "train/b", "valid/a", "valid/b", "test/a", "test/b"}, refused: []string{"[test valid]", "--own test=test"}},
		"test stated":             {folders: []string{"train/a", "train/b", "dev/a", "dev/b", "test/a", "test/b"}, o: FileOptions{Test: "test"}, classes: "a b", test: true, said: "folder [dev]"},
		"a part that is not":      {folders: []string{"train/a", "train/b", "val/a", "val/b"}, o: FileOptions{Test: "test"}, refused: []string{"test is stated as test", "choose from [val], as in --own test=val"}},
		"a class train":           {folders: []string{"bus", "car", "train"}, o: FileOptions{TestShare: -1}, classes: "bus car train"},
		"a class train, stated":   {folders: []string{"bus", "car", "train"}, o: FileOptions{Test: "bus"}, refused: []string{"no folder train", "leave test= out of --own"}},
		"a class test":            {folders: []string{"control", "test"}, o: FileOptions{TestShare: -1}, classes: "control test"},
		"parts without classes":   {folders: []string{"train", "test"}, refused: []string{"train holds no folders of pictures"}},
		"parts without train":     {folders: []string{"test", "val"}, refused: []string{"names of parts", "[test val]"}},
		"parts, but none train":   {folders: []string{"test/a", "test/b", "val/a"}, refused: []string{"no folder train", "[test val]"}},
		"both words for train":    {folders: []string{"train/a", "train/b", "training/a"}, refused: []string{"both train and training"}},
		"classes inside of one":   {folders: []string{"photos/a", "photos/b"}, refused: []string{"inside of the class photos", "give its path"}},
		"a class of another name": {folders: []string{"train/a", "train/b", "caf\xe9/a"}, refused: []string{"not UTF-8"}},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			picture(dir, c.folders...)
			train, test, log, err := said(t, dir, c.o)
			if c.refused != nil {
				refused(t, err, c.refused...)
				return
			}
			if err != nil || strings.Join(train.Classes, " ") != c.classes || (test != nil) != c.test {
				t.Fatalf("%+v, %+v, %v", train, test, err)
			}
			if !strings.Contains(log, c.said) || c.said == "" && log != "" {
				t.Errorf("said %q, want %q", log, c.said)
			}
		})
	}
}

func TestTheTestPartMayBeStatedByItsPath(t *testing.T) {
	dir := t.TempDir()
	pictureDir(t, filepath.Join(dir, "train"))
	pictureDir(t, filepath.Join(dir, "val"))
	_, test, err := loadOwn(dir, FileOptions{Test: filepath.Join(dir, "val")})
	if err != nil || test.Len() != 4 {
		t.Errorf("%v, %v", test, err)
	}
}

func TestPipesAreRefused(t *testing.T) {
	dir := pictureDir(t, t.TempDir())
	pipe := filepath.Join(dir, "cats", "3.png")
	makePipe(t, pipe)
	_, _, err := loadOwn(dir, FileOptions{})
	refused(t, err, pipe, "not a regular file")
}

// makePipe makes a named pipe, whose reader waits until somebody writes.
func makePipe(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("mkfifo", path).Run(); err != nil {
		t.Skip(err)
	}
}
