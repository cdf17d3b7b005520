package arrays

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// MaxInflate is the most that deflate can expand its input by (zlib's own
// documentation: 1032 to 1). A member of an archive that claims more is damaged.
const MaxInflate = 1032

// readNPZ reads the headers of the members of a file that numpy.savez or
// savez_compressed wrote. Nothing is unpacked to the disk. Members that cannot be
// read, such as pickled ones, are arrays that say why once they are asked for, as
// others may be wanted.
func readNPZ(f file) (*Source, error) {
	z, err := zip.NewReader(f, f.size)
	if err != nil {
		if errors.Is(err, zip.ErrFormat) {
			return nil, errors.New("it is not an .npz archive, or it is cut off; write it with numpy.savez")
		}
		return nil, err
	}
	s := &Source{kind: "npz"}
	for _, member := range z.File {
		if strings.Contains(member.Name, `\`) || slices.Contains(strings.Split(member.Name, "/"), "..") {
			return nil, fmt.Errorf("its member %q would lie outside of the archive; do not use this file", member.Name)
		}
		if besides(member.Name) {
			continue
		}
		a, err := npzArray(member, uint64(f.size))
		if err != nil {
			a = unreadable(err)
		}
		a.Name = strings.TrimSuffix(member.Name, ".npy")
		if !s.add(a) {
			return nil, fmt.Errorf("it holds two arrays named %q; write it again", a.Name)
		}
	}
	return s, nil
}

// besides says whether a member is none of the archive's contents: the entry of a
// folder, or what macOS keeps of its own beside each file.
func besides(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(name, "/") || strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, "._") || base == ".DS_Store"
}

// npzArray reads the header of a member of an archive of size bytes.
func npzArray(member *zip.File, archive uint64) (*Array, error) {
	packed, size := min(member.CompressedSize64, archive), member.UncompressedSize64
	if size > packed*MaxInflate+MaxInflate {
		return nil, fmt.Errorf("it claims to grow from %d to %d bytes, more than any compression gives", packed, size)
	}
	r, err := member.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	a, start, err := npyHeader(r, int64(size))
	if err != nil {
		return nil, err
	}
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
