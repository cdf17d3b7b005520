//go:build linux

package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// room is the private memory that a process with hostile input is given, in bytes.
// Address space that is only reserved does not count, as it does for ulimit -v.
const room = 2 << 30

// reader is a kind of input: its files, and the command that reads them.
type reader struct {
	name  string
	files func(b *bench, r *rand.Rand) (tree, error)
	args  []string
	long  bool // what is asked for may take long, but no memory
	never bool // it is not taken as it is either: its checksum is another
}

// quick is what commands measure of hostile input.
var quick = []string{"--permutations", "19", "--halves", "-1", "--probes", "ridge,knn", "--backend", "go", "--quiet", "--out", "out"}

var quickRun = []string{"run", "--offline", "--net", "mlp:4", "--epochs", "0,1", "--levels", "0.3", "--refs", "input,twin"}

// large measures less, of pictures that are larger.
func large(data ...string) []string {
	args := words(quickRun, quick, data)
	for _, set := range [][2]string{{"--probes", "knn"}, {"--refs", "input"}, {"--epochs", "0"}} {
		args = with(args, set[0], set[1])
	}
	return args
}

// with is the arguments with another value of a flag: lists grow where a flag is
// given twice.
func with(args []string, flag, value string) []string {
	args = slices.Clone(args)
	if i := slices.Index(args, flag); i >= 0 {
		args[i+1] = value
		return args
	}
	return append(args, flag, value)
}

func dataReader(name, path, own string, files func(r *rand.Rand) tree) reader {
	args := words(quickRun, quick, []string{"--data", path})
	if own != "" {
		args = append(args, "--own", own)
	}
	return reader{name: name, args: args, files: func(_ *bench, r *rand.Rand) (tree, error) { return files(r), nil }}
}

// readers are all kinds of input.
func readers() []reader {
	return append(sequenceReaders(), []reader{
		dataReader("npz", "d.npz", "layout=nhw,low=0,high=1", func(r *rand.Rand) tree { return tree{"d.npz": npz(images(r))} }),
		dataReader("npy folder", "d", "layout=nhw,low=0,high=1", func(r *rand.Rand) tree {
			files := tree{}
			for _, a := range images(r) {
				files["d/"+a.name+".npy"] = a.npy()
			}
			return files
		}),
		dataReader("safetensors", "d.safetensors", "layout=nhw,low=0,high=1", func(r *rand.Rand) tree { return tree{"d.safetensors": safetensors(images(r))} }),
		dataReader("npz of a table", "d.npz", "layout=table", tables),
		dataReader("csv", "d.csv", "layout=table", func(r *rand.Rand) tree {
			x, y := examples(r, 60, 4, 3)
			return tree{"d.csv": csvOf(x, y, true)}
		}),
		dataReader("csv of categories", "d.csv", "categories=code", func(r *rand.Rand) tree {
			text := "size,colour,code,label\n"
			for i := range 60 {
				text += fmt.Sprintf("%s,%s,%d,%d\n", []string{"NA", fmt.Sprint(r.Float32())}[min(i%7, 1)], []string{"red", "blue", ""}[r.IntN(3)], r.IntN(4), i%3)
			}
			return tree{"d.csv": []byte(text)}
		}),
		dataReader("idx", "d", "", idxFiles),
		dataReader("pictures", "d", "", pictureFiles),
		{name: "cifar binary", files: func(_ *bench, r *rand.Rand) (tree, error) { return cifarFiles(r), nil }, args: large("--data", "d")},
		{name: "cifar archive", never: true, files: func(_ *bench, r *rand.Rand) (tree, error) {
			return tree{"d/cifar-10-binary.tar.gz": tarred(cifarFiles(r))}, nil
		}, args: large("--data", "cifar10", "--data-dir", "d")},
		{name: "features npz", files: featureFiles, args: words([]string{"probe", "features.npz"}, quick)},
		{name: "features safetensors", files: func(_ *bench, r *rand.Rand) (tree, error) {
			return tree{"features.safetensors": safetensors(features(r))}, nil
		}, args: words([]string{"probe", "features.safetensors"}, quick)},
		{name: "features csv", files: csvFeatures, args: words([]string{"probe", "train.csv", "--valid", "0.3=valid.csv", "--labels", "label"}, quick)},
		{name: "features npy", files: npyFeatures, args: words([]string{"probe", "--train", "train.npy", "--valid", "0.3=valid.npy", "--labels", "labels.npy"}, quick)},
		{name: "onnx", files: modelOf("mlp.onnx"), args: words([]string{"onnx", "model.onnx", "--offline", "--data", "gaussian:60:2x2x1:3", "--levels", "0.3"}, quick)},
		{name: "onnx list", files: modelOf("sklearn.onnx", "operators.onnx", "old.onnx"), args: []string{"onnx", "model.onnx", "--list", "--offline", "--data", "gaussian:60:1x4x1:3", "--backend", "go"}},
		{name: "network yaml", files: func(*bench, *rand.Rand) (tree, error) { return tree{"net.yaml": []byte(networkYAML)}, nil }, args: words([]string{"run", "--offline", "--net", "net.yaml", "--epochs", "0,1", "--levels", "0.3", "--refs", "input,twin", "--data", "gaussian:60:2x2x1:3"}, quick), long: true},
		{name: "config.yaml", files: configFile, args: []string{"run", "--offline", "--config", "config.yaml", "--backend", "go", "--quiet", "--out", "out"}, long: true},
	}...)
}

