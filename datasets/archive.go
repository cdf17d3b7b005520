package datasets

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Archives are read where they lie: only members of expected names are looked
// at, and none is unpacked to the disk, so a path in an archive leads nowhere.

// checkArchive compares a whole file with its known size and sum.
func (f File) checkArchive(ctx context.Context, path, set string) error {
	r, _, err := openRegular(path)
	if err != nil {
		return err
	}
	defer r.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(contextReader{ctx, r}, f.Size+1))
	if err != nil {
		return err
	}
	if n != f.Size {
		return fmt.Errorf("file %s is not the %s of %s: it is of another size than %d bytes; remove it and fetch it again", path, f.Name, set, f.Size)
	}
	if sum := hexSum(h); sum != f.SHA256 {
		return fmt.Errorf("file %s is not the %s of %s: its SHA-256 is %s, expected %s; remove it and fetch it again", path, f.Name, set, sum, f.SHA256)
	}
	return nil
}

// contextReader stops reading when the context ends.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r contextReader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}

// loadCIFAR reads a named set of CIFAR from its archive or, where it lies
// unpacked, from its files.
func (i Info) loadCIFAR(ctx context.Context, dir string) (*Set, *Set, error) {
	files := cifar10Files()
	if len(i.Classes) == 100 {
		files = cifar100Files()
	}
	var train, test examples
	packed := filepath.Join(dir, i.Files[0].Name)
	if _, err := os.Stat(packed); err == nil {
		if err := i.Files[0].checkArchive(ctx, packed, i.Name); err != nil {
			return nil, nil, err
		}
		if train, test, err = i.openCIFAR(ctx, packed, files); err != nil {
			return nil, nil, fmt.Errorf("file %s: %w; fetch it again", packed, err)
		}
	} else {
		for _, name := range files.train {
			if err := readRecords(filepath.Join(dir, name), files.labelBytes, &train); err != nil {
				return nil, nil, err
			}
		}
		if err := readRecords(filepath.Join(dir, files.test), files.labelBytes, &test); err != nil {
			return nil, nil, err
		}
		if err := i.asCIFAR(dir, train); err != nil {
			return nil, nil, err
		}
	}
	return i.buildSets(dir, train, test)
}

// asCIFAR refuses unpacked records that are not CIFAR's, as far as that is known
// without their sums: CIFAR has equally many training images of every class.
func (i Info) asCIFAR(dir string, train examples) error {
	labels := train.labels.Ints
	of := map[int64]int{}
	for _, y := range labels {
		of[y]++
	}
	for _, y := range slices.Sorted(maps.Keys(of)) {
		if n := of[y]; n*len(of) != len(labels) {
			return fmt.Errorf("folder %s holds files that are named as those of %s, but %d of the %d training images have the label %d, and %s has equally many of each class; give data of your own by their path",
				dir, i.Name, n, len(labels), y, i.Name)
		}
	}
	return nil
}

func (i Info) openCIFAR(ctx context.Context, archive string, files cifarFiles) (train, test examples, err error) {
	f, err := os.Open(archive)
	if err != nil {
		return train, test, err
	}
	defer f.Close()
	return i.unpackCIFAR(contextReader{ctx, f}, files)
}

// unpackCIFAR reads the records in an archive .tar.gz. The members may come in
// any order; training records keep that of the files' names.
func (i Info) unpackCIFAR(r io.Reader, files cifarFiles) (train, test examples, err error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return train, test, err
	}
	want := append(slices.Clone(files.train), files.test)
	parts := make([]examples, len(want))
	sizes := make([]int64, len(want))
	for k := range files.train {
		sizes[k] = int64(i.Train/len(files.train)) * int64(files.labelBytes+cifarPixels)
	}
	sizes[len(files.train)] = int64(i.Test) * int64(files.labelBytes+cifarPixels)
	t := tar.NewReader(z)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return train, test, err
		}
		k := slices.Index(want, path.Base(h.Name))
		if k < 0 || h.Typeflag != tar.TypeReg {
			continue
		}
		if parts[k].x != nil {
			return train, test, fmt.Errorf("it holds two members named %s", want[k])
		}
		if h.Size != sizes[k] {
			return train, test, fmt.Errorf("its member %s is of %d bytes, expected %d", h.Name, h.Size, sizes[k])
		}
		if err := cifarRecords(t, h.Size, files.labelBytes, &parts[k]); err != nil {
			return train, test, fmt.Errorf("its member %s: %w", h.Name, err)
		}
	}
	for k, p := range parts {
		if p.x == nil {
			return train, test, fmt.Errorf("it holds no member %s", want[k])
		}
	}
	train = examples{shape: color32, x: make([]float32, 0, i.Train*cifarPixels)}
	for _, p := range parts[:len(files.train)] {
		train.x = append(train.x, p.x...)
		train.labels.Ints = append(train.labels.Ints, p.labels.Ints...)
	}
	return train, parts[len(files.train)], nil
}

