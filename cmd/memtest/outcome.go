package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// probesUsage explains --probes.
var probesUsage = "shallow classifiers: " + strings.Join(probe.Names(), ", ") + ", with a setting as in knn:11 or ridge:gcv (default ridge,knn)"

// outFolder is the folder of --out, or one named by the time, which it makes, so
// that each of the runs that begin in the same second gets its own.
func outFolder(out string, started time.Time) (string, error) {
	if out != "" {
		return out, nil
	}
	named := filepath.Join("runs", started.Format("20060102-150405"))
	if err := os.MkdirAll(filepath.Dir(named), 0o755); err != nil {
		return "", err
	}
	folder := named
	for i := 2; ; i++ {
		err := os.Mkdir(folder, 0o755)
		if !errors.Is(err, fs.ErrExist) {
			return folder, err
		}
		folder = fmt.Sprintf("%s-%d", named, i)
	}
}

// outcome is what a folder of complete rows gets beside them.
type outcome struct {
	folder   string
	labels   []int32
	classes  []string
	pictures *memtest.Experiment // data and copies that the pages show; nil = none
	json     bool                // print rows as JSON lines instead of the table
}

// write writes examples.csv and the pages, marks the run as finished and prints
// what came out. The cells are those whose examples are shown.
func (o outcome) write(ctx context.Context, dir *result.Dir, rows []result.Row, cells []memtest.Cell, stdout io.Writer) error {
	var text bytes.Buffer
	if err := memtest.WriteExamples(&text, cells, o.labels, o.classes); err != nil {
		return err
	}
	if err := atomicfile.WriteFile(dir.Path(result.ExamplesFile), text.Bytes()); err != nil {
		return err
	}
	if err := dir.Finish(time.Now()); err != nil {
		return err
	}
	if o.pictures != nil {
		if err := savePictures(ctx, o.folder, cells, o.pictures); err != nil {
			return err
		}
	}
	page, err := report.Load(o.folder)
	if err != nil {
		return err
	}
	if err := report.Write(o.folder, page); err != nil {
		return err
	}
	if o.json {
		return result.WriteRows(stdout, rows)
	}
	return o.print(stdout, rows)
}

// print prints the tables, what they mean, and where the rest is.
func (o outcome) print(w io.Writer, rows []result.Row) error {
	if err := report.Text(w, rows, report.TextOptions{Color: wantsColor(w)}); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\nThe report is %s; the rows are in %s.\n", filepath.Join(o.folder, result.ReportFile), filepath.Join(o.folder, result.RowsFile))
	return err
}
