package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/onnx"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

func onnxCommand(args []string) *cobra.Command {
	var s settings
	var list bool
	cmd := &cobra.Command{
		Use:   "onnx MODEL.onnx",
		Short: "Measure a network that was trained elsewhere and saved as ONNX",
		Long: "onnx makes near-copies of the training data, computes inner tensors of the model for them, and measures these " +
			"features beside the raw inputs. The data must be those the network was trained on, in the order of axes and " +
			"the scale it was trained with: pixels are in 0..1 here, --mean and --sd say what was subtracted and divided by. " +
			"Images are transposed to channels first where the model's input is so; see what it says it did. " +
			"--untrained, --start, --twin and --at name models of the same network at other times, by which it is judged.",
		Example: "  memtest onnx net.onnx --list\n" +
			"  memtest onnx net.onnx --data mnist --mean 0.1307 --sd 0.3081 --levels 0,0.3\n" +
			"  memtest onnx --at 1=net1.onnx --at 20=net20.onnx --untrained net0.onnx \\\n" +
			"      --twin twin.onnx --twin-labels shuffled.npy --data mine.npz",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			config, err := s.resolve(cmd)
			if err != nil {
				return err
			}
			if len(files) == 1 {
				config.Model = files[0]
			}
			if err := checkModels(config); err != nil {
				return usage(err)
			}
			all, err := sources(config)
			if err != nil {
				return usage(err)
			}
			if list {
				return s.printLayers(cmd.Context(), tested(all).model, config, cmd.Flags().Changed("data"), cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			return s.models(cmd.Context(), all, config, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "list the inner tensors with their shapes, and measure nothing")
	s.add(cmd.Flags(), memtest.CommandONNX)
	return cmd
}

// feed is what a configuration says of a model's input.
func feed(c memtest.Config) onnx.Feed {
	return onnx.Feed{Layout: c.Layout, Mean: c.Mean, SD: c.SD, Inputs: c.Inputs}
}

// runtime is ONNX Runtime, as the flags ask for it.
func (s *settings) runtime(ctx context.Context, log io.Writer) (*onnx.Runtime, error) {
	return onnx.Open(ctx, onnx.Options{Log: plain{log}, NoInstall: s.offline, CPU: strings.HasPrefix(s.backend, "xla:cpu")})
}

// printLayers prints the inner tensors of a model.
func (s *settings) printLayers(ctx context.Context, model *onnx.Model, config memtest.Config, withData bool, stdout, stderr io.Writer) error {
	shape, known := model.ExampleShape()
	if withData {
		train, _, err := config.Load(ctx, s.data(s.log(stderr)))
		if err != nil {
			return usage(err)
		}
		shape, known = train.Shape, true
	}
	if !known {
		return usage(fmt.Errorf("model %s takes %s, whose axes are open; say how large examples are with --data", model.Path, model.Inputs()))
	}
	fed, err := model.Fit(shape, feed(config))
	if err != nil {
		return usage(err)
	}
	r, err := s.runtime(ctx, s.log(stderr))
	if err != nil {
		return err
	}
	layers, unsupported, err := model.Layers(r, fed)
	if err != nil {
		return usage(err)
	}
	say(stdout, "%s, opset %d, input %s\n", model.Path, model.Opset, model.Inputs())
	t := document.Table{Columns: []document.Column{{Name: "TENSOR", Words: true, Lead: true}, {Name: "SHAPE", Words: true}, {Name: "NODE", Words: true}, {Name: "ALSO CALLED", Words: true}}}
	for _, l := range layers {
		t.Rows = append(t.Rows, document.Row{First: true, Cells: []string{l.Name, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(l.Dims)), "×"), "[]"), fmt.Sprint(l.Node), l.Word}})
	}
	if err := printTable(stdout, t, ""); err != nil {
		return err
	}
	for _, n := range unsupported {
		say(stdout, "not computed here, nor what comes after it: node %s", n)
	}
	return nil
}

// tested is the network under test, at its last epoch.
func tested(all []source) source {
	at := len(all) - 1
	for all[at].as.Role == features.Twin {
		at--
	}
	return all[at]
}

