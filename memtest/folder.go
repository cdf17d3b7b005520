package memtest

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/arithmetic"
)

// Folder is a run that is kept in a folder: what is measured, how it is made, and
// what its pages and comparisons need.
type Folder struct {
	Config   Config          // resolved
	Manifest result.Manifest // as NewManifest gives it, with the data
	Labels   []int32         // [n] classes of the training examples
	Anew     bool            // set a run aside that is in the way, see rundir.SetAside
}

// Begin makes the folder of the run or, where resume is true, opens it to go on;
// a run may then ask for more permutations than before. Where Anew is true, a run that
// is in the way is set aside. The notes say what was unusual about the rows that are
// there.
func (f Folder) Begin(path string, resume bool) (d *rundir.Dir, notes result.Notes, err error) {
	if resume {
		d, notes, err = f.resume(path)
	} else {
		d, err = rundir.Create(path, f.Config.YAML(), f.Manifest)
	}
	if f.Anew && errors.Is(err, result.ErrInput) {
		if notes.Aside, err = rundir.SetAside(path); err == nil {
			d, err = rundir.Create(path, f.Config.YAML(), f.Manifest)
		}
	}
	if err != nil {
		return nil, notes, err
	}
	if err := d.KeepLabels(f.Labels); err != nil {
		return nil, notes, errors.Join(err, d.Close())
	}
	return d, notes, nil
}

func (f Folder) resume(path string) (*rundir.Dir, result.Notes, error) {
	there, err := rundir.Open(path)
	if err != nil {
		return nil, result.Notes{}, err
	}
	if m, err := there.Manifest(); err == nil && m.Shard != "" && f.Manifest.Shard == "" {
		return nil, result.Notes{}, result.Inputf("%s is a part of shard %s of a run: go on with it by the command of the shard, memtest run --shard %[2]s", path, m.Shard)
	}
	old, err := ConfigOf(there)
	if err != nil {
		return nil, result.Notes{}, err
	}
	asked := f.Config.spelledAs(old)
	// More permutations are more of the same.
	grows := old.Permutations < asked.Permutations
	before := asked
	if grows {
		before.Permutations = old.Permutations
	}
	d, notes, err := rundir.Resume(path, before.YAML(), f.Manifest)
	if err == nil && grows {
		if err = d.Grow(asked.YAML()); err != nil {
			err = errors.Join(err, d.Close())
		}
	}
	return d, notes, err
}

// spelledAs is the configuration with files named by the paths of another one, where
// the names of the files are alike: that they are the same files is proven by their
// contents. What is no path stays as it is.
func (c Config) spelledAs(old Config) Config {
	for _, path := range []struct{ now, then *string }{{&c.File, &old.File}, {&c.Data, &old.Data}, {&c.Model, &old.Model}} {
		if filepath.Base(*path.now) == filepath.Base(*path.then) {
			*path.now = *path.then
		}
	}
	if networkFile(c.Net) && filepath.Base(c.Net) == filepath.Base(old.Net) {
		c.Net = old.Net
	}
	k, before := &c.Keys, old.Keys
	for _, key := range []struct {
		now  *string
		then string
	}{{&k.Train, before.Train}, {&k.Labels, before.Labels}, {&k.Fresh, before.Fresh}, {&k.FreshLabels, before.FreshLabels}, {&k.Permuted, before.Permuted}, {&k.Groups, before.Groups}} {
		*key.now = keySpelledAs(*key.now, key.then)
	}
	k.Valid = slices.Clone(k.Valid)
	for i := range min(len(k.Valid), len(before.Valid)) {
		level, now, _ := strings.Cut(k.Valid[i], "=")
		if beforeLevel, then, _ := strings.Cut(before.Valid[i], "="); level == beforeLevel && keySpelledAs(now, then) == then {
			k.Valid[i] = before.Valid[i]
		}
	}
	return c
}

// keySpelledAs is a key by the path of another one, where both are PATH, or PATH:NAME
// with the same NAME, of files called alike. The name of an array, such as
// hidden/train, is no path, and not the same as that of another one.
func keySpelledAs(now, then string) string {
	split := func(key string) (path, name string) {
		if i := strings.LastIndex(key, ":"); i >= 0 && arrayFile(key[:i]) {
			return key[:i], key[i:]
		}
		return key, ""
	}
	path, name := split(now)
	before, beforeName := split(then)
	if arrayFile(path) && name == beforeName && filepath.Base(path) == filepath.Base(before) {
		return then
	}
	return now
}

func arrayFile(path string) bool {
	return slices.Contains(arrays.Formats(), strings.ToLower(filepath.Ext(path)))
}

// ConfigOf is the configuration of a run's folder.
func ConfigOf(d *rundir.Dir) (Config, error) {
	c, err := parseConfig(d.Config())
	if err != nil {
		return c, result.Inputf("configuration %s: %v", d.Path(rundir.ConfigFile), err)
	}
	return c, nil
}

// Fill measures into a folder what it lacks and returns all its rows, complete.
// Where evidence is false, none is kept: single examples, more permutations and
// intervals of differences of memorization need it.
func Fill(d *rundir.Dir, cells iter.Seq2[Cell, error], evidence bool) ([]result.Row, error) {
	if err := d.Fill(cells, evidence); err != nil {
		return nil, err
	}
	rows, _, err := d.Rows()
	if err != nil {
		return nil, err
	}
	if rows, err = CompleteIn(d, rows); err != nil {
		return nil, err
	}
	return rows, d.ReplaceRows(rows)
}

