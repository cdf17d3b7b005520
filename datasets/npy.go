package datasets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The readers of the npyio library trust a file's header: a malformed one
// panics, and any size in it is allocated. So the header, a line of text, is read here.

// npyArray is an array from an .npy file: its numbers as x, or, where it was
// read as labels, as labels.
type npyArray struct {
	dims   []int
	x      []float32
	labels labels
}

// maxHeader bounds an .npy header; NumPy's own are of 64 to 128 bytes.
const maxHeader = 1 << 16

var (
	npyType  = regexp.MustCompile(`'descr':\s*'([<>|=]?)([a-zA-Z])([0-9]*)'`)
	npyOrder = regexp.MustCompile(`'fortran_order':\s*(True|False)`)
	npyShape = regexp.MustCompile(`'shape':\s*\(([0-9, ]*)\)`)
)

// npyHeader is the element type, its size in bytes and byte order, and the
// dimensions.
type npyHeader struct {
	kind  byte // b, u, i, f as in NumPy; U and S are text
	size  int
	order binary.ByteOrder
	dims  []int
	count int // of elements
}

// decodeNPYHeader reads the start of an .npy file (format versions 1 to 3 of
// NumPy's NEP 1).
func decodeNPYHeader(r io.Reader) (npyHeader, error) {
	var h npyHeader
	var start [8]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return h, cut(err, "its header is cut off")
	}
	if string(start[:6]) != "\x93NUMPY" {
		return h, errors.New("it does not start as a NumPy array does")
	}
	size := make([]byte, 2)
	switch start[6] {
	case 1:
	case 2, 3:
		size = make([]byte, 4)
	default:
		return h, fmt.Errorf("it is of NumPy format %d; 1 to 3 can be read", start[6])
	}
	if _, err := io.ReadFull(r, size); err != nil {
		return h, cut(err, "its header is cut off")
	}
	n := int64(binary.LittleEndian.Uint32(append(size, 0, 0)[:4]))
	if n > maxHeader {
		return h, fmt.Errorf("its header claims %d bytes; at most %d make sense", n, maxHeader)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return h, cut(err, "its header is cut off")
	}
	return parseNPYHeader(string(b))
}

func parseNPYHeader(text string) (npyHeader, error) {
	var h npyHeader
	typ, order, shape := npyType.FindStringSubmatch(text), npyOrder.FindStringSubmatch(text), npyShape.FindStringSubmatch(text)
	if typ == nil || order == nil || shape == nil {
		return h, fmt.Errorf("its header %.80q is not that of a plain array; save one with numpy.save", text)
	}
	if typ[2] == "O" {
		return h, errors.New("it is an array of Python objects, which only Python may open; save it with a plain type, such as X.astype('float32') or y.astype('str')")
	}
	h.kind = typ[2][0]
	h.order = binary.ByteOrder(binary.LittleEndian)
	if typ[1] == ">" {
		h.order = binary.BigEndian
	}
	var err error
	if h.size, err = strconv.Atoi(typ[3]); err != nil || h.size < 1 || h.size > 1<<20 {
		return h, fmt.Errorf("its element type %s%s is not known", typ[2], typ[3])
	}
	if h.kind == 'U' {
		h.size *= 4 // NumPy counts characters of four bytes
	}
	h.count = 1
	for _, d := range strings.Split(shape[1], ",") {
		if d = strings.TrimSpace(d); d == "" {
			continue
		}
		v, err := strconv.Atoi(d)
		if err != nil || v < 1 {
			return h, fmt.Errorf("dimension %q in its header is not a number above 0", d)
		}
		if v > maxValues/h.count {
			return h, fmt.Errorf("its header asks for more than %d values", maxValues)
		}
		h.count *= v
		h.dims = append(h.dims, v)
	}
	if order[1] == "True" && len(h.dims) > 1 {
		return h, errors.New("it is in Fortran order; save numpy.ascontiguousarray of it")
	}
	return h, nil
}