// models measures a model, with those that it is compared with.
func (s *settings) models(ctx context.Context, all []source, config memtest.Config, command []string, stdout, stderr io.Writer) error {
	started := time.Now()
	log := s.log(stderr)
	slices.Sort(config.Levels)
	config, err := config.Resolve()
	if err != nil {
		return usage(err)
	}
	if config.Outputs, err = resolveTaps(all, config.Outputs); err != nil {
		return usage(err)
	}
	x, err := memtest.New(ctx, config, s.data(log))
	if err != nil {
		return usage(err)
	}
	fed, err := fitAll(all, x, feed(config))
	if err != nil {
		return usage(err)
	}
	x.Config.N, x.Config.Layout, x.Config.Mean, x.Config.SD = x.Train.Len(), fed.Layout, fed.Mean, fed.SD
	if x.Config.ModelSHA256, err = modelsHash(all); err != nil {
		return err
	}
	r, err := s.runtime(ctx, log)
	if err != nil {
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
	arithmetic, err := r.Arithmetic()
	if err != nil {
		return err
	}
	manifest.AddRuntime(r.String(), arithmetic)
	folder, err := x.Folder(manifest)
	if err != nil {
		return err
	}
	fmt.Fprintf(plain{log}, "examples of %v go into %s %v\n", x.Train.Shape, fed.Where(), fed)
	sayCategories(log, x.Train)
	bar, total := newProgress(log), modelCells(all, x.Config)
	bar.expect(total)
	return job{
		settings: s, engine: engine, Folder: folder, progress: bar, log: log, pictures: x, total: total,
		cells: func(d *rundir.Dir) iter.Seq2[memtest.Cell, error] {
			o := x.Config.Options
			o.Known, o.Keep, o.Progress, o.Total = d, d.Keep, bar.show, total
			return memtest.Measure(ctx, engine, tensors(ctx, r, all, fed, x, bar, log), o)
		},
	}.run(ctx, stdout)
}

// modelCells is the number of cells of a run: the raw input is measured once.
func modelCells(all []source, c memtest.Config) int {
	layers := len(all) * len(c.Outputs)
	if slices.Contains(c.Outputs, onnx.WordInput) {
		layers -= len(all) - 1
	}
	return layers * len(c.Levels) * len(c.Probes)
}

// fitAll checks that examples go into all models in the same way, and reads the labels
// of the twin.
func fitAll(all []source, x *memtest.Experiment, f onnx.Feed) (onnx.Feed, error) {
	first, err := tested(all).model.Fit(x.Train.Shape, f)
	if err != nil {
		return first, err
	}
	stated := f
	stated.Layout = first.Layout // found, and to be the same for all
	for i := range all {
		if _, err := all[i].model.Fit(x.Train.Shape, stated); err != nil {
			return first, err
		}
		if all[i].as.Role == features.Twin {
			if all[i].as.Labels, err = readTwinLabels(x.Config.TwinLabels, x.Train, x.Config.N > 0); err != nil {
				return first, err
			}
		}
	}
	return first, nil
}

// tensors are the features of the models, those of each computed in one pass.
func tensors(ctx context.Context, r *onnx.Runtime, all []source, fed onnx.Feed, x *memtest.Experiment, bar *progress, log io.Writer) iter.Seq2[features.Features, error] {
	return func(yield func(features.Features, error) bool) {
		input := false // the raw input was given
		for _, s := range all {
			feed, err := s.model.Fit(x.Train.Shape, fed)
			if err != nil {
				yield(features.Features{}, usage(err))
				return
			}
			taken, err := s.model.Take(ctx, r, feed, x.Examples(), onnx.Request{
				Tensors: s.taps, As: s.as, Scores: x.Config.Scores, ScoresAre: features.ScoresAre(x.Config.ScoresAre),
				Say: func(set string) { bar.doing(s.model.Name + ": features of " + set) },
			})
			if err != nil {
				if ctx.Err() == nil {
					err = usage(err)
				}
				yield(features.Features{}, err)
				return
			}
			sayAccuracy(log, s, taken, x.Train)
			for i, f := range taken.Features {
				if f.Role == features.Input {
					if input {
						continue
					}
					input = true
				} else {
					f.Layer = x.Config.Outputs[i] // as the network under test calls it
				}
				if !yield(f, nil) {
					return
				}
			}
		}
	}
}

// sayCategories says that columns of a table were made here of what its file holds, which a
// model may have been trained to take otherwise.
func sayCategories(log io.Writer, set *datasets.Set) {
	several := 0
	for _, c := range set.Columns {
		if c.Categories != nil || c.Missing {
			several++
		}
	}
	if several > 0 {
		fmt.Fprintf(plain{log}, "%d of the %d columns of the table hold categories or missing values, which go in as they are read here: one value for each category, in the order of the alphabet, and a number with one more value that says where it is missing; if the model was trained on another encoding, save the table in that one\n", several, len(set.Columns))
	}
}

// sayAccuracy says how well a model does, and how it was fed where that is unusual.
func sayAccuracy(log io.Writer, s source, taken onnx.Taken, train *datasets.Set) {
	if taken.OneByOne {
		fmt.Fprintf(plain{log}, "%s is given its examples one by one, since those of a batch change each other's features\n", s.model.Path)
	}
	fmt.Fprintf(plain{log}, "%s: %s\n", s.model.Path, taken.Answers)
	i := slices.IndexFunc(taken.Features, func(f features.Features) bool { return f.Own != nil })
	if i < 0 || s.as.Role == features.Untrained || s.as.Role == features.Start {
		return
	}
	right := taken.Features[i].Own.Train.Accuracy
	fmt.Fprintf(plain{log}, "%s is right on %s of the training examples%s\n", s.model.Path, number.Share(right), doubt(right, train))
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
