// Package rundir keeps a run in a folder: its configuration, its manifest, its
// rows, and the evidence behind each, so that it can be stopped at any moment and
// gone on with.
//
//  1. Create makes the folder of a new run, Resume opens one to go on with, and
//     Open one to read. One process at a time measures into a folder.
//  2. Fill appends cells as they are measured, evidence first.
//  3. Row and Evidence say what there is, so that nothing is measured twice; Grow
//     lets a run ask for more permutations.
//  4. ReplaceRows writes rows anew when all are there, and Finish marks the end.
package rundir

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/seed-1a417598/memtest/datasets/filelock"
	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Names of the files of a run's folder.
const (
	ConfigFile   = "config.yaml"   // the whole configuration, resolved
	RowsFile     = "rows.jsonl"    // one line a row, appended as measured
	ManifestFile = "manifest.json" // how it was made
	ReportFile   = "report.html"
	MarkdownFile = "report.md"
	CSVFile      = "rows.csv"
	ExamplesFile = "examples.csv"
	PicturesFile = "pictures.json" // what the page shows besides rows
	labelsFile   = "labels.npz"    // classes of the training examples, by which runs are compared
	SnapshotsDir = "snapshots"
	evidenceDir  = "cells" // evidence of each cell
	lockFile     = ".lock" // held while a process measures into the folder
)

// Dir is the folder of one run. A Dir from Create or Resume takes rows and must
// be closed; one from Open only reads. Append, Row, SaveEvidence of different
// cells, Evidence and Path may be called from several goroutines at a time; all
// other methods by one goroutine, while no other is in any.
type Dir struct {
	path    string
	config  []byte
	created bool // by Create: what is in the folder was made since

	mu    sync.Mutex
	known map[string]result.Row // by cell
	order []string              // of Resume: cells as the lines had them; "" = damaged
	rows  *os.File              // nil = only reads
	size  int64                 // of the rows file, up to the last whole line
	lock  *filelock.Lock        // nil = only reads
}

