package datasets

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // for image.Decode
	_ "image/jpeg"
	_ "image/png"
	"io"
	"iter"
	"runtime"
	"sync/atomic"

	_ "golang.org/x/image/bmp" // for image.Decode
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/datasets/parallel"
)

const (
	maxPicture   = 1 << 26 // pixels of one picture file, 64 million
	smallPicture = 1 << 20 // pixels below which memory is not asked for: 16 MiB on each processor
	pixelBytes   = 16      // that a decoder may hold of a pixel: 8 of the widest colours, as much again on the way
)

// picture is a decoded file and its channels, 1 for grey files and 3 for all others.
type picture struct {
	image.Image
	channels int
}

// decodePictures decodes all files on all processors. The first file says the
// shape, but for what o.Shape states.
func decodePictures(ctx context.Context, files []pictureFile, o FileOptions) (examples, error) {
	e := examples{shape: o.Shape}
	if c := o.Shape.Channels; c != 0 && c != 1 && c != 3 {
		return e, fmt.Errorf("pictures cannot have %d channels; state 1 (grey) or 3 (colour), as in --own shape=32x32x3", c)
	}
	if (o.Shape.Height == 0) != (o.Shape.Width == 0) || o.Shape.Height < 0 || o.Shape.Width < 0 || o.Shape.Height > 1<<13 || o.Shape.Width > 1<<13 {
		return e, fmt.Errorf("pictures cannot be resized to %d×%d; state both sides in 1..%d, or none, as in --own shape=32x32x3", o.Shape.Height, o.Shape.Width, 1<<13)
	}
	first, err := openPicture(files[0].path)
	if err != nil {
		return e, err
	}
	if e.shape.Height == 0 {
		e.shape.Height, e.shape.Width = first.Bounds().Dy(), first.Bounds().Dx()
	}
	if e.shape.Channels == 0 {
		e.shape.Channels = first.channels
	}
	size := e.shape.Size()
	if len(files) > maxValues/size {
		return e, fmt.Errorf("%d pictures of %v are more than %d values; state a smaller size, as in --own shape=64x64x3", len(files), e.shape, maxValues)
	}
	if err := memory.Enough(memory.Product(4, len(files), size), fmt.Sprintf("a set of %d pictures of %v", len(files), e.shape)); err != nil {
		return e, fmt.Errorf("%w; state a smaller size, as in --own shape=64x64x3", err)
	}
	e.x = make([]float32, len(files)*size)
	errs := make([]error, len(files))
	var failed atomic.Bool
	parallel.Blocks(len(files), 1, func(blocks iter.Seq2[int, int]) {
		for i := range blocks {
			// Whoever began an earlier file ends it, so that the first bad one is named.
			if errs[i] = cmp.Or(ctx.Err(), picturePixels(files[i].path, e.shape, o, e.x[i*size:(i+1)*size])); errs[i] != nil {
				failed.Store(true)
			}
			if failed.Load() {
				return
			}
		}
	})
	for i, f := range files {
		if errs[i] != nil {
			return e, errs[i]
		}
		e.labels.Texts = append(e.labels.Texts, f.class)
	}
	return e, nil
}

// openPicture decodes a file.
func openPicture(path string) (picture, error) {
	f, _, err := openRegular(path)
	if err != nil {
		return picture{}, err
	}
	defer f.Close()
	p, err := decodePicture(f)
	if errors.Is(err, image.ErrFormat) {
		err = errors.New(cmp.Or(arrays.ForeignFile(path), "it is no picture of a format that is read ("+pictureFormats+")"))
	}
	if err != nil {
		return picture{}, fmt.Errorf("file %s: %w; replace or remove it", path, err)
	}
	return p, nil
}

