package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
)

// mostHashed is the size of a file above which it is not hashed: reading all of
// it again would take longer than the measurement.
const mostHashed = 4 << 30

// fileHash is the SHA-256 of a file, in hexadecimal; "" for one that is very
// large.
func fileHash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() > mostHashed {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
