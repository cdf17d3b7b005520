package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/seed"
)

// arrayFile is a file of features that a test changes before it is measured.
type arrayFile map[string]arrays.Named

// readArrays reads a file of features whole: labels as whole numbers, all else as float32.
func readArrays(t *testing.T, path string) arrayFile {
	t.Helper()
	source, err := arrays.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	f := arrayFile{}
	for _, name := range source.Names() {
		a, err := source.Array(name)
		if err == nil {
			f[name], err = readNamed(a)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func readNamed(a *arrays.Array) (arrays.Named, error) {
	n := arrays.Named{Name: a.Name, Dims: a.Dims}
	switch {
	case strings.HasSuffix(a.Name, "labels"):
		l, err := a.Labels()
		for _, v := range l.Ints {
			n.Ints = append(n.Ints, int32(v))
		}
		return n, err
	case len(a.Dims) == 0:
		v, err := a.Value()
		n.Floats = []float32{float32(v)}
		return n, err
	}
	m, err := a.Matrix(0)
	n.Floats = m.Data
	return n, err
}

// write writes the file, and says where.
func (f arrayFile) write(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "features.npz")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var all []arrays.Named
	for _, a := range f {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b arrays.Named) int { return strings.Compare(a.Name, b.Name) })
	if err := arrays.WriteNPZ(out, all...); err != nil {
		t.Fatal(err)
	}
	return path
}

// of are the names of the arrays with these last words, as valid_0.1, in order.
func (f arrayFile) of(last ...string) []string {
	var all []string
	for name := range f {
		if slices.Contains(last, name[strings.LastIndex(name, "/")+1:]) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// layer are the names of the sets of a layer.
func (f arrayFile) layer(prefix string) []string {
	return slices.DeleteFunc(f.of("train", "fresh", "valid_0", "valid_0.1", "valid_0.3"), func(name string) bool { return !strings.HasPrefix(name, prefix) })
}

// drop leaves out the arrays with these letters in their names.
func (f arrayFile) drop(letters ...string) {
	for name := range f {
		if slices.ContainsFunc(letters, func(s string) bool { return strings.Contains(name, s) }) {
			delete(f, name)
		}
	}
}

// change changes the values of arrays, each by its place and what it is.
func (f arrayFile) change(names []string, to func(i int, v float32) float32) {
	for _, name := range names {
		for i, v := range f[name].Floats {
			f[name].Floats[i] = to(i, v)
		}
	}
}

// reorder shuffles the examples of sets, those of each in all layers and networks alike.
func (f arrayFile) reorder(sets ...string) {
	for _, name := range f.of(sets...) {
		a := f[name]
		d := len(a.Floats) / a.Dims[0]
		seed.Stream(1, "reorder").Shuffle(a.Dims[0], func(i, j int) {
			for k := range d {
				a.Floats[i*d+k], a.Floats[j*d+k] = a.Floats[j*d+k], a.Floats[i*d+k]
			}
		})
	}
}

// relabel gives examples other labels, each by its place.
func (f arrayFile) relabel(names []string, to func(i int) int32) {
	for _, name := range names {
		for i := range f[name].Ints {
			f[name].Ints[i] = to(i)
		}
	}
}

// number puts a number into the file.
func (f arrayFile) number(name string, v float32) {
	f[name] = arrays.Named{Name: name, Floats: []float32{v}}
}

// put puts the first examples of an array (0 = all), so many times over, under a name.
func (f arrayFile) put(name, from string, first, times int) {
	a := f[from]
	n := a.Dims[0]
	if first == 0 {
		first = n
	}
	a.Name, a.Dims = name, slices.Clone(a.Dims)
	a.Dims[0] = first * times
	if a.Ints != nil {
		a.Ints = slices.Repeat(a.Ints[:len(a.Ints)/n*first], times)
	} else {
		a.Floats = slices.Repeat(a.Floats[:len(a.Floats)/n*first], times)
	}
	f[name] = a
}
