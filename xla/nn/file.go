package nn

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/atomicfile"
)

// readArrays reads a file that writeArrays wrote.
func readArrays(path string) (all []arrays.Named, metadata map[string]string, err error) {
	fail := func(err error) ([]arrays.Named, map[string]string, error) {
		return nil, nil, fmt.Errorf("snapshot %w", err)
	}
	s, err := arrays.OpenSafetensors(path)
	if closed := (*fs.PathError)(nil); errors.As(err, &closed) { // it is not there, or must not be read
		return nil, nil, err
	} else if err != nil {
		return fail(err)
	}
	defer s.Close()
	if err := s.CheckSum(); err != nil {
		return fail(err)
	}
	for _, name := range s.Names() {
		a, err := s.Array(name)
		if err != nil {
			return fail(err)
		}
		m, err := a.Matrix(0)
		if err != nil {
			return fail(err)
		}
		all = append(all, arrays.Named{Name: name, Dims: a.Dims, Floats: m.Data})
	}
	return all, s.Metadata(), nil
}

// writeArrays writes arrays and metadata as a safetensors file, see writeFile.
func writeArrays(path string, held func() error, all []arrays.Named, metadata map[string]string) error {
	return writeFile(path, held, func(w io.Writer) error { return arrays.WriteSafetensors(w, metadata, all...) })
}

// writeFile writes a file whole or not at all, and makes its folder where there is
// none. held is asked at the last moment, see Training.Held; nil = always.
func writeFile(path string, held func() error, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	return atomicfile.WriteFileFrom(path, func(w io.Writer) error {
		err := write(w)
		if err == nil && held != nil {
			err = held()
		}
		return err
	})
}
