package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// featureArrays are features of n examples in three classes whose means differ,
// with noisy copies at two levels.
func featureArrays(n int) []arrays.Named {
	const d = 5
	r := rand.New(rand.NewPCG(1, 2))
	labels := make([]int32, n)
	train := make([]float32, n*d)
	for i := range n {
		labels[i] = int32(i % 3)
		for j := range d {
			train[i*d+j] = float32(r.NormFloat64())
			if j == int(labels[i]) {
				train[i*d+j] += 2
			}
		}
	}
	noisy := func(sd float64) []float32 {
		out := slices.Clone(train)
		for i := range out {
			out[i] += float32(sd * r.NormFloat64())
		}
		return out
	}
	return []arrays.Named{
		{Name: "train", Dims: []int{n, d}, Floats: train},
		{Name: "valid_0.5", Dims: []int{n, d}, Floats: noisy(0.5)},
		{Name: "valid_0.1", Dims: []int{n, d}, Floats: noisy(0.1)},
		{Name: "labels", Dims: []int{n}, Ints: labels},
		{Name: "fresh", Dims: []int{n / 2, d}, Floats: noisy(1)[:n/2*d]},
		{Name: "fresh_labels", Dims: []int{n / 2}, Ints: labels[:n/2]},
	}
}

func writeFeatures(t *testing.T, all ...arrays.Named) string {
	t.Helper()
	var b bytes.Buffer
	if err := arrays.WriteNPZ(&b, all...); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "net.npz")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// with replaces the array of the same name, or adds it; a nil array takes it away.
func with(list []arrays.Named, name string, a *arrays.Named) []arrays.Named {
	list = slices.DeleteFunc(slices.Clone(list), func(b arrays.Named) bool { return b.Name == name })
	if a != nil {
		a.Name = name
		list = append(list, *a)
	}
	return list
}

func get(list []arrays.Named, name string) arrays.Named {
	return list[slices.IndexFunc(list, func(a arrays.Named) bool { return a.Name == name })]
}