// buildSets finishes a named set whose labels number its classes.
func (i Info) buildSets(where string, train, test examples) (*Set, *Set, error) {
	if a, b := train.labels.Len(), test.labels.Len(); a != i.Train || b != i.Test {
		return nil, nil, fmt.Errorf("%s: %s has %d training and %d test examples, but there are %d and %d", where, i.Name, i.Train, i.Test, a, b)
	}
	if train.shape != i.Shape {
		return nil, nil, fmt.Errorf("%s: examples of %s are %v, but these are %v", where, i.Name, i.Shape, train.shape)
	}
	train.numberBy(i.Classes)
	test.numberBy(i.Classes)
	return finish(i.Name, i.Classes, train, test)
}

// emnistFiles are the members of gzip.zip that make EMNIST Digits.
var emnistFiles = [4]string{
	"emnist-digits-train-images-idx3-ubyte.gz", "emnist-digits-train-labels-idx1-ubyte.gz",
	"emnist-digits-test-images-idx3-ubyte.gz", "emnist-digits-test-labels-idx1-ubyte.gz",
}

// loadEMNIST reads EMNIST Digits from its archive or from its unpacked files.
// Its images are stored column by column; they are turned to be as MNIST's.
func (i Info) loadEMNIST(ctx context.Context, dir string) (*Set, *Set, error) {
	var parts [4]bytesArray
	packed := filepath.Join(dir, i.Files[0].Name)
	if _, err := os.Stat(packed); err == nil {
		if err := i.Files[0].checkArchive(ctx, packed, i.Name); err != nil {
			return nil, nil, err
		}
		if parts, err = unpackEMNIST(packed); err != nil {
			return nil, nil, fmt.Errorf("file %s: %w; fetch it again", packed, err)
		}
	} else {
		for k, name := range emnistFiles {
			if parts[k], _, err = readIDXFile(findFile(dir, name)); err != nil {
				return nil, nil, err
			}
		}
	}
	for k := range parts {
		transpose(&parts[k])
	}
	train, err := idxExamples(parts[0], parts[1])
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", dir, err)
	}
	test, err := idxExamples(parts[2], parts[3])
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", dir, err)
	}
	return i.buildSets(dir, train, test)
}

func unpackEMNIST(archive string) (parts [4]bytesArray, err error) {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return parts, err
	}
	defer z.Close()
	for _, f := range z.File {
		k := slices.Index(emnistFiles[:], path.Base(f.Name))
		if k < 0 {
			continue
		}
		if parts[k].data != nil {
			return parts, fmt.Errorf("it holds two members named %s", emnistFiles[k])
		}
		if parts[k], err = zippedIDX(f); err != nil {
			return parts, fmt.Errorf("its member %s: %w", f.Name, err)
		}
	}
	for k, a := range parts {
		if a.data == nil {
			return parts, fmt.Errorf("it holds no member %s", emnistFiles[k])
		}
	}
	return parts, nil
}

func zippedIDX(f *zip.File) (bytesArray, error) {
	r, err := f.Open()
	if err != nil {
		return bytesArray{}, err
	}
	defer r.Close()
	content, limit, err := inflate(r, int64(min(f.UncompressedSize64, f.CompressedSize64*arrays.MaxInflate)))
	if err != nil {
		return bytesArray{}, err
	}
	return decodeIDX(content, limit)
}

// transpose swaps rows and columns of every image; labels stay.
func transpose(a *bytesArray) {
	if len(a.dims) != 3 {
		return
	}
	h, w := a.dims[1], a.dims[2]
	turned := make([]byte, len(a.data))
	for at := 0; at < len(a.data); at += h * w {
		for y := range h {
			for x := range w {
				turned[at+x*h+y] = a.data[at+y*w+x]
			}
		}
	}
	a.data, a.dims = turned, []int{a.dims[0], w, h}
}
