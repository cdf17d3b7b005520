package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// runFlags are the flags of `memtest run` that are not part of the configuration.
type runFlags struct {
	config, backend, out string
	dataDir, devices     string
	resume, quiet, json  bool
	offline              bool
}

func runCommand(args []string) *cobra.Command {
	var c memtest.Config
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Train a network and measure what it learns and memorizes",
		Long: "run trains a network, takes its features at the epochs asked for, and measures them beside references:\n" +
			"the untrained network, the raw inputs, and a twin trained on shuffled labels. Rows and pages go to --out.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			base, err := f.base()
			if err != nil {
				return usage(err)
			}
			// Flags that were typed come over what the file says.
			overlay(cmd.Flags(), &base, c)
			return measure(cmd.Context(), base, f, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&c.Data, "data", "", "data set: a name that memtest data list shows, a path, or gaussian:N:28x28x1:CLASSES (default fashion-mnist-sample)")
	addOwnFlag(flags, &c.Own)
	flags.StringVar(&f.dataDir, "data-dir", "", "folder in which data sets are looked for first")
	flags.StringVar(&c.Net, "net", "", "network: mlp:WIDTH,… (with dropout as in mlp:512,drop0.5), cnn:CHANNELS,…/WIDTH,…, resnet:BLOCKS or FILE.yaml (default mlp:512,512)")
	flags.IntSliceVar(&c.Epochs, "epochs", nil, "epochs to look at, 0 = untrained (default 0,1,5,20)")
	flags.StringSliceVar(&c.Layers, "layers", nil, "layers to look at: last, all, input, logits or names (default last)")
	flags.StringVar(&c.Perturb, "perturb", "", "how copies differ from their parents (default gaussian)")
	flags.Float64SliceVar(&c.Levels, "levels", nil, "how much, in the perturbation's unit (default 0,0.1,0.3,0.5)")
	flags.StringSliceVar(&c.Probes, "probes", nil, probesUsage)
	flags.IntVar(&c.Permutations, "permutations", 0, "label shuffles, at least 19 (default 199)")
	flags.StringVar(&c.Metric, "metric", "", "accuracy, balanced, auc or log-loss (default accuracy)")
	flags.IntVar(&c.Stop, "stop", 0, "a cell stops drawing after so many shuffles as good as the real labels (default 0: it draws all)")
	flags.Float64Var(&c.Alpha, "alpha", 0, "level that p-values are asked to reach (default 0.05)")
	flags.BoolVar(&c.TwoSided, "two-sided", false, "learning p also counts accuracies far below the null")
	flags.IntVar(&c.Refit, "refit", 0, "also train so many networks on shuffled labels, for exact p-values (default 0; at least 19)")
	flags.IntVar(&c.N, "n", 0, "training examples, the first n (default all)")
	flags.BoolVar(&c.Stratified, "stratified", false, "draw the n examples by class instead of taking the first")
	flags.IntVar(&c.Seeds, "seeds", 0, "networks to train, each from other start weights (default 1)")
	flags.Uint64Var(&c.Seed, "seed", 0, "seed of everything random (default 1)")
	flags.StringSliceVar(&c.Refs, "refs", nil, "references: untrained, input, twin (default all)")
	flags.Float64Var(&c.Until, "until", 0, "training ends at this training accuracy (default: after the last epoch)")
	flags.Float64Var(&c.LabelNoise, "label-noise", 0, "share of the training labels that are shuffled, 0..1")
	flags.StringVar(&f.config, "config", "", "FILE.yaml with the same settings; flags come over it")
	flags.StringVar(&f.backend, "backend", "", "xla:cpu, xla:cuda, go or the path of a PJRT plugin (default: the best there is)")
	flags.StringVar(&f.devices, "devices", "1", "devices that share the label sets: a number or all")
	flags.StringVar(&f.out, "out", "", "folder of the run (default runs/DATE-TIME)")
	flags.BoolVar(&f.resume, "resume", false, "go on with the unfinished run in --out")
	flags.BoolVar(&f.offline, "offline", false, "download nothing")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress")
	flags.BoolVar(&f.json, "json", false, "print rows as JSON lines instead of the table")
	return cmd
}

