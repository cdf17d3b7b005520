package onnx

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
)

// fixed is a small model, of convolutions, a recurrence, products and a softmax,
// whose weights are inputs. Made by testdata/arithmetic.py.
//
//go:embed arithmetic.onnx
var fixed []byte

// Arithmetic is the hash of a small fixed computation, bit for bit: another version,
// provider or kind of processor may round sums otherwise.
func (r *Runtime) Arithmetic() (string, error) {
	names := []string{"x", "kernel", "input", "recurrence", "weights"}
	shapes := [][]int{{8, 3, 12, 12}, {8, 3, 3, 3}, {1, 64, 12}, {1, 64, 16}, {16, 10}}
	s, err := r.session(fixed, "", names, []string{"y"})
	if err != nil {
		return "", fmt.Errorf("ONNX Runtime %s at %s cannot compute: %s; remove it, and it is installed again", r.Version, r.Library, oneLine(err))
	}
	defer s.close()
	var in []tensor
	for k, dims := range shapes {
		t := tensor{element: typeFloat, dims: dims, data: make([]float32, size(dims))}
		for i := range t.data {
			t.data[i] = float32((i*7919+k*104729)%1009)/2018 - 0.25 // exact in Go, whatever the machine
		}
		in = append(in, t)
	}
	out, err := s.run(in)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, v := range out[0].data {
		h.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v))) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
