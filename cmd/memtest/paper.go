package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/paper"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/slurm"
	"github.com/seed-1a417598/memtest/xla"
)

// paperFlags are the flags of `memtest paper`.
type paperFlags struct {
	settings      // those of every command that measures; the runs have configurations of their own
	setting, draw string
	only          []string // sections
}

func paperCommand(args []string) *cobra.Command {
	var f paperFlags
	cmd := &cobra.Command{
		Use:   "paper",
		Short: "Put the claims of arXiv 1802.07714 to the test and write what comes out",
		Long: "paper runs the experiments behind docs/paper.md and writes the document anew: a table, a figure, intervals over " +
			"training seeds and a verdict for each claim. The small setting takes about twenty-five minutes on two cores, the full " +
			"one three to four hours. Killed, it goes on with --resume.",
		Example: "  memtest paper\n" +
			"  memtest paper --setting full --out runs/paper-full\n" +
			"  memtest paper --only zoo --out runs/zoo\n" +
			"  memtest paper --draw runs/paper-full",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.draw != "" && len(f.only) > 0 {
				return usage(fmt.Errorf("only: what --draw writes are the sections that were measured; leave --only out"))
			}
			if f.draw != "" {
				return drawPaper(f.draw, cmd.OutOrStdout())
			}
			if err := f.checkShard(); err != nil {
				return usage(err)
			}
			return f.measure(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.setting, "setting", "small", "`WORD`: how much is run: small or full")
	flags.StringSliceVar(&f.only, "only", nil, "`SECTIONS`: those to measure and write, of "+strings.Join(paper.Sections(), ", ")+", sections 1 to 10 in this order (default all)")
	flags.StringVar(&f.out, "out", "", "`DIR`: folder of the document and its runs (default runs/paper-SETTING)")
	flags.BoolVar(&f.resume, "resume", false, "go on with what is in --out")
	flags.BoolVar(&f.anew, "anew", false, usageAnew)
	flags.StringVar(&f.draw, "draw", "", "write the document in `DIR` anew from its rows; measures nothing")
	flags.StringVar(&f.dataDir, "data-dir", "", usageDataDir)
	flags.StringVar(&f.backend, "backend", "", usageBackend)
	flags.BoolVar(&f.offline, "offline", false, usageOffline)
	flags.BoolVar(&f.quiet, "quiet", false, usageQuiet)
	f.addShard(flags)
	return cmd
}

// measure measures every run that is not measured yet, then writes the document.
func (f paperFlags) measure(ctx context.Context, command []string, stdout, stderr io.Writer) error {
	if _, err := paper.Runs(f.setting, f.only...); err != nil {
		return err
	}
	f.out = cmp.Or(f.out, filepath.Join("runs", "paper-"+f.setting))
	if there, err := os.ReadDir(f.out); err == nil && len(there) > 0 && !f.resume && f.shard == "" {
		return usage(fmt.Errorf("out: %s is not empty; go on with what is there by adding --resume, or choose another --out", f.out))
	}
	log := f.log(stderr)
	engine, err := xla.Open(ctx, f.backend, xla.Options{Log: log, NoInstall: f.offline})
	if err != nil {
		return err
	}
	defer engine.Close()
	progress := newProgress(log)
	o := paper.Options{Data: f.data(log), Command: command, Log: log, Progress: progress.show, Anew: f.anew, Only: f.only}
	if f.shard != "" {
		return f.measureShard(ctx, engine, o, progress, stdout, log)
	}
	err = paper.Measure(ctx, engine, f.setting, f.out, o)
	progress.end()
	switch {
	case err == nil:
		return drawPaper(f.out, stdout)
	case ctx.Err() != nil:
		return fmt.Errorf("what is measured so far is in %s; go on with: %s", f.out, result.Manifest{Command: command}.GoOn(f.out))
	}
	return err
}

// goesOn is the command that goes on where shards have ended.
func (f paperFlags) goesOn() string {
	words := []string{"memtest", "paper", "--setting", f.setting, "--resume", "--out", f.out}
	if len(f.only) > 0 {
		words = append(words, "--only", strings.Join(f.only, ","))
	}
	if f.backend != "" {
		words = append(words, "--backend", f.backend)
	}
	if f.dataDir != "" {
		words = append(words, "--data-dir", f.dataDir)
	}
	return slurm.Line(words)
}

// measureShard measures one shard of the runs, without the document.
func (f paperFlags) measureShard(ctx context.Context, engine *xla.Engine, o paper.Options, progress *progress, stdout, log io.Writer) (err error) {
	if o.Shard, err = memtest.ParseShard(f.shard); err != nil {
		return usage(err)
	}
	limited, done := withTimeLimit(ctx)
	defer done()
	err = paper.Measure(limited, engine, f.setting, f.out, o)
	progress.end()
	if err != nil {
		return f.ended(ctx, limited, err, log)
	}
	_, err = fmt.Fprintf(stdout, "Shard %v of %s is done. When all are: %s\n", o.Shard, f.out, f.goesOn())
	return err
}

// drawPaper writes the document of a folder and says what came out.
func drawPaper(folder string, stdout io.Writer) error {
	document, err := paper.Draw(folder)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s\n\nThe document is %s, also as %s.\n", strings.Join(paper.Verdicts(document), "\n"), filepath.Join(folder, paper.HTMLFile), filepath.Join(folder, paper.MarkdownFile))
	return err
}
