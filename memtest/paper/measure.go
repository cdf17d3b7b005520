package paper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// Names in the folder of a paper. The document and its archive lie as they do in
// docs.
const (
	MarkdownFile  = "paper.md"
	HTMLFile      = "paper.html"
	archiveFolder = "paper" // rows, facts and figures
	runsFolder    = "runs"  // a folder for each run, which holds its facts too
)

// Options say how the runs of a paper are measured. Its zero value is good.
type Options struct {
	Data     datasets.Options       // where data are looked for
	Command  []string               // noted in manifests as what was typed
	Only     []string               // sections whose runs are measured (Sections); empty = all
	Anew     bool                   // set runs aside that do not fit, and measure them anew
	Shard    memtest.Shard          // measure this shard's runs alone, and no archive; of none = all
	Log      io.Writer              // gets what was unusual about rows that were there; nil = nobody
	Progress func(memtest.Progress) // is called as cells of all runs are measured; nil = not called
}

// Measure measures the runs of a setting into a folder and gathers their rows and
// facts there as an archive, of which Draw makes the document. What the folder has
// is not measured again, so that a paper goes on where it was stopped or killed.
// It is an error where the folder holds runs of another configuration. Of a shard, run
// i of Runs, from 0, is measured where Options.Shard owns i; another process that
// measures the same run is waited for.
func Measure(ctx context.Context, e *xla.Engine, setting, folder string, o Options) error {
	runs, err := Runs(setting, o.Only...)
	if err != nil {
		return err
	}
	if err := sameArchive(folder, setting, o.Only); err != nil {
		return err
	}
	m := measurement{Options: o, engine: e, folder: folder}
	own := runs
	if o.Shard.Of > 0 {
		own = nil
		for i, r := range runs {
			if o.Shard.Owns(i) {
				own = append(own, r)
			}
		}
		if len(own) == 0 {
			m.say(fmt.Sprintf("shard %v has nothing to measure: there are %d shards for %d runs", o.Shard, o.Shard.Of, len(runs)))
		}
	}
	a, err := m.all(ctx, setting, own)
	if err != nil || o.Shard.Of > 0 {
		return err
	}
	return a.Write(filepath.Join(folder, archiveFolder))
}

// sameArchive refuses a folder whose document is of another setting or of other sections,
// which would be written over.
func sameArchive(folder, setting string, only []string) error {
	there, err := readSetting(filepath.Join(folder, archiveFolder))
	if err != nil { // it is read again, and complained of, where it is needed
		return nil
	}
	is, asked := Archive{Setting: there.Setting, Only: inOrder(there.Only)}.flags(), Archive{Setting: setting, Only: inOrder(only)}.flags()
	if is != asked {
		return result.Inputf("%s holds the document of `memtest paper %s`, which is not of %s; choose another --out", folder, is, asked)
	}
	return nil
}

// measurement measures runs one by one.
type measurement struct {
	Options
	engine *xla.Engine
	folder string

	doing       string // the run
	done, total int    // cells of the runs whose cells are all measured, and of all
}

// all measures all runs, as an archive.
func (m *measurement) all(ctx context.Context, setting string, runs []Run) (Archive, error) {
	a := Archive{Setting: setting, Only: inOrder(m.Only), Elsewhere: map[string]string{}, Rows: map[string][]result.Row{}}
	manifest, err := memtest.NewManifest(ctx, m.engine, m.Command, time.Now())
	if err != nil {
		return a, err
	}
	a.Manifest = manifest
	for _, r := range runs {
		config, err := r.Config.Resolve()
		if err != nil {
			return a, err
		}
		m.total += config.CellsOf(len(config.Layers))
	}
	for i, r := range runs {
		m.doing = fmt.Sprintf("%s (%d of %d)", r.Name, i+1, len(runs))
		got, err := m.run(ctx, r)
		if err != nil {
			return a, fmt.Errorf("%s: %w", r.Name, err)
		}
		a.Rows[r.Name], a.Facts = got.rows, append(a.Facts, got.facts...)
		if other := elsewhere(got.about, manifest); other != "" {
			a.Elsewhere[r.Name] = other
			m.say(fmt.Sprintf("%s was measured on another kind of machine (%s), so its last digits may differ from those of this one", r.Name, other))
		}
		if !slices.ContainsFunc(a.Data, func(d result.Data) bool { return d.SHA256 == got.data.SHA256 }) {
			a.Data = append(a.Data, got.data)
		}
	}
	finished := time.Now()
	a.Manifest.Finished, a.Manifest.Unfinished, a.Manifest.Compiled = &finished, false, memtest.Compiled(m.engine)
	return a, nil
}

// measured is what a run gave.
type measured struct {
	rows  []result.Row
	facts []Fact
	data  result.Data
	about result.Manifest
}

// elsewhere names the kind of machine of a run where it is another one than this.
func elsewhere(run, here result.Manifest) string {
	there := here.Basis()
	for i, ground := range run.Basis() {
		if ground.Machine && ground.Differs(there[i]) {
			return run.Host.CPU
		}
	}
	return ""
}

