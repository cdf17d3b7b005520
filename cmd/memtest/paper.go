package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/paper"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// Names in the folder of a paper. The document and its archive lie as they do in
// docs.
const (
	paperMarkdown = "paper.md"
	paperHTML     = "paper.html"
	paperArchive  = "paper" // rows, facts and figures
	paperRuns     = "runs"  // a folder for each run, which holds its facts too
)

// paperFlags are the flags of `memtest paper`.
type paperFlags struct {
	setting, out, draw     string
	backend, dataDir       string
	resume, offline, quiet bool
}

func paperCommand(args []string) *cobra.Command {
	var f paperFlags
	cmd := &cobra.Command{
		Use:   "paper",
		Short: "Put the claims of arXiv 1802.07714 to the test and write what comes out",
		Long: "paper runs the experiments behind docs/paper.md and writes the document anew: a table, a figure, intervals over\n" +
			"training seeds and a verdict for each claim. The small setting takes about four minutes on two cores, the full\n" +
			"one about an hour. Killed, it goes on with --resume.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.draw != "" {
				return drawPaper(f.draw, cmd.OutOrStdout())
			}
			return f.measure(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.setting, "setting", "small", "small or full")
	flags.StringVar(&f.out, "out", "", "folder of the document and its runs (default runs/paper-SETTING)")
	flags.BoolVar(&f.resume, "resume", false, "go on with what is in --out")
	flags.StringVar(&f.draw, "draw", "", "write the document in this folder anew from its rows; measures nothing")
	flags.StringVar(&f.dataDir, "data-dir", "", usageDataDir)
	flags.StringVar(&f.backend, "backend", "", usageBackend)
	flags.BoolVar(&f.offline, "offline", false, usageOffline)
	flags.BoolVar(&f.quiet, "quiet", false, usageQuiet)
	return cmd
}

// measure measures every run that is not measured yet, then writes the document.
func (f paperFlags) measure(ctx context.Context, command []string, stdout, stderr io.Writer) error {
	runs, err := paper.Runs(f.setting)
	if err != nil {
		return usage(err)
	}
	if f.out == "" {
		f.out = filepath.Join("runs", "paper-"+f.setting)
	}
	if there, err := os.ReadDir(f.out); err == nil && len(there) > 0 && !f.resume {
		return usage(fmt.Errorf("out: %s is not empty; go on with what is there by adding --resume, or choose another --out", f.out))
	}
	log := stderr
	if f.quiet {
		log = io.Discard
	}
	engine, err := xla.Open(ctx, f.backend, xla.Options{Log: log, NoInstall: f.offline})
	if err != nil {
		return err
	}
	defer engine.Close()

	archive := paper.Archive{Setting: f.setting, Rows: map[string][]result.Row{}, Manifest: result.NewManifest(command, time.Now())}
	about := engine.Describe()
	archive.Manifest.Backend, archive.Manifest.Plugin, archive.Manifest.Devices = about.Name, about.Plugin, []string{about.String()}
	m := paperRun{flags: f, engine: engine, command: command, log: log, progress: newProgress(log)}
	for _, r := range runs {
		config, err := r.Config.Resolve()
		if err != nil {
			return err
		}
		m.total += config.CellsOf(len(config.Layers))
	}
	for i, r := range runs {
		m.doing = fmt.Sprintf("%s (%d of %d)", r.Name, i+1, len(runs))
		rows, facts, data, err := m.measure(ctx, r)
		if err != nil {
			m.progress.end()
			if ctx.Err() != nil {
				return fmt.Errorf("what is measured so far is in %s; go on with: memtest paper --setting %s --resume --out %s", f.out, f.setting, f.out)
			}
			return fmt.Errorf("%s: %w", r.Name, err)
		}
		archive.Rows[r.Name], archive.Facts = rows, append(archive.Facts, facts...)
		if !slices.ContainsFunc(archive.Data, func(d result.Data) bool { return d.SHA256 == data.SHA256 }) {
			archive.Data = append(archive.Data, data)
		}
		m.before += len(rows)
	}
	m.progress.end()
	finished := time.Now()
	archive.Manifest.Finished, archive.Manifest.Unfinished = &finished, false
	if err := archive.Write(filepath.Join(f.out, paperArchive)); err != nil {
		return err
	}
	return drawPaper(f.out, stdout)
}

