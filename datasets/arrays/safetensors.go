package arrays

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/memory"
)

// A safetensors file is: 8 bytes, the length of the header (little endian); the
// header, a JSON object from names to types, shapes and places; the values, which
// fill the rest of the file without holes.
// https://github.com/huggingface/safetensors describes it.

const (
	maxTensorHeader = 100_000_000 // bytes; the format's own bound
	metadataKey     = "__metadata__"

	// tensorHeaderCost is what a byte of the header takes while it is read, in bytes:
	// 36 were measured for the shortest entries.
	tensorHeaderCost = 40
)

// tensorTypes are the names of types in a safetensors header.
var tensorTypes = map[string]string{
	"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
	"U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
}

// tensors is what a .safetensors file holds beside its arrays.
type tensors struct {
	file
	header   []byte // with the 8 bytes of its length
	metadata map[string]string
}

// tensor is one entry of the header.
type tensor struct {
	DType   string        `json:"dtype"`
	Shape   []json.Number `json:"shape"`
	Offsets []int64       `json:"data_offsets"`
}

func readSafetensors(f file) (*Source, error) {
	header, entries, err := tensorHeader(f)
	if err != nil {
		return nil, err
	}
	t := &tensors{file: f, header: header}
	if raw, found := entries[metadataKey]; found {
		if err := json.Unmarshal(raw, &t.metadata); err != nil {
			return nil, errors.New("its metadata are no texts by name; write it again")
		}
		delete(entries, metadataKey)
	}
	parsed := make(map[string]tensor, len(entries))
	for name, raw := range entries {
		var e tensor
		if err := json.Unmarshal(raw, &e); err != nil || len(e.Offsets) != 2 {
			return nil, fmt.Errorf("array %s: its entry in the header is not that of a tensor", name)
		}
		parsed[name] = e
	}
	s := &Source{kind: "safetensors", tensors: t}
	at, size := int64(0), f.size-int64(len(header))
	for _, name := range byPlace(parsed) {
		a, err := t.array(parsed[name], at, size)
		if err != nil {
			return nil, fmt.Errorf("array %s: %w", name, err)
		}
		a.Name = name
		s.add(a)
		at = parsed[name].Offsets[1]
	}
	if at != size {
		return nil, fmt.Errorf("its arrays end at byte %d of %d; the file is damaged or cut off", at, size)
	}
	return s, nil
}

// tensorHeader is the header of a file, as it is and its entries by name.
func tensorHeader(f file) ([]byte, map[string]json.RawMessage, error) {
	var b [8]byte
	if _, err := f.ReadAt(b[:], 0); err != nil {
		return nil, nil, errors.New("it is not a safetensors file: it is shorter than 8 bytes")
	}
	length := binary.LittleEndian.Uint64(b[:])
	if length > maxTensorHeader || int64(length) > f.size-8 {
		return nil, nil, errors.New("it is not a safetensors file, or it is cut off: its header would be longer than the file")
	}
	if err := memory.Enough(tensorHeaderCost*float64(length), "reading its header"); err != nil {
		return nil, nil, err
	}
	header := make([]byte, 8+length)
	if _, err := f.ReadAt(header, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(header[8:], &entries); err != nil {
		return nil, nil, errors.New("it is not a safetensors file: its header is no JSON object")
	}
	return header, entries, nil
}

// byPlace sorts the names of tensors by where their values lie.
func byPlace(all map[string]tensor) []string {
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(slices.Compare(all[a].Offsets, all[b].Offsets), strings.Compare(a, b))
	})
}

// array is the array of an entry, whose values must begin at this byte of the size
// that all values take.
func (t *tensors) array(e tensor, at, size int64) (*Array, error) {
	dims, err := parseDims(e.Shape)
	if err != nil {
		return nil, err
	}
	begin, end := e.Offsets[0], e.Offsets[1]
	if begin != at || end < begin || end > size {
		return nil, fmt.Errorf("its values would lie at bytes %d to %d of %d, and are to begin at %d; the file is damaged or cut off", begin, end, size, at)
	}
	a := &Array{Dims: dims, Type: e.DType}
	elem, ok := numeric(tensorTypes[e.DType], binary.LittleEndian)
	if !ok {
		a.elem = element{name: e.DType, size: 1, refusal: "its element type " + strconv.Quote(e.DType) + " cannot be read; save it as F32, F16, BF16 or a whole number"}
		return a, nil
	}
	a.elem, a.Type = elem, elem.name
	if count := int64(a.Rows()) * int64(a.Cols()); count != (end-begin)/int64(elem.size) || (end-begin)%int64(elem.size) != 0 {
		return nil, fmt.Errorf("its shape %v of %d bytes a value does not fill its %d bytes; the file is damaged", dims, elem.size, end-begin)
	}
	a.open = func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(t, int64(len(t.header))+begin, end-begin)), nil
	}
	return a, nil
}

// Metadata are the texts by name that a .safetensors file holds beside its arrays;
// nil where there are none.
func (s *Source) Metadata() map[string]string {
	if s.tensors == nil {
		return nil
	}
	return s.tensors.metadata
}
