package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// exportFlags are the flags of `memtest export`.
type exportFlags struct {
	want                 memtest.Export
	network              string
	to, backend, dataDir string
	quiet                bool
}

func exportCommand() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export DIR --epoch E --to FILE.npz",
		Short: "Features, copies, labels and label sets of a run, for other programs",
		Long: "export writes what a cell of a run was measured by: train, valid_LEVEL, labels, fresh, fresh_labels and " +
			"permuted_labels, as numpy.load and `memtest probe` read them. The network is read from DIR/snapshots; where " +
			"there is none it is trained again from DIR/config.yaml up to the epoch: the same seed gives the same weights " +
			"on the same machine, and its training accuracy is compared with the one the run noted. Twins and the networks " +
			"of a full refit are always trained again; their labels are those that they were trained on. Of a refit network " +
			"there are no permuted_labels, since each other label set has a network of its own: the accuracy that " +
			"`memtest probe` observes is one value of the refit's null.",
		Example: "  memtest export runs/mine --epoch 20 --to features.npz\n" +
			"  memtest export runs/mine --epoch 20 --network twin --level 0.3 --to twin.npz",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, folders []string) error {
			f.want.Role = features.Role(f.network)
			if !cmd.Flags().Changed("epoch") && f.want.Layer != memtest.RefInput {
				return usage(errors.New("--epoch is needed: give one of the epochs of the run, 0 for the untrained network"))
			}
			return f.run(cmd.Context(), folders[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&f.want.Epoch, "epoch", 0, "epoch of the network, 0 = untrained; needed but for the raw inputs")
	flags.StringVar(&f.network, "network", "", "`WORD`: another network: twin, at the moment that it matches the epoch, or refit (default the network itself)")
	flags.IntVar(&f.want.Set, "set", 0, "label set of a refit's network, 0 = the real labels (default 0)")
	flags.StringVar(&f.want.Layer, "layer", "last", "`NAME`: the layer: last, logits, one that the network has, or input for the raw inputs")
	flags.Float64SliceVar(&f.want.Levels, "level", nil, "levels of the copies (default all of the run)")
	flags.StringVar(&f.to, "to", "", "`FILE.npz`: the file to write; it must not be there yet")
	flags.Uint64Var(&f.want.Seed, "seed", 0, "training seed (default the run's first)")
	flags.StringVar(&f.dataDir, "data-dir", "", usageDataDir)
	flags.StringVar(&f.backend, "backend", "", usageBackend)
	flags.BoolVar(&f.quiet, "quiet", false, "no notices")
	return cmd
}

// run exports from a run's folder.
func (f exportFlags) run(ctx context.Context, folder string, stdout, stderr io.Writer) error {
	if err := f.checkTarget(); err != nil {
		return err
	}
	log := stderr
	if f.quiet {
		log = io.Discard
	}
	d, x, err := f.experiment(ctx, folder, log)
	if err != nil {
		return err
	}
	rows, _, err := d.Rows()
	if err != nil {
		return err
	}
	out, list, err := f.arrays(ctx, x, log)
	if err != nil {
		return err
	}
	same, err := sameNetwork(out, rows)
	if err != nil {
		return err
	}
	write := func(w io.Writer) error {
		if err := arrays.WriteNPZ(w, list...); err != nil {
			return err
		}
		return f.checkTarget() // somebody may have made it meanwhile
	}
	// What an earlier export to this file left when it was killed; of others a day later.
	atomicfile.Sweep(filepath.Dir(f.to), func(name string) bool { return name == filepath.Base(f.to) })
	if err := atomicfile.WriteFileFrom(f.to, write); err != nil {
		return err
	}
	stdout = plain{stdout}
	fmt.Fprintf(stdout, "%s holds %s:", f.to, f.exported(out, same))
	for _, a := range list {
		fmt.Fprintf(stdout, " %s %v", a.Name, a.Dims)
	}
	fmt.Fprintln(stdout)
	return nil
}

// checkTarget says what is wrong with --to.
func (f exportFlags) checkTarget() error {
	if f.to == "" || !strings.HasSuffix(f.to, ".npz") {
		return usage(fmt.Errorf("--to %q is no place for the arrays; give a file that ends in .npz", f.to))
	}
	if info, err := os.Stat(filepath.Dir(f.to)); err != nil || !info.IsDir() {
		return usage(fmt.Errorf("%s is no folder, so %s cannot be written; make it, or give another file with --to", filepath.Dir(f.to), f.to))
	}
	if _, err := os.Lstat(f.to); !errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("%s is there already; give another file with --to", f.to))
	}
	return nil
}

