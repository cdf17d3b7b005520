package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/shared"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/onnx"
)

// onnxFlags are the flags of `memtest onnx`.
type onnxFlags struct {
	outFlags
	list, offline bool
	data, dataDir string
	own           datasets.Own
	n             int
	outputs       []string
	feed          onnx.Feed
	perturb       string
	levels        []float64
}

func onnxCommand(args []string) *cobra.Command {
	var f onnxFlags
	cmd := &cobra.Command{
		Use:   "onnx MODEL.onnx",
		Short: "Measure a network that was trained elsewhere and saved as ONNX",
		Long: "onnx makes near-copies of the training data, computes inner tensors of the model for them, and measures these\n" +
			"features beside the raw inputs. The data must be those the network was trained on, in the order of axes and\n" +
			"the scale it was trained with: pixels are in 0..1 here, --mean and --sd say what was subtracted and divided by.\n" +
			"Images are transposed to channels first where the model's input is so; see what it says it did.",
		Example: "  memtest onnx net.onnx --list\n" +
			"  memtest onnx net.onnx --data mnist --mean 0.1307 --sd 0.3081 --outputs input,last --levels 0,0.3",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			model, err := onnx.Read(files[0])
			if err != nil {
				return usage(err)
			}
			if f.list {
				return f.printLayers(cmd.Context(), model, cmd.Flags().Changed("data"), cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			return f.run(cmd.Context(), model, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&f.list, "list", false, "list the inner tensors with their shapes, and measure nothing")
	flags.StringVar(&f.data, "data", "", "data the network was trained on: a name that \"memtest data list\" shows or a path (default fashion-mnist-sample)")
	addOwnFlag(flags, &f.own)
	flags.StringVar(&f.dataDir, "data-dir", "", "folder in which data sets are looked for first")
	flags.BoolVar(&f.offline, "offline", false, "download nothing")
	flags.IntVar(&f.n, "n", 0, "training examples, the first n (default all)")
	flags.StringSliceVar(&f.outputs, "outputs", []string{onnx.WordInput, onnx.WordLast}, "tensors to measure: input, last (hidden layer), all (hidden layers), logits, or names that --list shows")
	flags.StringVar(&f.feed.Layout, "layout", "", "order of the model's input: "+strings.Join(onnx.Layouts(), ", ")+" (default what its shape settles)")
	flags.Float64SliceVar(&f.feed.Mean, "mean", nil, "subtracted from pixels in 0..1, one value or one a channel (default 0)")
	flags.Float64SliceVar(&f.feed.SD, "sd", nil, "divides them then (default 1)")
	flags.StringVar(&f.perturb, "perturb", "gaussian", "how copies differ from their parents")
	flags.Float64SliceVar(&f.levels, "levels", []float64{0, 0.1, 0.3, 0.5}, "how much, in the perturbation's unit")
	f.add(flags)
	return cmd
}

// load reads the data, the part of it that --n asks for.
func (f onnxFlags) load(ctx context.Context, log io.Writer) (train, fresh *datasets.Set, err error) {
	train, fresh, err = datasets.Load(ctx, or(f.data, "fashion-mnist-sample"), datasets.Options{Dir: f.dataDir, Offline: f.offline, Log: log, Own: f.own})
	if err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	if f.n < 0 {
		return nil, nil, fmt.Errorf("n: %d is negative; give a number of training examples, or 0 for all", f.n)
	}
	train = train.Head(f.n)
	return train, fresh, train.Check()
}

// printLayers prints the inner tensors of a model.
func (f onnxFlags) printLayers(ctx context.Context, model *onnx.Model, withData bool, stdout, stderr io.Writer) error {
	dims := model.InputDims()
	if len(dims) > 0 {
		dims = dims[1:]
	}
	if withData {
		train, _, err := f.load(ctx, f.log(stderr))
		if err != nil {
			return usage(err)
		}
		feed, err := model.Fit(train.Shape, f.feed)
		if err != nil {
			return usage(err)
		}
		dims = feed.Dims()
	}
	engine, err := xla.Open(ctx, f.backend, xla.Options{Log: f.log(stderr)})
	if err != nil {
		return err
	}
	defer engine.Close()
	layers, unsupported, err := model.Layers(engine, dims)
	if err != nil {
		return usage(err)
	}
	fmt.Fprintf(stdout, "%s, opset %d, input %s %s\n\n", model.Path, model.Opset, model.Input(), model.InputShape())
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TENSOR\tSHAPE\tNODE\tALSO CALLED")
	for _, l := range layers {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Name, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(l.Dims)), "×"), "[]"), l.Node, l.Word)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, n := range unsupported {
		fmt.Fprintf(stdout, "not computed here, nor what comes after it: node %s\n", n)
	}
	return nil
}

