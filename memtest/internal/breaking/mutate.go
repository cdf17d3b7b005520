//go:build linux

package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
)

var digits = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)

// extremes are numbers that programs trip over.
var extremes = []string{"0", "-1", "1", "2147483648", "4294967296", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e308", "1e999", "-1e-320", "NaN", "inf", "0x10", "1_000", "", "99999999", "null", "0.5", "[]"}

// mutate changes a file in one way or up to four; where it is packed, mostly what is in
// it, so that it still unpacks.
func mutate(r *rand.Rand, b []byte) []byte {
	if r.IntN(4) > 0 {
		if repacked := mutateInside(r, b); repacked != nil {
			return repacked
		}
	}
	b = slices.Clone(b)
	for range max(1, r.IntN(8)-3) {
		b = mutateOnce(r, b)
	}
	return b
}

// mutateInside mutates a member of a zip, or what a gzip holds; nil = neither.
func mutateInside(r *rand.Rand, b []byte) []byte {
	if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err == nil && len(z.File) > 0 {
		members := map[string][]byte{}
		chosen := r.IntN(len(z.File))
		for i, f := range z.File {
			in, err := f.Open()
			if err != nil {
				return nil
			}
			members[f.Name], err = io.ReadAll(in)
			if err != nil {
				return nil
			}
			if i == chosen {
				members[f.Name] = mutate(r, members[f.Name])
			}
		}
		return zipped(members)
	}
	if z, err := gzip.NewReader(bytes.NewReader(b)); err == nil {
		inside, err := io.ReadAll(z)
		if err != nil {
			return nil
		}
		return gzipped(mutate(r, inside))
	}
	return nil
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b) // a buffer takes everything
	w.Close()
	return out.Bytes()
}

// mutateOnce makes one change. Half of them are in the first 256 bytes, where
// headers are.
func mutateOnce(r *rand.Rand, b []byte) []byte {
	if len(b) == 0 {
		return []byte{byte(r.Uint32())}
	}
	span := len(b)
	if r.IntN(2) == 0 {
		span = min(span, 256)
	}
	at := r.IntN(span)
	end := min(len(b), at+1+r.IntN(32))
	switch r.IntN(14) {
	case 0:
		b[at] ^= 1 << r.IntN(8)
	case 1:
		b[at] = byte(r.Uint32())
	case 2:
		b = b[:at]
	case 3:
		b = slices.Delete(b, at, end)
	case 4:
		b = slices.Insert(b, at, slices.Clone(b[at:end])...)
	case 5:
		b = slices.Insert(b, at, random(r, 1+r.IntN(16))...)
	case 6:
		copy(b[at:end], bytes.Repeat([]byte{[]byte{0, 0xff, ' ', '\n', '"'}[r.IntN(5)]}, 32))
	case 7, 8, 9, 10:
		b = overwriteNumber(r, b, at)
	default:
		b = replaceNumber(r, b)
	}
	return b
}

func random(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// overwriteNumber puts an extreme binary number at this place.
func overwriteNumber(r *rand.Rand, b []byte, at int) []byte {
	values := []uint64{0, 1, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 40, 1<<63 - 1, 1 << 63, 1<<64 - 1, 0x7ff0000000000000, 0x7ff8000000000000, 0x7f800000, 0x7fc00000}
	v := values[r.IntN(len(values))]
	word := binary.LittleEndian.AppendUint64(nil, v)
	if r.IntN(2) == 0 {
		word = binary.BigEndian.AppendUint64(nil, v)
	}
	size := []int{2, 4, 8}[r.IntN(3)]
	copy(b[at:], word[:size])
	return b
}

// replaceNumber replaces a number that is written in digits by an extreme one.
func replaceNumber(r *rand.Rand, b []byte) []byte {
	found := digits.FindAllIndex(b, 4000)
	if len(found) == 0 {
		b[r.IntN(len(b))] = byte(r.Uint32())
		return b
	}
	at := found[r.IntN(len(found))]
	return slices.Concat(b[:at[0]], []byte(extremes[r.IntN(len(extremes))]), b[at[1]:])
}
