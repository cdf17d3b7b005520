package datasets

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // for image.Decode
	_ "image/png"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/image/draw"

	"github.com/seed-1a417598/memtest/datasets/parallel"
)

// maxPicture bounds the pixels of one picture file, 64 million.
const maxPicture = 1 << 26

// readPictures reads a folder with one subfolder of PNG or JPEG files for each
// class, or with the folders train and test of that form. Folders are read in
// the order of their names; names that start with a dot are passed over.
func readPictures(ctx context.Context, dir string, o FileOptions) (train, test examples, err error) {
	folders, err := subfolders(dir)
	if err != nil {
		return train, test, err
	}
	if !slices.Contains(folders, "train") {
		train, err = readClasses(ctx, dir, folders, o)
		return train, test, err
	}
	for _, f := range folders {
		if f != "train" && f != "test" {
			return train, test, fmt.Errorf("folder %s holds train and also %s; beside train there may be test only", dir, f)
		}
	}
	for part, e := range map[string]*examples{"train": &train, "test": &test} {
		if !slices.Contains(folders, part) {
			continue
		}
		sub := filepath.Join(dir, part)
		classes, err := subfolders(sub)
		if err != nil {
			return train, test, err
		}
		if *e, err = readClasses(ctx, sub, classes, o); err != nil {
			return train, test, err
		}
	}
	return train, test, nil
}

// subfolders lists the folders in a folder, links to folders included.
func subfolders(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if hidden(e.Name()) {
			continue
		}
		st, err := os.Stat(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("%w; remove it", err) // a link to itself or to nothing
		}
		if st.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// pictureFile is one file and the name of its class.
type pictureFile struct{ path, class string }

func readClasses(ctx context.Context, dir string, classes []string, o FileOptions) (examples, error) {
	var files []pictureFile
	for _, class := range classes {
		found, err := pictureFiles(filepath.Join(dir, class), class)
		if err != nil {
			return examples{}, err
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		return examples{}, fmt.Errorf("folder %s holds no folders of PNG or JPEG files; make one for each class", dir)
	}
	return decodePictures(ctx, files, o)
}

// pictureFiles lists the files of a class by name.
func pictureFiles(dir, class string) ([]pictureFile, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []pictureFile
	stems := map[string]string{}
	for _, e := range entries {
		name := e.Name()
		path := filepath.Join(dir, name)
		if hidden(name) {
			continue
		}
		st, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("%w; remove it", err)
		}
		if st.IsDir() {
			return nil, fmt.Errorf("folder %s lies inside of the class %s; a class folder holds pictures only", path, class)
		}
		ext := strings.ToLower(filepath.Ext(name))
		if !slices.Contains([]string{".png", ".jpg", ".jpeg"}, ext) {
			continue
		}
		stem := strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name)))
		if other := stems[stem]; other != "" {
			return nil, fmt.Errorf("folder %s holds %s and %s, which may be one picture twice; rename or remove one", dir, other, name)
		}
		stems[stem] = name
		files = append(files, pictureFile{path, class})
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("class folder %s holds no PNG or JPEG file; fill or remove it", dir)
	}
	return files, nil
}

// decodePictures decodes all files on all processors. The first file says the
// shape, but for what o.Shape states.
func decodePictures(ctx context.Context, files []pictureFile, o FileOptions) (examples, error) {
	e := examples{shape: o.Shape}
	if c := o.Shape.Channels; c != 0 && c != 1 && c != 3 {
		return e, fmt.Errorf("pictures cannot have %d channels; state 1 (grey) or 3 (colour)", c)
	}
	if (o.Shape.Height == 0) != (o.Shape.Width == 0) || o.Shape.Height < 0 || o.Shape.Width < 0 || o.Shape.Height > 1<<13 || o.Shape.Width > 1<<13 {
		return e, fmt.Errorf("pictures cannot be resized to %d×%d; state both sides in 1..%d, or none", o.Shape.Height, o.Shape.Width, 1<<13)
	}
	first, err := openPicture(files[0].path)
	if err != nil {
		return e, err
	}
	if e.shape.Height == 0 {
		e.shape.Height, e.shape.Width = first.Bounds().Dy(), first.Bounds().Dx()
	}
	if e.shape.Channels == 0 {
		e.shape.Channels = channels(first)
	}
	size := e.shape.Size()
	if len(files) > maxValues/size {
		return e, fmt.Errorf("%d pictures of %v are more than %d values; state a smaller size", len(files), e.shape, maxValues)
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

// channels is 1 for grey files and 3 for all others.
func channels(img image.Image) int {
	switch img.ColorModel() {
	case color.GrayModel, color.Gray16Model:
		return 1
	}
	return 3
}

func openPicture(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	img, err := decodePicture(f)
	if err != nil {
		return nil, fmt.Errorf("file %s: %w; replace or remove it", path, err)
	}
	return img, nil
}

// decodePicture refuses a size that makes no sense before its pixels exist.
func decodePicture(r io.ReadSeeker) (image.Image, error) {
	c, _, err := image.DecodeConfig(r)
	if err != nil {
		return nil, err
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxPicture/c.Height {
		return nil, fmt.Errorf("its header claims %d×%d pixels", c.Width, c.Height)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(r)
	return img, err
}

// picturePixels writes the values of one file, [height, width, channels] in
// 0..1, into x. What is transparent lies on black.
func picturePixels(path string, s Shape, o FileOptions, x []float32) error {
	img, err := openPicture(path)
	if err != nil {
		return err
	}
	if o.Shape.Channels == 0 && channels(img) != s.Channels {
		return fmt.Errorf("file %s has %d channels, but others have %d; state 1 (grey) or 3 (colour) channels for all", path, channels(img), s.Channels)
	}
	b := img.Bounds()
	if b.Dy() != s.Height || b.Dx() != s.Width {
		if o.Shape.Height == 0 {
			return fmt.Errorf("file %s is of %d×%d pixels, but others are of %d×%d; state a size to resize all to", path, b.Dy(), b.Dx(), s.Height, s.Width)
		}
		resized := image.NewRGBA64(image.Rect(0, 0, s.Width, s.Height))
		draw.CatmullRom.Scale(resized, resized.Bounds(), img, b, draw.Src, nil)
		img, b = resized, resized.Bounds()
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
