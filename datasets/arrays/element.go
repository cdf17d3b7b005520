package arrays

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/x448/float16"
)

// element is how one value of an array lies in the file.
type element struct {
	name    string
	size    int                           // bytes
	floats  func(dst []float32, b []byte) // nil = not numbers
	value   func(b []byte) float64        // nil = not numbers
	whole   func(b []byte) (int64, bool)  // as a whole number, false where it is none or too large; nil = not numbers
	text    func(b []byte) (string, error)
	refusal string // why it is not read as numbers
}

// numeric is the element of this name in this byte order; false = there is none.
func numeric(name string, o binary.ByteOrder) (element, bool) {
	n, found := map[string]struct {
		size  int
		value func(b []byte) float64
	}{
		"bool":     {1, func(b []byte) float64 { return float64(b[0]) }},
		"uint8":    {1, func(b []byte) float64 { return float64(b[0]) }},
		"int8":     {1, func(b []byte) float64 { return float64(int8(b[0])) }},
		"uint16":   {2, func(b []byte) float64 { return float64(o.Uint16(b)) }},
		"int16":    {2, func(b []byte) float64 { return float64(int16(o.Uint16(b))) }},
		"uint32":   {4, func(b []byte) float64 { return float64(o.Uint32(b)) }},
		"int32":    {4, func(b []byte) float64 { return float64(int32(o.Uint32(b))) }},
		"uint64":   {8, func(b []byte) float64 { return float64(o.Uint64(b)) }},
		"int64":    {8, func(b []byte) float64 { return float64(int64(o.Uint64(b))) }},
		"float16":  {2, func(b []byte) float64 { return float64(float16.Frombits(o.Uint16(b)).Float32()) }},
		"bfloat16": {2, func(b []byte) float64 { return float64(math.Float32frombits(uint32(o.Uint16(b)) << 16)) }},
		"float32":  {4, func(b []byte) float64 { return float64(math.Float32frombits(o.Uint32(b))) }},
		"float64":  {8, func(b []byte) float64 { return math.Float64frombits(o.Uint64(b)) }},
	}[name]
	if !found {
		return element{}, false
	}
	e := element{name: name, size: n.size, value: n.value}
	e.floats = func(dst []float32, b []byte) {
		for i := range dst {
			dst[i] = float32(n.value(b[i*n.size:]))
		}
	}
	e.whole = func(b []byte) (int64, bool) {
		v := n.value(b)
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	}
	switch {
	case name == "float32" && o == binary.ByteOrder(binary.LittleEndian):
		e.floats = littleFloats
	case name == "int64": // a float64 does not hold all of them
		e.whole = func(b []byte) (int64, bool) { return int64(o.Uint64(b)), true }
	case name == "uint64":
		e.whole = func(b []byte) (int64, bool) { return int64(o.Uint64(b)), o.Uint64(b) <= math.MaxInt64 }
	}
	return e, true
}

// littleFloats is the loop that most files go through.
func littleFloats(dst []float32, b []byte) {
	b = b[:4*len(dst)]
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
}

const notNumbers = "its values are text, not numbers; features must be numbers, and labels may be text"

// bytesText is text in UTF-8, padded by zeros.
func bytesText(size int) element {
	return element{name: "text", size: size, refusal: notNumbers, text: func(b []byte) (string, error) {
		s := strings.TrimRight(string(b), "\x00")
		if !utf8.ValidString(s) {
			return "", fmt.Errorf("%q is not UTF-8 text", s)
		}
		return s, nil
	}}
}

// wideText is text of four bytes a character, padded by zeros.
func wideText(characters int, o binary.ByteOrder) element {
	return element{name: "text", size: 4 * characters, refusal: notNumbers, text: func(b []byte) (string, error) {
		var s strings.Builder
		for ; len(b) > 0; b = b[4:] {
			if c := o.Uint32(b); c > utf8.MaxRune {
				return "", fmt.Errorf("%#x is no character", c)
			} else if c != 0 {
				s.WriteRune(rune(c))
			}
		}
		return s.String(), nil
	}}
}
