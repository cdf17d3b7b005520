package memtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

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

// Exported is what one layer of a network was measured by; its Arrays are what
// arrays.WriteNPZ writes and `memtest probe` reads again.
type Exported struct {
	features.Features
	Retrained bool // no snapshot was kept, so the network was trained again
}

// Export returns the features of a layer, of its copies and of the fresh
// examples, with the labels and all label sets. The network is that of a snapshot
// in x.Snapshots; where there is none it is trained again, which from the same
// seed gives the same weights on the same machine. Close frees the network when
// the copies have been read.
func (x *Experiment) Export(ctx context.Context, e *xla.Engine, want Export) (out Exported, close func(), err error) {
	close = func() {}
	if want, err = x.checkExport(want); err != nil {
		return out, close, err
	}
	examples := x.Examples()
	examples.Levels = want.Levels
	if want.Layer == nn.LayerInput {
		out.Features, err = examples.Input(ctx)
		out.Network = x.Spec.Name
	} else {
		var s *nn.Snapshot
		if s, out.Retrained, err = x.snapshot(ctx, e, want); err != nil {
			return out, close, err
		}
		close = s.Close
		f := features.Features{Network: x.Spec.Name, Layer: want.Layer, Shape: x.Spec.Shape(want.Layer), Epoch: &want.Epoch, Seed: want.Seed, Labels: x.TrainedLabels(want.Seed), TrainAccuracy: &s.TrainAccuracy}
		out.Features, err = examples.Layer(ctx, f, layerOf(s, want.Layer))
	}
	if err != nil {
		return out, close, err
	}
	design, err := perm.NewDesign(out.Labels, out.Classes, out.Groups)
	if err != nil {
		return out, close, err
	}
	sets, b, _ := design.Null(x.Config.Permutations, x.Config.Seed)
	out.Permuted = perm.Sets(sets, 1, b+1)
	return out, close, nil
}

// checkExport fills in the defaults and says what the experiment has not.
func (x *Experiment) checkExport(want Export) (Export, error) {
	c := x.Config
	setDefault(&want.Seed, c.Seed)
	setDefaults(&want.Levels, c.Levels...)
	if want.Seed < c.Seed || want.Seed >= c.Seed+uint64(c.Seeds) {
		return want, fmt.Errorf("seed: %d is none of the run's training seeds, %d to %d", want.Seed, c.Seed, c.Seed+uint64(c.Seeds)-1)
	}
	if want.Layer != nn.LayerInput && !slices.Contains(c.Epochs, want.Epoch) && !x.mayEndAt(want.Epoch) {
		return want, fmt.Errorf("epoch: %d is none of the run's; choose from %s", want.Epoch, strings.Trim(fmt.Sprint(c.Epochs), "[]"))
	}
	for _, level := range want.Levels {
		if !slices.Contains(c.Levels, level) {
			return want, fmt.Errorf("level: %g is none of the run's; choose from %s", level, strings.Trim(fmt.Sprint(c.Levels), "[]"))
		}
	}
	if err := unique("level", want.Levels); err != nil {
		return want, err
	}
	// In the order of the run, whatever the order that was asked for.
	want.Levels = slices.DeleteFunc(slices.Clone(c.Levels), func(l float64) bool { return !slices.Contains(want.Levels, l) })
	layers, err := x.Spec.ResolveLayers([]string{want.Layer})
	if err != nil {
		return want, fmt.Errorf("layer: %w", err)
	}
	if len(layers) != 1 {
		return want, fmt.Errorf("layer: %q names several layers; choose one of %s", want.Layer, strings.Join(layers, ", "))
	}
	want.Layer = layers[0]
	return want, nil
}

// mayEndAt says whether training may end at an epoch that was not asked for, at
// which the network is looked at then.
func (x *Experiment) mayEndAt(epoch int) bool {
	c := x.Config
	return (c.Until > 0 || c.Patience > 0) && epoch >= 0 && epoch <= slices.Max(c.Epochs)
}

// snapshotFolder is where the snapshots of a training seed are kept.
func (x *Experiment) snapshotFolder(seed uint64) string {
	return filepath.Join(x.Snapshots, fmt.Sprintf("%s-%d", x.Spec.Name, seed))
}

// snapshot is the network at an epoch: one that was kept, or else trained again.
func (x *Experiment) snapshot(ctx context.Context, e *xla.Engine, want Export) (s *nn.Snapshot, retrained bool, err error) {
	if x.Snapshots != "" {
		path := filepath.Join(x.snapshotFolder(want.Seed), nn.SnapshotFile(want.Epoch))
		if _, err := os.Stat(path); err == nil {
			s, err := nn.Load(e, path, x.Spec)
			return s, false, err
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, false, err
		}
	}
	t := x.training(want.Seed)
	t.Keep = []int{want.Epoch}
	t.Progress = func(p nn.Progress) { x.report("training %s again, epoch %d of %d", x.Spec.Name, p.Epoch, want.Epoch) }
	for s, err := range nn.Train(ctx, e, x.Spec, x.Train, t) {
		if err == nil && s.Epoch != want.Epoch {
			s.Close()
			return nil, true, fmt.Errorf("epoch: the training ended at epoch %d, so there is no epoch %d", s.Epoch, want.Epoch)
		}
		return s, true, err
	}
	return nil, true, fmt.Errorf("epoch: the training came to no epoch %d", want.Epoch)
}

// report tells the listener what is done outside of a measurement.
func (x *Experiment) report(format string, args ...any) {
	if x.Config.Progress != nil {
		x.Config.Progress(Progress{Doing: fmt.Sprintf(format, args...)})
	}
}
