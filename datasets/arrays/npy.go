package arrays

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// The npyio library has no float16, trusts a file's header and panics on a
// malformed one, so the header, a line of text, is read here.

// maxHeader bounds an .npy header; NumPy's own are of 64 to 128 bytes.
const maxHeader = 1 << 16

// maxValues bounds the number of values of an array, far above any memory.
const maxValues = 1 << 40

var (
	npyType  = regexp.MustCompile(`'descr':\s*'([<>|=]?)([a-zA-Z?])([0-9]*)[^']*'`)
	npyOrder = regexp.MustCompile(`'fortran_order':\s*(True|False)`)
	npyShape = regexp.MustCompile(`'shape':\s*\(([0-9, ]*)\)`)
)

// readNPY reads a file of one array, named like the file without its ending.
func readNPY(f file) (*Source, error) {
	a, start, err := npyHeader(f.from(0), f.size)
	if err != nil {
		return nil, err
	}
	a.Name = strings.TrimSuffix(filepath.Base(f.path), filepath.Ext(f.path))
	a.open = func() (io.ReadCloser, error) { return io.NopCloser(f.from(start)), nil }
	s := &Source{kind: "npy"}
	s.add(a)
	return s, nil
}

// npyHeader reads the start of an .npy file (versions 1 to 3 of NumPy's NEP 1) of
// size bytes, and returns the array without its name and the place where its
// values start. The values must fill the rest of the file.
func npyHeader(r io.Reader, size int64) (*Array, int64, error) {
	text, start, err := npyHeaderText(r, size)
	if err != nil {
		return nil, 0, err
	}
	a, err := parseNPYHeader(text)
	if err != nil {
		return nil, 0, err
	}
	rest := size - start
	if count := int64(a.Rows()) * int64(a.Cols()); count > rest/int64(a.elem.size) || count*int64(a.elem.size) != rest {
		return nil, 0, fmt.Errorf("its header asks for %v values of %d bytes, but %d bytes follow it; the file is damaged or cut off", a.Dims, a.elem.size, rest)
	}
	return a, start, nil
}

// npyHeaderText is the header, a Python dictionary, and the place where it ends.
func npyHeaderText(r io.Reader, size int64) (string, int64, error) {
	cut := errors.New("it is cut off: it ends within the header of a NumPy array")
	var start [12]byte
	if _, err := io.ReadFull(r, start[:10]); err != nil {
		return "", 0, cut
	}
	if string(start[:6]) != "\x93NUMPY" {
		return "", 0, errors.New("it does not start as a NumPy array does; write it with numpy.save or numpy.savez")
	}
	at, length := int64(10), int64(binary.LittleEndian.Uint16(start[8:]))
	switch start[6] {
	case 1:
	case 2, 3:
		if _, err := io.ReadFull(r, start[10:]); err != nil {
			return "", 0, cut
		}
		at, length = 12, int64(binary.LittleEndian.Uint32(start[8:]))
	default:
		return "", 0, fmt.Errorf("it is of NumPy format %d; formats 1 to 3 can be read", start[6])
	}
	if length > maxHeader || at+length > size {
		return "", 0, fmt.Errorf("its header claims %d bytes, which makes no sense; write it again", length)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return "", 0, cut
	}
	return string(text), at + length, nil
}

func parseNPYHeader(text string) (*Array, error) {
	typ, order, shape := npyType.FindStringSubmatch(text), npyOrder.FindStringSubmatch(text), npyShape.FindStringSubmatch(text)
	if typ == nil || order == nil || shape == nil {
		return nil, fmt.Errorf("its header %.80q is not that of a plain array; save one array with numpy.save", text)
	}
	elem, err := npyElement(typ[1], typ[2], typ[3])
	if err != nil {
		return nil, err
	}
	a := &Array{Type: elem.name, elem: elem, fortran: order[1] == "True"}
	if a.Dims, err = parseDims(strings.Split(shape[1], ",")); err != nil {
		return nil, err
	}
	a.fortran = a.fortran && len(a.Dims) > 1
	return a, nil
}

// parseDims reads dimensions; empty words are passed over.
func parseDims[S ~string](words []S) ([]int, error) {
	dims, count := []int{}, int64(1)
	for _, w := range words {
		word := strings.TrimSpace(string(w))
		if word == "" {
			continue
		}
		d, err := strconv.ParseInt(word, 10, 64)
		if err != nil || d < 0 || d > maxValues {
			return nil, fmt.Errorf("dimension %q in its header makes no sense", word)
		}
		if d > 0 && count > maxValues/d {
			return nil, fmt.Errorf("its header asks for more than %d values", int64(maxValues))
		}
		count *= max(1, d)
		dims = append(dims, int(d))
	}
	return dims, nil
}

// npyElement is the element of NumPy's byte order, kind and size. Types that
// hold no numbers are kept with the reason, as a file may have more arrays than
// are wanted; objects are refused at once, since their size is unknown.
func npyElement(order, kind, size string) (element, error) {
	var o binary.ByteOrder = binary.LittleEndian
	if order == ">" {
		o = binary.BigEndian
	}
	if kind == "O" {
		return element{}, errPickled
	}
	n, err := strconv.Atoi(size)
	if kind == "?" && size == "" {
		n, err = 1, nil
	}
	if err != nil || n < 0 || n > 1<<20 {
		return element{}, fmt.Errorf("its element type %s%s is not known", kind, size)
	}
	name := map[string]string{"f": "float", "i": "int", "u": "uint"}[kind]
	if name != "" {
		if e, ok := numeric(name+strconv.Itoa(8*n), o); ok {
			return e, nil
		}
	}
	other := element{name: kind + size, size: max(1, n), refusal: fmt.Sprintf("its element type %s%s is no number that can be read; save it with astype('float32')", kind, size)}
	switch kind {
	case "b", "?":
		if n == 1 {
			other, _ = numeric("bool", o)
		}
	case "c":
		other.name, other.refusal = "complex"+strconv.Itoa(8*n), "its values are complex numbers; save real and imaginary parts, or absolute values, as columns"
	case "S":
		return bytesText(max(1, n)), nil
	case "U":
		return wideText(max(1, n), o), nil
	case "V":
		other.refusal = "its values are raw bytes (as bfloat16 is in NumPy's files); save it with astype('float32')"
	}
	return other, nil
}

var errPickled = errors.New("it is an array of Python objects (pickled), which only Python may open; save it with a plain type, such as astype('float32'), or astype(str) for text")