// paperRun measures the runs of a paper one by one.
type paperRun struct {
	flags         paperFlags
	engine        *xla.Engine
	command       []string
	log           io.Writer
	progress      *progress
	doing         string
	before, total int // cells of the runs before, and of all
}

// measure returns the rows and facts of a run, after measuring what its folder
// lacks.
func (m *paperRun) measure(ctx context.Context, r paper.Run) (rows []result.Row, facts []paper.Fact, data result.Data, err error) {
	started := time.Now()
	folder := filepath.Join(m.flags.out, paperRuns, r.Name)
	config, err := r.Config.Resolve()
	if err != nil {
		return nil, nil, data, err
	}
	var made result.Manifest
	if done, err := rundir.Open(folder); err == nil {
		if made, err = done.Manifest(); err == nil && !made.Unfinished && string(done.Config()) == string(config.YAML()) {
			if rows, _, err = done.Rows(); err != nil {
				return nil, nil, data, err
			}
			facts, err = paper.ReadFacts(done.Path(paper.FactsFile))
			return rows, facts, made.Data, err
		}
	}
	m.show(memtest.Progress{Doing: "reading data"})
	x, err := memtest.New(ctx, r.Config, datasets.Options{Dir: m.flags.dataDir, Offline: m.flags.offline, Log: m.log, Progress: downloads(m.log)})
	if err != nil {
		return nil, nil, data, usage(err)
	}
	x.Config.Progress = m.show
	_, missing := rundir.Open(folder)
	about := x.Folder(m.engine.Describe(), m.command, started)
	dir, notes, err := about.Begin(folder, missing == nil)
	if err != nil {
		return nil, nil, data, err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	for _, s := range notes.Sentences() {
		fmt.Fprintln(m.log, s)
	}
	before, _, err := dir.Rows()
	if err != nil {
		return nil, nil, data, err
	}
	in := x.In(dir)
	in.Snapshots = "" // hundreds of networks that are trained again in seconds
	if rows, err = memtest.Fill(dir, in.Cells(ctx, m.engine), r.Examples); err != nil {
		return nil, nil, data, err
	}
	facts, err = r.Facts(ctx, m.engine, x, rows, func(cell string) (memtest.Evidence, error) {
		e, ok := dir.Evidence(cell)
		if !ok {
			return e, fmt.Errorf("the evidence of cell %s is lost; delete %s and go on with --resume", cell, folder)
		}
		return e, nil
	})
	if err != nil {
		return nil, nil, data, err
	}
	if len(before) == 0 { // else part of it was measured by another process
		facts = append(facts, paper.Fact{Run: r.Name, Name: paper.FactSeconds, Value: time.Since(started).Seconds()})
	}
	if err := paper.WriteFacts(dir.Path(paper.FactsFile), facts); err != nil {
		return nil, nil, data, err
	}
	return rows, facts, about.Manifest.Data, dir.Finish(time.Now())
}

// show places the progress of a run among all.
func (m *paperRun) show(p memtest.Progress) {
	m.progress.show(memtest.Progress{Doing: m.doing + ": " + p.Doing, Done: m.before + p.Done, Total: m.total})
}

// drawPaper writes the document of a folder from its archive.
func drawPaper(folder string, stdout io.Writer) error {
	archive, err := paper.Read(filepath.Join(folder, paperArchive))
	if err != nil {
		return err
	}
	document, err := paper.Document(archive)
	if err != nil {
		return err
	}
	err = atomicfile.WriteFileFrom(filepath.Join(folder, paperMarkdown), func(w io.Writer) error {
		return document.Markdown(w, func(f chart.Figure) (string, error) {
			name := f.Name + ".svg"
			return paperArchive + "/" + name, atomicfile.WriteFileFrom(filepath.Join(folder, paperArchive, name), func(w io.Writer) error { return f.SVG(w, chart.PageWidth) })
		})
	})
	if err != nil {
		return err
	}
	if err := atomicfile.WriteFileFrom(filepath.Join(folder, paperHTML), document.HTML); err != nil {
		return err
	}
	for _, s := range document.Sections {
		for _, b := range s.Blocks {
			if b.Verdict != nil {
				fmt.Fprintf(stdout, "%s: %s\n", s.Title, b.Verdict.Holds)
			}
		}
	}
	_, err = fmt.Fprintf(stdout, "\nThe document is %s, also as %s.\n", filepath.Join(folder, paperHTML), filepath.Join(folder, paperMarkdown))
	return err
}
