package wheels

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// unzip writes one member of a zip file, of exactly size bytes, to a new file. An
// archive with a name that leaves its folder ("../", an absolute path) is refused
// whole.
func unzip(archive, member string, size int64, path string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("%s is not a zip file: %w", filepath.Base(archive), err)
	}
	defer z.Close()
	var found *zip.File
	for _, f := range z.File {
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("%s holds the unsafe path %q: it was not unpacked", filepath.Base(archive), f.Name)
		}
		if f.Name == member {
			found = f
		}
	}
	switch {
	case found == nil:
		return fmt.Errorf("%s does not hold %s", filepath.Base(archive), member)
	case !found.Mode().IsRegular() || found.UncompressedSize64 != uint64(size):
		return fmt.Errorf("%s in %s has %d bytes instead of %d", member, filepath.Base(archive), found.UncompressedSize64, size)
	}
	r, err := found.Open()
	if err != nil {
		return fmt.Errorf("%s in %s cannot be read: %w", member, filepath.Base(archive), err)
	}
	defer r.Close()
	return WriteMember(r, size, path)
}

// WriteMember writes a member of an archive, which is exactly size bytes of r, to
// a new file and has them on the disk when it returns. It is an error where r has
// fewer or more bytes, of which no more than one is read, or the file is there
// already.
func WriteMember(r io.Reader, size int64, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(r, size+1))
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes instead of %d", n, size)
	}
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("%s was not unpacked: %w", filepath.Base(path), err)
	}
	return nil
}