// run measures a model.
func (f onnxFlags) run(ctx context.Context, model *onnx.Model, command []string, stdout, stderr io.Writer) error {
	started := time.Now()
	options, err := f.test.Resolve()
	if err != nil {
		return usage(err)
	}
	tensors, err := model.Resolve(f.outputs)
	if err != nil {
		return usage(err)
	}
	perturbation, err := shared.Parse(f.perturb)
	if err != nil {
		return usage(fmt.Errorf("perturb: %w", err))
	}
	log := f.log(stderr)
	train, fresh, err := f.load(ctx, log)
	if err != nil {
		return usage(err)
	}
	feed, err := model.Fit(train.Shape, f.feed)
	if err != nil {
		return usage(err)
	}
	x := &memtest.Experiment{Config: memtest.Config{Levels: slices.Clone(f.levels), Seed: options.Seed, Perturb: f.perturb}, Train: train, Fresh: fresh, Perturbation: perturbation}
	slices.Sort(x.Config.Levels)
	for i, level := range x.Config.Levels {
		if i > 0 && level == x.Config.Levels[i-1] {
			return usage(fmt.Errorf("levels: %g is given twice", level))
		}
		copies, err := shared.Copies(train, perturbation, level, options.Seed)
		if err != nil {
			return usage(fmt.Errorf("levels: %w", err))
		}
		x.Copies = append(x.Copies, copies)
	}
	if len(x.Copies) == 0 {
		return usage(errors.New("levels: none are given; give at least one, such as 0.3"))
	}
	engine, err := xla.Open(ctx, f.backend, xla.Options{Log: log, NoInstall: f.offline})
	if err != nil {
		return err
	}
	defer engine.Close()
	fmt.Fprintf(log, "examples of %v go into %s %s %v\n", train.Shape, model.Input(), model.InputShape(), feed)

	bar := newProgress(log)
	defer bar.end()
	m := &modelFeatures{model: model, feed: feed, x: x, tensors: tensors, options: options, bar: bar}
	if err := m.compute(ctx, engine); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return usage(err)
	}
	if m.trainAccuracy != nil {
		fmt.Fprintf(log, "the model is right on %.3f of the training examples%s\n", *m.trainAccuracy, m.doubt())
	}
	hash, err := fileHash(model.Path)
	if err != nil {
		return err
	}
	config := memtest.ModelConfig{
		Command: "onnx", Model: model.Path, ModelSHA256: hash, Data: or(f.data, "fashion-mnist-sample"), N: train.Len(), Layout: feed.Layout, Mean: feed.Mean, SD: feed.SD,
		Outputs: tensors, Perturb: f.perturb, Levels: x.Config.Levels, Probes: options.Probes, Permutations: options.Permutations, Seed: options.Seed, Alpha: options.Alpha, Scale: options.Scale,
	}
	about := result.NewManifest(command, started)
	description := engine.Describe()
	about.Backend, about.Plugin, about.Devices = description.Name, description.Plugin, []string{description.String()}
	about.Data = result.Data{Name: train.Name, SHA256: train.Hash(), Train: train.Len(), Shape: train.Shape.String(), Classes: train.Classes}
	if fresh != nil {
		about.Data.Test, about.Data.TestSHA256 = fresh.Len(), fresh.Hash()
	}
	about.Seeds = []uint64{options.Seed}
	t := tested{out: f.out, config: config.YAML(), manifest: about, labels: train.Y, classes: train.Classes, json: f.json, pictures: x}
	return t.write(ctx, m.cells(ctx, engine), stdout)
}

// modelFeatures are the features of a model's tensors.
type modelFeatures struct {
	model   *onnx.Model
	feed    onnx.Feed
	x       *memtest.Experiment // data and copies; no network
	tensors []string            // the input among them stands for the raw inputs
	options memtest.TestOptions
	bar     *progress

	features                    []memtest.Features // one a tensor
	trainAccuracy, testAccuracy *float64           // by the logits; nil where the model has none for these classes
}

