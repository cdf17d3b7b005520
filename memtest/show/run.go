package show

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/usercache"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// Run measures an experiment and returns its rows, complete. Progress is live in
// the cell. The run is kept in the user's cache, so the same configuration is
// answered at once the next time, and one that was interrupted goes on; another
// configuration, other data or a changed source file of this project is measured
// anew.
func Run(c memtest.Config) ([]result.Row, error) {
	x, err := memtest.New(context.Background(), c, datasets.Options{Log: os.Stderr})
	if err != nil {
		return nil, err
	}
	cells, err := Cells(x)
	if err != nil {
		return nil, err
	}
	return RowsOf(cells), nil
}

// Cells measures an experiment as Run does and returns its cells: each row with the
// evidence behind it, such as what is known of single examples.
func Cells(x *memtest.Experiment) ([]memtest.Cell, error) {
	parts := []string{string(x.Config.YAML()), fmt.Sprint(x.Spec), x.Train.Hash()}
	if x.Fresh != nil {
		parts = append(parts, x.Fresh.Hash())
	}
	return Kept(strings.Join(parts, "\n"), func(ctx context.Context, e *xla.Engine, o memtest.Options) iter.Seq2[memtest.Cell, error] {
		in := *x
		in.Config.Known, in.Config.Keep, in.Config.Progress = o.Known, o.Keep, o.Progress
		return in.Cells(ctx, e)
	})
}

// Kept returns the cells that measure gave when it was last called under this
// key, or calls it. The key must say all that the cells depend on apart from this
// project's own code. The options given to measure carry what an interrupted call
// has measured already, and a listener that draws a bar; it adds its own.
func Kept(key string, measure func(ctx context.Context, e *xla.Engine, o memtest.Options) iter.Seq2[memtest.Cell, error]) (cells []memtest.Cell, err error) {
	path, err := folder(key)
	if err != nil {
		return nil, err
	}
	if cells, ok := finished(path); ok {
		return cells, nil
	}
	ctx := context.Background()
	engine, err := xla.Open(ctx, "", xla.Options{Log: os.Stderr})
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	manifest, err := memtest.NewManifest(ctx, engine, []string{"show.Kept"}, time.Now())
	if err != nil {
		return nil, err
	}
	d, err := open(path, key, manifest)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	listen, end := showProgress()
	rows, err := memtest.Fill(d, measure(ctx, engine, memtest.Options{Known: d, Keep: d.Keep, Progress: listen}), true)
	if err != nil {
		end("stopped by an error")
		return nil, err
	}
	end(fmt.Sprintf("%d cells measured", len(rows)))
	return d.Cells(rows), d.Finish(time.Now(), memtest.Compiled(engine))
}

// folder is where the run of a key is kept, in the user's own cache: what others may
// have put there would be answered without being measured.
func folder(key string) (string, error) {
	sum := sha256.Sum256([]byte(sources() + "\n" + key))
	path, err := usercache.Folder("notebooks", hex.EncodeToString(sum[:12]))
	if err != nil {
		return "", err
	}
	if err := usercache.Make(filepath.Dir(path)); err != nil {
		return "", fmt.Errorf("measurements cannot be kept: %w", err)
	}
	return path, usercache.Private(path)
}

// finished are the cells of a run that was measured to its end.
func finished(path string) ([]memtest.Cell, bool) {
	d, err := rundir.Open(path)
	if err != nil {
		return nil, false
	}
	m, err := d.Manifest()
	if err != nil || m.Unfinished {
		return nil, false
	}
	rows, _, err := d.Rows()
	cells := d.Cells(rows)
	return cells, err == nil && len(cells) == len(rows)
}

// open begins the run of a key or goes on with it. What cannot be gone on with, such
// as a run on another backend, is measured anew: it is the cache's own.
func open(path, key string, m result.Manifest) (*rundir.Dir, error) {
	config := fmt.Appendf(nil, "# A notebook's measurement; its key:\n# %s\n", strings.ReplaceAll(key, "\n", "\n# "))
	d, err := rundir.Create(path, config, m)
	if !errors.Is(err, result.ErrInput) { // it holds no run yet
		return d, err
	}
	d, _, err = rundir.Resume(path, config, m)
	if !errors.Is(err, result.ErrInput) {
		return d, err
	}
	aside, refused := rundir.SetAside(path) // not while another process measures into it
	if refused != nil {
		return nil, errors.Join(err, refused)
	}
	if err := os.RemoveAll(aside); err != nil {
		return nil, err
	}
	return rundir.Create(path, config, m)
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
