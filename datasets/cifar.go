package datasets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/memory"
)

// The binary versions of CIFAR hold one record an image: its label, one byte
// (CIFAR-10), or coarse and fine label, two bytes (CIFAR-100), then 32×32 values
// of red, of green and of blue, row by row (https://www.cs.toronto.edu/~kriz/cifar.html).

const cifarPixels = 32 * 32 * 3

// cifarName is the name of a file of records.
var cifarName = regexp.MustCompile(`^(data_batch_[0-9]+|test_batch|train|test)\.bin$`)

// cifarRecords reads size bytes of records with this many label bytes, of which
// the last is the label, into e. size is known to be true or to be what is
// expected, so that it may be allocated.
func cifarRecords(r io.Reader, size int64, labelBytes int, e *examples) error {
	record := int64(labelBytes + cifarPixels)
	if size == 0 || size%record != 0 {
		return fmt.Errorf("its %d bytes are not a whole number of records of %d", size, record)
	}
	if size > maxValues {
		return fmt.Errorf("its %d bytes are more than %d", size, maxValues)
	}
	if err := memory.Enough(4*float64(size), fmt.Sprintf("its array of %d images", size/record)); err != nil {
		return err
	}
	b := make([]byte, record)
	unit := unitTable()
	n := int(size / record)
	e.shape = color32
	e.x = slices.Grow(e.x, n*cifarPixels)
	for range n {
		if _, err := io.ReadFull(r, b); err != nil {
			return cut(err, fmt.Sprintf("it is cut off before the end of its %d bytes", size))
		}
		e.labels.Ints = append(e.labels.Ints, int64(b[labelBytes-1]))
		red, green, blue := b[labelBytes:labelBytes+1024], b[labelBytes+1024:labelBytes+2048], b[labelBytes+2048:]
		for p := range red {
			e.x = append(e.x, unit[red[p]], unit[green[p]], unit[blue[p]])
		}
	}
	return nil
}

// cifarFiles are the files of one version: where training and test records lie
// and which file names the classes.
type cifarFiles struct {
	train      []string
	test       string
	labelBytes int
	names      string
}

func cifar10Files() cifarFiles {
	return cifarFiles{[]string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"}, "test_batch.bin", 1, "batches.meta.txt"}
}

func cifar100Files() cifarFiles {
	return cifarFiles{[]string{"train.bin"}, "test.bin", 2, "fine_label_names.txt"}
}

// readCIFARFolder reads one's own records: all data_batch_*.bin and, where it is
// there, test_batch.bin in the form of CIFAR-10, or train.bin and test.bin in
// that of CIFAR-100. Where the file of class names is there, it is used.
func readCIFARFolder(_ context.Context, dir string, _ FileOptions) (train, test examples, err error) {
	batches, err := filepath.Glob(filepath.Join(dir, "data_batch_*.bin"))
	if err != nil {
		return train, test, err
	}
	files := cifar10Files()
	if len(batches) == 0 {
		files = cifar100Files()
		batches = []string{filepath.Join(dir, files.train[0])}
	} else if _, err := os.Stat(filepath.Join(dir, "train.bin")); err == nil {
		return train, test, fmt.Errorf("folder %s holds both data_batch files and train.bin; keep one of them", dir)
	}
	for _, path := range batches {
		if err := readRecords(path, files.labelBytes, &train); err != nil {
			return train, test, err
		}
	}
	path := filepath.Join(dir, files.test)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		if err := readRecords(path, files.labelBytes, &test); err != nil {
			return train, test, err
		}
	}
	names, err := classNames(filepath.Join(dir, files.names))
	if errors.Is(err, os.ErrNotExist) {
		return train, test, nil
	} else if err != nil {
		return train, test, err
	}
	train.classes = names
	if d := duplicate(train.classes); d != "" {
		return train, test, fmt.Errorf("file %s names the class %q twice", filepath.Join(dir, files.names), d)
	}
	train.numberBy(train.classes)
	test.numberBy(train.classes)
	return train, test, nil
}

// maxNames bounds the bytes of a file of class names.
const maxNames = 1 << 20

// classNames reads a file of class names, one a line.
func classNames(path string) (names []string, err error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > maxNames {
		return nil, fmt.Errorf("file %s: its %d bytes are too many for names of classes; give one name a line", path, size)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxNames))
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", path, err)
	}
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("file %s is not UTF-8 text; save it as such", path)
	}
	for line := range bytes.Lines(text) {
		if name := strings.TrimSpace(string(line)); name != "" {
			names = append(names, name)
		}
	}
	return names, nil
}

func readRecords(path string, labelBytes int, e *examples) error {
	f, size, err := openRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if what := arrays.ForeignFile(path); what != "" {
		return fmt.Errorf("file %s: %s", path, what)
	}
	if err := cifarRecords(f, size, labelBytes, e); err != nil {
		return fmt.Errorf("file %s: %w; fetch or write it again", path, err)
	}
	return nil
}

// duplicate is the first name that occurs twice, or "".
func duplicate(names []string) string {
	seen := map[string]bool{}
	for _, n := range names {
		if seen[n] {
			return n
		}
		seen[n] = true
	}
	return ""
}