// decodeNPY reads a whole .npy file from r, which can give at most limit bytes.
// As labels, whole numbers and text are accepted; as values, all numbers.
func decodeNPY(r io.Reader, limit int64, asLabels bool) (npyArray, error) {
	h, err := decodeNPYHeader(r)
	if err != nil {
		return npyArray{}, err
	}
	if int64(h.count) > limit/int64(h.size) {
		return npyArray{}, fmt.Errorf("its header %v asks for %d values of %d bytes, but the file can hold at most %d bytes", h.dims, h.count, h.size, limit)
	}
	a := npyArray{dims: h.dims}
	var take func(i int, b []byte) error
	switch number, text := numberOf(h), textOf(h); {
	case asLabels && text != nil:
		a.labels.names = make([]string, h.count)
		take = func(i int, b []byte) (err error) { a.labels.names[i], err = text(b); return err }
	case asLabels && number != nil && h.kind != 'f':
		a.labels.ints = make([]int64, h.count)
		take = func(i int, b []byte) error {
			v, exact := number(b)
			if a.labels.ints[i] = exact; v >= 1<<63 {
				return fmt.Errorf("label %d is %v, too large for a class", i, v)
			}
			return nil
		}
	case asLabels:
		return a, fmt.Errorf("its element type is %c%d; labels are whole numbers or text: save y.astype('int64')", h.kind, h.size)
	case number == nil:
		return a, fmt.Errorf("its element type %c%d is no number that can be read; save X.astype('float32')", h.kind, h.size)
	default:
		a.x = make([]float32, h.count)
		take = func(i int, b []byte) error {
			v, _ := number(b)
			if a.x[i] = float32(v); math.IsInf(float64(a.x[i]), 0) || v != v {
				return fmt.Errorf("value %d is %v; values must be finite in float32", i, v)
			}
			return nil
		}
	}
	return a, h.each(r, take)
}

// each calls take for every element in turn, reading in pieces, and refuses a
// file that ends early or goes on.
func (h npyHeader) each(r io.Reader, take func(i int, b []byte) error) error {
	piece := make([]byte, max(1, min(h.count, 1<<16/h.size))*h.size)
	for i := 0; i < h.count; {
		b := piece[:min(len(piece), (h.count-i)*h.size)]
		if _, err := io.ReadFull(r, b); err != nil {
			return cut(err, fmt.Sprintf("it is cut off before the end of the %d values that its header %v asks for", h.count, h.dims))
		}
		for ; len(b) > 0; b = b[h.size:] {
			if err := take(i, b[:h.size]); err != nil {
				return err
			}
			i++
		}
	}
	switch _, err := io.ReadFull(r, piece[:1]); {
	case err == nil:
		return fmt.Errorf("it goes on after the %d values that its header %v asks for", h.count, h.dims)
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

// numberOf reads one element as a number, and as a whole one where the type is
// whole; nil where the type is none.
func numberOf(h npyHeader) func(b []byte) (float64, int64) {
	whole := func(v int64) (float64, int64) { return float64(v), v }
	o := h.order
	switch fmt.Sprintf("%c%d", h.kind, h.size) {
	case "b1", "u1":
		return func(b []byte) (float64, int64) { return whole(int64(b[0])) }
	case "i1":
		return func(b []byte) (float64, int64) { return whole(int64(int8(b[0]))) }
	case "u2":
		return func(b []byte) (float64, int64) { return whole(int64(o.Uint16(b))) }
	case "i2":
		return func(b []byte) (float64, int64) { return whole(int64(int16(o.Uint16(b)))) }
	case "u4":
		return func(b []byte) (float64, int64) { return whole(int64(o.Uint32(b))) }
	case "i4":
		return func(b []byte) (float64, int64) { return whole(int64(int32(o.Uint32(b)))) }
	case "u8":
		return func(b []byte) (float64, int64) { return float64(o.Uint64(b)), int64(o.Uint64(b)) }
	case "i8":
		return func(b []byte) (float64, int64) { return whole(int64(o.Uint64(b))) }
	case "f4":
		return func(b []byte) (float64, int64) { return float64(math.Float32frombits(o.Uint32(b))), 0 }
	case "f8":
		return func(b []byte) (float64, int64) { return math.Float64frombits(o.Uint64(b)), 0 }
	}
	return nil
}

// textOf reads one element of text, padded by zeros; nil where the type is none.
func textOf(h npyHeader) func(b []byte) (string, error) {
	switch h.kind {
	case 'S':
		return func(b []byte) (string, error) {
			s := strings.TrimRight(string(b), "\x00")
			if !utf8.ValidString(s) {
				return "", fmt.Errorf("label %q is not UTF-8 text", s)
			}
			return s, nil
		}
	case 'U':
		return func(b []byte) (string, error) {
			var s strings.Builder
			for ; len(b) > 0; b = b[4:] {
				if c := h.order.Uint32(b); c > utf8.MaxRune {
					return "", fmt.Errorf("a label holds %#x, which is no character", c)
				} else if c != 0 {
					s.WriteRune(rune(c))
				}
			}
			return s.String(), nil
		}
	}
	return nil
}