// compute computes all tensors for the training set, its copies and the fresh
// set, each in one pass.
func (m *modelFeatures) compute(ctx context.Context, e *xla.Engine) error {
	tensors := slices.DeleteFunc(slices.Clone(m.tensors), func(t string) bool { return t == m.model.Input() })
	logits, err := m.model.Resolve([]string{onnx.WordLogits})
	if err != nil {
		logits = nil // then its accuracy stays unknown
	}
	all := slices.Clone(tensors)
	for _, l := range logits {
		if !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	of := func(*datasets.Set) ([]arrays.Matrix, error) { return nil, nil }
	if len(all) > 0 {
		r, err := m.model.NewRunner(e, m.feed, all)
		if err != nil {
			return err
		}
		defer r.Close()
		of = func(set *datasets.Set) ([]arrays.Matrix, error) {
			m.bar.show(memtest.Progress{Doing: "features of " + set.Name, Total: m.total()})
			return r.Features(ctx, set)
		}
	}
	train, err := of(m.x.Train)
	if err != nil {
		return err
	}
	accuracy := func(out []arrays.Matrix, labels []int32) *float64 {
		if len(logits) == 0 {
			return nil
		}
		return rightShare(out[slices.Index(all, logits[0])], labels, len(m.x.Train.Classes))
	}
	m.trainAccuracy = accuracy(train, m.x.Train.Y)
	copies := make([][]arrays.Matrix, len(m.x.Copies))
	for i, set := range m.x.Copies {
		if copies[i] = train; m.x.Config.Levels[i] != 0 { // copies of level 0 are the training set itself
			if copies[i], err = of(set); err != nil {
				return err
			}
		}
	}
	var fresh []arrays.Matrix
	if m.x.Fresh != nil {
		if fresh, err = of(m.x.Fresh); err != nil {
			return err
		}
		m.testAccuracy = accuracy(fresh, m.x.Fresh.Y)
	}
	for _, name := range m.tensors {
		f := memtest.Features{
			Labels: m.x.Train.Y, Groups: m.x.Train.Groups, Classes: len(m.x.Train.Classes), Data: m.x.Train.Name, Network: m.model.Name, Layer: name,
			Perturbation: m.x.Config.Perturb, Unit: m.x.Perturbation.Unit(), TrainAccuracy: m.trainAccuracy, TestAccuracy: m.testAccuracy,
		}
		i := slices.Index(tensors, name)
		pick := func(out []arrays.Matrix, set *datasets.Set) arrays.Matrix {
			if i >= 0 {
				return out[i]
			}
			return arrays.Matrix{Rows: set.Len(), Cols: set.Shape.Size(), Data: set.X}
		}
		if i < 0 {
			f.Raw, f.TrainAccuracy, f.TestAccuracy = true, nil, nil
		}
		f.Train = pick(train, m.x.Train)
		for j, set := range m.x.Copies {
			f.Copies = append(f.Copies, memtest.Copies{Level: m.x.Config.Levels[j], Features: pick(copies[j], set)})
		}
		if m.x.Fresh != nil {
			f.Fresh, f.FreshLabels = pick(fresh, m.x.Fresh), m.x.Fresh.Y
		}
		if err := f.Check(); err != nil {
			return err
		}
		m.features = append(m.features, f)
	}
	return nil
}

func (m *modelFeatures) total() int {
	return len(m.tensors) * len(m.x.Copies) * len(m.options.Probes)
}

// cells measures tensor by tensor.
func (m *modelFeatures) cells(ctx context.Context, e *xla.Engine) iter.Seq2[memtest.Cell, error] {
	return func(yield func(memtest.Cell, error) bool) {
		done := 0
		for _, f := range m.features {
			before, o := done, m.options
			o.Progress = func(p memtest.Progress) {
				m.bar.show(memtest.Progress{Doing: p.Doing, Done: before + p.Done, Total: m.total()})
			}
			for cell, err := range memtest.TestCells(ctx, e, f, o) {
				if !yield(cell, err) || err != nil {
					return
				}
				done++
			}
		}
	}
}

// doubt says what may be wrong where the model is hardly better than chance.
func (m *modelFeatures) doubt() string {
	most := 0
	counts := make([]int, len(m.x.Train.Classes))
	for _, y := range m.x.Train.Y {
		counts[y]++
		most = max(most, counts[y])
	}
	chance := float64(most) / float64(m.x.Train.Len())
	if *m.trainAccuracy > chance+3*math.Sqrt(chance*(1-chance)/float64(m.x.Train.Len())) {
		return ""
	}
	return ", which is no better than chance: check that it was trained on these data, and --mean, --sd and --layout"
}

// rightShare is the share of rows whose greatest value is at the label; nil
// where the columns are not the classes.
func rightShare(logits arrays.Matrix, labels []int32, classes int) *float64 {
	if logits.Cols != classes {
		return nil
	}
	right := 0
	for i, y := range labels {
		best := 0
		for k, v := range logits.Row(i) {
			if v > logits.Row(i)[best] {
				best = k
			}
		}
		if int32(best) == y {
			right++
		}
	}
	share := float64(right) / float64(len(labels))
	return &share
}
