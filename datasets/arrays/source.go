package arrays

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Source is the arrays of one file, or of a folder of .npy files. Close it when
// all are read.
type Source struct {
	path   string
	kind   string
	arrays []*Array
	byName map[string]*Array
	close  func() error

	table   *table   // of a CSV or TSV file
	tensors *tensors // of a .safetensors file
}

// file is what the readers of the formats read.
type file struct {
	path string
	io.ReaderAt
	size int64
}

// from reads the file from here to its end.
func (f file) from(start int64) *io.SectionReader {
	return io.NewSectionReader(f, start, f.size-start)
}

// readers are those of the formats, by the endings of files' names.
var readers = map[string]func(file) (*Source, error){
	".npz": readNPZ, ".npy": readNPY, ".safetensors": readSafetensors, ".csv": readTable, ".tsv": readTable, ".tab": readTable,
}

// Formats lists the endings of the names of files that Open reads.
func Formats() []string { return slices.Sorted(maps.Keys(readers)) }

// Open reads the headers of a file's arrays. The format follows from the name's
// ending, one of Formats.
func Open(path string) (*Source, error) {
	ending := strings.ToLower(filepath.Ext(path))
	read := readers[ending]
	what := ForeignFile(path)
	if ending == ".safetensors" && what != "" { // its first bytes are a length, which can be any
		if s, err := open(path, read); err == nil {
			return s, nil
		}
	}
	if what != "" {
		return nil, fmt.Errorf("file %s: %s", path, what)
	}
	if read == nil {
		return nil, fmt.Errorf("%s is no file of arrays that can be read; give one that ends in %s", path, strings.Join(Formats(), ", "))
	}
	return open(path, read)
}

// OpenSafetensors is Open for a .safetensors file, whatever its name ends in.
func OpenSafetensors(path string) (*Source, error) { return open(path, readSafetensors) }

func open(path string, read func(file) (*Source, error)) (*Source, error) {
	f, size, err := regular(path)
	if err != nil {
		return nil, err
	}
	s, err := read(file{path, f, size})
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("file %s: %w", path, err)
	}
	s.path, s.close = path, f.Close
	for _, a := range s.arrays {
		a.file = path
	}
	return s, nil
}

// regular opens a file that has contents and a size: no folder and no pipe.
func regular(path string) (*os.File, int64, error) {
	if there, err := os.Stat(path); err == nil && !there.IsDir() && !there.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("file %s: it is not a regular file; save what it gives as a file", path) // opening a pipe waits for its other end
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("file %s: it is not a regular file", path)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// Path is the path of the file or folder, as given to Open.
func (s *Source) Path() string { return s.path }

// Kind is the format: npz, npy, safetensors, table, or folder, which is one of
// .npy files.
func (s *Source) Kind() string { return s.kind }

// Table says whether the file is a table, of which Names are the columns.
func (s *Source) Table() bool { return s.table != nil }

// Close closes the file.
func (s *Source) Close() error { return s.close() }

// Names are those of the arrays, in the order of the file.
func (s *Source) Names() []string {
	names := make([]string, len(s.arrays))
	for i, a := range s.arrays {
		names[i] = a.Name
	}
	return names
}

// Has says whether there is an array of this name.
func (s *Source) Has(name string) bool { return s.byName[name] != nil }

// add adds an array; false = there is one of its name already.
func (s *Source) add(a *Array) bool {
	if s.Has(a.Name) {
		return false
	}
	if s.byName == nil {
		s.byName = map[string]*Array{}
	}
	s.arrays, s.byName[a.Name] = append(s.arrays, a), a
	return true
}

// Array is the array of this name. The error lists what the file has.
func (s *Source) Array(name string) (*Array, error) {
	if a := s.byName[name]; a != nil {
		return a, nil
	}
	return nil, fmt.Errorf("%s has no array %q; it has %s", s.path, name, s.List())
}

// listed is how many arrays an error names.
const listed = 20

// List names the arrays with their types and shapes, for people.
func (s *Source) List() string {
	if len(s.arrays) == 0 {
		return "none"
	}
	var all []string
	for _, a := range s.arrays[:min(listed, len(s.arrays))] {
		all = append(all, a.String())
	}
	if more := len(s.arrays) - listed; more > 0 {
		all = append(all, fmt.Sprintf("%d more", more))
	}
	return strings.Join(all, ", ")
}
