// Command adult draws the small table that is part of the datasets package: 5,000 lines
// of adult.data and 1,000 of adult.test at random, by seed 1, in their order, compressed
// by gzip. It reads the files of the data set adult where datasets.Find finds them, and
// writes into the folder given. Run it with "go generate ./datasets"; it prints the table
// of adult_files.go.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: adult FOLDER")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(dir string) error {
	ctx := context.Background()
	if _, _, err := datasets.Load(ctx, "adult", datasets.Options{Offline: true}); err != nil { // compares the sums
		return err
	}
	from, err := datasets.Find(ctx, "adult", datasets.Options{})
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		n    int
	}{{"adult.data", 5000}, {"adult.test", 1000}} {
		content, err := os.ReadFile(filepath.Join(from, part.name))
		if err != nil {
			return err
		}
		if err := write(filepath.Join(dir, part.name+".gz"), drawn(string(content), part.name, part.n)); err != nil {
			return err
		}
	}
	return nil
}

// drawn are n of the lines that hold examples, in their order.
func drawn(content, name string, n int) []byte {
	var lines []string
	for line := range strings.Lines(content) {
		if strings.Contains(line, ", ") {
			lines = append(lines, line)
		}
	}
	chosen := seed.Stream(1, "adult-sample", name).Perm(len(lines))[:n]
	slices.Sort(chosen)
	var b bytes.Buffer
	for _, k := range chosen {
		b.WriteString(lines[k])
	}
	return b.Bytes()
}

// write stores bytes compressed and prints their line of the table.
func write(path string, content []byte) error {
	var zipped bytes.Buffer
	z, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(content); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	fmt.Printf("{Name: %q, Size: %d, SHA256: \"%x\", Content: \"%x\"},\n", filepath.Base(path), zipped.Len(), sha256.Sum256(zipped.Bytes()), sha256.Sum256(content))
	return os.WriteFile(path, zipped.Bytes(), 0o644)
}
