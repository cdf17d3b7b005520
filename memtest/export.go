package memtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// Export says which features of an experiment are wanted.
type Export struct {
	Epoch  int
	Layer  string    // a layer of the network, logits, or input for the raw inputs
	Levels []float64 // of the experiment's; none = all
	Seed   uint64    // of the training; 0 = the experiment's first
}

// Exported is what one layer of a network was measured by; Arrays is what
// arrays.WriteNPZ writes of it and `memtest probe` reads again.
type Exported struct {
	Features
	Seed      uint64  // of the training
	Accuracy  float64 // of the network, on the labels it was trained on; 0 for the raw inputs
	Retrained bool    // no snapshot was kept, so the network was trained again
}

// Export returns the features of a layer, of its copies and of the fresh
// examples, with the labels and all label sets. The network is that of a snapshot
// in x.Snapshots; where there is none it is trained again, which from the same
// seed gives the same weights on the same machine.
func (x *Experiment) Export(ctx context.Context, e *xla.Engine, want Export) (Exported, error) {
	c := x.Config
	if want.Seed == 0 {
		want.Seed = c.Seed
	}
	if want.Seed < c.Seed || want.Seed >= c.Seed+uint64(c.Seeds) {
		return Exported{}, fmt.Errorf("seed: %d is none of the run's training seeds, %d to %d", want.Seed, c.Seed, c.Seed+uint64(c.Seeds)-1)
	}
	if want.Layer != nn.LayerInput && !slices.Contains(c.Epochs, want.Epoch) {
		return Exported{}, fmt.Errorf("epoch: %d is none of the run's; choose from %s", want.Epoch, strings.Trim(fmt.Sprint(c.Epochs), "[]"))
	}
	if len(want.Levels) == 0 {
		want.Levels = c.Levels
	}
	for _, level := range want.Levels {
		if !slices.Contains(c.Levels, level) {
			return Exported{}, fmt.Errorf("level: %g is none of the run's; choose from %s", level, strings.Trim(fmt.Sprint(c.Levels), "[]"))
		}
	}
	if err := unique("level", want.Levels); err != nil {
		return Exported{}, err
	}
	layers, err := x.Spec.ResolveLayers([]string{want.Layer})
	if err != nil {
		return Exported{}, fmt.Errorf("layer: %w", err)
	}
	if len(layers) != 1 {
		return Exported{}, fmt.Errorf("layer: %q names several layers; choose one of %s", want.Layer, strings.Join(layers, ", "))
	}
	want.Layer = layers[0]
	if want.Layer == nn.LayerInput {
		return x.exported(ctx, want, x.Train.Y, func(_ context.Context, set *datasets.Set) (arrays.Matrix, error) { return inputs(set), nil })
	}
	labels := x.training(want.Seed).Labels(x.Train)
	s, retrained, err := x.network(ctx, e, want)
	if err != nil {
		return Exported{}, err
	}
	defer s.Close()
	out, err := x.exported(ctx, want, labels, func(ctx context.Context, set *datasets.Set) (arrays.Matrix, error) {
		return s.Features(ctx, set, want.Layer)
	})
	out.Seed, out.Accuracy, out.Retrained = want.Seed, s.TrainAccuracy, retrained
	out.Features.Epoch = &want.Epoch
	return out, err
}

// network is the network at an epoch: its snapshot, where one was kept, or else
// trained again.
func (x *Experiment) network(ctx context.Context, e *xla.Engine, want Export) (s *nn.Snapshot, retrained bool, err error) {
	if x.Snapshots != "" {
		path := filepath.Join(x.Snapshots, fmt.Sprintf("%s-%d", x.Spec.Name, want.Seed), nn.SnapshotFile(want.Epoch))
		if _, err := os.Stat(path); err == nil {
			s, err := nn.Load(e, path, x.Spec)
			return s, false, err
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, false, err
		}
	}
	t := x.training(want.Seed)
	t.Keep = []int{want.Epoch}
	t.Progress = func(p nn.Progress) {
		x.report("training %s again, epoch %d of %d", x.Spec.Name, p.Epoch, want.Epoch)
	}
	for s, err := range nn.Train(ctx, e, x.Spec, x.Train, t) {
		return s, true, err
	}
	return nil, true, fmt.Errorf("epoch: the training ended before epoch %d", want.Epoch)
}

// exported gathers the features that a function gives.
func (x *Experiment) exported(ctx context.Context, want Export, labels []int32, of func(context.Context, *datasets.Set) (arrays.Matrix, error)) (Exported, error) {
	out := Exported{Features: Features{
		Labels: labels, Groups: x.Train.Groups, Classes: len(x.Train.Classes), Raw: want.Layer == nn.LayerInput, Exact: want.Epoch == 0,
		Data: x.Train.Name, Network: x.Spec.Name, Layer: want.Layer, Perturbation: x.Config.Perturb, Unit: x.Perturbation.Unit(),
	}}
	var err error
	if out.Train, err = of(ctx, x.Train); err != nil {
		return out, err
	}
	for i, level := range x.Config.Levels {
		if !slices.Contains(want.Levels, level) {
			continue
		}
		m := out.Train // copies of level 0 are the training set itself
		if level != 0 {
			if m, err = of(ctx, x.Copies[i]); err != nil {
				return out, err
			}
		}
		out.Copies = append(out.Copies, Copies{level, m})
	}
	if x.Fresh != nil {
		if out.Fresh, err = of(ctx, x.Fresh); err != nil {
			return out, err
		}
		out.FreshLabels = x.Fresh.Y
	}
	sets, b, _, err := x.plan.labelSets(labels, out.Classes)
	if err != nil {
		return out, err
	}
	out.Permuted = perm.Sets(sets, 1, b+1)
	return out, nil
}

// Arrays are features under the names that a file of features has.
func (f Features) Arrays() []arrays.Named {
	matrix := func(name string, m arrays.Matrix) arrays.Named {
		return arrays.Named{Name: name, Dims: []int{m.Rows, m.Cols}, Floats: m.Data}
	}
	all := []arrays.Named{matrix(features.KeyTrain, f.Train)}
	for _, c := range f.Copies {
		all = append(all, matrix(features.KeyValid+"_"+strconv.FormatFloat(c.Level, 'g', -1, 64), c.Features))
	}
	all = append(all, arrays.Named{Name: features.KeyLabels, Dims: []int{len(f.Labels)}, Ints: f.Labels})
	if f.Fresh.Rows > 0 {
		all = append(all, matrix(features.KeyFresh, f.Fresh), arrays.Named{Name: features.KeyFreshLabels, Dims: []int{len(f.FreshLabels)}, Ints: f.FreshLabels})
	}
	if f.Groups != nil {
		all = append(all, arrays.Named{Name: features.KeyGroups, Dims: []int{len(f.Groups)}, Ints: f.Groups})
	}
	if f.Permuted != nil {
		all = append(all, arrays.Named{Name: features.KeyPermuted, Dims: []int{len(f.Permuted), len(f.Labels)}, Ints: slices.Concat(f.Permuted...)})
	}
	return all
}
