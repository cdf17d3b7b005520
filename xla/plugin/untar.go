package plugin

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/seed-1a417598/memtest/xla/wheels"
)

// untar writes the only plugin of a .tar.gz stream, of at most limit bytes, to
// path and reads the stream to its end, so that its checksum is checked.
func untar(r io.Reader, limit int64, path string) error {
	packed, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("the release is not a .tar.gz file: %w", err)
	}
	found := false
	for t := tar.NewReader(packed); ; {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF) && found:
			// The tar archive ends before the checksum of the stream it came in.
			if _, err := io.Copy(io.Discard, io.LimitReader(packed, limit)); err != nil {
				return fmt.Errorf("the release is broken: %w", err)
			}
			return nil
		case errors.Is(err, io.EOF):
			return errors.New("the release holds no plugin")
		case err != nil:
			return fmt.Errorf("the release is broken: %w", err)
		case h.Typeflag != tar.TypeReg || found || filepath.Ext(h.Name) != filepath.Ext(path):
			continue
		case h.Size > limit:
			return fmt.Errorf("the plugin in the release has %d bytes, more than %d", h.Size, limit)
		}
		if err := wheels.WriteMember(t, h.Size, path); err != nil {
			return err
		}
		found = true
	}
}
