package arrays

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// element is how one value of an array lies in the file.
type element struct {
	name    string
	size    int                           // bytes
	floats  func(dst []float32, b []byte) // nil = not numbers
	whole   func(b []byte) (int64, bool)  // as a whole number, false where it is none or too large; nil = not numbers
	text    func(b []byte) (string, error)
	refusal string // why it is not read as numbers
}

// number makes an element of the conversion of one value. whole nil means that
// the value is a float.
func number(name string, size int, value func(b []byte) float64, whole func(b []byte) (int64, bool)) element {
	if whole == nil {
		whole = func(b []byte) (int64, bool) {
			v := value(b)
			return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
		}
	}
	return element{
		name: name, size: size, whole: whole,
		floats: func(dst []float32, b []byte) {
			for i := range dst {
				dst[i] = float32(value(b[i*size:]))
			}
		},
	}
}

func integer(name string, size int, whole func(b []byte) int64) element {
	return number(name, size, func(b []byte) float64 { return float64(whole(b)) }, func(b []byte) (int64, bool) { return whole(b), true })
}

// numeric is the element of this name in this byte order; false = there is none.
func numeric(name string, o binary.ByteOrder) (element, bool) {
	switch name {
	case "float16":
		return number(name, 2, func(b []byte) float64 { return float64(half(o.Uint16(b))) }, nil), true
	case "bfloat16":
		return number(name, 2, func(b []byte) float64 { return float64(math.Float32frombits(uint32(o.Uint16(b)) << 16)) }, nil), true
	case "float32":
		e := number(name, 4, func(b []byte) float64 { return float64(math.Float32frombits(o.Uint32(b))) }, nil)
		if o == binary.ByteOrder(binary.LittleEndian) {
			e.floats = littleFloats
		}
		return e, true
	case "float64":
		return number(name, 8, func(b []byte) float64 { return math.Float64frombits(o.Uint64(b)) }, nil), true
	case "bool", "uint8":
		return integer(name, 1, func(b []byte) int64 { return int64(b[0]) }), true
	case "int8":
		return integer(name, 1, func(b []byte) int64 { return int64(int8(b[0])) }), true
	case "uint16":
		return integer(name, 2, func(b []byte) int64 { return int64(o.Uint16(b)) }), true
	case "int16":
		return integer(name, 2, func(b []byte) int64 { return int64(int16(o.Uint16(b))) }), true
	case "uint32":
		return integer(name, 4, func(b []byte) int64 { return int64(o.Uint32(b)) }), true
	case "int32":
		return integer(name, 4, func(b []byte) int64 { return int64(int32(o.Uint32(b))) }), true
	case "int64":
		return integer(name, 8, func(b []byte) int64 { return int64(o.Uint64(b)) }), true
	case "uint64":
		return number(name, 8, func(b []byte) float64 { return float64(o.Uint64(b)) }, func(b []byte) (int64, bool) {
			v := o.Uint64(b)
			return int64(v), v <= math.MaxInt64
		}), true
	}
	return element{}, false
}

// littleFloats is the loop that most files go through.
func littleFloats(dst []float32, b []byte) {
	b = b[:4*len(dst)]
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
}

// half is an IEEE 754 binary16 number: 1 bit of sign, 5 of exponent, 10 of
// fraction.
func half(bits uint16) float32 {
	sign, exponent, fraction := uint32(bits>>15)<<31, uint32(bits>>10)&31, uint32(bits)&1023
	switch exponent {
	case 0: // zero and subnormal numbers, multiples of 2^-24
		v := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(sign | math.Float32bits(v))
	case 31: // infinity and NaN
		return math.Float32frombits(sign | 255<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
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