// CompleteIn is Complete for rows of a folder, which may be those that it has so far;
// it writes nothing.
func CompleteIn(d *rundir.Dir, rows []result.Row) ([]result.Row, error) {
	rows = slices.Clone(rows)
	if c, err := ConfigOf(d); err == nil { // rows of an older program do not say the level
		for i := range rows {
			setDefault(&rows[i].Alpha, c.Alpha)
		}
	}
	return Complete(rows, d.Evidence)
}

// In is the experiment as it is measured into a folder: what the folder has is not
// measured again, and networks are kept there.
func (x *Experiment) In(d *rundir.Dir) *Experiment {
	in := *x
	in.Config.Known, in.Config.Keep, in.Snapshots, in.held = d, d.Keep, d.Path(rundir.SnapshotsDir), d.Held
	return &in
}

// NewManifest is that of a run which begins now on an engine, before its data are
// known. command is os.Args, or nil for a call of the library. The first call on a
// machine computes for a second or two, see package arithmetic.
func NewManifest(ctx context.Context, e *xla.Engine, command []string, started time.Time) (result.Manifest, error) {
	m := result.NewManifest(command, started)
	about := e.Describe()
	m.Backend, m.Plugin, m.Devices = about.Name, about.Plugin, []string{about.String()}
	hashes, err := arithmetic.Of(ctx, e, m.Host.CPU)
	m.PluginSHA256, m.Arithmetic = hashes.Plugin, hashes.Arithmetic
	return m, err
}

// Folder is the experiment's run as it is kept in a folder, given a manifest from
// NewManifest.
func (x *Experiment) Folder(m result.Manifest) (Folder, error) {
	m.Data = dataOf(x.Train, x.Fresh)
	for i := range max(1, x.Config.Seeds) {
		m.Seeds = append(m.Seeds, x.Config.Seed+uint64(i))
	}
	if len(x.Spec.Layers) > 0 || x.Spec.Model != nil {
		text, err := x.Spec.YAML()
		if err != nil {
			return Folder{}, err
		}
		m.NetworkSHA256 = result.Hash(text)
	}
	return Folder{Config: x.Config, Manifest: m, Labels: x.Train.Y}, nil
}

// dataOf is how a manifest notes a training set and a test set; the test set may be nil.
func dataOf(train, test *datasets.Set) result.Data {
	d := result.Data{Name: train.Name, SHA256: train.Hash(), Train: train.Len(), Shape: train.Shape.String(), Classes: train.Classes,
		Kind: string(train.Shape.KindOf()), Input: train.Shape.RawIs()}
	if test != nil {
		d.Test, d.TestSHA256 = test.Len(), test.Hash()
	}
	return d
}

// RunIn measures an experiment into a folder, which it makes, or goes on with what
// is there where that is the same experiment; of a run that is finished and asks
// for nothing more, the rows are only read.
// Killed at any moment, it loses no row. The rows are complete; package report
// writes pages of such a folder.
func RunIn(ctx context.Context, e *xla.Engine, x *Experiment, path string) (rows []result.Row, err error) {
	before := Compiled(e)
	manifest, err := NewManifest(ctx, e, nil, time.Now())
	if err != nil {
		return nil, err
	}
	folder, err := x.Folder(manifest)
	if err != nil {
		return nil, err
	}
	old, openErr := rundir.Open(path)
	if openErr == nil && finished(old, folder) {
		// What was damaged is measured again, as in a run that is not finished.
		if rows, _, err := old.Rows(); err == nil && len(old.Verify(rows)) == 0 {
			return rows, nil
		}
	}
	d, _, err := folder.Begin(path, openErr == nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if rows, err = Fill(d, x.In(d).Cells(ctx, e), true); err != nil {
		return nil, err
	}
	return rows, d.Finish(time.Now(), Compiled(e).Since(before))
}

// finished says whether a folder holds all that a run is asked for.
func finished(d *rundir.Dir, f Folder) bool {
	m, err := d.Manifest()
	return err == nil && !m.Unfinished && d.SameBasis(f.Manifest) == nil && bytes.Equal(d.Config(), f.Config.YAML())
}

// Read is the run of a folder, as Compare takes it; of one that is not finished,
// what it has so far.
func Read(path string) (Measured, error) {
	d, err := rundir.Open(path)
	if err != nil {
		return Measured{}, err
	}
	m := Measured{Name: path, Evidence: d.Evidence}
	if m.Config, err = ConfigOf(d); err != nil {
		return m, err
	}
	if m.Rows, _, err = d.Rows(); err != nil {
		return m, err
	}
	if !d.WithoutEvidence() { // else intervals are over label sets alone
		for _, damage := range d.Verify(m.Rows) {
			return m, result.Inputf("%s: %v; go on with the run by --resume to measure it again", path, damage)
		}
	}
	about, err := d.Manifest()
	if err != nil {
		return m, err
	}
	m.Data = about.Data
	if m.Labels, err = d.Labels(); errors.Is(err, fs.ErrNotExist) { // an older program noted none
		err = nil
	}
	return m, err
}
