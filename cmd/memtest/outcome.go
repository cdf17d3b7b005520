package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// outFolder is the folder of --out, or one named by the time, which it makes, so
// that each of the runs that begin in the same second gets its own.
func outFolder(out string, started time.Time) (string, error) {
	if out != "" {
		return out, nil
	}
	named := filepath.Join("runs", started.Format("20060102-150405"))
	if err := os.MkdirAll(filepath.Dir(named), 0o777); err != nil {
		return "", err
	}
	folder := named
	for i := 2; ; i++ {
		err := os.Mkdir(folder, 0o777)
		if !errors.Is(err, fs.ErrExist) {
			return folder, err
		}
		folder = fmt.Sprintf("%s-%d", named, i)
	}
}

// deviceCount reads --devices: a number, or all.
func deviceCount(e *xla.Engine, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if text != "all" && (err != nil || n < 1) {
		return 0, fmt.Errorf("devices: %q is not a number from 1; type a number, or all", text)
	}
	engines, err := e.Devices(n)
	return len(engines), err
}

// job is a measurement whose cells go into a folder.
type job struct {
	*settings
	memtest.Folder
	progress *progress
	log      io.Writer
	total    int // cells that there will be
	engine   *xla.Engine
	// cells measures what the folder lacks.
	cells    func(d *rundir.Dir) iter.Seq2[memtest.Cell, error]
	pictures *memtest.Experiment // data and copies that the pages show; nil = none
}

// run begins the folder or goes on with it, measures, prints what came out, and asks
// whether it is a reason to fail.
func (j job) run(ctx context.Context, stdout io.Writer) (err error) {
	if j.out, err = outFolder(j.out, j.Manifest.Started); err != nil {
		return err
	}
	j.Anew = j.anew
	dir, notes, err := j.Begin(j.out, j.resume)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	for _, s := range notes.Sentences() {
		fmt.Fprintln(plain{j.log}, s)
	}
	page := j.watch(dir, time.Now)
	rows, err := memtest.Fill(dir, j.cells(dir), true)
	j.progress.end()
	if err != nil {
		page.stopped()
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return errors.New(j.goOn())
	case err != nil:
		if !j.resume { // bad input leaves nothing behind
			err = errors.Join(err, dir.Abandon())
		}
		if there, e := memtest.Read(j.out); e == nil && len(there.Rows) > 0 {
			err = fmt.Errorf("%w; %s", err, j.goOn())
		}
		return err
	}
	j.Manifest.Compiled = memtest.Compiled(j.engine)
	if err := j.finish(ctx, dir, rows, time.Now(), stdout); err != nil {
		page.stopped()
		return err
	}
	return failIf(j.rules, rows)
}

// goOn says where the rows are, and what to type to go on.
func (j job) goOn() string {
	return fmt.Sprintf("the rows so far are in %s; go on with: %s", j.out, j.Manifest.GoOn(j.out))
}

// finish writes examples.csv and the pages, marks the run as finished at a time and
// prints what came out.
func (j job) finish(ctx context.Context, dir *rundir.Dir, rows []result.Row, at time.Time, stdout io.Writer) error {
	cells := dir.EachCell(shown(rows))
	if err := dir.PutFrom(rundir.ExamplesFile, func(w io.Writer) error {
		return report.ExamplesCSV(w, cells, j.Labels, j.Manifest.Data.Classes, j.byChance())
	}); err != nil {
		return err
	}
	if err := dir.Finish(at, j.Manifest.Compiled); err != nil {
		return err
	}
	if j.pictures != nil {
		if err := savePictures(ctx, j.out, cells, j.pictures, j.log); err != nil {
			return err
		}
	}
	if err := dir.Held(); err != nil {
		return err
	}
	page, err := report.Load(j.out)
	if err != nil {
		return err
	}
	if err := report.Write(j.out, page); err != nil {
		return err
	}
	if j.json {
		return result.WriteRows(stdout, rows)
	}
	if err := report.Text(stdout, rows, textOptions(stdout, dir.Path(rundir.ReportFile))); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "\nThe report is %s; the rows are in %s.\n", dir.Path(rundir.ReportFile), dir.Path(rundir.RowsFile))
	return err
}

// byChance says of each training example whether its label was drawn by lot; nil where
// its set does not know.
func (j job) byChance() []bool {
	if j.pictures == nil {
		return nil
	}
	return j.pictures.Train.ByChance
}

// shown are the rows whose single examples are shown: those of each network under
// test at its last epoch, of the first seed; where there is no network, all.
func shown(rows []result.Row) []result.Row {
	first, last := map[string]uint64{}, map[string]int{} // by network
	for _, r := range rows {
		seed, known := first[r.Network]
		if !r.UnderTest() || known && r.Seed != seed {
			continue
		}
		if first[r.Network] = r.Seed; !known || r.Epoch > last[r.Network] {
			last[r.Network] = r.Epoch
		}
	}
	if len(first) == 0 {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r result.Row) bool {
		return !r.UnderTest() || r.Seed != first[r.Network] || r.Epoch != last[r.Network]
	})
}
