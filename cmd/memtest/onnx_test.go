package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// The models are those of the package memtest/onnx, made by its testdata/make.py.
func testModel(name string) string {
	return filepath.Join("..", "..", "memtest", "onnx", "testdata", name+".onnx")
}

// imageData writes small images, of which a row is lit that tells the class.
func imageData(t *testing.T, n, side, channels int) string {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	x, y := make([]float32, 0, n*side*side*channels), make([]int32, n)
	for i := range n {
		y[i] = int32(i % 3)
		for row := range side {
			for range side * channels {
				v := 0.3 * r.Float32()
				if row == int(y[i]) {
					v += 0.5
				}
				x = append(x, v)
			}
		}
	}
	var b bytes.Buffer
	if err := arrays.WriteNPZ(&b, arrays.Named{Name: "X", Dims: []int{n, side, side, channels}, Floats: x}, arrays.Named{Name: "y", Dims: []int{n}, Ints: y}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "images.npz")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Columns that were made of categories are said, since a model may know them otherwise.
func TestCategoriesAreSaid(t *testing.T) {
	for _, c := range []struct {
		columns []datasets.Column
		says    string
	}{
		{nil, ""},
		{[]datasets.Column{{Name: "a"}, {Name: "b", First: 1}}, ""},
		{[]datasets.Column{{Name: "a"}, {Name: "b", First: 1, Categories: []string{"x", "y"}}, {Name: "c", First: 3, Missing: true}}, "2 of the 3 columns of the table hold categories or missing values"},
	} {
		var b bytes.Buffer
		sayCategories(&b, &datasets.Set{Columns: c.columns})
		if got := b.String(); (got == "") != (c.says == "") || !strings.HasPrefix(got, c.says) {
			t.Errorf("%v: %q", c.columns, got)
		}
	}
}

func TestONNXMeasuresTensors(t *testing.T) {
	data, out := imageData(t, 120, 8, 1), filepath.Join(t.TempDir(), "run")
	args := []string{"onnx", testModel("torch_old"), "--data", data, "--own", "layout=nhwc,low=0,high=1", "--levels", "0.3,0", "--probes", "centroid", "--permutations", "19", "--out", out}
	code, stdout, stderr := command(args...)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if !strings.Contains(stderr, "examples of 8×8×1 go into x [batch, 1, 8, 8]") || !strings.Contains(stderr, "torch_old.onnx is right on") || !strings.Contains(stderr, "no better than chance") || !strings.Contains(stderr, "there are no test examples") {
		t.Errorf("stderr: %s", stderr)
	}
	if !strings.Contains(stdout, "torch_old") {
		t.Errorf("stdout: %s", stdout)
	}
	rows := readRows(t, out)
	if len(rows) != 4 {
		t.Fatalf("%d rows, want 4", len(rows))
	}
	for i, r := range rows {
		network, layer, d := "input", "input", 64
		if i >= 2 {
			network, layer, d = "torch_old", "/10/Mul_1_output_0", 6
		}
		if r.Network != network || r.Layer != layer || r.Features > d || r.Level != []float64{0, 0.3}[i%2] || r.Perturbation != "gaussian" || r.Epoch != result.EpochNone || (r.TrainAccuracy != nil) != (i >= 2) || r.Fresh != nil {
			t.Errorf("row %d: %+v", i, r)
		}
	}
	for _, name := range []string{"config.yaml", "report.html", "examples.csv"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if code, _, stderr = command(append(args, "--quiet")...); code != exitUsage || !strings.Contains(stderr, out) {
		t.Errorf("the same folder again: exit %d: %s", code, stderr)
	}
	t.Run("compared with itself", func(t *testing.T) {
		all := comparisons(t, out, out)
		if len(all) != 2 || all[0].Learning.Estimate != 0 {
			t.Errorf("%+v", all)
		}
	})
}

func TestONNXLists(t *testing.T) {
	code, stdout, stderr := command("onnx", testModel("torch_new"), "--list", "--quiet")
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for _, want := range []string{"opset 20", "x float32 [batch, 1, 8, 8]", "max_pool2d", "4×4×4", "(Gelu)", "last", "logits"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	code, stdout, _ = command("onnx", testModel("plugin"), "--list", "--quiet")
	if code != exitDone || !strings.Contains(stdout, `not computed here, nor what comes after it: node "fast" (com.vendor.FastThing)`) {
		t.Errorf("exit %d: %s", code, stdout)
	}
}

func TestONNXRefusesBadInput(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.onnx")
	if err := os.WriteFile(text, []byte("no model"), 0o644); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(testModel("external"))
	if err != nil {
		t.Fatal(err)
	}
	lonely := filepath.Join(t.TempDir(), "external.onnx")
	if err := os.WriteFile(lonely, content, 0o644); err != nil {
		t.Fatal(err)
	}
	own := []string{"--own", "layout=nhwc,low=0,high=1"}
	grey, colour := imageData(t, 30, 8, 1), imageData(t, 30, 6, 2)
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"no model", []string{text}, "not an ONNX model"},
		{"no file", []string{text + "x"}, "no such file"},
		{"weights elsewhere", []string{lonely}, "external.bin, which cannot be read"},
		{"operator", []string{testModel("plugin"), "--data", "gaussian:60:1x1x4:3", "--outputs", "y"}, `node "fast" (com.vendor.FastThing)`},
		{"several inputs", []string{testModel("two_inputs"), "--data", "gaussian:60:1x1x4:3", "--outputs", "y"}, "--inputs x=data,z=0"},
		{"twin without labels", []string{testModel("mlp"), "--twin", testModel("mlp")}, "--twin-labels FILE"},
		{"labels without a twin", []string{testModel("mlp"), "--twin-labels", text}, "--twin MODEL"},
		{"an epoch and none", []string{testModel("mlp"), "--at", "1=" + testModel("mlp")}, "--at EPOCH="},
		{"an epoch that is none", []string{"--at", "first=" + testModel("mlp")}, "no EPOCH=MODEL"},
		{"epoch 0 twice", []string{"--at", "0=" + testModel("mlp"), "--untrained", testModel("mlp")}, "epoch 0 is the untrained network"},
		{"an epoch twice", []string{"--at", "1=" + testModel("mlp"), "--at", "1=" + testModel("mlp")}, "epoch 1 is given twice"},
		{"tensor", []string{testModel("mlp"), "--outputs", "act7"}, "--list shows"},
		{"shape", []string{testModel("cnn"), "--n", "50"}, "takes x of shape [batch, 2, 6, 6], but examples of the data are 28×28×1"},
		{"layout", append([]string{testModel("cnn"), "--data", colour, "--layout", "nhwc"}, own...), "do not fit as nhwc"},
		{"unknown layout", append([]string{testModel("cnn"), "--data", colour, "--layout", "hwc"}, own...), "choose nhwc, nchw"},
		{"mean", append([]string{testModel("cnn"), "--data", colour, "--mean", "0.1,0.2,0.3"}, own...), "3 values are given"},
		{"data", []string{testModel("mlp"), "--data", "mnits"}, "mnits"},
		{"perturbation", append([]string{testModel("torch_old"), "--data", grey, "--perturb", "fog"}, own...), "gaussian"},
		{"level", append([]string{testModel("torch_old"), "--data", grey, "--levels", "0.1,0.1"}, own...), "0.1 is given twice"},
		{"level below 0", append([]string{testModel("torch_old"), "--data", grey, "--levels=-1"}, own...), "levels"},
		{"probes", []string{testModel("mlp"), "--probes", "svm"}, "choose from ridge"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "run")
			code, stdout, stderr := command(append(append([]string{"onnx", "--quiet"}, test.args...), "--out", out)...)
			if code != exitUsage || !strings.Contains(stderr, test.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stderr should be one line with %q: %q", code, test.want, stderr)
			}
			if _, err := os.Stat(out); err == nil || stdout != "" {
				t.Errorf("left %v, stdout %q", err, stdout)
			}
		})
	}
}

