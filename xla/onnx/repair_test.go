package onnx

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/onnx-gomlx/onnx"
	"google.golang.org/protobuf/proto"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// written is a model of one input x [batch, dims] made of these nodes, as protobuf text, which make y.
func written(t *testing.T, opset int, dims []int, nodes string) *Model {
	t.Helper()
	axes := `dim:{dim_param:"batch"}`
	for _, d := range dims {
		axes += fmt.Sprintf(" dim:{dim_value:%d}", d)
	}
	text := fmt.Sprintf(`ir_version:8 opset_import:{version:%d} graph:{name:"g" %s
		input:{name:"x" type:{tensor_type:{elem_type:1 shape:{%s}}}}
		output:{name:"y" type:{tensor_type:{elem_type:1 shape:{}}}}}`, opset, nodes, axes)
	var m onnx.Model
	parse(&m.Proto, text)
	b, err := proto.Marshal(&m.Proto)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "written.onnx")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	model, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// outputOf computes y of a model for two examples of flat values.
func outputOf(t *testing.T, e *xla.Engine, m *Model, shape datasets.Shape, x []float32) (arrays.Matrix, error) {
	t.Helper()
	feed, err := m.Fit(shape, Feed{})
	if err != nil {
		t.Fatal(err)
	}
	names, err := m.Resolve([]string{"y"})
	if err != nil {
		return arrays.Matrix{}, err
	}
	r, err := m.newRunner(e, feed, names)
	if err != nil {
		return arrays.Matrix{}, err
	}
	defer r.Close()
	out, err := r.Features(context.Background(), repeated(arrays.Matrix{Rows: 2, Cols: len(x) / 2, Data: x}, shape, 2))
	if err != nil {
		return arrays.Matrix{}, err
	}
	return out[0], nil
}

// oneChannel turns x [batch, H, W] into images z [batch, 1, H, W].
const oneChannel = `initializer:{name:"axis" data_type:7 dims:1 int64_data:1} node:{op_type:"Unsqueeze" input:"x" input:"axis" output:"z"} `

// sixths is 12 times the softmax of its own logarithms.
var sixths = []float32{1, 2, 1, 3, 1, 4}

// Nodes whose meaning depends on the shape of their input, or on what padding by
// word comes to. The values are worked out by hand.
func TestRepairsByTheNodesOwnInput(t *testing.T) {
	e := engine(t)
	image := datasets.Shape{Height: 2, Width: 3, Channels: 1} // x [batch, 2, 3]
	x := []float32{1, 2, 3, 4, 5, 6, 0, 0, 12, 0, 0, 0}
	// The logarithms of sixths.
	log := []float32{0, 0.6931472, 0, 1.0986123, 0, 1.3862944, 0, 0.6931472, 0, 1.0986123, 0, 1.3862944}
	over := func(d ...float32) []float32 { // sixths by these, twice
		out := make([]float32, 12)
		for i := range out {
			out[i] = sixths[i%6] / d[i%6]
		}
		return out
	}
	pool := func(attributes string) string {
		return oneChannel + `node:{op_type:"AveragePool" input:"z" output:"y" attribute:{name:"kernel_shape" type:INTS ints:2 ints:2} ` + attributes + "}"
	}
	counted := `attribute:{name:"count_include_pad" type:INT i:1}`
	pads := `attribute:{name:"pads" type:INTS ints:0 ints:1 ints:0 ints:0}`
	for _, test := range []struct {
		name  string
		opset int
		nodes string
		x     []float32
		want  []float32 // of both examples
	}{
		{"mean of images without a channel", 17, oneChannel + `node:{op_type:"GlobalAveragePool" input:"z" output:"y"}`, x, []float32{3.5, 2}},
		{"mean of a row", 17, `node:{op_type:"GlobalAveragePool" input:"x" output:"y"}`, x, []float32{2, 5, 4, 0}},
		{"softmax over the default axes", 9, `node:{op_type:"Softmax" input:"x" output:"y"}`, log, over(12, 12, 12, 12, 12, 12)},
		{"softmax over given axes", 11, `node:{op_type:"Softmax" input:"x" output:"y" attribute:{name:"axis" type:INT i:1}}`, log, over(12, 12, 12, 12, 12, 12)},
		{"softmax over the last axis", 11, `node:{op_type:"Softmax" input:"x" output:"y" attribute:{name:"axis" type:INT i:-1}}`, log, over(4, 4, 4, 8, 8, 8)},
		{"softmax over one axis", 13, `node:{op_type:"Softmax" input:"x" output:"y" attribute:{name:"axis" type:INT i:1}}`, log, over(4, 3, 5, 4, 3, 5)},
		{"padding by word, counted", 17, pool(`attribute:{name:"auto_pad" type:STRING s:"SAME_UPPER"}` + counted), x,
			[]float32{3, 4, 2.25, 2.25, 2.75, 1.5, 0, 3, 3, 0, 0, 0}},
		{"padding by word, not counted", 17, pool(`attribute:{name:"auto_pad" type:STRING s:"SAME_UPPER"}`), x,
			[]float32{3, 4, 4.5, 4.5, 5.5, 6, 0, 3, 6, 0, 0, 0}},
		{"padding, counted", 17, pool(pads + counted), x, []float32{1.25, 3, 4, 0, 0, 3}},
		{"padding, not counted", 17, pool(pads), x, []float32{2.5, 3, 4, 0, 0, 3}},
		{"no padding, counted", 17, pool(counted), x, []float32{3, 4, 0, 3}},
		{"none by word, counted", 17, pool(`attribute:{name:"auto_pad" type:STRING s:"VALID"}` + counted), x, []float32{3, 4, 0, 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := outputOf(t, e, written(t, test.opset, []int{2, 3}, test.nodes), image, test.x)
			if err != nil {
				t.Fatal(err)
			}
			compareRows(t, test.name, got, arrays.Matrix{Rows: 2, Cols: len(test.want) / 2, Data: test.want})
		})
	}
}

// What would be computed wrongly is refused, with the node.
func TestRepairsRefuse(t *testing.T) {
	e := engine(t)
	for name, test := range map[string]struct{ nodes, want string }{
		"dilations": {`node:{name:"pool" op_type:"AveragePool" input:"x" output:"y" attribute:{name:"kernel_shape" type:INTS ints:2} attribute:{name:"dilations" type:INTS ints:2}}`,
			`node "pool" (AveragePool): averages with dilations [2]`},
	} {
		m := written(t, 19, []int{4}, test.nodes)
		_, err := outputOf(t, e, m, datasets.Shape{Height: 1, Width: 1, Channels: 4}, slices.Repeat([]float32{1}, 8))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}
