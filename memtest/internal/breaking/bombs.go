//go:build linux

package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// bomb is little input that asks for much.
type bomb struct {
	name  string
	files func(dir string) error // nil = none
	args  []string
	long  bool // may take its time, not the memory
}

// explode gives the program a bomb, in little memory.
func explode(t *trial) error {
	b := bombs[t.number%len(bombs)]
	if b.files != nil {
		if err := b.files(t.dir); err != nil {
			return err
		}
	}
	return t.hostile(call{args: b.args, in: t.dir, long: b.long}, b.name)
}

// bombs are all there are: flags first, then files.
var bombs = append(flagBombs(), fileBombs()...)

// flagBombs ask for much on the command line.
func flagBombs() []bomb {
	var all []bomb
	run := func(long bool, flags ...string) {
		args := words([]string{"run", "--offline", "--data", "gaussian:60:2x2x1:3", "--epochs", "0,1", "--levels", "0.3", "--refs", "input", "--net", "mlp:4"}, quick)
		for i := 0; i < len(flags); i += 2 {
			args = with(args, flags[i], flags[i+1])
		}
		all = append(all, bomb{name: strings.Join(flags, " "), args: args, long: long})
	}
	for _, net := range []string{"mlp:100000,100000", "mlp:9223372036854775807", "mlp:99999999999999999999", "mlp:-1", "mlp:0", "resnet:1000000000", "cnn:9223372036854775807/1", "mlp:4,drop1e300"} {
		run(false, "--net", net)
	}
	for _, data := range []string{"gaussian:1000000000:28x28x1:10", "gaussian:9223372036854775807:28x28x1:10", "gaussian:60:4294967296x4294967296x1:10", "gaussian:60:2x2x1:1000000000", "gaussian:0:2x2x1:3", "gaussian:60:0x0x0:3"} {
		run(false, "--data", data)
	}
	for _, probe := range []string{"forest:1000000000", "knn:1000000000", "ridge:1e308", "ridge:nan", "softmax:-1", "knn:0"} {
		run(true, "--probes", probe)
	}
	run(true, "--net", "cnn:1000000/10")
	run(true, "--seeds", "1000000000")
	run(true, "--seeds", "9223372036854775807")
	run(true, "--permutations", "10000000")
	run(true, "--permutations", "9223372036854775807")
	run(true, "--refit", "1000000000")
	run(true, "--halves", "1000000000")
	run(true, "--epochs", "0,9223372036854775807")
	run(false, "--levels", "nan")
	run(false, "--levels", "inf,1e308")
	run(true, "--levels", strings.TrimSuffix(strings.Repeat("0.3,", 20000), ","))
	run(false, "--perturb", "rotate:1e300")
	run(false, "--perturb", "shift", "--levels", "1e18")
	run(false, "--perturb", "blur", "--levels", "1e9")
	run(false, "--n", "9223372036854775807")
	run(false, "--alpha", "nan")
	run(false, "--margin", "inf")
	run(false, "--devices", "1000000000")
	run(true, "--stop", "9223372036854775807")
	run(false, "--layers", strings.TrimSuffix(strings.Repeat("last,", 20000), ","))
	run(false, "--label-noise", "1e308")
	return all
}

