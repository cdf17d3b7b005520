package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

func probeCommand(args []string) *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "probe [FILE]",
		Short: "Measure features that another program saved",
		Long: "probe tells what a network learned and memorized from its features, whatever trained it. FILE is .npz, " +
			".safetensors, .npy, .csv, .tsv or .tab and holds these arrays, by name:\n\n" +
			"  train            [n, d]  features of the training examples\n" +
			"  valid_0.3 …      [n, d]  of near-copies of the same examples, row by row, one array for each level (or valid, for a single one whose level is not stated)\n" +
			"  labels           [n]     classes: whole numbers, text, exact floats or one-hot rows\n" +
			"  fresh            [m, d]  of examples that were not trained on, with fresh_labels [m]; optional\n" +
			"  permuted_labels  [B, n]  then exactly these are the null, none are drawn, and no p is exact; optional\n" +
			"  groups           [n]     labels are shuffled within these only; optional\n\n" +
			"Several layers go into one file as LAYER/train, LAYER/valid_0.3, LAYER/fresh, and several networks, or epochs " +
			"of one, as NETWORK@EPOCH/LAYER/train …, with what is known of each beside its layers:\n\n" +
			"  NETWORK@EPOCH/labels          [n]  that this network was trained on, where they are not those of all\n" +
			"  NETWORK@EPOCH/role                 network, untrained, twin or start, where its name does not say it\n" +
			"  NETWORK@EPOCH/train_accuracy       of the network itself, in 0..1; test_accuracy likewise\n" +
			"  NETWORK@EPOCH/trained_epochs       of a twin: for how many epochs it was trained\n\n" +
			"@EPOCH may be left out. The network without a name is the one under test. By their names are known the " +
			"references: untrained (or NETWORK@0); twin, trained on shuffled labels, which twin/labels holds, and matching the " +
			"network at the same epoch, else at its last; start, the pretrained network that a fine-tuned one began from; and " +
			"the layer input, the raw inputs. Layers are compared with those of the same name. A layer called logits, scores " +
			"or probabilities with a column for each class gives its network's own accuracy and loss beside. What nothing was " +
			"made of is said. docs/python.md has recipes that write such files. A KEY below is a name in FILE, the path of " +
			"another file of one array, or PATH:NAME. In a table, columns that are not named are features.",
		Example: "  memtest probe features.npz --permutations 999 --out runs/features\n" +
			"  memtest probe --train train.npy --valid 0.3=copies.npy --labels y.npy\n" +
			"  memtest probe train.csv --valid 0.3=copies.csv --labels species",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			config, err := s.resolve(cmd)
			if err != nil {
				return err
			}
			if len(files) == 1 {
				config.File = files[0]
			}
			for _, k := range keys {
				if cmd.Flags().Changed(k.flag) {
					*k.of(&config.Keys) = *k.of(&s.typed.Keys)
				}
			}
			if cmd.Flags().Changed("valid") {
				config.Keys.Valid = s.typed.Keys.Valid
			}
			if config.File == "" && config.Keys.Train == "" {
				return usage(errors.New("there is nothing to probe; give FILE, or --train, --valid and --labels"))
			}
			return s.probe(cmd.Context(), config, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&s.typed.Keys.Valid, "valid", nil, "`LEVEL=KEY` of copies, once for each level (default every valid_LEVEL)")
	for _, k := range keys {
		flags.StringVar(k.of(&s.typed.Keys), k.flag, "", k.usage)
	}
	s.add(flags, memtest.CommandProbe)
	return cmd
}

