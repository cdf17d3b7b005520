package onnx

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/onnx-gomlx/onnx"
	"google.golang.org/protobuf/proto"
)

// A tensor whose dimensions promise what the file does not hold is refused by its
// name, and no memory is asked for.
func TestTensorsOfFalseSize(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("testdata", "mlp.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	load := func() *onnx.Model {
		m := &onnx.Model{}
		if err := proto.Unmarshal(whole, &m.Proto); err != nil {
			t.Fatal(err)
		}
		return m
	}
	for name, c := range map[string]struct {
		spoil func(m *onnx.Model) (tensor string)
		want  string
	}{
		"large": {func(m *onnx.Model) string {
			w := m.Proto.Graph.Initializer[0]
			w.Dims = []int64{1 << 40, 1}
			return w.Name
		}, "is of 1099511627776 values, but the file holds"},
		"overflowing": {func(m *onnx.Model) string {
			w := m.Proto.Graph.Initializer[0]
			w.Dims = []int64{1 << 62, 1 << 62}
			return w.Name
		}, "values, but the file holds"},
		"negative": {func(m *onnx.Model) string {
			w := m.Proto.Graph.Initializer[0]
			w.Dims[0] = -1
			return w.Name
		}, "has a dimension of -1"},
		"without data": {func(m *onnx.Model) string {
			w := m.Proto.Graph.Initializer[0]
			w.RawData, w.FloatData, w.DoubleData, w.Int64Data = nil, nil, nil, nil
			return w.Name
		}, "but the file holds 0;"},
		"of another type": {func(m *onnx.Model) string {
			w := m.Proto.Graph.Initializer[0]
			w.Dims, w.DataType = []int64{1 << 40}, 22 // of four bits
			return w.Name
		}, "is of 1099511627776 values"},
	} {
		m := load()
		tensor := c.spoil(m)
		content, err := proto.Marshal(&m.Proto)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "m.onnx")
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), tensor) {
			t.Errorf("%s: %v, want %q and %q", name, err, c.want, tensor)
		}
	}
}