// tables are columns of any values, which images are not.
func tables(r *rand.Rand) tree {
	x, y := examples(r, 60, 5, 3)
	groups := ints("groups", slices.Repeat([]int{1, 1, 1, 2, 2, 2}, 10))
	return tree{"d.npz": npz([]array{floats("X", x, 60, 5), ints("y", y), groups})}
}

func idxFiles(r *rand.Rand) tree {
	x, y := examples(r, 60, 4, 3)
	test, testY := examples(r, 30, 4, 3)
	labels := func(y []int) []byte {
		b := make([]byte, len(y))
		for i, v := range y {
			b[i] = byte(v)
		}
		return b
	}
	return tree{
		"d/train-images-idx3-ubyte.gz": gzipped(idx([]int{60, 2, 2}, grey(x))), "d/train-labels-idx1-ubyte.gz": gzipped(idx([]int{60}, labels(y))),
		"d/t10k-images-idx3-ubyte": idx([]int{30, 2, 2}, grey(test)), "d/t10k-labels-idx1-ubyte": idx([]int{30}, labels(testY)),
	}
}

func pictureFiles(r *rand.Rand) tree {
	x, y := examples(r, 45, 16, 3)
	files := tree{}
	for i, label := range y {
		img := image.NewGray(image.Rect(0, 0, 4, 4))
		for p := range 16 {
			img.SetGray(p%4, p/4, color.Gray{Y: byte(255 * x[i*16+p])})
		}
		var b bytes.Buffer
		name := fmt.Sprintf("d/class%d/%02d", label, i)
		if i%2 == 0 {
			png.Encode(&b, img) // a buffer takes everything
			name += ".png"
		} else {
			jpeg.Encode(&b, img, nil)
			name += ".jpg"
		}
		files[name] = b.Bytes()
	}
	return files
}

func cifarFiles(r *rand.Rand) tree {
	records := func(n int) []byte {
		x, y := examples(r, n, 3072, 3)
		var b []byte
		for i := range n {
			b = append(append(b, byte(y[i])), grey(x[i*3072:(i+1)*3072])...)
		}
		return b
	}
	return tree{"d/data_batch_1.bin": records(24), "d/test_batch.bin": records(12), "d/batches.meta.txt": []byte("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n")}
}

// tarred is the distributed form of CIFAR.
func tarred(files tree) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range files.names() {
		w.WriteHeader(&tar.Header{Name: "cifar-10-batches-bin/" + filepath.Base(name), Mode: 0o644, Size: int64(len(files[name]))})
		w.Write(files[name])
	}
	w.Close()
	return gzipped(b.Bytes())
}

func csvFeatures(_ *bench, r *rand.Rand) (tree, error) {
	x, y := examples(r, 60, 4, 3)
	return tree{"train.csv": csvOf(x, y, true), "valid.csv": csvOf(x, y, false)}, nil
}