// fileBombs are files that are small on the disk, and are not what they promise.
func fileBombs() []bomb {
	run := func(path string, own string) []string {
		args := words(quickRun, quick, []string{"--data", path})
		if own != "" {
			args = append(args, "--own", own)
		}
		return args
	}
	table := "layout=table"
	probe := words([]string{"probe", "f.npz"}, quick)
	data := func(name string, args []string, files func(dir string) error) bomb {
		return bomb{name: name, files: files, args: args}
	}
	zeros := int64(3 << 30)
	return []bomb{
		data("npz, labels of 3 GiB", probe, zeroMember("labels.npy", "<U1", []int{int(zeros / 4)}, zeros)),
		data("npz, groups of 3 GiB", probe, zeroMember("groups.npy", "<i8", []int{int(zeros / 8)}, zeros)),
		data("npz, label sets of 3 GiB", probe, zeroMember("permuted_labels.npy", "<i8", []int{int(zeros / 8 / 48), 48}, zeros/8/48*48*8)),
		data("npz, train of 3 GiB", probe, zeroMember("input/train.npy", "<f4", []int{48, int(zeros / 4 / 48)}, zeros/4/48*48*4)),
		data("npz, labels of one text of 3 GiB", probe, zeroMember("labels.npy", fmt.Sprintf("<U%d", zeros/4/48), []int{48}, zeros/4/48*48*4)),
		data("npz, X of 3 GiB", run("f.npz", table), zeroMember("X.npy", "<f4", []int{60, int(zeros / 4 / 60)}, zeros/4/60*60*4)),
		data("npz, y of 3 GiB", run("f.npz", table), zeroMember("y.npy", "<U1", []int{int(zeros / 4)}, zeros)),
		data("npy that promises 2^50 values", run("d", table), promised("d/X.npy", npyHeader("<f4", []int{1 << 25, 1 << 25}), "d/y.npy", ints("y", []int{0, 1, 2}).npy())),
		data("npy whose dimensions overflow", run("d", table), promised("d/X.npy", npyHeader("<f4", []int{1 << 32, 1 << 32}), "d/y.npy", ints("y", []int{0, 1, 2}).npy())),
		data("npy of negative dimensions", run("d", table), promised("d/X.npy", npyHeader("<f4", []int{-60, -4}), "d/y.npy", ints("y", []int{0, 1, 2}).npy())),
		data("npy header of 4 GiB", run("d", table), promised("d/X.npy", append([]byte("\x93NUMPY\x02\x00\xff\xff\xff\xff"), "{'descr'"...), "d/y.npy", ints("y", []int{0, 1, 2}).npy())),
		data("safetensors header of 2^60 bytes", run("f.safetensors", table), promised("f.safetensors", binary.LittleEndian.AppendUint64(nil, 1<<60))),
		data("safetensors header of 1 GiB", run("f.safetensors", table), sparse("f.safetensors", binary.LittleEndian.AppendUint64(nil, 1<<30), 1<<30+100)),
		data("safetensors that promise 2^62 bytes", run("f.safetensors", table), promised("f.safetensors", header(`{"X":{"dtype":"F32","shape":[1073741824,1073741824],"data_offsets":[0,4611686018427387904]}}`))),
		data("IDX labels that promise 2^32", run("d", ""), promised("d/train-images-idx3-ubyte", idx([]int{math.MaxUint32, 2, 2}, nil), "d/train-labels-idx1-ubyte", idx([]int{math.MaxUint32}, nil))),
		data("IDX whose dimensions overflow", run("d", ""), promised("d/train-images-idx3-ubyte", idx([]int{math.MaxUint32, math.MaxUint32, math.MaxUint32}, nil), "d/train-labels-idx1-ubyte", idx([]int{60}, nil))),
		data("IDX labels of 3 GiB in a gzip", run("d", ""), zeroGzip("d/train-labels-idx1-ubyte.gz", idx([]int{int(zeros)}, nil), zeros, "d/train-images-idx3-ubyte", idx([]int{60, 2, 2}, make([]byte, 240)))),
		data("CIFAR of 3 GiB", run("d", ""), sparse("d/data_batch_1.bin", nil, 3073<<20)),
		data("a CSV of one line of 300 MB", run("f.csv", table), longLine("f.csv")),
		data("a CSV of a million columns", run("f.csv", table), promised("f.csv", []byte(strings.Repeat("c,", 1000000)+"label\n"+strings.Repeat("0,", 1000000)+"a\n"))),
		data("a CSV of 1 GiB of zero bytes", run("f.csv", table), sparse("f.csv", []byte("a,label\n"), 1<<30)),
		data("a CSV with a quote that never ends", run("f.csv", table), promised("f.csv", append([]byte("a,label\n\""), bytes.Repeat([]byte("x\n"), 20<<20)...))),
		data("a PNG of 65,535 × 65,535", run("d", ""), promised("d/a/1.png", hugePNG(), "d/b/2.png", hugePNG())),
		data("PNGs of 8,000 × 8,000", run("d", ""), bigPictures),
		data("a configuration of aliases", []string{"run", "--config", "c.yaml", "--offline", "--quiet", "--out", "out"}, promised("c.yaml", laughs())),
		data("a network of aliases", []string{"run", "--net", "n.yaml", "--data", "gaussian:60:2x2x1:3", "--offline", "--quiet", "--out", "out"}, promised("n.yaml", laughs())),
		data("a network nested 100,000 deep", []string{"run", "--net", "n.yaml", "--data", "gaussian:60:2x2x1:3", "--offline", "--quiet", "--out", "out"}, promised("n.yaml", []byte("layers: "+strings.Repeat("[", 100000)))),
		data("a network of 2^62 units", []string{"run", "--net", "n.yaml", "--data", "gaussian:60:2x2x1:3", "--offline", "--quiet", "--backend", "go", "--out", "out"}, promised("n.yaml", []byte(strings.ReplaceAll(networkYAML, "units: 4", "units: 4611686018427387904")))),
		{name: "a network of 100,000 layers", long: true, args: []string{"run", "--net", "n.yaml", "--data", "gaussian:60:2x2x1:3", "--offline", "--quiet", "--backend", "go", "--epochs", "0", "--out", "out"}, files: promised("n.yaml", []byte("name: n\nlayers:\n"+strings.Repeat("    - {kind: dense, units: 1}\n", 100000)))},
		data("a configuration of 4 GiB", []string{"run", "--config", "c.yaml", "--offline", "--quiet", "--out", "out"}, sparse("c.yaml", nil, 4<<30)),
		data("rows.jsonl of 4 GiB", []string{"report", "out"}, sparse("out/rows.jsonl", nil, 4<<30, "out/config.yaml", []byte("data: x\n"), "out/manifest.json", []byte("{}"))),
		data("rows.jsonl of one long line", []string{"report", "out"}, sparse("out/rows.jsonl", []byte(`{"format":2,"data":"`), 1<<30, "out/config.yaml", []byte("data: x\n"), "out/manifest.json", []byte("{}"))),
		data("manifest.json of 4 GiB", []string{"report", "out"}, sparse("out/manifest.json", nil, 4<<30, "out/config.yaml", []byte("data: x\n"), "out/rows.jsonl", nil)),
		data("manifest.json nested a million deep", []string{"report", "out"}, promised("out/manifest.json", []byte(strings.Repeat("[", 1000000)), "out/config.yaml", []byte("data: x\n"), "out/rows.jsonl", []byte{})),
		data("an ONNX initializer of 2^80 values", []string{"onnx", "m.onnx", "--data", "gaussian:60:2x2x1:3", "--offline", "--backend", "go", "--quiet", "--out", "out"}, promised("m.onnx", hugeModel())),
		data("an ONNX file of 4 GiB", []string{"onnx", "m.onnx", "--data", "gaussian:60:2x2x1:3", "--offline", "--backend", "go", "--quiet", "--out", "out"}, sparse("m.onnx", nil, 4<<30)),
	}
}

