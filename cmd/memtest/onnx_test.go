package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
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

func TestONNXMeasuresTensors(t *testing.T) {
	data, out := imageData(t, 120, 8, 1), filepath.Join(t.TempDir(), "run")
	args := []string{"onnx", testModel("torch_old"), "--data", data, "--own", "layout=nhwc,low=0,high=1", "--levels", "0.3,0", "--probes", "centroid", "--permutations", "19", "--out", out}
	code, stdout, stderr := command(args...)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if !strings.Contains(stderr, "examples of 8×8×1 go into x [batch, 1, 8, 8]") || !strings.Contains(stderr, "the model is right on") || !strings.Contains(stderr, "no better than chance") {
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
		if r.Network != network || r.Layer != layer || r.Features > d || r.Level != []float64{0, 0.3}[i%2] || r.Perturbation != "gaussian" || r.Epoch != result.EpochNone || (r.TrainAccuracy != nil) != (i >= 2) || r.Fresh == nil {
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
	for _, want := range []string{"opset 20", "x [batch, 1, 8, 8]", "max_pool2d", "4×4×4", "(Gelu)", "last", "logits"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	code, stdout, _ = command("onnx", testModel("unsupported"), "--list", "--quiet")
	if code != exitDone || !strings.Contains(stdout, `not computed here, nor what comes after it: node "/block/soft" (Softsign)`) {
		t.Errorf("exit %d: %s", code, stdout)
	}
}

func TestONNXRefusesBadInput(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.onnx")
	if err := os.WriteFile(text, []byte("no model"), 0o644); err != nil {
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
		{"weights elsewhere", []string{testModel("external")}, "lie in another file"},
		{"operator", []string{testModel("unsupported"), "--outputs", "logits"}, `node "/block/soft" (Softsign)`},
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

// Nothing is installed for a list of tensors either, where that is forbidden.
func TestONNXListOfflineInstallsNothing(t *testing.T) {
	model := testModel("torch_old")
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"} {
		t.Setenv(name, t.TempDir())
	}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "PJRT_PLUGIN_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX"} {
		t.Setenv(name, "")
	}
	code, stdout, stderr := command("onnx", model, "--list", "--offline", "--quiet", "--backend", "xla:cpu")
	if code == exitDone {
		t.Skip("a plugin is installed for everybody on this machine")
	}
	if stdout != "" || !strings.Contains(stderr, "nothing may be installed") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}
