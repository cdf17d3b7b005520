package datasets

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func grey(w, h int, v uint8) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = v
	}
	return img
}

func colored(w, h int, c color.NRGBA) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		img.SetNRGBA(i%w, i/w, c)
	}
	return img
}

// pictureDir makes two classes of two grey pictures each.
func pictureDir(t *testing.T, dir string) string {
	for class, v := range map[string]uint8{"cats": 50, "dogs": 200} {
		for _, name := range []string{"1.png", "2.PNG"} {
			img := grey(4, 3, v)
			img.SetGray(1, 2, color.Gray{255})
			write(t, filepath.Join(dir, class, name), pngOf(t, img))
		}
	}
	return dir
}

func TestPictures(t *testing.T) {
	dir := pictureDir(t, t.TempDir())
	write(t, filepath.Join(dir, "cats", "notes.txt"), []byte("not a picture"))
	write(t, filepath.Join(dir, "dogs", ".DS_Store"), []byte("not a picture"))
	write(t, filepath.Join(dir, ".cache", "x"), nil)
	s, test, err := loadOwn(dir, FileOptions{TestShare: -1})
	if err != nil {
		t.Fatal(err)
	}
	if test != nil || s.Shape != (Shape{Height: 3, Width: 4, Channels: 1}) || strings.Join(s.Classes, " ") != "cats dogs" || s.Y[1] != 0 || s.Y[2] != 1 {
		t.Fatalf("read %+v", s)
	}
	if got := s.Row(0); got[0] != 50.0/255 || got[2*4+1] != 1 {
		t.Errorf("pixels %v", got)
	}
}

func TestPicturesInTrainAndTest(t *testing.T) {
	dir := t.TempDir()
	pictureDir(t, filepath.Join(dir, "train"))
	pictureDir(t, filepath.Join(dir, "test"))
	train, test, err := loadOwn(dir, FileOptions{})
	if err != nil || train.Len() != 4 || test.Len() != 4 {
		t.Fatalf("%v, %v, %v", train, test, err)
	}
	pictureDir(t, filepath.Join(dir, "extra"))
	_, _, err = loadOwn(dir, FileOptions{})
	refused(t, err, "train and also [extra]")
}

func TestPicturesInColor(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a", "1.png"), pngOf(t, colored(2, 2, color.NRGBA{255, 51, 0, 255})))
	write(t, filepath.Join(dir, "a", "2.png"), pngOf(t, colored(2, 2, color.NRGBA{255, 255, 255, 0}))) // all transparent: black
	var b bytes.Buffer
	if err := jpeg.Encode(&b, colored(2, 2, color.NRGBA{0, 0, 255, 255}), &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "b", "1.jpg"), b.Bytes())
	write(t, filepath.Join(dir, "b", "2.jpeg"), b.Bytes())
	s, _, err := loadOwn(dir, FileOptions{TestShare: -1})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Row(0); s.Shape != (Shape{Height: 2, Width: 2, Channels: 3}) || got[0] != 1 || got[1] != 0.2 || got[2] != 0 {
		t.Errorf("%v, pixels %v", s.Shape, got)
	}
	if s.Row(1)[0] != 0 {
		t.Errorf("transparent pixels are %v", s.Row(1)[0])
	}
	if got := s.Row(2); got[0] > 0.02 || got[2] < 0.98 {
		t.Errorf("blue became %v", got[:3])
	}

	write(t, filepath.Join(dir, "b", "3.png"), pngOf(t, grey(2, 2, 9)))
	_, _, err = loadOwn(dir, FileOptions{TestShare: -1})
	refused(t, err, "3.png", "1 channels", "state")
	if s, _, err = loadOwn(dir, FileOptions{TestShare: -1, Shape: Shape{Channels: 3}}); err != nil || s.Len() != 5 || s.Row(4)[2] != 9.0/255 {
		t.Errorf("as colour: %v, %v", s, err)
	}
	if s, _, err = loadOwn(dir, FileOptions{TestShare: -1, Shape: Shape{Channels: 1}}); err != nil || s.Shape.Channels != 1 {
		t.Errorf("as grey: %v, %v", s, err)
	} else if want := 0.299*1 + 0.587*0.2; math.Abs(float64(s.Row(0)[0])-want) > 0.001 { // Rec. 601, as image/color documents
		t.Errorf("grey value %v, want %v", s.Row(0)[0], want)
	}
}