// decodePicture refuses a size that makes no sense before its pixels exist. Of an
// animation it takes the first frame, of several pages the first. The error is
// image.ErrFormat where the bytes are of no format that is read.
func decodePicture(r io.ReadSeeker) (p picture, err error) {
	defer func() {
		if recover() != nil { // decoders of others, fed with anything
			err = errors.New("it is damaged")
		}
	}()
	c, format, err := image.DecodeConfig(r)
	if err != nil {
		return p, undecoded(format, err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxPicture/c.Height {
		return p, fmt.Errorf("its header claims %d×%d pixels, but at most %d in all are read", c.Height, c.Width, maxPicture)
	}
	if c.Width*c.Height > smallPicture {
		if err := memory.Enough(memory.Product(pixelBytes, c.Width, c.Height, runtime.GOMAXPROCS(0)), fmt.Sprintf("decoding pictures of %d×%d pixels, one on each processor,", c.Height, c.Width)); err != nil {
			return p, err
		}
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return p, err
	}
	img, _, err := image.Decode(r)
	if err != nil {
		return p, undecoded(format, err)
	}
	return picture{canvas(img, c.Width, c.Height), channels(img)}, nil
}

// undecoded says why a picture was not decoded, without the words of the decoder.
func undecoded(format string, err error) error {
	switch {
	case errors.Is(err, image.ErrFormat):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it is cut off")
	case format == "":
		return errors.New("its header is damaged")
	}
	return fmt.Errorf("it is damaged, or of a kind of %s that is not read", format)
}

// canvas puts a frame that is smaller than the picture into its place; what the
// frame leaves free is transparent.
func canvas(img image.Image, width, height int) image.Image {
	whole := image.Rect(0, 0, width, height)
	if img.Bounds() == whole || !img.Bounds().In(whole) {
		return img
	}
	full := image.NewRGBA64(whole)
	draw.Draw(full, img.Bounds(), img, img.Bounds().Min, draw.Src)
	return full
}

// channels is 1 for grey files, those with a palette of greys included, and 3 for
// all others.
func channels(img image.Image) int {
	switch img.ColorModel() {
	case color.GrayModel, color.Gray16Model:
		return 1
	}
	p, ok := img.(*image.Paletted)
	if !ok {
		return 3
	}
	for _, c := range p.Palette {
		if r, g, b, _ := c.RGBA(); r != g || g != b {
			return 3
		}
	}
	return 1
}

// picturePixels writes the values of one file, [height, width, channels] in
// 0..1, into x. What is transparent lies on black.
func picturePixels(path string, s Shape, o FileOptions, x []float32) (err error) {
	img, err := openPicture(path)
	if err != nil {
		return err
	}
	if o.Shape.Channels == 0 && img.channels != s.Channels {
		return fmt.Errorf("file %s has %d channels, but others have %d; state 1 (grey) or 3 (colour) channels for all, as in --own shape=32x32x3", path, img.channels, s.Channels)
	}
	defer func() {
		if recover() != nil { // a place beyond the palette
			err = fmt.Errorf("file %s: it is damaged; replace or remove it", path)
		}
	}()
	b := img.Bounds()
	if b.Dy() != s.Height || b.Dx() != s.Width {
		if o.Shape.Height == 0 {
			return fmt.Errorf("file %s is of %d×%d pixels, but others are of %d×%d; state a size to resize all to, as in --own shape=32x32x3", path, b.Dy(), b.Dx(), s.Height, s.Width)
		}
		resized := image.NewRGBA64(image.Rect(0, 0, s.Width, s.Height))
		draw.CatmullRom.Scale(resized, resized.Bounds(), img.Image, b, draw.Src, nil)
		img.Image, b = resized, resized.Bounds()
	}
	for row := range s.Height {
		for column := range s.Width {
			at := x[(row*s.Width+column)*s.Channels:]
			c := img.At(b.Min.X+column, b.Min.Y+row)
			if s.Channels == 1 {
				at[0] = float32(color.Gray16Model.Convert(c).(color.Gray16).Y) / 65535
				continue
			}
			red, green, blue, _ := c.RGBA()
			at[0], at[1], at[2] = float32(red)/65535, float32(green)/65535, float32(blue)/65535
		}
	}
	return nil
}
