package datasets

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// arrays gives the arrays of one .npz file or of a folder of .npy files by name.
type arrays interface {
	names() []string
	open(name string) (r io.ReadCloser, limit int64, err error)
}

// readNPZ reads the arrays of a file that numpy.savez or savez_compressed wrote.
func readNPZ(_ context.Context, path string, o Own) (train, test examples, err error) {
	f, err := os.Open(path)
	if err != nil {
		return train, test, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return train, test, err
	}
	return readZip(f, st.Size(), path, o)
}

func readZip(r io.ReaderAt, size int64, path string, o Own) (train, test examples, err error) {
	z, err := openZip(r, size)
	if err != nil {
		return train, test, fmt.Errorf("file %s: %w", path, err)
	}
	return o.arrays(z, path)
}

// zipArrays are the members of an archive by their name without ".npy". Nothing
// is ever unpacked to the disk.
type zipArrays map[string]*zip.File

func openZip(r io.ReaderAt, size int64) (zipArrays, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w; write it again with numpy.savez", err)
	}
	byName := zipArrays{}
	for _, f := range z.File {
		if !filepath.IsLocal(f.Name) || strings.ContainsAny(f.Name, `\:`) {
			return nil, fmt.Errorf("its member %q would lie outside of the archive; do not use this file", f.Name)
		}
		name := strings.TrimSuffix(f.Name, ".npy")
		if byName[name] != nil {
			return nil, fmt.Errorf("it holds two members named %q; write it again", f.Name)
		}
		byName[name] = f
	}
	return byName, nil
}

func (z zipArrays) names() (all []string) {
	for name := range z {
		all = append(all, name)
	}
	return all
}

func (z zipArrays) open(name string) (io.ReadCloser, int64, error) {
	f := z[name]
	if f.UncompressedSize64 > f.CompressedSize64*maxInflate+maxInflate {
		return nil, 0, fmt.Errorf("it claims to grow from %d to %d bytes, more than any compression gives", f.CompressedSize64, f.UncompressedSize64)
	}
	r, err := f.Open()
	return r, int64(f.UncompressedSize64), err
}

// readNPYFolder reads X.npy and y.npy, or whatever names are stated, of a folder.
func readNPYFolder(_ context.Context, dir string, o Own) (train, test examples, err error) {
	return o.arrays(npyFolder(dir), dir)
}

type npyFolder string

func (dir npyFolder) names() (all []string) {
	paths, _ := filepath.Glob(filepath.Join(string(dir), "*.npy")) // the only error is a bad pattern
	for _, p := range paths {
		all = append(all, strings.TrimSuffix(filepath.Base(p), ".npy"))
	}
	return all
}

func (dir npyFolder) open(name string) (io.ReadCloser, int64, error) {
	f, err := os.Open(filepath.Join(string(dir), name+".npy"))
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	if !st.Mode().IsRegular() {
		f.Close()
		return nil, 0, errors.New("it is not a regular file")
	}
	return f, st.Size(), nil
}

// arrays reads the training part and, where there is one, the test part.
func (o Own) arrays(a arrays, path string) (train, test examples, err error) {
	there := map[string]bool{}
	for _, n := range a.names() {
		there[n] = true
	}
	groups := o.Groups
	if groups == "" && there["groups"] {
		groups = "groups"
	}
	train, err = o.part(a, path, or(o.X, "X"), or(o.Y, "y"), groups, there)
	if err != nil {
		return train, test, err
	}
	x, y := or(o.TestX, "X_test"), or(o.TestY, "y_test")
	if o.TestX == "" && o.TestY == "" && !there[x] && !there[y] {
		return train, test, nil
	}
	test, err = o.part(a, path, x, y, "", there)
	return train, test, err
}

func or(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

func (o Own) part(a arrays, path, x, y, groups string, there map[string]bool) (examples, error) {
	read := func(name string, asLabels bool) (npyArray, error) {
		if !there[name] {
			return npyArray{}, fmt.Errorf("%s: there is no array %s; it holds %s: state the names", path, name, list(sorted(a.names())))
		}
		array, err := readArray(a, name, asLabels)
		if err != nil {
			return array, fmt.Errorf("%s: array %s: %w", path, name, err)
		}
		return array, nil
	}
	values, err := read(x, false)
	if err != nil {
		return examples{}, err
	}
	e, err := o.axes(values.dims, values.x)
	if err != nil {
		return e, fmt.Errorf("%s: array %s: %w", path, x, err)
	}
	column := func(name string) (labels, error) {
		l, err := read(name, true)
		if err != nil {
			return labels{}, err
		}
		if d := l.dims; len(d) != 1 && !(len(d) == 2 && d[1] == 1) || d[0] != values.dims[0] {
			return labels{}, fmt.Errorf("%s: array %s has dimensions %v, but there are %d examples in %s; give one value for each", path, name, l.dims, values.dims[0], x)
		}
		return l.labels, nil
	}
	if e.labels, err = column(y); err != nil {
		return e, err
	}
	if groups != "" {
		e.groups, err = column(groups)
	}
	return e, err
}

func readArray(a arrays, name string, asLabels bool) (npyArray, error) {
	r, limit, err := a.open(name)
	if err != nil {
		return npyArray{}, err
	}
	defer r.Close()
	return decodeNPY(r, limit, asLabels)
}