// Models of the same network at other times are references, epochs and a twin, which
// is judged by labels of its own.
func TestONNXReferences(t *testing.T) {
	const n = 120
	data, out := imageData(t, n, 8, 1), filepath.Join(t.TempDir(), "run")
	shuffled := make([]int32, n)
	for i := range shuffled {
		shuffled[i] = int32((i / 3) % 3)
	}
	var b bytes.Buffer
	if err := arrays.WriteNPZ(&b, arrays.Named{Name: "labels", Dims: []int{n}, Ints: shuffled}); err != nil {
		t.Fatal(err)
	}
	labels := filepath.Join(t.TempDir(), "shuffled.npz")
	if err := os.WriteFile(labels, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	model := testModel("torch_old")
	code, _, stderr := command("onnx", "--at", "2="+model, "--at", "1="+model, "--untrained", model, "--start", model, "--twin", model, "--twin-labels", labels,
		"--data", data, "--own", "layout=nhwc,low=0,high=1", "--outputs", "input,last", "--levels", "0.3", "--probes", "centroid", "--permutations", "19", "--out", out)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var got []string
	for _, r := range readRows(t, out) {
		got = append(got, fmt.Sprintf("%s %s %d", r.Network, r.Role, r.Epoch))
		if r.Role == features.Twin && r.Observed == r.Learning {
			t.Errorf("%+v", r)
		}
		if r.Role == features.Network && len(r.Differences) < 3 {
			t.Errorf("%s epoch %d has %d differences", r.Network, r.Epoch, len(r.Differences))
		}
	}
	want := []string{"input input -1", "torch_old untrained 0", "start start -1", "torch_old network 1", "torch_old network 2", "twin twin 2"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	shuffled[0], shuffled[3] = shuffled[3], shuffled[0]
	b.Reset()
	if err := arrays.WriteNPZ(&b, arrays.Named{Name: "labels", Dims: []int{n}, Ints: shuffled}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(labels, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := command("onnx", "--resume", "--out", out); code != exitUsage || !strings.Contains(stderr, "model_sha256") {
		t.Errorf("going on with other labels of the twin: exit %d: %s", code, stderr)
	}
	if code, _, stderr := command("onnx", model, "--twin", model, "--twin-labels", data+":y", "--data", data, "--own", "layout=nhwc,low=0,high=1", "--out", out+"2"); code != exitUsage || !strings.Contains(stderr, "are the labels of the data") {
		t.Errorf("a twin on the real labels: exit %d: %s", code, stderr)
	}
}
