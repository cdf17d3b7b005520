package onnx

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
)

// The models in testdata, and what their tensors are for two examples, are made
// by testdata/make.py: by the reference evaluator of the onnx package, by
// scikit-learn and by PyTorch.

func engine(t testing.TB) *Runtime {
	t.Helper()
	r, err := Open(context.Background(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func read(t testing.TB, name string) *Model {
	t.Helper()
	m, err := Read(filepath.Join("testdata", name+".onnx"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// golden are arrays by name: x, the examples, and tensors.
func golden(t testing.TB, name string) map[string]arrays.Matrix {
	return arraysOf(t, filepath.Join("testdata", name+".npz"))
}

// arraysOf are the arrays of a file, whose names have | for the / of tensors.
func arraysOf(t testing.TB, path string) map[string]arrays.Matrix {
	t.Helper()
	s, err := arrays.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all := map[string]arrays.Matrix{}
	for _, n := range s.Names() {
		a, err := s.Array(n)
		if err != nil {
			t.Fatal(err)
		}
		m, err := a.Matrix(0)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.ReplaceAll(n, "|", "/")] = arrays.Matrix(m)
	}
	return all
}

// repeated is a set of n examples, the rows of x over and over.
func repeated(x arrays.Matrix, shape datasets.Shape, n int) *datasets.Set {
	s := &datasets.Set{Name: "golden", Shape: shape, Classes: []string{"a", "b"}, Y: make([]int32, n)}
	for i := range n {
		s.X = append(s.X, x.Row(i%x.Rows)...)
	}
	return s
}

func compareRows(t *testing.T, what string, got, want arrays.Matrix) {
	t.Helper()
	if got.Cols != want.Cols {
		t.Errorf("%s: %d columns, want %d", what, got.Cols, want.Cols)
		return
	}
	for i := range got.Rows {
		for j, v := range got.Row(i) {
			w := want.Row(i % want.Rows)[j]
			if math.Abs(float64(v-w)) > 2e-5*(1+math.Abs(float64(w))) {
				t.Errorf("%s: row %d, column %d is %v, want %v", what, i, j, v, w)
				return
			}
		}
	}
}

// Every tensor is what the reference evaluator, or the library the model comes
// from, computes; also beyond the end of a batch.
func TestTensorsAsTheReferenceComputesThem(t *testing.T) {
	e := engine(t)
	for _, test := range []struct {
		name   string
		shape  datasets.Shape // as the model takes it: channels first where it has images
		layout string
		words  map[string]string // golden name -> output, where they differ
		n      int
	}{
		{"mlp", datasets.Shape{Height: 2, Width: 2, Channels: 1}, layoutNHWC, map[string]string{"act2": WordLast, "logits": wordLogits}, 2},
		{"cnn", datasets.Shape{Height: 2, Width: 6, Channels: 6}, layoutNHWC, nil, 2}, // channels first already, so as it is
		{"operators", datasets.Shape{Height: 1, Width: 1, Channels: 4}, "", nil, batchRows + 3},
		{"old", datasets.Shape{Height: 1, Width: 1, Channels: 4}, "", nil, 2},
		{"fixed", datasets.Shape{Height: 1, Width: 1, Channels: 4}, "", nil, 5},
		{"sklearn", datasets.Shape{Height: 1, Width: 1, Channels: 4}, "", map[string]string{"last": WordLast, "logits": wordLogits}, 2},
		{"torch_old", datasets.Shape{Height: 8, Width: 8, Channels: 1}, "", map[string]string{"last": WordLast, "logits": wordLogits}, 2},
		{"torch_new", datasets.Shape{Height: 8, Width: 8, Channels: 1}, "", map[string]string{"last": WordLast, "logits": wordLogits}, 2},
		{"external", datasets.Shape{Height: 2, Width: 2, Channels: 1}, layoutNHWC, map[string]string{"act2": WordLast, "logits": wordLogits}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := read(t, test.name)
			file, _, _ := strings.Cut(test.name, "_")
			if file == "external" { // the same network
				file = "mlp"
			}
			want := golden(t, file)
			set := repeated(want["x"], test.shape, test.n)
			feed, err := m.Fit(test.shape, Feed{Layout: test.layout})
			if err != nil {
				t.Fatal(err)
			}
			var names, outputs []string
			for name := range want {
				if name != "x" {
					names = append(names, name)
					if w := test.words[name]; w != "" {
						name = w
					}
					outputs = append(outputs, name)
				}
			}
			tensors, err := m.Resolve(outputs)
			if err != nil {
				t.Fatal(err)
			}
			if len(tensors) != len(names) {
				t.Fatalf("tensors %q of %q", tensors, outputs)
			}
			r, err := m.newRunner(e, feed, tensors)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			got, err := r.Features(context.Background(), set)
			if err != nil {
				t.Fatal(err)
			}
			for i, name := range names {
				if got[i].Rows != test.n {
					t.Errorf("%s: %d rows, want %d", name, got[i].Rows, test.n)
				}
				compareRows(t, name, got[i], want[name])
			}
		})
	}
}

// Examples with the channels of a pixel together, as data sets hold them, are
// transposed for a model that wants them channel by channel, and scaled.
func TestFeedTransposesAndScales(t *testing.T) {
	e := engine(t)
	want := golden(t, "cnn")
	x := want["x"]                                                          // [2, 2·6·6], channels first
	hwc := arrays.Matrix{Rows: 2, Cols: x.Cols, Data: slices.Clone(x.Data)} // pixels such that (pixel - mean)/sd is x
	mean, sd := []float64{0.5, -1}, []float64{2, 0.25}
	for i := range 2 {
		for c := range 2 {
			for p := range 36 {
				hwc.Row(i)[2*p+c] = float32(float64(x.Row(i)[36*c+p])*sd[c] + mean[c])
			}
		}
	}
	m := read(t, "cnn")
	shape := datasets.Shape{Height: 6, Width: 6, Channels: 2}
	feed, err := m.Fit(shape, Feed{Mean: mean, SD: sd})
	if err != nil || feed.Layout != layoutNCHW || !feed.Guessed {
		t.Fatalf("%+v %v", feed, err)
	}
	r, err := m.newRunner(e, feed, []string{"logits"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := r.Features(context.Background(), repeated(hwc, shape, 2))
	if err != nil {
		t.Fatal(err)
	}
	compareRows(t, "logits", got[0], want["logits"])
}

func TestFit(t *testing.T) {
	shape := func(h, w, c int) datasets.Shape { return datasets.Shape{Height: h, Width: w, Channels: c} }
	for _, test := range []struct {
		model string
		shape datasets.Shape
		feed  Feed
		want  string // layout, or part of the error
	}{
		{"cnn", shape(6, 6, 2), Feed{}, layoutNCHW},
		{"cnn", shape(2, 6, 6), Feed{}, layoutNHWC},
		{"cnn", shape(6, 2, 6), Feed{}, "of shape [batch, 2, 6, 6], but examples of the data are 6×2×6"},
		{"cnn", shape(6, 6, 2), Feed{Layout: layoutNHWC}, "do not fit as nhwc"},
		{"cnn", shape(6, 6, 2), Feed{Layout: "chwn"}, "choose nhwc, nchw, flat, flat-nchw"},
		{"cnn", shape(28, 28, 1), Feed{}, "28×28×1"},
		{"fixed", shape(1, 1, 4), Feed{}, layoutFlat},
		{"fixed", shape(2, 2, 1), Feed{}, layoutFlat},
		{"fixed", shape(1, 2, 2), Feed{}, "state which with --layout"},
		{"fixed", shape(1, 2, 2), Feed{Layout: layoutFlatNCHW}, layoutFlatNCHW},
		{"cnn", shape(6, 6, 2), Feed{Mean: []float64{1, 2, 3}}, "3 values are given, but examples of 6×6×2 have 2 channels"},
		{"cnn", shape(6, 6, 2), Feed{SD: []float64{1, 0}}, "sd: 0"},
		{"torch_old", shape(8, 8, 1), Feed{}, layoutNCHW},
	} {
		f, err := read(t, test.model).Fit(test.shape, test.feed)
		if err != nil {
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s %v: %v, want %q", test.model, test.shape, err, test.want)
			}
		} else if f.Layout != test.want {
			t.Errorf("%s %v: layout %s, want %s", test.model, test.shape, f.Layout, test.want)
		}
	}
}

// An empty mean or sd, as a configuration may write it, is none.
func TestEmptyScalingIsNone(t *testing.T) {
	shape := datasets.Shape{Height: 6, Width: 6, Channels: 2}
	m := read(t, "cnn")
	plain, err := m.Fit(shape, Feed{})
	if err != nil {
		t.Fatal(err)
	}
	src := golden(t, "cnn")["x"].Row(0)
	want, got := make([]float32, len(src)), make([]float32, len(src))
	plain.put(want, src)
	for name, f := range map[string]Feed{"mean": {Mean: []float64{}}, "sd": {SD: []float64{}}, "both": {Mean: []float64{}, SD: []float64{}}} {
		feed, err := m.Fit(shape, f)
		if err != nil {
			t.Fatal(err)
		}
		if feed.put(got, src); !slices.Equal(got, want) || feed.String() != plain.String() {
			t.Errorf("%s: %q %v, want %q %v", name, feed, got, plain, want)
		}
	}
}

// Features of one model by Take, without anybody who is told about it.
func TestTakeTellsNobody(t *testing.T) {
	m := read(t, "fixed")
	x := golden(t, "fixed")["x"]
	shape := datasets.Shape{Height: 1, Width: 1, Channels: 4}
	feed, err := m.Fit(shape, Feed{})
	if err != nil {
		t.Fatal(err)
	}
	set := repeated(x, shape, 2)
	taken, err := m.Take(context.Background(), engine(t), feed, features.Examples{Train: set}, Request{Tensors: []string{"act"}})
	if err != nil || len(taken.Features) != 1 {
		t.Errorf("%d features, %v", len(taken.Features), err)
	}
}

// Tensors with several axes say so: feature maps are scaled otherwise.
func TestTakeKnowsFeatureMaps(t *testing.T) {
	e, m, shape := engine(t), read(t, "cnn"), datasets.Shape{Height: 2, Width: 6, Channels: 6}
	feed, err := m.Fit(shape, Feed{Layout: layoutNHWC})
	if err != nil {
		t.Fatal(err)
	}
	layers, _, err := m.Layers(e, feed)
	if err != nil {
		t.Fatal(err)
	}
	tensors, maps := []string{WordInput}, 0
	for _, l := range layers {
		tensors = append(tensors, l.Name)
	}
	set := repeated(golden(t, "cnn")["x"], shape, 2)
	taken, err := m.Take(context.Background(), e, feed, features.Examples{Train: set}, Request{Tensors: tensors})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range taken.Features {
		want := shape
		if i > 0 {
			want = features.ShapeOf(layers[i-1].Dims)
		}
		if f.Shape != want {
			t.Errorf("%s has shape %v, want %v", tensors[i], f.Shape, want)
		}
		if f.Shape.Size() > 0 {
			maps++
		}
	}
	if maps < 2 || maps == len(tensors) {
		t.Errorf("%d of %d tensors have several axes", maps, len(tensors))
	}
}

// fitted is a model with a feed for examples of a shape.
func fitted(t *testing.T, name string, shape datasets.Shape) (*Model, Feed) {
	t.Helper()
	m := read(t, name)
	f, err := m.Fit(shape, Feed{})
	if err != nil {
		t.Fatal(err)
	}
	return m, f
}

func TestLayersAndWords(t *testing.T) {
	r, four := engine(t), datasets.Shape{Height: 1, Width: 1, Channels: 4}
	m, f := fitted(t, "mlp", datasets.Shape{Height: 2, Width: 2, Channels: 1})
	layers, unsupported, err := m.Layers(r, f)
	if err != nil || len(unsupported) > 0 {
		t.Fatal(unsupported, err)
	}
	var names []string
	for _, l := range layers {
		names = append(names, l.Name+" "+l.Word)
	}
	if want := []string{"flat ", "pre1 ", "act1 all", "pre2 ", "act2 last", "scores ", "logits logits", "p "}; !slices.Equal(names, want) {
		t.Errorf("layers %q, want %q", names, want)
	}
	if layers[2].Dims[0] != 6 || layers[2].Node != `"relu1" (Relu)` {
		t.Errorf("%+v", layers[2])
	}
	for words, want := range map[string]string{"last": "act2", "all": "act1 act2", "logits": "logits", "input": "input", "x": "input", "pre1 last act2": "pre1 act2"} {
		got, err := m.Resolve(strings.Fields(words))
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %q %v, want %s", words, got, err, want)
		}
	}
	// A model of which only the head cannot be computed shows the rest.
	m, f = fitted(t, "plugin", four)
	layers, unsupported, err = m.Layers(r, f)
	if err != nil || len(layers) != 1 || layers[0].Name != "a" || !slices.Equal(unsupported, []string{`"fast" (com.vendor.FastThing)`}) {
		t.Errorf("%+v %q %v", layers, unsupported, err)
	}
	m, f = fitted(t, "fixed", four)
	if layers, _, err = m.Layers(r, f); err != nil || len(layers) != 3 {
		t.Errorf("a fixed batch: %+v %v", layers, err)
	}
	m, f = fitted(t, "sklearn", four)
	if layers, unsupported, err = m.Layers(r, f); err != nil || len(unsupported) > 0 || len(layers) == 0 {
		t.Errorf("scikit-learn: %+v %q %v", layers, unsupported, err)
	}
}

func TestRefusedModels(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole, err := os.ReadFile("testdata/mlp.onnx")
	if err != nil {
		t.Fatal(err)
	}
	external, err := os.ReadFile("testdata/external.onnx")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		file("alone.onnx", external):             "external.bin, which cannot be read",
		"testdata/none.onnx":                     "none.onnx",
		file("text.onnx", []byte("# a model")):   "not an ONNX model",
		file("empty.onnx", nil):                  "not an ONNX model",
		file("cut.onnx", whole[:len(whole)/2]):   "not an ONNX model",
		file("zeros.onnx", make([]byte, 100)):    "not an ONNX model",
		file("zip.onnx", []byte("PK\x03\x04aa")): "not an ONNX model",
		file("lfs.onnx", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")): "git lfs pull",
	} {
		_, err := Read(path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), filepath.Base(path)) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	for _, test := range []struct{ model, output, want string }{
		{"mlp", "act9", `no tensor "act9"`},
		{"mlp", "w1", `"w1" depends on weights alone`},
		{"ceil", "last", `"last" names nothing`},
	} {
		if _, err := read(t, test.model).Resolve([]string{test.output}); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s %s: %v, want %q", test.model, test.output, err, test.want)
		}
	}
	// What only ONNX Runtime knows comes with the node.
	m, f := fitted(t, "plugin", datasets.Shape{Height: 1, Width: 1, Channels: 4})
	if _, err := m.newRunner(engine(t), f, []string{"y"}); err == nil || !strings.Contains(err.Error(), `node "fast" (com.vendor.FastThing) cannot be computed here`) || strings.Contains(err.Error(), "\n") {
		t.Errorf("plugin: %v", err)
	}
	if _, err := read(t, "two_inputs").Fit(datasets.Shape{Height: 1, Width: 1, Channels: 4}, Feed{}); err == nil || !strings.Contains(err.Error(), "--inputs x=data,z=0") {
		t.Errorf("two inputs: %v", err)
	}
}

// What another input is given is known from its shape; without one it is refused.
func TestInputsWithoutAShape(t *testing.T) {
	examples := given{value: value{name: "x", symbols: []string{"batch", "4"}, dims: []int{-1, 4}, shaped: true}, word: giveData}
	for _, c := range []struct {
		other given
		want  string
	}{
		{given{value: value{name: "z"}, fill: 1}, "input z has no shape, so nothing says how a number goes into it"},
		{given{value: value{name: "z"}, word: giveNonzero}, "how nonzero goes into it"},
		{given{value: value{name: "z", shaped: true}, word: giveNonzero}, "input z is a single number"},
		{given{value: value{name: "z", shaped: true}, fill: 1}, ""},
	} {
		f := Feed{inputs: []given{examples, c.other}, dims: []int{4}}
		if err := f.fit(); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.other, err, c.want)
		}
	}
}

// Errors of ONNX Runtime are said without the places in its code.
func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"Error creating C session: /onnxruntime_src/onnxruntime/core/graph/model.cc:256 onnxruntime::Model::Model(onnx::ModelProto&&, const std::list<int>*, const onnxruntime::ModelOptions&) Unsupported model IR version: 99, max supported IR version: 14\n": "Unsupported model IR version: 99, max supported IR version: 14",
		"Error creating C session: tensorprotoutils.cc:1657 GetSizeInBytesFromTensorProto Out of bounds dimensions":                                                                                                                                              "GetSizeInBytesFromTensorProto Out of bounds dimensions",
		"Error running network: Non-zero status code returned while running Conv node. Name:'/0/Conv'.":                                                                                                                                                          "Non-zero status code returned while running Conv node. Name:'/0/Conv'",
	} {
		if got := oneLine(errors.New(text)); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

// FuzzRead: no file makes reading panic.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"mlp", "cnn", "operators", "old", "sklearn", "half"} {
		b, err := os.ReadFile(filepath.Join("testdata", name+".onnx"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "x.onnx")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := Read(path)
		if err != nil {
			return
		}
		_, _ = m.Resolve([]string{"last", "logits", "all"})
		_, _ = m.Fit(datasets.Shape{Height: 2, Width: 2, Channels: 1}, Feed{})
	})
}
