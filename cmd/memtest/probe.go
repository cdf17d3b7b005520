package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// probeFlags are the flags of `memtest probe`.
type probeFlags struct {
	outFlags
	keys          features.Keys
	n             int
	perturb, name string
}

func probeCommand(args []string) *cobra.Command {
	var f probeFlags
	cmd := &cobra.Command{
		Use:   "probe [FILE]",
		Short: "Measure features that another program saved",
		Long: "probe tells what a network learned and memorized from its features, whatever trained it. FILE is .npz,\n" +
			".safetensors, .npy, .csv, .tsv or .tab and holds these arrays, by name:\n\n" +
			"  train            [n, d]  features of the training examples\n" +
			"  valid_0.3 …      [n, d]  of near-copies of the same examples, row by row, one array for each level\n" +
			"                           (or valid, for a single one whose level is not stated)\n" +
			"  labels           [n]     classes: whole numbers, text, exact floats or one-hot rows\n" +
			"  fresh            [m, d]  of examples that were not trained on, with fresh_labels [m]; optional\n" +
			"  permuted_labels  [B, n]  then exactly these are the null, and none are drawn; optional\n" +
			"  groups           [n]     labels are shuffled within these only; optional\n\n" +
			"Several layers go into one file as LAYER/train, LAYER/valid_0.3, LAYER/fresh; the layer called input stands\n" +
			"for the raw inputs, the reference that the others are compared with. docs/python.md has recipes that\n" +
			"write such files. A KEY below is a name in FILE, the path of another file of one array, or PATH:NAME. In a\n" +
			"table, columns that are not named are features.",
		Example: "  memtest probe features.npz --permutations 999 --out runs/features\n" +
			"  memtest probe --train train.npy --valid 0.3=copies.npy --labels y.npy\n" +
			"  memtest probe train.csv --valid 0.3=copies.csv --labels species",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			path := ""
			if len(files) == 1 {
				path = files[0]
			} else if f.keys.Train == "" {
				return usage(errors.New("there is nothing to probe; give FILE, or --train, --valid and --labels"))
			}
			return f.run(cmd.Context(), path, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.keys.Train, "train", "", "KEY of the training features (default train, or every LAYER/train)")
	flags.StringArrayVar(&f.keys.Valid, "valid", nil, "LEVEL=KEY of copies, once for each level (default every valid_LEVEL)")
	flags.StringVar(&f.keys.Labels, "labels", "", "KEY, or column, of the labels (default labels)")
	flags.StringVar(&f.keys.Fresh, "fresh", "", "KEY of fresh features (default fresh, if there)")
	flags.StringVar(&f.keys.FreshLabels, "fresh-labels", "", "KEY of their labels (default fresh_labels)")
	flags.StringVar(&f.keys.Permuted, "permuted", "", "KEY of given label sets (default permuted_labels, if there)")
	flags.StringVar(&f.keys.Groups, "groups", "", "KEY, or column, of groups that labels stay within (default groups, if there)")
	flags.IntVar(&f.n, "n", 0, "training examples, the first n; the rest of large arrays is not read (default all)")
	flags.StringVar(&f.perturb, "perturb", "", "how the copies were made, for the rows (default given)")
	flags.StringVar(&f.name, "name", "", "name of the network, for the rows (default FILE's)")
	f.add(flags)
	return cmd
}

// opened is an engine that is opened while files are read.
type opened struct {
	engine *xla.Engine
	err    error
}

// openEngine opens the backend beside what comes next; its notices must not mix
// with progress, so they are kept until it is waited for.
func openEngine(ctx context.Context, backend string, log io.Writer) (wait func() (*xla.Engine, error)) {
	done := make(chan opened, 1)
	var notices strings.Builder
	go func() {
		e, err := xla.Open(ctx, backend, xla.Options{Log: &notices})
		done <- opened{e, err}
	}()
	return func() (*xla.Engine, error) {
		o := <-done
		fmt.Fprint(log, notices.String())
		return o.engine, o.err
	}
}

// run measures a file.
func (f probeFlags) run(ctx context.Context, path string, command []string, stdout, stderr io.Writer) error {
	started := time.Now()
	options, err := f.test.Resolve()
	if err != nil {
		return usage(err)
	}
	if f.n < 0 {
		return usage(fmt.Errorf("n: %d is negative; give a number of training examples, or 0 for all", f.n))
	}
	layout, err := features.Load(path, f.keys, f.n)
	if err != nil {
		return usage(err)
	}
	defer layout.Close()
	if err := enoughMemory(layout); err != nil {
		return usage(err)
	}
	log := f.log(stderr)
	wait := openEngine(ctx, f.backend, log)
	file := path
	if file == "" {
		file = f.keys.Train
	}
	hash, hashErr := fileHash(strings.TrimSuffix(file, keyPart(file)))
	engine, err := wait()
	if err != nil {
		return err
	}
	defer engine.Close()
	if hashErr != nil {
		return hashErr
	}

	config := memtest.FileConfig{
		Command: "probe", File: file, N: len(layout.Labels), Perturb: or(f.perturb, "given"), Probes: options.Probes, Permutations: options.Permutations,
		Given: layout.Permuted != nil, Seed: options.Seed, Alpha: options.Alpha, Scale: options.Scale,
	}
	if config.Given {
		if asked := f.test.Permutations; asked != 0 && asked != len(layout.Permuted) {
			fmt.Fprintf(log, "%s: its %d label sets in %s are the null, not the %d of --permutations; leave them out of the file to have labels shuffled\n",
				filepath.Base(file), len(layout.Permuted), or(f.keys.Permuted, features.KeyPermuted), asked)
		}
		config.Permutations, config.Sets = len(layout.Permuted), memtest.SetsHash(layout.Permuted)
	}
	for _, l := range layout.Layers {
		config.Layers = append(config.Layers, memtest.FileLayer{Name: l.Name, Levels: l.Levels})
	}
	m := result.NewManifest(command, started)
	about := engine.Describe()
	m.Backend, m.Plugin, m.Devices = about.Name, about.Plugin, []string{about.String()}
	m.Data = result.Data{Name: filepath.Base(file), SHA256: hash, Train: len(layout.Labels), Test: len(layout.FreshLabels), Classes: layout.Classes}
	m.Seeds = []uint64{options.Seed}
	t := tested{out: f.out, config: config.YAML(), manifest: m, labels: layout.Labels, classes: layout.Classes, json: f.json}

	bar := newProgress(log)
	defer bar.end()
	name := or(f.name, strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)))
	return t.write(ctx, f.cells(ctx, engine, layout, options, name, filepath.Base(file), bar), stdout)
}

