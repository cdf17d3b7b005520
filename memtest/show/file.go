package show

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/filehash"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/onnx"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// File measures the features in a file that another program saved, as `memtest probe`
// does, and returns its cells, their rows complete. They are kept as those of Run are.
func File(path string, o memtest.Options) ([]memtest.Cell, error) {
	file, err := features.Load(path, features.Keys{}, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for _, note := range file.Notes() {
		fmt.Println(note)
	}
	return keptOf(path, fmt.Sprintf("%+v", o), func(ctx context.Context, e *xla.Engine, kept memtest.Options) iter.Seq2[memtest.Cell, error] {
		return memtest.Measure(ctx, e, file.Stream(stem(path)), with(o, kept))
	})
}

// Model measures the last hidden layer of an ONNX model, and beside it the raw inputs, on
// the data, levels and probes of an experiment, and returns its cells, their rows
// complete. They are kept as those of Run are. Pixels go in as the experiment has them.
func Model(path string, x *memtest.Experiment) ([]memtest.Cell, error) {
	model, err := onnx.Read(path)
	if err != nil {
		return nil, err
	}
	feed, err := model.Fit(x.Train.Shape, onnx.Feed{})
	if err != nil {
		return nil, err
	}
	tensors, err := model.Resolve([]string{onnx.WordLast, onnx.WordInput})
	if err != nil {
		return nil, err
	}
	key := strings.Join([]string{string(x.Config.YAML()), x.Train.Hash()}, "\n")
	return keptOf(path, key, func(ctx context.Context, e *xla.Engine, kept memtest.Options) iter.Seq2[memtest.Cell, error] {
		return memtest.Measure(ctx, e, func(yield func(features.Features, error) bool) {
			runtime, err := onnx.Open(ctx, onnx.Options{})
			if err != nil {
				yield(features.Features{}, err)
				return
			}
			taken, err := model.Take(ctx, runtime, feed, x.Examples(), onnx.Request{Tensors: tensors})
			if err != nil {
				yield(features.Features{}, err)
				return
			}
			features.Stream(taken.Features...)(yield)
		}, with(x.Config.Options, kept))
	})
}

// RowsOf are the rows of cells.
func RowsOf(cells []memtest.Cell) []result.Row {
	var rows []result.Row
	for _, c := range cells {
		rows = append(rows, c.Row)
	}
	return rows
}

// with is options with what goes on with an interrupted measurement.
func with(o, kept memtest.Options) memtest.Options {
	o.Known, o.Keep, o.Progress = kept.Known, kept.Keep, kept.Progress
	return o
}

// keptOf are the cells of a file by what is in it and by a key.
func keptOf(path, key string, measure func(context.Context, *xla.Engine, memtest.Options) iter.Seq2[memtest.Cell, error]) ([]memtest.Cell, error) {
	hash, err := filehash.Of(path)
	if err != nil {
		return nil, err
	}
	cells, err := Kept(strings.Join([]string{stem(path), hash, key}, "\n"), measure)
	if err != nil {
		return nil, err
	}
	rows, err := memtest.Complete(RowsOf(cells), memtest.EvidenceOf(cells))
	if err != nil {
		return nil, err
	}
	cells = slices.Clone(cells)
	for i := range cells {
		cells[i].Row = rows[i]
	}
	return cells, nil
}

// stem is the name of a file without its ending, which names its network.
func stem(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}
