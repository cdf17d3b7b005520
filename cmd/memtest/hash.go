package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

// mostHashed is the size of a file above which it is not hashed: reading all of
// it again would take longer than the measurement.
const mostHashed = 4 << 30

// filesHash is the SHA-256 of one file or, of several, that of the list of theirs,
// in hexadecimal; "" where one is very large.
func filesHash(paths []string) (string, error) {
	all := sha256.New()
	for _, path := range paths {
		sum, err := fileHash(path)
		if err != nil || sum == "" || len(paths) == 1 {
			return sum, err
		}
		fmt.Fprintln(all, sum)
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

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
