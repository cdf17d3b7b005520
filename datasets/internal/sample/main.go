// Command sample draws the small set that is part of the datasets package:
// 5,000 training and 1,000 test images of Fashion-MNIST, classes in equal
// numbers, by seed 1, as IDX files compressed by gzip. It needs Fashion-MNIST
// where datasets.Load finds it, and writes into the folder given. Run it with
// "go generate ./datasets"; it prints the table of sample_files.go.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"

	"github.com/seed-1a417598/memtest/datasets"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: sample FOLDER")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(dir string) error {
	train, test, err := datasets.Load(context.Background(), "fashion-mnist", datasets.Options{Offline: true})
	if err != nil {
		return err
	}
	for _, part := range []struct {
		prefix string
		of     *datasets.Set
		n      int
	}{{"train", train, 5000}, {"t10k", test, 1000}} {
		s, err := datasets.Stratified(part.of, part.n, 1)
		if err != nil {
			return err
		}
		pixels, labels := make([]byte, len(s.X)), make([]byte, len(s.Y))
		for i, v := range s.X {
			pixels[i] = byte(math.Round(float64(v) * 255))
		}
		for i, y := range s.Y {
			labels[i] = byte(y)
		}
		if err := write(filepath.Join(dir, part.prefix+"-images-idx3-ubyte.gz"), pixels, s.Len(), s.Shape.Height, s.Shape.Width); err != nil {
			return err
		}
		if err := write(filepath.Join(dir, part.prefix+"-labels-idx1-ubyte.gz"), labels, s.Len()); err != nil {
			return err
		}
	}
	return nil
}

// write stores bytes as an IDX file and prints its line of the table.
func write(path string, data []byte, dims ...int) error {
	content := []byte{0, 0, 0x08, byte(len(dims))}
	for _, d := range dims {
		content = binary.BigEndian.AppendUint32(content, uint32(d))
	}
	content = append(content, data...)
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