// probeJSON probes and returns the rows printed.
func probeJSON(t *testing.T, args ...string) []result.Row {
	t.Helper()
	out := filepath.Join(t.TempDir(), "run")
	code, stdout, stderr := command(append([]string{"probe", "--json", "--quiet", "--permutations", "19", "--out", out}, args...)...)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var rows []result.Row
	for _, line := range strings.Split(strings.TrimSpace(stdout), "\n") {
		var r result.Row
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

func TestProbeWritesItsFolder(t *testing.T) {
	path := writeFeatures(t, featureArrays(90)...)
	out := filepath.Join(t.TempDir(), "run")
	args := []string{"probe", path, "--permutations", "19", "--quiet", "--out", out}
	code, stdout, stderr := command(args...)
	if code != exitDone || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for _, want := range []string{"Probe ridge", "Probe knn", "net", out} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	rows := readRows(t, out)
	if len(rows) != 4 {
		t.Fatalf("%d rows, want 4", len(rows))
	}
	for i, r := range rows {
		if r.Network != "net" || r.Epoch != result.EpochNone || r.Layer != "features" || r.Level != []float64{0.1, 0.5}[i%2] || r.N != 90 || r.Classes != 3 || r.Exact {
			t.Errorf("row %+v", r)
		}
		if r.Fresh == nil || *r.Fresh < 0.5 || r.Learning < 0.2 || r.LearningP != 0.05 || r.LearningPAdjusted == nil {
			t.Errorf("%s: fresh %v, learning %v, p %v, adjusted %v", r.Cell(), r.Fresh, r.Learning, r.LearningP, r.LearningPAdjusted)
		}
	}
	for _, name := range []string{"config.yaml", "manifest.json", "report.html", "report.md", "rows.csv", "examples.csv"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	d, err := rundir.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := d.Manifest(); err != nil || m.Programs < 5 || m.Compiled.Seconds <= 0 {
		t.Errorf("the manifest says that %+v was compiled (%v)", m.Compiled, err)
	}
	examples, err := os.ReadFile(filepath.Join(out, "examples.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(examples)).ReadAll()
	if err != nil || len(lines) != 1+4*90 {
		t.Errorf("examples.csv has %d lines, want %d (%v)", len(lines), 1+4*90, err)
	}
	if code, _, stderr = command(args...); code != exitUsage || !strings.Contains(stderr, out) {
		t.Errorf("the same folder again: exit %d: %s", code, stderr)
	}
	if code, stdout, _ = command("report", out); code != exitDone || !strings.Contains(stdout, "report.html") {
		t.Errorf("report: exit %d: %s", code, stdout)
	}
}

// However the same numbers are saved, the rows are the same.
func TestProbeReadsEveryFormat(t *testing.T) {
	list := featureArrays(60)
	want := probeJSON(t, writeFeatures(t, list...), "--probes", "centroid")
	check := func(t *testing.T, rows []result.Row) {
		t.Helper()
		if len(rows) != len(want) {
			t.Fatalf("%d rows, want %d", len(rows), len(want))
		}
		for i, r := range rows {
			if r.Level != want[i].Level || r.Observed != want[i].Observed || !slices.Equal(r.Null, want[i].Null) || (r.Fresh == nil) != (want[i].Fresh == nil) {
				t.Errorf("%s: %v %v, want %v %v", r.Cell(), r.Observed, r.Null, want[i].Observed, want[i].Null)
			}
		}
	}
	dir := t.TempDir()
	t.Run("npy", func(t *testing.T) {
		for _, a := range list {
			unzip(t, writeFeatures(t, a), filepath.Join(dir, a.Name+".npy"))
		}
		file := func(name string) string { return filepath.Join(dir, name+".npy") }
		check(t, probeJSON(t, "--train", file("train"), "--valid", file("valid_0.1"), "--valid", "0.5="+file("valid_0.5"), "--labels", file("labels"),
			"--fresh", file("fresh"), "--fresh-labels", file("fresh_labels"), "--probes", "centroid"))
	})
	t.Run("csv", func(t *testing.T) {
		labels := get(list, "labels").Ints
		for _, name := range []string{"train", "valid_0.1", "valid_0.5", "fresh"} {
			writeTable(t, filepath.Join(dir, name+".csv"), get(list, name), labels)
		}
		file := func(name string) string { return filepath.Join(dir, name+".csv") }
		check(t, probeJSON(t, file("train"), "--valid", "0.1="+file("valid_0.1"), "--valid", "0.5="+file("valid_0.5"), "--labels", "species", "--fresh", file("fresh"), "--probes", "centroid"))
	})
	t.Run("safetensors", func(t *testing.T) {
		path := filepath.Join(dir, "net.safetensors")
		writeSafetensors(t, path, list)
		check(t, probeJSON(t, path, "--probes", "centroid"))
	})
	t.Run("one-hot", func(t *testing.T) {
		labels := get(list, "labels").Ints
		hot := make([]float32, 3*len(labels))
		for i, y := range labels {
			hot[3*i+int(y)] = 1
		}
		check(t, probeJSON(t, writeFeatures(t, with(list, "labels", &arrays.Named{Dims: []int{len(labels), 3}, Floats: hot})...), "--probes", "centroid"))
	})
	t.Run("keys", func(t *testing.T) {
		renamed := slices.Clone(list)
		for i, name := range []string{"X", "far", "near", "y", "Z", "z"} {
			renamed[i].Name = name
		}
		path := writeFeatures(t, renamed...)
		check(t, probeJSON(t, path, "--train", "X", "--valid", "0.1=near", "--valid", "0.5="+path+":far", "--labels", "y", "--fresh", "Z", "--fresh-labels", "z", "--probes", "centroid"))
	})
}

// Files that are named by keys alone, as PATH:NAME too, are noted as keys and not as
// FILE, so that the run can be gone on with, and the hash is of all of them.
func TestProbeOfKeysAlone(t *testing.T) {
	list := featureArrays(60)
	file, labels := writeFeatures(t, list[:3]...), writeFeatures(t, list[3])
	out := filepath.Join(t.TempDir(), "run")
	args := []string{"probe", "--train", file + ":train", "--valid", "0.5=" + file + ":valid_0.5", "--labels", labels + ":labels", "--probes", "centroid", "--permutations", "19", "--quiet"}
	if code, _, stderr := command(append(args, "--out", out)...); code != exitDone {
		t.Fatal(stderr)
	}
	rows := read(t, out, rundir.RowsFile)
	if !strings.Contains(rows, `"data":"net.npz:train","network":"net"`) {
		t.Errorf("the rows name other features: %s", rows)
	}
	if config := read(t, out, rundir.ConfigFile); strings.Contains(config, "\nfile: net") || strings.Contains(config, "\nfile: /") {
		t.Errorf("no FILE was given, but config.yaml has one:\n%s", config)
	}
	if code, _, stderr := command("probe", "--resume", "--quiet", "--out", out, "--permutations", "29"); code != exitDone {
		t.Errorf("going on: exit %d: %s", code, stderr)
	}
	hash := func(folder string) string {
		t.Helper()
		d, err := rundir.Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		m, err := d.Manifest()
		if err != nil {
			t.Fatal(err)
		}
		return m.Data.SHA256
	}
	// Other labels, in the file that is not that of the training features.
	changed := list[3]
	changed.Ints = slices.Clone(changed.Ints)
	changed.Ints[0] = 2
	if err := os.Rename(writeFeatures(t, changed), labels); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "again")
	if code, _, stderr := command(append(args, "--out", again)...); code != exitDone {
		t.Fatal(stderr)
	}
	if hash(out) == "" || hash(out) == hash(again) {
		t.Errorf("the hash %q does not tell that the labels are others", hash(out))
	}
	// Of one file it is the file's own.
	single := filepath.Join(t.TempDir(), "single")
	whole := writeFeatures(t, list...)
	if code, _, stderr := command("probe", whole, "--probes", "centroid", "--permutations", "19", "--quiet", "--out", single); code != exitDone {
		t.Fatal(stderr)
	}
	if want, err := fileHash(whole); err != nil || hash(single) != want {
		t.Errorf("the hash is %s, that of the file %s (%v)", hash(single), want, err)
	}
}

// unzip copies the one member of an archive.
func unzip(t *testing.T, archive, to string) {
	t.Helper()
	b, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.Index(b, []byte("\x93NUMPY"))
	end := bytes.LastIndex(b, []byte("PK\x07\x08")) // after the values
	if start < 0 || end < start {
		t.Fatalf("no array in %s", archive)
	}
	if err := os.WriteFile(to, b[start:end], 0o644); err != nil {
		t.Fatal(err)
	}
}

func writeTable(t *testing.T, path string, a arrays.Named, labels []int32) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintln(&b, "a,b,species,c,d,e")
	for i := range a.Dims[0] {
		x := a.Floats[5*i:]
		fmt.Fprintf(&b, "%v,%v,%d,%v,%v,%v\n", x[0], x[1], labels[i], x[2], x[3], x[4])
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func writeSafetensors(t *testing.T, path string, list []arrays.Named) {
	t.Helper()
	header := map[string]any{}
	var values bytes.Buffer
	for _, a := range list {
		begin := values.Len()
		kind := "F32"
		var err error
		if a.Ints != nil {
			kind = "I32"
			err = writeLittle(&values, a.Ints)
		} else {
			err = writeLittle(&values, a.Floats)
		}
		if err != nil {
			t.Fatal(err)
		}
		header[a.Name] = map[string]any{"dtype": kind, "shape": a.Dims, "data_offsets": []int{begin, values.Len()}}
	}
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := writeLittle(&b, uint64(len(text))); err != nil {
		t.Fatal(err)
	}
	b.Write(text)
	b.Write(values.Bytes())
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestProbeSeveralLayersAndGivenPermutations(t *testing.T) {
	list := featureArrays(60)
	var all []arrays.Named
	for _, layer := range []string{"input", "block/dense1"} {
		for _, name := range []string{"train", "valid_0.1", "valid_0.5"} {
			a := get(list, name)
			a.Name = layer + "/" + name
			all = append(all, a)
		}
	}
	all = append(all, get(list, "labels"))
	rows := probeJSON(t, writeFeatures(t, all...), "--probes", "centroid", "--name", "resnet", "--perturb", "rotate")
	if len(rows) != 4 {
		t.Fatalf("%d rows, want 4", len(rows))
	}
	for i, r := range rows {
		network, layer := []string{"input", "resnet"}[i/2], []string{"input", "block/dense1"}[i/2]
		if r.Network != network || r.Layer != layer || r.Perturbation != "rotate" || r.Exact != (i < 2) || r.Fresh != nil {
			t.Errorf("row %d: network %s, layer %s, perturbation %s, exact %v", i, r.Network, r.Layer, r.Perturbation, r.Exact)
		}
	}

	labels := get(list, "labels").Ints
	sets := make([]int32, 0, 20*len(labels))
	for b := range 20 { // rotations, by which every set is a permutation
		sets = append(append(sets, labels[b+1:]...), labels[:b+1]...)
	}
	given := with(list, "permuted_labels", &arrays.Named{Dims: []int{20, len(labels)}, Ints: sets})
	rows = probeJSON(t, writeFeatures(t, given...), "--probes", "centroid")
	for _, r := range rows {
		if r.Permutations != 20 {
			t.Errorf("%d permutations, want the 20 of the file", r.Permutations)
		}
		for b := 2; b < 20; b += 3 { // a rotation by 3 of the labels 0,1,2,0,1,2… is the labels themselves
			if r.Null[b] != r.Observed {
				t.Errorf("%s: set %d equals the labels, but %v is not %v", r.Cell(), b+1, r.Null[b], r.Observed)
			}
		}
	}
	_, _, stderr := command("probe", writeFeatures(t, given...), "--probes", "centroid", "--permutations", "199", "--json", "--out", filepath.Join(t.TempDir(), "run"))
	if !strings.Contains(stderr, "its 20 label sets in permuted_labels are the null, not the 199 of --permutations") {
		t.Errorf("199 permutations are asked for and the file has 20; it says %q", stderr)
	}
	rows = probeJSON(t, writeFeatures(t, with(list, "fresh", nil)...), "--n", "30", "--probes", "centroid")
	if rows[0].N != 30 {
		t.Errorf("--n 30 measured %d examples", rows[0].N)
	}
}

func TestProbeRefusesBadInput(t *testing.T) {
	good := featureArrays(30)
	ints := func(dims []int, values ...int32) *arrays.Named { return &arrays.Named{Dims: dims, Ints: values} }
	floats := func(dims ...int) *arrays.Named {
		n := 1
		for _, d := range dims {
			n *= d
		}
		return &arrays.Named{Dims: dims, Floats: make([]float32, n)}
	}
	none := filepath.Join(t.TempDir(), "none.npz")
	sets := filepath.Join(t.TempDir(), "sets.csv")
	if err := os.WriteFile(sets, []byte("a,b\n0,1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	types, pickled := filepath.Join("..", "..", "datasets", "arrays", "testdata", "types.npz"), ":objects"
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"no file", []string{none}, "none.npz"},
		{"nothing", nil, "give FILE"},
		{"wrong ending", []string{"model.pt"}, ".safetensors"},
		{"no train", []string{writeFeatures(t, with(good, "train", nil)...)}, `no array "train", nor one that ends in "/train"; it has valid_0.5 float32 [30 5]`},
		{"no labels", []string{writeFeatures(t, with(good, "labels", nil)...)}, "there are no labels of the training features train float32 [30 5]; there are train"},
		{"no copies", []string{writeFeatures(t, with(with(good, "valid_0.1", nil), "valid_0.5", nil)...)}, "save them as valid_LEVEL"},
		{"no fresh labels", []string{writeFeatures(t, with(good, "fresh_labels", nil)...)}, "--fresh-labels"},
		{"missing key", []string{writeFeatures(t, good...), "--train", "X"}, `has no array "X"; it has train float32 [30 5]`},
		{"missing label key", []string{writeFeatures(t, good...), "--labels", "y"}, `has no array "y"`},
		{"copies of other shape", []string{writeFeatures(t, with(good, "valid_0.1", floats(29, 5))...)}, "valid_0.1 float32 [29 5] at level 0.1 do not fit the training features train float32 [30 5]"},
		{"labels of other length", []string{writeFeatures(t, with(good, "labels", ints([]int{3}, 0, 1, 2))...)}, "labels int32 [3] do not fit the training features train float32 [30 5]"},
		{"fresh of other width", []string{writeFeatures(t, with(good, "fresh", floats(15, 4))...)}, "fresh float32 [15 4] do not have the columns of the training features train float32 [30 5]"},
		{"permuted, turned", []string{writeFeatures(t, with(good, "permuted_labels", ints([]int{2, 3}, 0, 1, 2, 0, 1, 2))...)}, "permuted_labels int32 [2 3] do not fit the training features train float32 [30 5]"},
		{"unknown class", []string{writeFeatures(t, with(good, "fresh_labels", ints([]int{15}, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))...)}, `label "3" of example 3 is none of the 3 classes`},
		{"level of a word", []string{writeFeatures(t, with(good, "valid_much", floats(30, 5))...)}, `"much" is no level`},
		{"soft labels", []string{writeFeatures(t, with(good, "labels", floats(30, 3))...)}, "not one-hot"},
		{"pickled", []string{types, "--train", "objects", "--valid", "1=float32"}, "pickled"},
		{"pickled, by path", []string{"--train", types + pickled, "--valid", "1=" + types + ":float32"}, "pickled"},
		{"complex", []string{types, "--train", "complex", "--valid", "1=float32"}, "complex"},
		{"text", []string{types, "--train", "text", "--valid", "1=float32"}, "text"},
		{"one value, a file of many", []string{"--train", types, "--valid", "1=" + types}, "several arrays"},
		{"scale", []string{writeFeatures(t, good...), "--scale", "minmax"}, "choose from auto, floor, standard, shared, none"},
		{"probes", []string{writeFeatures(t, good...), "--probes", "svm"}, "choose from ridge"},
		{"permutations", []string{writeFeatures(t, good...), "--permutations", "3"}, "at least 19"},
		{"n", []string{writeFeatures(t, good...), "--n", "-1"}, "n: -1"},
		{"label sets in a table", []string{writeFeatures(t, good...), "--permuted", sets}, "sets.csv is a table, which cannot hold label sets"},
		{"not finite", []string{writeFeatures(t, with(good, "valid_0.1", &arrays.Named{Dims: []int{30, 5}, Floats: append(make([]float32, 149), float32(math.Inf(1)))})...)}, "row 29, column 4 is +Inf"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "run")
			code, stdout, stderr := command(append(append([]string{"probe"}, test.args...), "--out", out)...)
			if code != exitUsage || !strings.Contains(stderr, test.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stderr should be one line with %q: %q", code, test.want, stderr)
			}
			if stdout != "" {
				t.Errorf("stdout: %q", stdout)
			}
			if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the folder was made: %v", err)
			}
		})
	}
}

// Arrays of 256 GiB are refused with a number of examples that would fit; of
// them, only the first rows are read then.
func TestProbeLargerThanMemory(t *testing.T) {
	dir := t.TempDir()
	const rows = 1 << 20
	labels := make([]int32, rows)
	for i := range labels {
		labels[i] = int32(i % 2)
	}
	unzip(t, writeFeatures(t, arrays.Named{Name: "labels", Dims: []int{rows}, Ints: labels}), filepath.Join(dir, "labels.npy"))
	args := func(cols int) []string {
		train, valid := filepath.Join(dir, fmt.Sprint("train-", cols, ".npy")), filepath.Join(dir, fmt.Sprint("valid-", cols, ".npy"))
		for _, path := range []string{train, valid} {
			if _, err := os.Stat(path); err != nil {
				writeWithHole(t, path, rows, cols)
			}
		}
		return []string{"--train", train, "--valid", "0.3=" + valid, "--labels", filepath.Join(dir, "labels.npy"), "--probes", "centroid"}
	}
	code, _, stderr := command(append([]string{"probe", "--quiet", "--out", filepath.Join(dir, "run")}, args(1<<16)...)...)
	if _, known := memory.Free(); known && (code != exitUsage || !strings.Contains(stderr, "needs about 2048.0 GiB of memory") || !strings.Contains(stderr, "such as --n ")) {
		t.Errorf("exit %d: %s", code, stderr)
	}
	few := args(1 << 4)
	if long() { // the large ones, of which a gigabyte each is hashed
		few = args(1 << 16)
	}
	if rows := probeJSON(t, append(few, "--n", "32")...); len(rows) != 1 || rows[0].N != 32 || rows[0].Features != 2 {
		t.Errorf("%+v", rows)
	}
}

// writeWithHole writes a matrix that has a little to see in its first rows; the rest of
// the file is a hole.
func writeWithHole(t *testing.T, path string, rows, cols int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", rows, cols)
	if _, err := fmt.Fprintf(f, "\x93NUMPY\x01\x00%c%c%s", len(header), 0, header); err != nil {
		t.Fatal(err)
	}
	for i := range 32 {
		var b bytes.Buffer
		if err := writeLittle(&b, []float32{float32(i % 2), float32(i * i % 7)}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt(b.Bytes(), int64(10+len(header))+int64(i)*4*int64(cols)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Truncate(int64(10+len(header)) + 4*int64(rows)*int64(cols)); err != nil {
		t.Skipf("no files with holes here: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func writeLittle(w *bytes.Buffer, v any) error { return binary.Write(w, binary.LittleEndian, v) }

func TestProbeInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var out, errs bytes.Buffer
	folder := filepath.Join(t.TempDir(), "run")
	code := run(ctx, []string{"memtest", "probe", writeFeatures(t, featureArrays(30)...), "--out", folder}, &out, &errs)
	if code != exitInterrupted || strings.Count(errs.String(), "\n") != 1 {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}