// header is safetensors' header of this text.
func header(text string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)
}

// promised writes files; pairs of names and contents.
func promised(pairs ...any) func(dir string) error {
	return func(dir string) error {
		files := tree{}
		for i := 0; i < len(pairs); i += 2 {
			files[pairs[i].(string)], _ = pairs[i+1].([]byte)
		}
		return files.write(dir)
	}
}

// sparse writes a file that begins with b and has size bytes, nearly all of them
// zeros that take no space on the disk, and further files.
func sparse(name string, b []byte, size int64, others ...any) func(dir string) error {
	return func(dir string) error {
		if err := promised(append(others, name, b)...)(dir); err != nil {
			return err
		}
		return os.Truncate(filepath.Join(dir, name), size)
	}
}

// zeros is this many zeros, deflated in a moment: one block again and again, and
// their checksum.
func zeros(head []byte, n int64) (deflated []byte, sum uint32) {
	const block = 1 << 24
	compress := func(b []byte, end bool) []byte {
		var out bytes.Buffer
		w, err := flate.NewWriter(&out, flate.BestSpeed)
		if err != nil {
			panic(err) // the level is one
		}
		w.Write(b) // a buffer takes everything
		if end {
			w.Close()
		} else {
			w.Flush()
		}
		return out.Bytes()
	}
	plain := make([]byte, block)
	packed := compress(plain, false)
	deflated, sum = compress(head, false), crc32.ChecksumIEEE(head)
	for ; n >= block; n -= block {
		deflated, sum = append(deflated, packed...), crc32.Update(sum, crc32.IEEETable, plain)
	}
	return append(deflated, compress(plain[:n], true)...), crc32.Update(sum, crc32.IEEETable, plain[:n])
}

