package plugin

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// unzip writes one member of a zip file, of exactly size bytes, into the new
// folder dir and returns its path. An archive with a name that leaves the
// folder ("../", an absolute path) is refused whole.
func unzip(archive, member string, size int64, dir string) (string, error) {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return "", fmt.Errorf("%s is not a zip file: %w", filepath.Base(archive), err)
	}
	defer z.Close()
	var found *zip.File
	for _, f := range z.File {
		if !filepath.IsLocal(f.Name) {
			return "", fmt.Errorf("%s holds the unsafe path %q: it was not unpacked", filepath.Base(archive), f.Name)
		}
		if f.Name == member {
			found = f
		}
	}
	switch {
	case found == nil:
		return "", fmt.Errorf("%s does not hold %s", filepath.Base(archive), member)
	case !found.Mode().IsRegular() || found.UncompressedSize64 != uint64(size):
		return "", fmt.Errorf("%s in %s has %d bytes instead of %d", member, filepath.Base(archive), found.UncompressedSize64, size)
	}
	r, err := found.Open()
	if err != nil {
		return "", fmt.Errorf("%s in %s cannot be read: %w", member, filepath.Base(archive), err)
	}
	defer r.Close()
	return save(r, size, filepath.Join(dir, filepath.Base(member)))
}

// untar writes the only plugin of a .tar.gz stream, of at most limit bytes, to
// path and reads the stream to its end, so that its checksum is checked.
func untar(r io.Reader, limit int64, path string) (string, error) {
	packed, err := gzip.NewReader(r)
	if err != nil {
		return "", fmt.Errorf("the release is not a .tar.gz file: %w", err)
	}
	found := false
	for t := tar.NewReader(packed); ; {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF) && found:
			// The tar archive ends before the checksum of the stream it came in.
			if _, err := io.Copy(io.Discard, io.LimitReader(packed, limit)); err != nil {
				return "", fmt.Errorf("the release is broken: %w", err)
			}
			return path, nil
		case errors.Is(err, io.EOF):
			return "", errors.New("the release holds no plugin")
		case err != nil:
			return "", fmt.Errorf("the release is broken: %w", err)
		case h.Typeflag != tar.TypeReg || found || filepath.Ext(h.Name) != filepath.Ext(path):
			continue
		case h.Size > limit:
			return "", fmt.Errorf("the plugin in the release has %d bytes, more than %d", h.Size, limit)
		}
		if _, err := save(t, h.Size, path); err != nil {
			return "", err
		}
		found = true
	}
}

// save writes exactly size bytes of r to a new file and has them on the disk
// when it returns.
func save(r io.Reader, size int64, path string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return "", err
	}
	n, err := io.Copy(f, io.LimitReader(r, size+1))
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes instead of %d", n, size)
	}
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return "", fmt.Errorf("%s was not unpacked: %w", filepath.Base(path), err)
	}
	return path, nil
}