func TestPicturesOfDifferentSizes(t *testing.T) {
	dir := pictureDir(t, t.TempDir())
	write(t, filepath.Join(dir, "dogs", "3.png"), pngOf(t, grey(8, 6, 77)))
	_, _, err := loadOwn(dir, FileOptions{TestShare: -1})
	refused(t, err, "3.png", "6×8", "3×4", "resize")
	s, _, err := loadOwn(dir, FileOptions{TestShare: -1, Shape: Shape{Height: 5, Width: 6}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Shape != (Shape{Height: 5, Width: 6, Channels: 1}) || s.Len() != 5 {
		t.Fatalf("%d of %v", s.Len(), s.Shape)
	}
	for _, v := range s.Row(4) {
		if math.Abs(float64(v)-77.0/255) > 0.003 {
			t.Errorf("a flat picture resized has the value %v", v)
		}
	}
}

// pngClaiming is the start of a PNG file whose header claims this size.
func pngClaiming(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	head = append(head, 8, 0, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	b = append(b, head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

func TestPicturesRefuse(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		o     FileOptions
		words []string
	}{
		"damaged": {func(t *testing.T, dir string) {
			b := pngOf(t, grey(4, 3, 1))
			b[len(b)/2] ^= 0xff
			write(t, filepath.Join(dir, "cats", "3.png"), b)
		}, FileOptions{}, []string{"3.png", "replace or remove"}},
		"cut off": {func(t *testing.T, dir string) {
			b := pngOf(t, grey(4, 3, 1))
			write(t, filepath.Join(dir, "cats", "3.png"), b[:len(b)-20])
		}, FileOptions{}, []string{"3.png"}},
		"no picture": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "cats", "3.jpg"), []byte("hello"))
		}, FileOptions{}, []string{"3.jpg", "no picture of a format that is read"}},
		"absurd size": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "cats", "3.png"), pngClaiming(1<<30, 1<<30))
		}, FileOptions{}, []string{"3.png", "it is damaged"}},
		"large size": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "cats", "3.png"), pngClaiming(1<<14, 1<<14))
		}, FileOptions{}, []string{"3.png", "16384×16384"}},
		"empty class": {func(t *testing.T, dir string) {
			if err := os.Mkdir(filepath.Join(dir, "birds"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, FileOptions{}, []string{"birds", "no picture"}},
		"one class": {func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, "dogs")); err != nil {
				t.Fatal(err)
			}
		}, FileOptions{}, []string{"1 class"}},
		"same name twice": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "cats", "2.jpg"), nil)
		}, FileOptions{}, []string{"2.PNG and 2.jpg", "twice"}},
		"folder in a class": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "cats", "more", "3.png"), nil)
		}, FileOptions{}, []string{"more", "cats", "pictures only"}},
		"link to itself": {func(t *testing.T, dir string) {
			if err := os.Symlink("loop", filepath.Join(dir, "loop")); err != nil {
				t.Skip(err)
			}
		}, FileOptions{}, []string{"loop", "remove it"}},
		"link to the folder above": {func(t *testing.T, dir string) {
			if err := os.Symlink("..", filepath.Join(dir, "cats", "up")); err != nil {
				t.Skip(err)
			}
		}, FileOptions{}, []string{"up", "pictures only"}},
		"dangling link": {func(t *testing.T, dir string) {
			if err := os.Symlink("nowhere", filepath.Join(dir, "cats", "9.png")); err != nil {
				t.Skip(err)
			}
		}, FileOptions{}, []string{"9.png", "remove it"}},
		"two channels":   {func(*testing.T, string) {}, FileOptions{Shape: Shape{Channels: 2}}, []string{"2 channels", "1 (grey)", "--own shape=32x32x3"}},
		"half a size":    {func(*testing.T, string) {}, FileOptions{Shape: Shape{Height: 8}}, []string{"8×0", "both sides", "--own shape=32x32x3"}},
		"negative size":  {func(*testing.T, string) {}, FileOptions{Shape: Shape{Height: -8, Width: -8}}, []string{"-8×-8"}},
		"gigantic sizes": {func(*testing.T, string) {}, FileOptions{Shape: Shape{Height: 1 << 20, Width: 1 << 20}}, []string{"1048576"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := pictureDir(t, t.TempDir())
			c.spoil(t, dir)
			_, _, err := loadOwn(dir, c.o)
			refused(t, err, c.words...)
		})
	}
	empty := t.TempDir()
	_, _, err := loadOwn(empty, FileOptions{})
	refused(t, err, empty, "no format")
	if err := os.Mkdir(filepath.Join(empty, "train"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, _, err = loadOwn(empty, FileOptions{})
	refused(t, err, "train", "one for each class")
}

func TestPicturesCanBeCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := pictureDir(t, t.TempDir())
	if _, _, err := readPictures(ctx, dir, FileOptions{}); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}

func TestPictureShowsItsValues(t *testing.T) {
	img := Picture(Shape{Height: 1, Width: 2, Channels: 3}, []float32{0, 0.5, 1, -1, 2, 0.2})
	if img.At(0, 0) != (color.RGBA{0, 128, 255, 255}) || img.At(1, 0) != (color.RGBA{0, 255, 51, 255}) {
		t.Errorf("pixels %v and %v", img.At(0, 0), img.At(1, 0))
	}
	if g := Picture(Shape{Height: 1, Width: 1, Channels: 1}, []float32{0.2}); g.At(0, 0) != (color.RGBA{51, 51, 51, 255}) {
		t.Errorf("grey pixel %v", g.At(0, 0))
	}
}
