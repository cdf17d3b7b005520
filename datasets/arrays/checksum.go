package arrays

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// checksumKey names, in the metadata of a .safetensors file, the SHA-256 of the
// file as it is while this value is all zeros.
const checksumKey = "sha256"

var blankChecksum = strings.Repeat("0", 2*sha256.Size)

// checksumField is the checksum as it stands in the header.
func checksumField(sum string) []byte { return fmt.Appendf(nil, "%q:%q", checksumKey, sum) }

// CheckSum reads a .safetensors file whole and compares it with the SHA-256 in its
// metadata, which WriteSafetensors put there.
func (s *Source) CheckSum() error {
	if err := s.checkSum(); err != nil {
		return fmt.Errorf("file %s: %w", s.path, err)
	}
	return nil
}

func (s *Source) checkSum() error {
	want, found := s.Metadata()[checksumKey]
	if !found {
		return errors.New("it has no checksum, so this program did not write it")
	}
	header := slices.Clone(s.tensors.header)
	if i := bytes.Index(header, checksumField(want)); i >= 0 && len(want) == len(blankChecksum) {
		copy(header[i:], checksumField(blankChecksum))
	} else {
		return errors.New("its checksum cannot be read; it was altered or damaged")
	}
	sum := sha256.New()
	sum.Write(header)
	if _, err := io.Copy(sum, s.tensors.from(int64(len(header)))); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != want {
		return errors.New("its checksum is wrong: it was altered or damaged")
	}
	return nil
}
