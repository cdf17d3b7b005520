package datasets

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/memory"
)

// maxValues bounds the values of one set: 2^30 float32 are 4 GiB. Larger sizes
// in a header are taken for damage and refused before anything is allocated.
const maxValues = 1 << 30

// bytesArray is an IDX array of unsigned bytes, row-major.
type bytesArray struct {
	dims []int // [n], [n, height, width] or [n, height, width, channels]
	data []byte
}

// decodeIDX reads an IDX array of unsigned bytes from r: two zero bytes, the
// type 0x08, the number of dimensions, each dimension as a big-endian uint32,
// then the values (LeCun, the MNIST pages). limit is the most bytes that r can
// give; a header that asks for more is refused before its array is allocated.
// Errors are without the file's name.
func decodeIDX(r io.Reader, limit int64) (bytesArray, error) {
	var a bytesArray
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return a, cut(err, "its header of 4 bytes is cut off")
	}
	if head[0] != 0 || head[1] != 0 {
		return a, fmt.Errorf("it starts with the bytes %02x %02x, but an IDX file starts with 00 00", head[0], head[1])
	}
	if head[2] != 0x08 {
		return a, fmt.Errorf("its values are of IDX type 0x%02x; only unsigned bytes, 0x08, can be read", head[2])
	}
	if head[3] < 1 || head[3] > 4 {
		return a, fmt.Errorf("its header names %d dimensions; 1 (labels), 3 or 4 (images) can be read", head[3])
	}
	total := int64(1)
	for i := range int(head[3]) {
		var b [4]byte
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return a, cut(err, "its header is cut off")
		}
		d := int64(binary.BigEndian.Uint32(b[:]))
		if d == 0 {
			return a, fmt.Errorf("dimension %d in its header is 0", i)
		}
		if d > maxValues/total {
			return a, fmt.Errorf("its header asks for more than %d values", maxValues)
		}
		total *= d
		a.dims = append(a.dims, int(d))
	}
	if total > limit {
		return a, fmt.Errorf("its header %v asks for %d bytes, but the file can hold at most %d", a.dims, total, limit)
	}
	if err := memory.Enough(float64(total)*bytesOfValue(a.dims), fmt.Sprintf("its array %v", a.dims)); err != nil {
		return a, err
	}
	a.data = make([]byte, total)
	if n, err := io.ReadFull(r, a.data); err != nil {
		return a, cut(err, fmt.Sprintf("it is cut off after %d of the %d values that its header %v asks for", n, total, a.dims))
	}
	var more [1]byte
	switch _, err := io.ReadFull(r, more[:]); {
	case err == nil:
		return a, fmt.Errorf("it goes on after the %d values that its header %v asks for", total, a.dims)
	case !errors.Is(err, io.EOF):
		return a, err // a damaged gzip tail, for one
	}
	return a, nil
}

// bytesOfValue is the memory that a byte of an IDX file becomes: itself and a
// float32 of an image, or an int64 of a label.
func bytesOfValue(dims []int) float64 {
	if len(dims) == 1 {
		return 1 + 8
	}
	return 1 + 4
}

// cut replaces the two end-of-file errors by a sentence and keeps all others.
func cut(err error, sentence string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New(sentence)
	}
	return err
}

// digests are SHA-256 sums, in hexadecimal, of a file as it lies on the disk and
// of its contents once unzipped; both are the same for a plain file.
type digests struct{ file, content string }

// readIDXFile reads an IDX file, plain or compressed by gzip, and its digests.
func readIDXFile(path string) (a bytesArray, d digests, err error) {
	d, err = digested(path, func(r io.Reader, limit int64) (err error) {
		a, err = decodeIDX(r, limit)
		return err
	})
	return a, d, err
}

// digestsOf are the digests of a file, whatever it holds.
func digestsOf(path string) (digests, error) {
	return digested(path, func(r io.Reader, _ int64) error {
		_, err := io.Copy(io.Discard, r)
		return err
	})
}

// digested has a file's contents read, unzipped where it is compressed by gzip, up
// to their end, and returns the digests of what was read. limit is the most bytes
// that can come.
func digested(path string, read func(r io.Reader, limit int64) error) (digests, error) {
	fail := func(err error) (digests, error) {
		return digests{}, fmt.Errorf("file %s: %w; fetch or write it again", path, err)
	}
	f, size, err := openRegular(path)
	if err != nil {
		return digests{}, err
	}
	defer f.Close()
	if what := arrays.ForeignFile(path); what != "" {
		return digests{}, fmt.Errorf("file %s: %s", path, what)
	}
	onDisk, inside := sha256.New(), sha256.New()
	r, limit, err := inflate(io.TeeReader(f, onDisk), size)
	if err != nil {
		return fail(err)
	}
	if err := read(io.TeeReader(r, inside), limit); err != nil {
		return fail(err)
	}
	return digests{hexSum(onDisk), hexSum(inside)}, nil
}

// openRegular opens a file that has contents and a size. What a path leads to is
// looked at first, since opening a pipe waits for its other end.
func openRegular(path string) (*os.File, int64, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !st.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("file %s: it is not a regular file; give one that is", path)
	}
	f, err := os.Open(path)
	return f, st.Size(), err
}

// inflate unzips r where it starts with the two bytes of gzip, and returns the
// most bytes that can come out of its size bytes.
func inflate(r io.Reader, size int64) (io.Reader, int64, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if magic, err := b.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
		return b, size, nil // too short for either format is the decoder's to say
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, 0, err
	}
	return z, size * arrays.MaxInflate, nil
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// idxExamples joins the images and labels of one part.
func idxExamples(images, labels bytesArray) (examples, error) {
	var e examples
	if len(labels.dims) != 1 {
		return e, fmt.Errorf("the label file has dimensions %v; labels have one", labels.dims)
	}
	switch d := images.dims; len(d) {
	case 3:
		e.shape = Shape{Height: d[1], Width: d[2], Channels: 1}
	case 4:
		e.shape = Shape{Height: d[1], Width: d[2], Channels: d[3]}
	default:
		return e, fmt.Errorf("the image file has dimensions %v; images have [n, height, width] or [n, height, width, channels]", d)
	}
	if images.dims[0] != labels.dims[0] {
		return e, fmt.Errorf("there are %d images but %d labels", images.dims[0], labels.dims[0])
	}
	e.x = unitPixels(images.data)
	e.labels.Ints = make([]int64, len(labels.data))
	for i, y := range labels.data {
		e.labels.Ints[i] = int64(y)
	}
	return e, nil
}

// unitPixels maps bytes 0..255 to float32 0..1.
func unitPixels(b []byte) []float32 {
	unit := unitTable()
	x := make([]float32, len(b))
	for i, v := range b {
		x[i] = unit[v]
	}
	return x
}

// unitTable is v/255 for each byte v.
func unitTable() *[256]float32 {
	var unit [256]float32
	for i := range unit {
		unit[i] = float32(i) / 255
	}
	return &unit
}
