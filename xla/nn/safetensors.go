package nn

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
)

// array is a named array of float32 values in a safetensors file.
type array struct {
	name string
	dims []int
	flat []float32
}

// A safetensors file is the length of its header (8 bytes, little-endian), the
// header in JSON, and the values of all arrays one after another.
// https://github.com/huggingface/safetensors describes it.
type tensorHeader struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

const (
	metadataKey = "__metadata__"
	checksumKey = "sha256" // in the metadata: SHA-256 of the file with this value all zeros
)

var blankChecksum = strings.Repeat("0", 2*sha256.Size)

// encodeArrays makes a safetensors file, with its checksum in the metadata.
func encodeArrays(arrays []array, metadata map[string]string) ([]byte, error) {
	header := map[string]any{}
	at := 0
	for _, a := range arrays {
		if _, twice := header[a.name]; twice || a.name == metadataKey {
			return nil, fmt.Errorf("array %q cannot be saved under this name", a.name)
		}
		header[a.name] = tensorHeader{"F32", append([]int{}, a.dims...), [2]int{at, at + 4*len(a.flat)}}
		at += 4 * len(a.flat)
	}
	meta := map[string]string{checksumKey: blankChecksum}
	for k, v := range metadata {
		meta[k] = v
	}
	header[metadataKey] = meta
	text, err := json.Marshal(header)
	if err != nil {
		return nil, err
	}
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	file := make([]byte, 0, 8+len(text)+at)
	file = binary.LittleEndian.AppendUint64(file, uint64(len(text)))
	file = append(file, text...)
	for _, a := range arrays {
		for _, v := range a.flat {
			file = binary.LittleEndian.AppendUint32(file, math.Float32bits(v))
		}
	}
	sum := sha256.Sum256(file)
	field := checksumField(blankChecksum)
	i := bytes.Index(file, field)
	copy(file[i:], checksumField(hex.EncodeToString(sum[:])))
	return file, nil
}

// checksumField is the checksum as it stands in the header.
func checksumField(sum string) []byte { return fmt.Appendf(nil, "%q:%q", checksumKey, sum) }

// decodeArrays reads a safetensors file of float32 arrays, in the order of
// their places in the file. It does not look at the checksum.
func decodeArrays(file []byte) ([]array, map[string]string, error) {
	if len(file) < 8 {
		return nil, nil, fmt.Errorf("%d bytes are too few for a safetensors file", len(file))
	}
	length := binary.LittleEndian.Uint64(file)
	if length > uint64(len(file)-8) {
		return nil, nil, fmt.Errorf("its header should have %d bytes, but the whole file has %d", length, len(file))
	}
	text, data := file[8:8+length], file[8+length:]
	var header map[string]json.RawMessage
	if err := json.Unmarshal(text, &header); err != nil {
		return nil, nil, fmt.Errorf("its header cannot be read: %w", err)
	}
	var metadata map[string]string
	if m, ok := header[metadataKey]; ok {
		if err := json.Unmarshal(m, &metadata); err != nil {
			return nil, nil, fmt.Errorf("its metadata cannot be read: %w", err)
		}
		delete(header, metadataKey)
	}
	type placed struct {
		array
		from, to int
	}
	var all []placed
	for name, raw := range header {
		var t tensorHeader
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, nil, fmt.Errorf("array %q: %w", name, err)
		}
		if t.DType != "F32" {
			return nil, nil, fmt.Errorf("array %q holds %s; only F32 can be read", name, t.DType)
		}
		values := 1
		for _, d := range t.Shape {
			if d < 0 || d > 0 && values > len(data)/d {
				return nil, nil, fmt.Errorf("array %q of shape %v does not fit into %d bytes", name, t.Shape, len(data))
			}
			values *= d
		}
		if t.Offsets[0] < 0 || t.Offsets[1] > len(data) || t.Offsets[1]-t.Offsets[0] != 4*values {
			return nil, nil, fmt.Errorf("array %q of shape %v lies at bytes %v of %d", name, t.Shape, t.Offsets, len(data))
		}
		all = append(all, placed{array{name: name, dims: t.Shape}, t.Offsets[0], t.Offsets[1]})
	}
	slices.SortFunc(all, func(a, b placed) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return strings.Compare(a.name, b.name)
	})
	at := 0
	var arrays []array
	for _, p := range all {
		if p.from != at {
			return nil, nil, fmt.Errorf("array %q begins at byte %d, not at %d", p.name, p.from, at)
		}
		at = p.to
		p.flat = make([]float32, (p.to-p.from)/4)
		for i := range p.flat {
			p.flat[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[p.from+4*i:]))
		}
		arrays = append(arrays, p.array)
	}
	if at != len(data) {
		return nil, nil, fmt.Errorf("its arrays end at byte %d of %d", at, len(data))
	}
	return arrays, metadata, nil
}

// checkSum compares a file with the checksum in its metadata.
func checkSum(file []byte, metadata map[string]string) error {
	want, ok := metadata[checksumKey]
	if !ok {
		return errors.New("it has no checksum, so this package did not write it")
	}
	field := checksumField(want)
	i := bytes.Index(file, field)
	if i < 0 || len(want) != len(blankChecksum) {
		return errors.New("its checksum cannot be read")
	}
	blank := slices.Clone(file)
	copy(blank[i:], checksumField(blankChecksum))
	if sum := sha256.Sum256(blank); hex.EncodeToString(sum[:]) != want {
		return errors.New("its checksum is wrong: it was altered or damaged")
	}
	return nil
}

// readArrays reads a file that writeArrays wrote.
func readArrays(path string) ([]array, map[string]string, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	arrays, metadata, err := decodeArrays(file)
	if err == nil {
		err = checkSum(file, metadata)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("snapshot %s: %w; delete it, and train again or resume from an earlier one", path, err)
	}
	return arrays, metadata, nil
}

func writeArrays(path string, arrays []array, metadata map[string]string) error {
	file, err := encodeArrays(arrays, metadata)
	if err != nil {
		return fmt.Errorf("snapshot %s: %w", path, err)
	}
	return replaceFile(path, file)
}

// replaceFile writes a file whole or not at all, and makes its folder where there
// is none.
func replaceFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	return atomicfile.WriteFile(path, data)
}
