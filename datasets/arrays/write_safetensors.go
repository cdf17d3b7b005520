package arrays

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
)

// WriteSafetensors writes arrays as a safetensors file, values bit for bit and one
// array after another in this order, with texts by name as its metadata. To them it
// adds a SHA-256 of the file, which Source.CheckSum compares. The same arrays and
// metadata give the same bytes.
func WriteSafetensors(w io.Writer, metadata map[string]string, arrays ...Named) error {
	header, err := encodeTensorHeader(metadata, arrays)
	if err != nil {
		return err
	}
	sum := sha256.New() // the values are gone through twice, so that no whole file lies in memory
	if err := writeTensors(sum, header, arrays); err != nil {
		return err
	}
	i := bytes.Index(header, checksumField(blankChecksum))
	copy(header[i:], checksumField(hex.EncodeToString(sum.Sum(nil))))
	return writeTensors(w, header, arrays)
}

func writeTensors(w io.Writer, header []byte, arrays []Named) error {
	if _, err := w.Write(header); err != nil {
		return err
	}
	for _, a := range arrays {
		if err := a.writeValues(w); err != nil {
			return err
		}
	}
	return nil
}

// encodeTensorHeader makes the header with the 8 bytes of its length and a
// checksum that is still blank.
func encodeTensorHeader(metadata map[string]string, arrays []Named) ([]byte, error) {
	if err := checkNamed(arrays); err != nil {
		return nil, err
	}
	if _, found := metadata[checksumKey]; found {
		return nil, fmt.Errorf("metadata %q cannot be saved, as the checksum has this name; rename it", checksumKey)
	}
	texts := map[string]string{checksumKey: blankChecksum}
	maps.Copy(texts, metadata)
	entries := map[string]any{metadataKey: texts}
	at := 0
	for _, a := range arrays {
		kind, end := "F32", at+4*a.count()
		if a.Ints != nil {
			kind = "I32"
		}
		entries[a.Name] = struct {
			DType   string `json:"dtype"`
			Shape   []int  `json:"shape"`
			Offsets [2]int `json:"data_offsets"`
		}{kind, append([]int{}, a.Dims...), [2]int{at, end}}
		at = end
	}
	text, err := json.Marshal(entries)
	if err != nil {
		return nil, err
	}
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), nil
}