// Create makes the folder of a new run: its configuration, its manifest, marked
// unfinished, and no rows. It overwrites nothing: a folder that holds a run, or
// part of one, is refused with a sentence that says what to type instead.
func Create(path string, config []byte, m result.Manifest) (_ *Dir, err error) {
	alone, err := makeFolder(path)
	if err != nil {
		return nil, err
	}
	d := &Dir{path: path, config: bytes.Clone(config), created: true, known: map[string]result.Row{}}
	// Looked at before the lock, so that a refused folder stays untouched, and
	// after it, for a run that another process made in between.
	if err := d.vacant(); err != nil {
		return nil, err
	}
	if err := d.acquire(); err != nil {
		if alone {
			os.Remove(path)
		}
		return nil, err
	}
	var made []string
	defer func() {
		if err != nil {
			err = errors.Join(err, d.unmake(made, alone))
		}
	}()
	if err := d.vacant(); err != nil {
		return nil, err
	}
	made = append(made, ConfigFile)
	if err := d.Put(ConfigFile, config); err != nil {
		return nil, err
	}
	made = append(made, ManifestFile)
	if err := d.writeManifest(begun(config, m)); err != nil {
		return nil, err
	}
	if d.rows, err = openFile(d.Path(RowsFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND); err != nil {
		return nil, err
	}
	return d, nil
}

// begun is the manifest of a run that begins with a configuration.
func begun(config []byte, m result.Manifest) result.Manifest {
	m.Format, m.Config, m.Before, m.Unfinished, m.Finished = result.Format, result.Hash(config), "", true, nil
	m.Compiled = result.Compiled{}
	return m
}

// taken is the refusal of Create, given a file of the other run.
func (d *Dir) taken(name string) error {
	old, err := readConfig(d.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return result.Inputf("%s has something in the place of what a run writes (%s): give another folder with --out", d.path, d.Path(name))
	case err != nil:
		return err
	case bytes.Equal(old, d.config):
		return result.Inputf("%s already holds this run (%s): add --resume to go on with it, or give another folder with --out", d.path, d.Path(name))
	}
	return result.Inputf("%s holds another run (%s, which differs from what was asked %s): give another folder with --out", d.path, d.Path(ConfigFile), Difference(old, d.config))
}

// Difference says where the text of a configuration, "there", and of another one,
// "here", first differ: "in line 3: … there, … here".
func Difference(old, asked []byte) string {
	a, b := strings.Split(string(old), "\n"), strings.Split(string(asked), "\n")
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	line := func(s []string) string {
		if i >= len(s) {
			return "nothing"
		}
		return fmt.Sprintf("%.60q", strings.TrimSpace(s[i]))
	}
	return fmt.Sprintf("in line %d: %s there, %s here", i+1, line(a), line(b))
}

// Open opens the folder of a run for reading.
func Open(path string) (*Dir, error) {
	config, err := readConfig(path)
	if errors.Is(err, syscall.ENOTDIR) {
		return nil, result.Inputf("%s is a file, not the folder of a run: give the folder that `memtest run --out` wrote", path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		if _, e := os.Stat(path); e != nil {
			return nil, result.Inputf("%s does not exist: give the folder that `memtest run --out` wrote", path)
		}
		if parts, e := Parts(path); e == nil && len(parts) > 0 {
			return nil, result.Inputf("%s holds shards of a run: put them together with `memtest merge %[1]s`", path)
		}
		return nil, result.Inputf("%s holds no run (it has no %s): give the folder that `memtest run --out` wrote", path, ConfigFile)
	}
	if err != nil {
		return nil, err
	}
	d := &Dir{path: path, config: config, known: map[string]result.Row{}}
	m, err := d.Manifest()
	if sum := result.Hash(config); err == nil && m.Config != "" && m.Config != sum && m.Before != sum {
		return nil, result.Inputf("%s is not what the run was made with, which %s notes the SHA-256 of: put the old file back, begin anew with --anew, or give another folder with --out", d.Path(ConfigFile), d.Path(ManifestFile))
	}
	return d, nil
}

// Path is the path of a file in the folder.
func (d *Dir) Path(name string) string { return filepath.Join(d.path, name) }

// Config is the contents of config.yaml.
func (d *Dir) Config() []byte { return bytes.Clone(d.config) }

// Rows reads the rows on disk; a run that measured nothing yet has none.
// Those of a run that goes on come in the order that they had.
func (d *Dir) Rows() ([]result.Row, result.Notes, error) {
	rows, notes, err := d.read(result.ReadRows)
	return inOrder(rows, d.order), notes, err
}

// rowsInMemory is how many times its size a file of rows takes in memory.
const rowsInMemory = 4

func (d *Dir) read(rows func(io.Reader, string) ([]result.Row, result.Notes, error)) ([]result.Row, result.Notes, error) {
	f, err := openFile(d.Path(RowsFile), os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, result.Notes{}, nil
	}
	if err != nil {
		return nil, result.Notes{}, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return nil, result.Notes{}, err
	} else if err := memory.Enough(rowsInMemory*float64(info.Size()), "file "+d.Path(RowsFile)); err != nil {
		return nil, result.Notes{}, result.Input(err)
	}
	return rows(f, d.Path(RowsFile))
}

// Append adds one row, as one line in one write. A row is synced to the disk
// when the Dir is closed.
func (d *Dir) Append(r result.Row) error {
	if r.Config == "" {
		r.Config = result.ConfigID(d.config)
	}
	line, err := r.Line()
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rows == nil {
		return d.closed()
	}
	if err := d.Held(); err != nil {
		return err
	}
	if _, err := d.rows.Write(line); err != nil {
		// The next row must not be glued to half of this one.
		return errors.Join(err, d.rows.Truncate(d.size))
	}
	d.size += int64(len(line))
	d.known[r.Cell()] = r
	return nil
}

func (d *Dir) closed() error {
	return fmt.Errorf("%s is open for reading only: open it with Create or Resume to write rows", d.path)
}

// ReplaceRows writes all rows anew, whole or not at all: for values that are
// known only when every row is there, as p-values adjusted over the cells are.
func (d *Dir) ReplaceRows(rows []result.Row) error {
	return d.writeRows(rows, result.ConfigID(d.config))
}

// writeRows replaces all rows, which then carry this configuration.
func (d *Dir) writeRows(rows []result.Row, config string) error {
	var all bytes.Buffer
	for _, r := range rows {
		r.Config = config
		line, err := r.Line()
		if err != nil {
			return err
		}
		all.Write(line)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rows == nil {
		return d.closed()
	}
	if err := d.rows.Close(); err != nil {
		return err
	}
	d.rows = nil
	err := d.Put(RowsFile, all.Bytes())
	f, e := openFile(d.Path(RowsFile), os.O_WRONLY|os.O_APPEND)
	if e != nil {
		return errors.Join(err, e)
	}
	d.rows = f
	if err == nil {
		d.size = int64(all.Len())
	}
	return err
}

// Manifest reads manifest.json.
func (d *Dir) Manifest() (result.Manifest, error) {
	b, err := ReadFile(d.Path(ManifestFile))
	if err != nil {
		return result.Manifest{}, err
	}
	return result.ParseManifest(b, d.Path(ManifestFile))
}

// writeManifest replaces manifest.json.
func (d *Dir) writeManifest(m result.Manifest) error {
	b, err := m.JSON()
	if err != nil {
		return err
	}
	return d.Put(ManifestFile, b)
}

// Finish marks the run as complete at this time, and notes what was compiled for it.
func (d *Dir) Finish(at time.Time, compiled result.Compiled) error {
	return d.Amend(func(m *result.Manifest) { m.Unfinished, m.Finished, m.Compiled = false, &at, compiled })
}

// Amend changes the manifest.
func (d *Dir) Amend(change func(m *result.Manifest)) error {
	m, err := d.Manifest()
	if err != nil {
		return err
	}
	change(&m)
	return d.writeManifest(m)
}

// Close syncs the rows to the disk and lets other processes in. Closing twice,
// or closing a Dir from Open, does nothing.
func (d *Dir) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var err error
	if d.rows != nil {
		err = errors.Join(d.rows.Sync(), d.rows.Close())
		d.rows = nil
	}
	if d.lock != nil {
		err = errors.Join(err, d.lock.Close())
		d.lock = nil
	}
	return err
}