// base is the configuration that flags come over: that of --config, that of the
// run to resume, or an empty one.
func (f runFlags) base() (memtest.Config, error) {
	switch {
	case f.resume && f.out == "":
		return memtest.Config{}, errors.New("--resume needs the folder of the run to go on with: add --out DIR")
	case f.config != "":
		return memtest.ReadConfig(f.config)
	case f.resume:
		return memtest.ReadConfig(filepath.Join(f.out, result.ConfigFile))
	}
	return memtest.Config{}, nil
}

// overlay copies the fields whose flags were typed.
func overlay(flags *pflag.FlagSet, to *memtest.Config, from memtest.Config) {
	for name, copyField := range map[string]func(){
		"data":         func() { to.Data = from.Data },
		"own":          func() { to.Own = from.Own },
		"stratified":   func() { to.Stratified = from.Stratified },
		"net":          func() { to.Net = from.Net },
		"epochs":       func() { to.Epochs = from.Epochs },
		"layers":       func() { to.Layers = from.Layers },
		"perturb":      func() { to.Perturb = from.Perturb },
		"levels":       func() { to.Levels = from.Levels },
		"probes":       func() { to.Probes = from.Probes },
		"permutations": func() { to.Permutations = from.Permutations },
		"refit":        func() { to.Refit = from.Refit },
		"until":        func() { to.Until = from.Until },
		"metric":       func() { to.Metric = from.Metric },
		"stop":         func() { to.Stop = from.Stop },
		"alpha":        func() { to.Alpha = from.Alpha },
		"two-sided":    func() { to.TwoSided = from.TwoSided },
		"n":            func() { to.N = from.N },
		"seeds":        func() { to.Seeds = from.Seeds },
		"seed":         func() { to.Seed = from.Seed },
		"refs":         func() { to.Refs = from.Refs },
		"label-noise":  func() { to.LabelNoise = from.LabelNoise },
	} {
		if flags.Changed(name) {
			copyField()
		}
	}
}