func npyFeatures(_ *bench, r *rand.Rand) (tree, error) {
	x, y := examples(r, 60, 4, 3)
	return tree{"train.npy": floats("", x, 60, 4).npy(), "valid.npy": floats("", x, 60, 4).npy(), "labels.npy": ints("", y).npy()}, nil
}

// modelOf is one of these small models.
func modelOf(names ...string) func(b *bench, r *rand.Rand) (tree, error) {
	return func(b *bench, r *rand.Rand) (tree, error) {
		model, err := os.ReadFile(filepath.Join(b.models, names[r.IntN(len(names))]))
		return tree{"model.onnx": model}, err
	}
}

// configFile is that of a run.
func configFile(b *bench, _ *rand.Rand) (tree, error) {
	k := taskRun
	want, err := b.reference(k, false)
	if err != nil {
		return nil, err
	}
	files := tree{"config.yaml": want.out["config.yaml"]}
	for name, contents := range want.input {
		files[name] = contents
	}
	return files, nil
}

// readMutated gives a command a mutated input; the first of each kind is as it
// should be, and is taken.
func readMutated(t *trial) error {
	all := readers()
	d := all[t.number%len(all)]
	files, err := d.files(t.bench, t.rand)
	if err != nil {
		return err
	}
	if t.number < len(all) && !d.never {
		return t.asItIs(d, files)
	}
	names := slices.DeleteFunc(files.names(), func(n string) bool { return d.name == "config.yaml" && n != "config.yaml" })
	name := names[t.rand.IntN(len(names))]
	files[name] = mutate(t.rand, files[name])
	if err := files.write(t.dir); err != nil {
		return err
	}
	return t.hostile(call{args: d.args, in: t.dir, long: d.long}, d.name+", "+name)
}

// asItIs gives a command an input that is not mutated.
func (t *trial) asItIs(d reader, files tree) error {
	if err := files.write(t.dir); err != nil {
		return err
	}
	o, err := t.start(call{args: d.args, in: t.dir, memory: room})
	if err == nil {
		err = done(o)
	}
	if err != nil {
		return fmt.Errorf("%s, as it should be: %w", d.name, err)
	}
	t.note("as they should be")
	return nil
}

// patience is how much processor time a command may spend on hostile input; the
// clock of a busy machine may show three times as much.
const patience = 20 * time.Second

// hostile runs a command on hostile input, in little memory and time.
func (t *trial) hostile(c call, what string) error {
	c.timeout, c.memory = 3*patience, room
	if c.long {
		c.timeout = patience
	}
	o, err := t.start(c)
	if err != nil {
		return err
	}
	if err := civil(o, room+256<<20); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	switch {
	case o.interrupted:
		t.note("long ones interrupted")
	case o.processor > patience:
		return fmt.Errorf("%s: it computed for %.0f s: %v", what, o.processor.Seconds(), o)
	case o.code == 0:
		t.note("taken")
	default:
		t.note("refused with a sentence")
	}
	return nil
}

// readMutatedFolder mutates a file of a run's folder, which commands read.
func readMutatedFolder(t *trial) error {
	if err := t.finished(taskRun); err != nil {
		return err
	}
	folder, err := readTree(t.out())
	if err != nil {
		return err
	}
	names := []string{"rows.jsonl", "manifest.json", "config.yaml", "labels.npz", "pictures.json"}
	for _, n := range folder.names() {
		if filepath.Dir(n) != "." {
			names = append(names, n) // cells and snapshots
		}
	}
	name := names[t.number%len(names)]
	if err := os.WriteFile(filepath.Join(t.out(), name), mutate(t.rand, folder[name]), 0o644); err != nil {
		return err
	}
	commands := [][]string{
		{"report", "out"}, append(slices.Clone(taskRun.args), "--resume"), append(more(taskRun.args), "--resume"), {"compare", "out", "out"}, {"plan", "out"},
		{"export", "out", "--epoch", "1", "--to", "f.npz", "--backend", "go", "--quiet"}, {"report", "out", "--figures", "figures"}, {"report", "out", "--tensorboard", "logs"},
	}
	args := commands[t.rand.IntN(len(commands))]
	return t.hostile(call{args: args, in: t.dir, long: true}, name)
}
