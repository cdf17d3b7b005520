package arrays

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
)

// A safetensors file is: 8 bytes, the length of the header (little endian); the
// header, a JSON object from names to types, shapes and places; the values.

// maxTensorHeader is the format's own bound on the header.
const maxTensorHeader = 100_000_000

// tensorTypes are the names of types in a safetensors header.
var tensorTypes = map[string]string{
	"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
	"U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
}

func openSafetensors(f *os.File, size int64) (*Source, error) {
	var b [8]byte
	if _, err := io.ReadFull(f, b[:]); err != nil {
		return nil, errors.New("it is not a safetensors file: it is shorter than 8 bytes")
	}
	length := binary.LittleEndian.Uint64(b[:])
	if length > maxTensorHeader || int64(length) > size-8 {
		return nil, errors.New("it is not a safetensors file, or it is cut off: its header would be longer than the file")
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(f, text); err != nil {
		return nil, err
	}
	start := 8 + int64(length)
	var header map[string]json.RawMessage
	if err := json.Unmarshal(text, &header); err != nil {
		return nil, errors.New("it is not a safetensors file: its header is no JSON object")
	}
	s := &Source{kind: "safetensors"}
	begins := map[string]int64{}
	for name, raw := range header {
		if name == "__metadata__" {
			continue
		}
		a, begin, err := tensor(f, start, size-start, raw)
		if err != nil {
			return nil, fmt.Errorf("array %s: %w", name, err)
		}
		a.Name = name
		begins[name] = begin
		s.arrays = append(s.arrays, a)
	}
	slices.SortFunc(s.arrays, func(a, b *Array) int {
		return cmp.Or(cmp.Compare(begins[a.Name], begins[b.Name]), cmp.Compare(a.Name, b.Name))
	})
	return s, nil
}

// tensor is one entry of the header; its values start begin bytes after start,
// where size bytes are.
func tensor(f *os.File, start, size int64, raw json.RawMessage) (a *Array, begin int64, err error) {
	var t struct {
		DType   string        `json:"dtype"`
		Shape   []json.Number `json:"shape"`
		Offsets []int64       `json:"data_offsets"`
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&t); err != nil || len(t.Offsets) != 2 {
		return nil, 0, errors.New("its entry in the header is not that of a tensor")
	}
	words := make([]string, len(t.Shape))
	for i, n := range t.Shape {
		words[i] = n.String()
	}
	dims, err := parseDims(words)
	if err != nil {
		return nil, 0, err
	}
	begin, end := t.Offsets[0], t.Offsets[1]
	if begin < 0 || end < begin || end > size {
		return nil, 0, fmt.Errorf("its values would lie at bytes %d to %d of %d; the file is damaged or cut off", begin, end, size)
	}
	a = &Array{Dims: dims, Type: t.DType}
	e, ok := numeric(tensorTypes[t.DType], binary.LittleEndian)
	if !ok {
		a.elem = element{name: t.DType, size: 1, refusal: "its element type " + strconv.Quote(t.DType) + " cannot be read; save it as F32, F16, BF16 or a whole number"}
		return a, begin, nil
	}
	a.elem, a.Type = e, e.name
	if count := int64(a.Rows()) * int64(a.Cols()); count != (end-begin)/int64(e.size) || (end-begin)%int64(e.size) != 0 {
		return nil, 0, fmt.Errorf("its shape %v of %d bytes a value does not fill its %d bytes; the file is damaged", dims, e.size, end-begin)
	}
	a.open = func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(f, start+begin, end-begin)), nil
	}
	return a, begin, nil
}