// measure runs an experiment into a folder and prints what came out.
func measure(ctx context.Context, c memtest.Config, f runFlags, command []string, stdout, stderr io.Writer) (err error) {
	started := time.Now()
	log := stderr
	if f.quiet {
		log = io.Discard
	}
	x, err := memtest.New(ctx, c, datasets.Options{Dir: f.dataDir, Offline: f.offline, Log: log, Progress: downloads(log)})
	if err != nil {
		return usage(err)
	}
	engine, err := xla.Open(ctx, f.backend, xla.Options{Log: log, NoInstall: f.offline})
	if err != nil {
		return err
	}
	defer engine.Close()
	if x.Devices, err = deviceCount(engine, f.devices); err != nil {
		return usage(err)
	}

	if f.out, err = outFolder(f.out, started); err != nil {
		return err
	}
	dir, rows, err := openDir(x, f, manifest(x, engine.Describe(), command, started), log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()

	x.Snapshots = dir.Path(result.SnapshotsDir)
	p := newProgress(log)
	x.Progress = p.show
	if err := fill(ctx, dir, rows, x, engine, true); err != nil {
		p.end()
		if ctx.Err() != nil {
			return fmt.Errorf("the rows so far are in %s; go on with: memtest run --resume --out %s", f.out, f.out)
		}
		return err
	}
	p.end()
	return finish(ctx, dir, f, x, stdout)
}

// fill measures the cells that a folder lacks, beside the rows that it has. With
// their evidence, cells can later be continued with more permutations.
func fill(ctx context.Context, dir *result.Dir, rows []result.Row, x *memtest.Experiment, engine *xla.Engine, evidence bool) error {
	done := map[string]bool{}
	for _, r := range rows {
		done[r.Cell()] = r.Permutations >= x.Config.Permutations || x.Config.Stop > 0
	}
	x.Skip = func(cell string) bool { return done[cell] }
	if evidence {
		x.Prior = func(cell string) (memtest.Evidence, bool) {
			e, ok, _ := memtest.LoadEvidence(dir.Path(""), cell) // what cannot be read is measured again
			return e, ok
		}
	}
	for cell, err := range x.Cells(ctx, engine) {
		if err != nil {
			return err
		}
		if evidence { // before its row: a row without it could not be continued
			if err := memtest.SaveEvidence(dir.Path(""), cell.Cell(), cell.Evidence); err != nil {
				return err
			}
		}
		if err := dir.Append(cell.Row); err != nil {
			return err
		}
	}
	return nil
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

// openDir makes the folder of a run or, with --resume, opens it and returns the
// rows that are there. A resumed run may ask for more permutations.
func openDir(x *memtest.Experiment, f runFlags, m result.Manifest, log io.Writer) (*result.Dir, []result.Row, error) {
	config := x.Config.YAML()
	if !f.resume {
		dir, err := result.Create(f.out, config, m)
		return dir, nil, err
	}
	asked := config
	old, err := memtest.ReadConfig(filepath.Join(f.out, result.ConfigFile))
	if err != nil {
		return nil, nil, usage(err)
	}
	if old.Permutations < x.Config.Permutations {
		same := x.Config
		same.Permutations = old.Permutations
		asked = same.YAML()
	}
	dir, rows, notes, err := result.Resume(f.out, asked)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range notes.Sentences() {
		fmt.Fprintln(log, s)
	}
	if !bytes.Equal(asked, config) {
		if err := dir.Grow(config); err != nil {
			return nil, nil, errors.Join(err, dir.Close())
		}
	}
	return dir, rows, nil
}

// finish completes the rows of a run, writes its pages and prints what came out.
func finish(ctx context.Context, dir *result.Dir, f runFlags, x *memtest.Experiment, stdout io.Writer) error {
	rows, err := completed(dir)
	if err != nil {
		return err
	}
	examples, err := lastCells(f.out, rows, x)
	if err != nil {
		return err
	}
	return outcome{f.out, x.Train.Y, x.Train.Classes, x, f.json}.write(ctx, dir, rows, examples, stdout)
}

// completed are all rows of a folder, in which what is known only when they are
// all there has been filled in.
func completed(dir *result.Dir) ([]result.Row, error) {
	rows, _, err := dir.Rows()
	if err != nil {
		return nil, err
	}
	if rows, err = memtest.Complete(rows); err != nil {
		return nil, err
	}
	return rows, dir.ReplaceRows(rows)
}

// lastCells are the cells of the network at its last epoch, of the first seed,
// with their evidence.
func lastCells(folder string, rows []result.Row, x *memtest.Experiment) ([]memtest.Cell, error) {
	last := x.Config.Epochs[len(x.Config.Epochs)-1]
	var cells []memtest.Cell
	for _, r := range rows {
		if r.Network != x.Spec.Name || r.Epoch != last || r.Seed != x.Config.Seed {
			continue
		}
		e, ok, err := memtest.LoadEvidence(folder, r.Cell())
		if err != nil {
			return nil, err
		}
		if ok {
			cells = append(cells, memtest.Cell{Row: r, Evidence: e})
		}
	}
	return cells, nil
}

// manifest says how the run is made.
func manifest(x *memtest.Experiment, about xla.Description, command []string, started time.Time) result.Manifest {
	m := result.NewManifest(command, started)
	m.Backend, m.Plugin, m.Devices = about.Name, about.Plugin, []string{about.String()}
	m.Data = result.Data{Name: x.Train.Name, SHA256: x.Train.Hash(), Train: x.Train.Len(), Shape: x.Train.Shape.String(), Classes: x.Train.Classes}
	if x.Fresh != nil {
		m.Data.Test, m.Data.TestSHA256 = x.Fresh.Len(), x.Fresh.Hash()
	}
	for i := range x.Config.Seeds {
		m.Seeds = append(m.Seeds, x.Config.Seed+uint64(i))
	}
	return m
}
