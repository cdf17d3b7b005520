package arrays

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxInflate is the most that compression can shrink data by (deflate: 1032).
const maxInflate = 1100

// openNPZ reads the headers of the members of a file that numpy.savez or
// savez_compressed wrote. Nothing is unpacked to the disk. Pickled members are
// kept as arrays that cannot be read, so that others can.
func openNPZ(f *os.File, size int64) (*Source, error) {
	z, err := zip.NewReader(f, size)
	if err != nil {
		if errors.Is(err, zip.ErrFormat) {
			return nil, errors.New("it is not an .npz archive, or it is cut off; write it with numpy.savez")
		}
		return nil, err
	}
	s := &Source{kind: "npz"}
	for _, member := range z.File {
		a, err := npzArray(member)
		if err != nil {
			return nil, fmt.Errorf("array %s: %w", a.Name, err)
		}
		if s.Has(a.Name) {
			return nil, fmt.Errorf("it holds two arrays named %q; write it again", a.Name)
		}
		s.arrays = append(s.arrays, a)
	}
	return s, nil
}

// npzArray reads a member's header. The array returned with an error has a name.
func npzArray(member *zip.File) (*Array, error) {
	named := &Array{Name: strings.TrimSuffix(member.Name, ".npy")}
	size := member.UncompressedSize64
	if size > member.CompressedSize64*maxInflate+maxInflate {
		return named, fmt.Errorf("it claims to grow from %d to %d bytes, more than any compression gives", member.CompressedSize64, size)
	}
	r, err := member.Open()
	if err != nil {
		return named, err
	}
	defer r.Close()
	a, start, err := readNPYHeader(r, int64(size))
	if errors.Is(err, errPickled) {
		named.Type, named.elem = "object", element{name: "object", size: 1, refusal: err.Error()}
		return named, nil
	}
	if err != nil {
		return named, err
	}
	a.Name = named.Name
	a.open = func() (io.ReadCloser, error) {
		r, err := member.Open()
		if err != nil {
			return nil, err
		}
		if _, err := io.CopyN(io.Discard, r, start); err != nil {
			r.Close()
			return nil, err
		}
		return r, nil
	}
	return a, nil
}