// run returns what a run gave, after measuring what its folder lacks.
func (m *measurement) run(ctx context.Context, r Run) (measured, error) {
	started := time.Now()
	folder := filepath.Join(m.folder, runsFolder, r.Name)
	config, err := r.Config.Resolve()
	if err != nil {
		return measured{}, err
	}
	if got, ok, err := finished(folder, config); ok || err != nil {
		m.done += len(got.rows)
		return got, err
	}
	m.show(memtest.Progress{Doing: "reading data"})
	x, err := memtest.New(ctx, r.Config, m.Data)
	if err != nil {
		return measured{}, result.Input(err)
	}
	x.Config.Progress = m.show
	return m.into(ctx, folder, r, x, started)
}

// finished is what the folder of a run holds; false where there is none of this
// configuration, or it is not finished.
func finished(folder string, c memtest.Config) (got measured, ok bool, err error) {
	dir, err := rundir.Open(folder)
	if err != nil {
		return got, false, nil
	}
	made, err := dir.Manifest()
	if err != nil || made.Unfinished || string(dir.Config()) != string(c.YAML()) {
		return got, false, nil
	}
	got.data, got.about = made.Data, made
	// What was damaged is measured again, as in a run that is not finished.
	if got.rows, _, err = dir.Rows(); err != nil || len(dir.Verify(got.rows)) > 0 {
		return measured{}, false, nil
	}
	if got.facts, err = readFacts(dir.Path(factsFile)); err != nil {
		return measured{}, false, nil
	}
	return got, true, nil
}

// into measures a run into its folder, which it makes or goes on with.
func (m *measurement) into(ctx context.Context, folder string, r Run, x *memtest.Experiment, started time.Time) (got measured, err error) {
	compiled := memtest.Compiled(m.engine)
	dir, about, err := m.begin(ctx, folder, x, started)
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	before, _, err := dir.Rows()
	if err != nil {
		return got, err
	}
	in := x.In(dir)
	if !r.keepsEvidence() {
		in.Config.Keep = nil
	}
	if !r.Zoo { // hundreds of networks that are trained again in seconds
		in.Snapshots = ""
	}
	if got.rows, err = memtest.Fill(dir, in.Cells(ctx, m.engine), r.keepsEvidence()); err != nil {
		return got, err
	}
	m.done += len(got.rows)
	answers, err := openAnswers(dir)
	if err != nil {
		return got, err
	}
	if got.facts, err = r.facts(ctx, m.engine, in, got.rows, evidenceIn(dir, folder), answers); err != nil {
		return got, err
	}
	if len(before) == 0 { // else part of it was measured by another process
		got.facts = append(got.facts, Fact{Run: r.Name, Name: factSeconds, Value: time.Since(started).Seconds()})
	}
	if err := dir.Held(); err != nil {
		return got, err
	}
	if err := writeFacts(dir.Path(factsFile), got.facts); err != nil {
		return got, err
	}
	got.data, got.about = about.Manifest.Data, about.Manifest
	if r.Zoo { // what is measured of its networks is there
		if err := os.RemoveAll(in.Snapshots); err != nil {
			return got, err
		}
	}
	return got, dir.Finish(time.Now(), memtest.Compiled(m.engine).Since(compiled))
}

// begin makes the folder of a run, or opens it to go on.
func (m *measurement) begin(ctx context.Context, folder string, x *memtest.Experiment, started time.Time) (dir *rundir.Dir, about memtest.Folder, err error) {
	_, missing := rundir.Open(folder)
	manifest, err := memtest.NewManifest(ctx, m.engine, m.Command, started)
	if err != nil {
		return nil, about, err
	}
	if about, err = x.Folder(manifest); err != nil {
		return nil, about, err
	}
	about.Anew = m.Anew
	err = memtest.WhenFree(ctx, m.say, func() (err error) {
		var notes result.Notes
		dir, notes, err = about.Begin(folder, missing == nil)
		if err == nil {
			m.note(notes)
		}
		return err
	})
	return dir, about, err
}

func evidenceIn(dir *rundir.Dir, folder string) evidence {
	return func(cell string) (memtest.Evidence, error) {
		e, ok := dir.Evidence(cell)
		if !ok {
			return e, fmt.Errorf("the evidence of cell %s is lost; delete %s and go on with --resume", cell, folder)
		}
		return e, nil
	}
}

func (m *measurement) note(n result.Notes) {
	for _, s := range n.Sentences() {
		m.say(s)
	}
}

func (m *measurement) say(sentence string) {
	if m.Log != nil {
		fmt.Fprintln(m.Log, sentence)
	}
}

// show places the progress of a run among all.
func (m *measurement) show(p memtest.Progress) {
	if m.Progress != nil {
		m.Progress(memtest.Progress{Doing: m.doing + ": " + p.Doing, Done: m.done + p.Done, Total: m.total, Left: p.Left})
	}
}