// zeroMember writes f.npz with what a file of features or data has, and one member
// of zeros, which take a thousandth of their size.
func zeroMember(name, dtype string, dims []int, size int64) func(dir string) error {
	return func(dir string) error {
		f, err := os.Create(filepath.Join(dir, "f.npz"))
		if err != nil {
			return err
		}
		defer f.Close()
		z := zip.NewWriter(f)
		r := rand.New(rand.NewPCG(1, 1))
		for _, a := range append(features(r), images(r)...) {
			if a.name+".npy" == name {
				continue
			}
			w, err := z.Create(a.name + ".npy")
			if err != nil {
				return err
			}
			if _, err := w.Write(a.npy()); err != nil {
				return err
			}
		}
		head := npyHeader(dtype, dims)
		packed, sum := zeros(head, size)
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: sum, CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(len(head)) + uint64(size)})
		if err != nil {
			return err
		}
		if _, err := w.Write(packed); err != nil {
			return err
		}
		return z.Close()
	}
}

// zeroGzip writes a gzip of a header and zeros, and another file.
func zeroGzip(name string, head []byte, size int64, others ...any) func(dir string) error {
	return func(dir string) error {
		packed, sum := zeros(head, size)
		b := append([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), packed...)
		b = binary.LittleEndian.AppendUint32(b, sum)
		b = binary.LittleEndian.AppendUint32(b, uint32(int64(len(head))+size))
		return promised(append(others, name, b)...)(dir)
	}
}

func longLine(name string) func(dir string) error {
	return func(dir string) error {
		return os.WriteFile(filepath.Join(dir, name), append([]byte("a,label\n"), bytes.Repeat([]byte("1"), 300<<20)...), 0o644)
	}
}

// hugePNG is a small picture whose header says 65,535 × 65,535.
func hugePNG() []byte {
	var b bytes.Buffer
	png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))) // a buffer takes everything
	p := b.Bytes()
	binary.BigEndian.PutUint32(p[16:], 65535)
	binary.BigEndian.PutUint32(p[20:], 65535)
	binary.BigEndian.PutUint32(p[29:], crc32.ChecksumIEEE(p[12:29]))
	return p
}

// bigPictures writes pictures of 64 million pixels, all of one colour.
func bigPictures(dir string) error {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, image.NewGray(image.Rect(0, 0, 8000, 8000))); err != nil {
		return err
	}
	files := tree{}
	for i := range 8 {
		files[fmt.Sprintf("d/%c/%d.png", 'a'+i%2, i)] = b.Bytes()
	}
	return files.write(dir)
}

// laughs is a document of aliases of aliases, a billion in all.
func laughs() []byte {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return []byte(text + "layers: *a9\nname: *a9\n")
}

// hugeModel is a model of one product with a weight that promises 2^80 values.
func hugeModel() []byte {
	field := func(n int, b []byte) []byte {
		out := binary.AppendUvarint(nil, uint64(n<<3|2))
		return append(binary.AppendUvarint(out, uint64(len(b))), b...)
	}
	number := func(n int, v uint64) []byte {
		return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(n<<3)), v)
	}
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	weight := join(number(1, 1<<40), number(1, 1<<40), number(2, 1), field(8, []byte("w")), field(9, make([]byte, 16)))
	node := join(field(1, []byte("x")), field(1, []byte("w")), field(2, []byte("y")), field(4, []byte("MatMul")))
	value := func(name string) []byte {
		dims := join(field(1, number(1, 60)), field(1, number(1, 4)))
		return join(field(1, []byte(name)), field(2, field(1, join(number(1, 1), field(2, dims)))))
	}
	graph := join(field(1, node), field(2, []byte("g")), field(5, weight), field(11, value("x")), field(12, value("y")))
	return join(number(1, 8), field(7, graph), field(8, number(2, 17)))
}
