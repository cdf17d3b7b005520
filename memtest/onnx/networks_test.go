package onnx

import (
	"context"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// networksFolder holds models and what the frameworks that exported them compute: those
// committed are a dozen of what .ci/networks.py writes; .ci/nightly makes all.
var networksFolder = flag.String("networks", filepath.Join("testdata", "networks"), "folder that .ci/networks.py or .ci/operators.py wrote")

// exported is how a model of the folder is fed, and how near it must come.
type exported struct {
	Height, Width, Channels int
	Layout                  string
	Inputs                  []string
	Tolerance               string  // float, half, quantized
	Step                    float64 // of quantization
	Refused                 string  // what the error names, where ONNX Runtime cannot compute the model
}

// within is the largest difference allowed, as a share of the largest absolute value.
var within = map[string]float64{"float": 1e-5, "half": 1e-2}

// Each tensor is what the framework that exported the model computes, whether examples
// go in one by one, all at once, or in batches of which the last is not full.
func TestNetworks(t *testing.T) {
	r := engine(t)
	files, err := filepath.Glob(filepath.Join(*networksFolder, "*.onnx"))
	if err != nil || len(files) == 0 {
		t.Fatal("no models in", *networksFolder, err)
	}
	worst, where := 0.0, ""
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".onnx")
		t.Run(name, func(t *testing.T) {
			if far := compareNetwork(t, r, file); far > worst {
				worst, where = far, name
			}
		})
	}
	t.Logf("%d models; the worst of those of float32 is %.2g of the largest value, %s", len(files), worst, where)
}

// compareNetwork returns how far the worst tensor of a model of float32 is.
func compareNetwork(t *testing.T, r *Runtime, file string) (worst float64) {
	base := strings.TrimSuffix(file, ".onnx")
	text, err := os.ReadFile(base + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var about exported
	if err := json.Unmarshal(text, &about); err != nil {
		t.Fatal(err)
	}
	want := arraysOf(t, base+".npz")
	m, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	shape := datasets.Shape{Height: about.Height, Width: about.Width, Channels: about.Channels}
	feed, err := m.Fit(shape, Feed{Layout: about.Layout, Inputs: about.Inputs})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range want {
		if name != "x" {
			names = append(names, name)
		}
	}
	tensors, err := m.Resolve(names)
	if err != nil {
		t.Fatal(err)
	}
	run, err := m.newRunner(r, feed, tensors)
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	set := repeated(want["x"], shape, want["x"].Rows)
	for _, batch := range []int{1, set.Len(), set.Len() - 3} {
		run.batch = feed.batch(batch)
		got, err := run.Features(context.Background(), set)
		if about.Refused != "" && err != nil && strings.Contains(err.Error(), about.Refused) {
			return 0
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range tensors {
			if about.Tolerance == "quantized" {
				compareSteps(t, name, got[i], want[name], about.Step)
				continue
			}
			far := apart(got[i], want[name])
			if far > within[about.Tolerance] {
				t.Errorf("batches of %d: %s is %.2g of its largest value away", batch, name, far)
			}
			if about.Tolerance == "float" {
				worst = max(worst, far)
			}
		}
	}
	return worst
}

// compareSteps allows one step of quantization, and more in 1 % of the values.
func compareSteps(t *testing.T, name string, got, want arrays.Matrix, step float64) {
	far := 0
	for i, v := range got.Data {
		if math.Abs(float64(v-want.Data[i])) > 1.001*step {
			far++
		}
	}
	if got.Cols != want.Cols || far*100 > len(got.Data) {
		t.Errorf("%s: %d of %d values are more than a step of %v away", name, far, len(got.Data), step)
	}
}
