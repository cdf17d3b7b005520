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
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/onnx"
)

func onnxCommand(args []string) *cobra.Command {
	var s settings
	var list bool
	cmd := &cobra.Command{
		Use:   "onnx MODEL.onnx",
		Short: "Measure a network that was trained elsewhere and saved as ONNX",
		Long: "onnx makes near-copies of the training data, computes inner tensors of the model for them, and measures these\n" +
			"features beside the raw inputs. The data must be those the network was trained on, in the order of axes and\n" +
			"the scale it was trained with: pixels are in 0..1 here, --mean and --sd say what was subtracted and divided by.\n" +
			"Images are transposed to channels first where the model's input is so; see what it says it did.",
		Example: "  memtest onnx net.onnx --list\n" +
			"  memtest onnx net.onnx --data mnist --mean 0.1307 --sd 0.3081 --outputs input,last --levels 0,0.3",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			config, err := s.resolve(cmd)
			if err != nil {
				return err
			}
			if len(files) == 1 {
				config.Model = files[0]
			}
			if config.Model == "" {
				return usage(errors.New("there is no model to measure; give MODEL.onnx"))
			}
			model, err := onnx.Read(config.Model)
			if err != nil {
				return usage(err)
			}
			if list {
				return s.printLayers(cmd.Context(), model, config, cmd.Flags().Changed("data"), cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			return s.model(cmd.Context(), model, config, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "list the inner tensors with their shapes, and measure nothing")
	s.add(cmd.Flags(), memtest.CommandONNX)
	return cmd
}

// feed is what a configuration says of a model's input.
func feed(c memtest.Config) onnx.Feed { return onnx.Feed{Layout: c.Layout, Mean: c.Mean, SD: c.SD} }

// printLayers prints the inner tensors of a model.
func (s *settings) printLayers(ctx context.Context, model *onnx.Model, config memtest.Config, withData bool, stdout, stderr io.Writer) error {
	dims := model.InputDims()
	if len(dims) > 0 {
		dims = dims[1:]
	}
	if withData {
		train, _, err := config.Load(ctx, s.data(s.log(stderr)))
		if err != nil {
			return usage(err)
		}
		fed, err := model.Fit(train.Shape, feed(config))
		if err != nil {
			return usage(err)
		}
		dims = fed.Dims()
	}
	engine, err := xla.Open(ctx, s.backend, xla.Options{Log: s.log(stderr), NoInstall: s.offline})
	if err != nil {
		return err
	}
	defer engine.Close()
	layers, unsupported, err := model.Layers(engine, dims)
	if err != nil {
		return usage(err)
	}
	stdout = plain{stdout}
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

// model measures a model.
func (s *settings) model(ctx context.Context, model *onnx.Model, config memtest.Config, command []string, stdout, stderr io.Writer) error {
	started := time.Now()
	log := s.log(stderr)
	slices.Sort(config.Levels)
	config, err := config.Resolve()
	if err != nil {
		return usage(err)
	}
	if config.Outputs, err = model.Resolve(config.Outputs); err != nil {
		return usage(err)
	}
	x, err := memtest.New(ctx, config, s.data(log))
	if err != nil {
		return usage(err)
	}
	fed, err := model.Fit(x.Train.Shape, feed(config))
	if err != nil {
		return usage(err)
	}
	x.Config.N, x.Config.Layout, x.Config.Mean, x.Config.SD = x.Train.Len(), fed.Layout, fed.Mean, fed.SD
	if x.Config.ModelSHA256, err = fileHash(model.Path); err != nil {
		return err
	}
	engine, err := xla.Open(ctx, s.backend, xla.Options{Log: log, NoInstall: s.offline})
	if err != nil {
		return err
	}
	defer engine.Close()
	if x.Config.Devices, err = deviceCount(engine, s.devices); err != nil {
		return usage(err)
	}
	manifest, err := memtest.NewManifest(ctx, engine, command, started)
	if err != nil {
		return err
	}
	folder, err := x.Folder(manifest)
	if err != nil {
		return err
	}
	fmt.Fprintf(plain{log}, "examples of %v go into %s %s %v\n", x.Train.Shape, model.Input(), model.InputShape(), fed)
	bar := newProgress(log)
	return job{
		settings: s, Folder: folder, progress: bar, log: log, pictures: x,
		cells: func(d *rundir.Dir) iter.Seq2[memtest.Cell, error] {
			o := x.Config.Options
			o.Known, o.Keep, o.Progress, o.Total = d, d.Keep, bar.show, len(x.Config.Outputs)*len(x.Config.Levels)*len(x.Config.Probes)
			return memtest.Measure(ctx, engine, tensors(ctx, engine, model, fed, x, bar, log), o)
		},
	}.run(ctx, stdout)
}

// tensors are the features of a model's tensors, all computed in one pass.
func tensors(ctx context.Context, e *xla.Engine, model *onnx.Model, fed onnx.Feed, x *memtest.Experiment, bar *progress, log io.Writer) iter.Seq2[features.Features, error] {
	return func(yield func(features.Features, error) bool) {
		taken, err := model.Take(ctx, e, fed, x.Config.Outputs, x.Examples(), func(set string) { bar.doing("features of " + set) })
		if err != nil {
			if ctx.Err() == nil {
				err = usage(err)
			}
			yield(features.Features{}, err)
			return
		}
		if taken.TrainAccuracy != nil {
			fmt.Fprintf(plain{log}, "the model is right on %s of the training examples%s\n", number.Share(*taken.TrainAccuracy), doubt(*taken.TrainAccuracy, x.Train))
		}
		for f, err := range features.Stream(taken.Features...) {
			if !yield(f, err) {
				return
			}
		}
	}
}

// doubt says what may be wrong where the model is hardly better than chance.
func doubt(accuracy float64, train *datasets.Set) string {
	most := 0
	counts := make([]int, len(train.Classes))
	for _, y := range train.Y {
		counts[y]++
		most = max(most, counts[y])
	}
	chance := float64(most) / float64(train.Len())
	if accuracy > chance+3*math.Sqrt(chance*(1-chance)/float64(train.Len())) {
		return ""
	}
	return ", which is no better than chance: check that it was trained on these data, and --mean, --sd and --layout"
}