// keys are the flags that name single arrays.
var keys = []struct {
	flag, usage string
	of          func(*features.Keys) *string
}{
	{"train", "`KEY` of the training features (default train, or every LAYER/train)", func(k *features.Keys) *string { return &k.Train }},
	{"labels", "`KEY`, or column, of the labels (default labels)", func(k *features.Keys) *string { return &k.Labels }},
	{"fresh", "`KEY` of fresh features (default fresh, if there)", func(k *features.Keys) *string { return &k.Fresh }},
	{"fresh-labels", "`KEY` of their labels (default fresh_labels)", func(k *features.Keys) *string { return &k.FreshLabels }},
	{"permuted", "`KEY` of given label sets (default permuted_labels, if there)", func(k *features.Keys) *string { return &k.Permuted }},
	{"groups", "`KEY`, or column, of groups that labels stay within (default groups, if there)", func(k *features.Keys) *string { return &k.Groups }},
	{"scores", "`LAYER` whose columns score the classes, for the network's own answers (default one called logits, scores or probabilities; none: no layer)", func(k *features.Keys) *string { return &k.Scores }},
	{"scores-are", "`WORD`: what these scores are: logits or probabilities (default what they look like)", func(k *features.Keys) *string { return &k.ScoresAre }},
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

// probe measures the features of a file.
func (s *settings) probe(ctx context.Context, config memtest.Config, command []string, stdout, stderr io.Writer) error {
	started := time.Now()
	asked := config.Permutations
	config, err := config.Resolve()
	if err != nil {
		return usage(err)
	}
	load := features.Load
	if perturb.MixesFeatures(config.Perturb) {
		load = features.LoadMixed
	}
	layout, err := load(config.File, config.Keys, config.N)
	if err != nil {
		return usage(err)
	}
	defer layout.Close()
	if err := cmp.Or(enoughMemory(layout), namesApart(layout, config)); err != nil {
		return usage(err)
	}
	log := s.log(stderr)
	for _, note := range layout.Notes() {
		fmt.Fprintln(plain{log}, note)
	}
	wait := openEngine(ctx, s.backend, log)
	hash, hashErr := filesHash(layout.Files())
	engine, err := wait()
	if err != nil {
		return err
	}
	defer engine.Close()
	if hashErr != nil {
		return hashErr
	}
	if config.Devices, err = deviceCount(engine, s.devices); err != nil {
		return usage(err)
	}
	config = describeLayout(config, layout)
	if config.Given && asked != 0 && asked != config.Permutations {
		fmt.Fprintf(plain{log}, "%s: its %d label sets in %s are the null, not the %d of --permutations; leave them out of the file to have labels shuffled\n",
			shownFile(config), config.Permutations, or(config.Keys.Permuted, features.KeyPermuted), asked)
	}
	m, err := memtest.NewManifest(ctx, engine, command, started)
	if err != nil {
		return err
	}
	m.Data = result.Data{Name: shownFile(config), SHA256: hash, Train: len(layout.Labels), Test: len(layout.FreshLabels), Classes: layout.Classes}
	m.Seeds = []uint64{config.Seed}

	bar, total := newProgress(log), cellsOf(layout, config)
	bar.expect(total)
	return job{
		settings: s, engine: engine, Folder: memtest.Folder{Config: config, Manifest: m, Labels: layout.Labels}, progress: bar, log: log, total: total,
		cells: func(d *rundir.Dir) iter.Seq2[memtest.Cell, error] {
			o := config.Options
			o.Known, o.Keep, o.Progress, o.Total = d, d.Keep, bar.show, total
			return memtest.Measure(ctx, engine, layers(layout, config, bar), o)
		},
	}.run(ctx, stdout)
}

// describeLayout notes in a configuration what a file holds.
func describeLayout(c memtest.Config, l *features.Layout) memtest.Config {
	c.N = len(l.Labels)
	file := shownFile(c)
	c.Name = or(c.Name, strings.TrimSuffix(file, filepath.Ext(file)))
	if l.Permuted != nil {
		c.Given, c.Permutations, c.Sets = true, len(l.Permuted), perm.SetsHash(l.Permuted)
	}
	c.Layers = nil
	for _, layer := range l.Layers {
		c.Layers = append(c.Layers, layer.String())
	}
	c.OwnLabels = ownLabels(l, c.Name)
	return c
}

// ownLabels are the hashes of the labels of networks under test that were trained on
// others than the file's; unnamed is what the one without a name is called.
func ownLabels(l *features.Layout, unnamed string) map[string]string {
	of := map[string][][]int32{}
	for _, layer := range l.Layers {
		f := l.Describe(layer)
		name := or(f.Network, unnamed)
		known := slices.ContainsFunc(append(of[name], l.Labels), func(labels []int32) bool { return slices.Equal(labels, f.Labels) })
		if f.Role == features.Network && !known {
			of[name] = append(of[name], f.Labels)
		}
	}
	hashes := map[string]string{}
	for name, labels := range of {
		hashes[name] = perm.SetsHash(labels)
	}
	return hashes
}

// namesApart refuses a network without a name whose rows would be called as those of
// another one of the file.
func namesApart(l *features.Layout, c memtest.Config) error {
	c = describeLayout(c, l)
	unnamed := func(layer features.Layer) bool {
		f := l.Describe(layer)
		return f.Network == "" && f.Role != features.Input
	}
	if !slices.ContainsFunc(l.Layers, unnamed) {
		return nil
	}
	for _, layer := range l.Layers {
		if l.Describe(layer).Resolve().Network == c.Name && !unnamed(layer) {
			return fmt.Errorf("name: the network without a name would be called %s, as that of %v in %s; give it another name, such as --name mine", c.Name, layer, shownFile(c))
		}
	}
	return nil
}

// cellsOf is the number of cells that a file has.
func cellsOf(l *features.Layout, c memtest.Config) int {
	levels := len(l.Layers) * len(c.Levels) // of copies that are made of the features
	for _, layer := range l.Layers {
		levels += len(layer.Levels)
	}
	return levels * len(c.Probes)
}

// layers reads layer by layer, so that only one lies in memory.
func layers(l *features.Layout, c memtest.Config, bar *progress) iter.Seq2[features.Features, error] {
	return func(yield func(features.Features, error) bool) {
		bar.doing("reading features")
		for f, err := range l.Stream(c.Name) {
			f.Data, f.Perturbation = shownFile(c), c.Perturb
			if f.Mixed() {
				f.Levels, f.Copies, f.Unit = c.Levels, nil, unitOf(c.Perturb)
			}
			if !yield(f, usage(err)) || err != nil {
				return
			}
		}
	}
}

// unitOf is the unit of the levels of a perturbation by its name.
func unitOf(name string) string {
	p, err := perturb.Parse(name)
	if err != nil {
		return ""
	}
	return p.Unit()
}

// shownFile is what the features are called after: FILE or, without it, what the
// training features come from.
func shownFile(c memtest.Config) string { return filepath.Base(or(c.File, c.Keys.Train)) }

// or is s, or otherwise where s is empty.
func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// copiesInMemory is how many times the features of a layer lie in memory while
// they are probed: as read, scaled, centred, and on the device.
const copiesInMemory = 4

// enoughMemory refuses features that would not fit, rather than being killed
// half-way.
func enoughMemory(l *features.Layout) error {
	free, _ := memory.Free()
	for _, layer := range l.Layers {
		need := copiesInMemory * l.Bytes(layer)
		if err := memory.Enough(float64(need), "layer "+layer.String()); err != nil {
			return fmt.Errorf("%w; take fewer examples, such as --n %d", err, max(1, int(float64(layer.Rows)*float64(free)/float64(need)/2)))
		}
	}
	return nil
}
