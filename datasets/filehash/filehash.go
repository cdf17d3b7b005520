// Package filehash says by contents which file it is.
package filehash

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
)

// Of is the SHA-256 of a file, in hexadecimal.
func Of(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
