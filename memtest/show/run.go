package show

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/janpfeifer/gonb/cache"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// Run measures an experiment and returns its rows, complete. Progress is live in
// the cell. What was measured is kept in the temporary folder, so the same
// configuration is answered at once the next time; another configuration, other
// data or a changed source file of this project is measured anew.
func Run(c memtest.Config) ([]result.Row, error) {
	x, err := memtest.New(context.Background(), c, datasets.Options{})
	if err != nil {
		return nil, err
	}
	cells, err := Cells(x)
	if err != nil {
		return nil, err
	}
	var rows []result.Row
	for _, c := range cells {
		rows = append(rows, c.Row)
	}
	return memtest.Complete(rows)
}

// Cells measures an experiment as Run does and returns its cells, each with the
// evidence behind it. Their rows are not complete.
func Cells(x *memtest.Experiment) ([]memtest.Cell, error) {
	parts := []string{string(x.Config.YAML()), fmt.Sprint(x.Spec), x.Train.Hash()}
	if x.Fresh != nil {
		parts = append(parts, x.Fresh.Hash())
	}
	return Kept(strings.Join(parts, "\n"), func(ctx context.Context, e *xla.Engine, listen func(memtest.Progress)) ([]memtest.Cell, error) {
		x.Progress = listen
		var cells []memtest.Cell
		for cell, err := range x.Cells(ctx, e) {
			if err != nil {
				return nil, err
			}
			cells = append(cells, cell)
		}
		return cells, nil
	})
}

// Kept returns the cells that measure returned when it was last called under
// this key, or calls it with an engine and a listener that draws a bar. The key
// must say all that the cells depend on apart from this project's own code.
func Kept(key string, measure func(ctx context.Context, e *xla.Engine, listen func(memtest.Progress)) ([]memtest.Cell, error)) ([]memtest.Cell, error) {
	store, err := cache.NewInTmp()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(sources() + "\n" + key))
	name := "memtest_" + hex.EncodeToString(sum[:12])
	if r, err := store.Reader(name); err == nil {
		if cells, err := unpack(r); err == nil {
			return cells, nil
		}
	}
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{Log: os.Stderr})
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	listen, end := Progress()
	cells, err := measure(ctx, engine, listen)
	if err != nil {
		end("stopped by an error")
		return nil, err
	}
	end(fmt.Sprintf("%d cells measured", len(cells)))
	p, err := pack(cells)
	if err != nil {
		return nil, err
	}
	return cells, store.Save(name, p)
}

// packed is what is kept of cells. Rows are JSON, because gob takes a pointer to
// 0 for none.
type packed struct {
	Rows     []byte
	Evidence []memtest.Evidence
}

func pack(cells []memtest.Cell) (packed, error) {
	var p packed
	var rows []result.Row
	for _, c := range cells {
		rows = append(rows, c.Row)
		p.Evidence = append(p.Evidence, c.Evidence)
	}
	var b bytes.Buffer
	err := result.WriteRows(&b, rows)
	p.Rows = b.Bytes()
	return p, err
}

// sources is a hash of this project's Go files, or "" where they are not at the
// place where they were compiled.
func sources() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		return ""
	}
	root := filepath.Join(filepath.Dir(file), "..", "..")
	h := sha256.New()
	for _, folder := range []string{"datasets", "memtest", "xla"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			fmt.Fprintf(h, "%s %d\n", path, len(text))
			h.Write(text)
			return err
		})
		if err != nil {
			return ""
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func unpack(r io.Reader) ([]memtest.Cell, error) {
	if c, ok := r.(io.Closer); ok {
		defer c.Close()
	}
	var p packed
	if err := gob.NewDecoder(r).Decode(&p); err != nil {
		return nil, err
	}
	rows, _, err := result.ReadRows(bytes.NewReader(p.Rows), "kept rows")
	if err != nil {
		return nil, err
	}
	if len(rows) != len(p.Evidence) {
		return nil, fmt.Errorf("%d rows and evidence of %d cells were kept", len(rows), len(p.Evidence))
	}
	cells := make([]memtest.Cell, len(rows))
	for i := range cells {
		cells[i] = memtest.Cell{Row: rows[i], Evidence: p.Evidence[i]}
		cells[i].Evidence.Fresh = rows[i].Fresh
	}
	return cells, nil
}
