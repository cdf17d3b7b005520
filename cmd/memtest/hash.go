package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/seed-1a417598/memtest/datasets/filehash"
)

// filesHash is the SHA-256 of one file or, of several, that of the list of theirs,
// in hexadecimal.
func filesHash(paths []string) (string, error) {
	all := sha256.New()
	for _, path := range paths {
		sum, err := fileHash(path)
		if err != nil || len(paths) == 1 {
			return sum, err
		}
		fmt.Fprintln(all, sum)
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

// A larger file than wholeHashed is hashed by hashedBlocks blocks of hashedBlock
// bytes, spread over it from the first to the last: to read all of it would take
// longer than to measure what --n asks for. Features computed anew differ in nearly
// every block.
const (
	wholeHashed  = 4 << 30
	hashedBlocks = 1024
	hashedBlock  = 1 << 20
)

// fileHash is the SHA-256 of a file, in hexadecimal; of a very large one that of its
// size and of blocks of it.
func fileHash(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	size := info.Size()
	if size <= wholeHashed {
		return filehash.Of(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	fmt.Fprintf(h, "%d bytes, %d blocks of %d\n", size, hashedBlocks, hashedBlock)
	for i := range int64(hashedBlocks) {
		if _, err := io.Copy(h, io.NewSectionReader(f, (size-hashedBlock)/(hashedBlocks-1)*i, hashedBlock)); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
