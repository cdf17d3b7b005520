//go:build linux

package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Inputs are made here, by hand, and not by the writers of the program that they
// are given to.

// array is one array of a file.
type array struct {
	name  string
	dtype string // NumPy's, as in <f4
	dims  []int
	data  []byte
}

// npy is the array as a file of NumPy.
func (a array) npy() []byte {
	return append(npyHeader(a.dtype, a.dims), a.data...)
}

func npyHeader(dtype string, dims []int) []byte {
	shape := ""
	for _, d := range dims {
		shape += fmt.Sprintf("%d, ", d)
	}
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", dtype, shape)
	for (10+len(head)+1)%64 != 0 {
		head += " "
	}
	head += "\n"
	b := []byte("\x93NUMPY\x01\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(head)))
	return append(b, head...)
}

// floats and ints are arrays of float32 and int64.
func floats(name string, x []float32, dims ...int) array {
	var b []byte
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return array{name, "<f4", dims, b}
}

func ints(name string, x []int) array {
	var b []byte
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	return array{name, "<i8", []int{len(x)}, b}
}

// zipped is an archive of members, in the order of their names.
func zipped(members map[string][]byte) []byte {
	var names []string
	for n := range members {
		names = append(names, n)
	}
	slices.Sort(names)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: n, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(members[n])
		}
		if err != nil {
			panic(err) // a buffer takes everything
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// npz is a file of these arrays.
func npz(all []array) []byte {
	members := map[string][]byte{}
	for _, a := range all {
		members[a.name+".npy"] = a.npy()
	}
	return zipped(members)
}

// safetensors is a file of these arrays.
func safetensors(all []array) []byte {
	kinds := map[string]string{"<f4": "F32", "<i8": "I64"}
	head, at := "{", 0
	var data []byte
	for i, a := range all {
		if i > 0 {
			head += ","
		}
		dims := ""
		for j, d := range a.dims {
			if j > 0 {
				dims += ","
			}
			dims += fmt.Sprint(d)
		}
		head += fmt.Sprintf(`"%s":{"dtype":"%s","shape":[%s],"data_offsets":[%d,%d]}`, a.name, kinds[a.dtype], dims, at, at+len(a.data))
		at += len(a.data)
		data = append(data, a.data...)
	}
	head += "}"
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(head)))
	return append(append(b, head...), data...)
}

// examples are n rows of d columns in 0..1 in classes of which one can learn
// something, and their labels.
func examples(r *rand.Rand, n, d, classes int) ([]float32, []int) {
	x, y := make([]float32, n*d), make([]int, n)
	for i := range n {
		y[i] = i % classes
		for j := range d {
			v := 0.5 + 0.25*math.Sin(float64(1+y[i])*float64(1+j)) + 0.12*r.NormFloat64()
			x[i*d+j] = float32(min(max(v, 0), 1))
		}
	}
	return x, y
}

// images are small images with labels, and a test part.
func images(r *rand.Rand) []array {
	x, y := examples(r, 60, 4, 3)
	test, testY := examples(r, 30, 4, 3)
	return []array{floats("X", x, 60, 2, 2), ints("y", y), floats("X_test", test, 30, 2, 2), ints("y_test", testY)}
}

// features are those of two layers, copies at two levels, fresh examples.
func features(r *rand.Rand) []array {
	x, y := examples(r, 48, 5, 3)
	fresh, freshY := examples(r, 24, 5, 3)
	copies := func(sd float64) []float32 {
		c := slices.Clone(x)
		for i := range c {
			c[i] += float32(sd * r.NormFloat64())
		}
		return c
	}
	all := []array{ints("labels", y), ints("fresh_labels", freshY)}
	for _, layer := range []string{"input", "hidden"} {
		all = append(all, floats(layer+"/train", x, 48, 5), floats(layer+"/valid_0.1", copies(0.1), 48, 5), floats(layer+"/valid_0.3", copies(0.3), 48, 5), floats(layer+"/fresh", fresh, 24, 5))
	}
	return all
}

// csvOf is rows of columns and a label.
func csvOf(x []float32, y []int, labels bool) []byte {
	d := len(x) / len(y)
	var b bytes.Buffer
	for j := range d {
		if j > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "c%d", j)
	}
	if labels {
		b.WriteString(",label")
	}
	b.WriteString("\n")
	for i, label := range y {
		for j := range d {
			if j > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, "%.4f", x[i*d+j])
		}
		if labels {
			fmt.Fprintf(&b, ",class %d", label)
		}
		b.WriteString("\n")
	}
	return b.Bytes()
}

// idx is a file of MNIST's format, of bytes.
func idx(dims []int, data []byte) []byte {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	return append(b, data...)
}

// grey is the values of images as bytes.
func grey(x []float32) []byte {
	b := make([]byte, len(x))
	for i, v := range x {
		b[i] = byte(255 * v)
	}
	return b
}

const networkYAML = `name: small
layers:
    - kind: dense
      units: 4
    - kind: dropout
      rate: 0.1
    - kind: dense
      units: 3
`
