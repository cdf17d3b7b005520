package arrays

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Source is the arrays of one file. Close it when all are read.
type Source struct {
	path   string
	kind   string // "npz", "npy", "safetensors", "table"
	arrays []*Array
	closer io.Closer
	table  *table // of a CSV file
}

// Formats lists the endings of the names of files that Open reads.
func Formats() []string { return []string{".npz", ".npy", ".safetensors", ".csv", ".tsv"} }

// Open reads the headers of a file's arrays. The format follows from the name's
// ending.
func Open(path string) (*Source, error) {
	read := map[string]func(*os.File, int64) (*Source, error){
		".npz": openNPZ, ".npy": openNPY, ".safetensors": openSafetensors, ".csv": openTable, ".tsv": openTable,
	}[strings.ToLower(filepath.Ext(path))]
	if read == nil {
		return nil, fmt.Errorf("%s is no file of features that can be read; give one that ends in %s", path, strings.Join(Formats(), ", "))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("features: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("it is not a regular file")
	}
	var s *Source
	if err == nil {
		s, err = read(f, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("file %s: %w", path, err)
	}
	s.path, s.closer = path, f
	for _, a := range s.arrays {
		a.file = path
	}
	return s, nil
}

// Path is the file's path, as given to Open.
func (s *Source) Path() string { return s.path }

// Kind is the format: npz, npy, safetensors or table.
func (s *Source) Kind() string { return s.kind }

// Table says whether the file is a table, of which Names are the columns.
func (s *Source) Table() bool { return s.table != nil }

// Close closes the file.
func (s *Source) Close() error { return s.closer.Close() }

// Names are those of the arrays, in the order of the file.
func (s *Source) Names() []string {
	names := make([]string, len(s.arrays))
	for i, a := range s.arrays {
		names[i] = a.Name
	}
	return names
}

// Has says whether there is an array of this name.
func (s *Source) Has(name string) bool { return slices.Contains(s.Names(), name) }

// Array is the array of this name. The error lists what the file has.
func (s *Source) Array(name string) (*Array, error) {
	for _, a := range s.arrays {
		if a.Name == name {
			return a, nil
		}
	}
	return nil, fmt.Errorf("file %s has no array %q; it has %s", s.path, name, s.List())
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
