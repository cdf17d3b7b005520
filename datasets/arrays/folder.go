package arrays

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// OpenFolder reads the headers of the .npy files of a folder, each an array by the
// name of its file without the ending. A file that cannot be read is an array that
// says why once it is asked for, as others may be wanted. No file stays open.
func OpenFolder(dir string) (*Source, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	s := &Source{path: dir, kind: "folder", close: func() error { return nil }}
	for _, e := range entries {
		name, found := strings.CutSuffix(e.Name(), ".npy")
		if !found {
			continue
		}
		path := filepath.Join(dir, e.Name())
		a, err := folderArray(path)
		if err != nil {
			a = unreadable(err)
		}
		a.Name, a.file = name, path
		s.add(a) // a folder holds no two files of one name
	}
	return s, nil
}

// folderArray reads the header of a file, which is opened again for its values.
func folderArray(path string) (*Array, error) {
	f, size, err := regular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	a, start, err := npyHeader(f, size)
	if err != nil {
		return nil, err
	}
	a.open = func() (io.ReadCloser, error) {
		f, _, err := regular(path)
		if err != nil {
			return nil, err
		}
		return struct {
			io.Reader
			io.Closer
		}{io.NewSectionReader(f, start, size-start), f}, nil
	}
	return a, nil
}