// keyPart is the ":NAME" of FILE:NAME, or nothing.
func keyPart(file string) string {
	if _, err := os.Stat(file); err == nil {
		return ""
	}
	if i := strings.LastIndex(file, ":"); i >= 0 {
		return file[i:]
	}
	return ""
}

// or is s, or otherwise where s is empty.
func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// cells measures layer by layer, so that only one lies in memory.
func (f probeFlags) cells(ctx context.Context, e *xla.Engine, layout *features.Layout, o memtest.TestOptions, name, data string, bar *progress) iter.Seq2[memtest.Cell, error] {
	total := 0
	for _, l := range layout.Layers {
		total += len(l.Levels) * len(o.Probes)
	}
	return func(yield func(memtest.Cell, error) bool) {
		done := 0
		for _, layer := range layout.Layers {
			bar.show(memtest.Progress{Doing: "reading layer " + layer.Name, Done: done, Total: total})
			read, err := layout.Read(layer)
			if err != nil {
				yield(memtest.Cell{}, usage(err))
				return
			}
			t := memtest.FromFile(layout, layer, read)
			t.Network, t.Data, t.Perturbation = name, data, or(f.perturb, "given")
			if err := t.Check(); err != nil {
				yield(memtest.Cell{}, usage(err))
				return
			}
			before := done
			o.Progress = func(p memtest.Progress) {
				bar.show(memtest.Progress{Doing: p.Doing, Done: before + p.Done, Total: total})
			}
			for cell, err := range memtest.TestCells(ctx, e, t, o) {
				if !yield(cell, err) || err != nil {
					return
				}
				done++
			}
		}
	}
}

// copiesInMemory is how many times the features of a layer lie in memory while
// they are probed: as read, scaled, centred, and on the device.
const copiesInMemory = 4

// enoughMemory refuses features that would not fit, rather than being killed
// half-way.
func enoughMemory(l *features.Layout) error {
	free, known := features.FreeMemory()
	if !known {
		return nil
	}
	for _, layer := range l.Layers {
		if need := copiesInMemory * l.Bytes(layer); need > free {
			return fmt.Errorf("layer %s needs about %.1f GiB of memory and %.1f GiB are free; take fewer examples, such as --n %d", layer.Name, gib(need), gib(free), max(1, int(float64(layer.Rows)*float64(free)/float64(need)/2)))
		}
	}
	return nil
}

func gib(bytes int64) float64 { return float64(bytes) / (1 << 30) }