// experiment is that of a run's folder, on the data that it was measured on.
func (f exportFlags) experiment(ctx context.Context, folder string, log io.Writer) (*rundir.Dir, *memtest.Experiment, error) {
	d, err := rundir.Open(folder)
	if err != nil {
		return nil, nil, err
	}
	config, err := memtest.ConfigOf(d)
	if err != nil {
		return nil, nil, err
	}
	if config.Command != memtest.CommandRun {
		return nil, nil, usage(fmt.Errorf("%s was made by `memtest %s`, whose features are not of a network that memtest trained; export is for folders of `memtest run`", folder, config.Command))
	}
	x, err := memtest.New(ctx, config, datasets.Options{Dir: f.dataDir, Log: log})
	if err != nil {
		return nil, nil, usage(err)
	}
	if m, err := d.Manifest(); err == nil && m.Data.SHA256 != x.Train.Hash() {
		return nil, nil, usage(fmt.Errorf("the data %s are not those of the run: their SHA-256 is %s, and %s has %s", x.Train.Name, x.Train.Hash(), d.Path(rundir.ManifestFile), m.Data.SHA256))
	}
	x.Snapshots = d.Path(rundir.SnapshotsDir)
	return d, x, nil
}

// arrays computes what is exported.
func (f exportFlags) arrays(ctx context.Context, x *memtest.Experiment, log io.Writer) (memtest.Exported, []arrays.Named, error) {
	engine, err := xla.Open(ctx, f.backend, xla.Options{Log: log})
	if err != nil {
		return memtest.Exported{}, nil, err
	}
	defer engine.Close()
	bar := newProgress(log)
	x.Config.Progress = bar.show
	out, done, err := x.Export(ctx, engine, f.want)
	defer done()
	var list []arrays.Named
	if err == nil {
		list, err = out.Arrays()
	}
	bar.end()
	if err != nil && ctx.Err() == nil {
		err = usage(err)
	}
	return out, list, err
}

// exported names what was exported; same says that it was compared with the run.
func (f exportFlags) exported(out memtest.Exported, same bool) string {
	what := fmt.Sprintf("layer %s of %s at epoch %d", out.Layer, out.Network, f.want.Epoch)
	if out.Role == features.Refit {
		what += fmt.Sprintf(" on label set %d", f.want.Set)
	}
	switch {
	case out.Role == features.Input:
		return "the raw inputs"
	case out.Retrained && same:
		return what + ", trained again to the same training accuracy"
	case out.Retrained:
		return what + ", trained again"
	}
	return what + ", from its snapshot"
}

// sameNetwork says whether the run noted the training accuracy that the network
// has now; a different one is an error.
func sameNetwork(out memtest.Exported, rows []result.Row) (bool, error) {
	if out.Role == features.Input || out.LabelSet > 0 { // a refit's rows note the accuracy of set 0
		return false, nil
	}
	for _, r := range rows {
		if r.Network != out.Network || r.Epoch != *out.Epoch || r.Seed != out.Seed || r.TrainAccuracy == nil {
			continue
		}
		if math.Abs(*r.TrainAccuracy-*out.TrainAccuracy) > 1e-9 {
			return false, fmt.Errorf("the network trained again is not that of the run: its training accuracy is %g and the run noted %g; export on the machine and backend of the run", *out.TrainAccuracy, *r.TrainAccuracy)
		}
		return true, nil
	}
	return false, nil
}
