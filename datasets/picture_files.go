package datasets

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// pictureFormats are those that are read, for people.
const pictureFormats = "PNG, JPEG, GIF, BMP, TIFF or WebP"

// Endings of the names of pictures: those of formats that are read, and those of
// formats that are not, which are never left out as if they were no pictures.
var (
	readEndings  = []string{".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".webp"}
	otherEndings = []string{".avif", ".heic", ".heif", ".jxl", ".jp2", ".j2k", ".svg", ".psd", ".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2",
		".ico", ".eps", ".tga", ".pcx", ".ppm", ".pgm", ".pbm", ".pnm", ".exr", ".hdr", ".dds", ".dcm", ".nii", ".npy", ".npz"}
)

// mostLeft is the share of a class folder's files that may be left out with a
// notice; more is taken for a mistake.
const mostLeft = 0.1

// pictureFiles lists the pictures of a class folder by name, and the files that are
// none.
func pictureFiles(dir string) (pictures, left []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	var others []string
	for _, e := range entries {
		if litter(e.Name()) {
			continue
		}
		k, err := kindOf(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, nil, err
		}
		to := map[kind]*[]string{readPicture: &pictures, otherPicture: &others, noPicture: &left}[k]
		*to = append(*to, e.Name())
	}
	if len(others) > 0 {
		return nil, nil, fmt.Errorf("class folder %s holds %s; only %s are read: convert them, as with mogrify -format png, or move them away", dir, filesLeft(others, "of formats that are not read"), pictureFormats)
	}
	if len(pictures) == 0 {
		return nil, nil, fmt.Errorf("class folder %s holds no picture (%s); fill or remove it", dir, pictureFormats)
	}
	stems, err := stemsOf(dir, pictures)
	if err != nil {
		return nil, nil, err
	}
	alone := slices.DeleteFunc(slices.Clone(left), func(name string) bool { // not the note that goes with a picture
		return stems[stem(name)] || slices.Contains(pictures, strings.TrimSuffix(name, filepath.Ext(name)))
	})
	if float64(len(alone)) > mostLeft*float64(len(pictures)+len(alone)) && len(alone) > 1 {
		return nil, nil, fmt.Errorf("class folder %s holds %s; move them away", dir, filesLeft(alone, fmt.Sprintf("that are no pictures beside %d that are", len(pictures))))
	}
	return pictures, left, nil
}

// stemsOf are the names of the pictures without their endings. Two of one are
// refused.
func stemsOf(dir string, pictures []string) (map[string]bool, error) {
	seen := map[string]string{}
	stems := map[string]bool{}
	for _, name := range pictures {
		s := stem(name)
		if other := seen[s]; other != "" {
			return nil, fmt.Errorf("folder %s holds %s and %s, which may be one picture twice; rename or remove one", dir, other, name)
		}
		seen[s], stems[s] = name, true
	}
	return stems, nil
}

func stem(name string) string { return strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name))) }

// kind is what a file in a class folder is.
type kind int

const (
	noPicture    kind = iota
	readPicture       // of a format that is read
	otherPicture      // of another
)

// kindOf tells it by the ending of the file's name or, where that is none of a
// picture's, by its first bytes.
func kindOf(path string) (kind, error) {
	st, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("%w; remove it", err)
	}
	ending := strings.ToLower(filepath.Ext(path))
	switch {
	case st.IsDir():
		return 0, fmt.Errorf("folder %s lies inside of the class %s, but a class folder holds pictures only; if the classes are the folders in %s, give its path", path, filepath.Base(filepath.Dir(path)), filepath.Dir(path))
	case !st.Mode().IsRegular():
		return 0, fmt.Errorf("%s is not a regular file; remove it", path)
	case slices.Contains(readEndings, ending):
		return readPicture, nil
	case slices.Contains(otherEndings, ending):
		return otherPicture, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if _, _, err := image.DecodeConfig(f); !errors.Is(err, image.ErrFormat) {
		return readPicture, nil // it begins as a picture does; whether it is whole is seen when it is read
	}
	return noPicture, nil
}
