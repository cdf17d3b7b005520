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
	Role   features.Role // of the network: Twin or Refit; "" = the network under test
	Set    int           // of Refit: the label set that the network was trained on, 0 = the real labels
	Epoch  int           // of the network under test; that which the twin matches
	Layer  string        // a layer of the network, logits, or input for the raw inputs
	Levels []float64     // of the experiment's; none = all
	Seed   uint64        // of the training; 0 = the experiment's first
}

// Exported is what one layer of a network was measured by; its Arrays are what
// arrays.WriteNPZ writes and `memtest probe` reads again.
type Exported struct {
	features.Features
	Retrained bool // no snapshot was kept, so the network was trained again
}

// Export returns the features of a layer, of its copies and of the fresh
// examples, with the labels and all label sets. The labels are those that the
// network was trained on. The network is that of a snapshot
// in x.Snapshots; where there is none it is trained again, as twins and refits always
// are, which from the same seed gives the same weights on the same machine. Of a network of a
// full refit there are no label sets: the others have networks of their own.
// Close frees the network when the copies have been read.
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
		f, s, retrained, err := x.networkOf(ctx, e, want)
		if err != nil {
			return out, close, err
		}
		close, out.Retrained = s.Close, retrained
		f.Layer, f.Shape, f.Epoch, f.TrainAccuracy = want.Layer, x.Spec.Shape(want.Layer), &want.Epoch, &s.TrainAccuracy
		if out.Features, err = examples.Layer(ctx, f, layerOf(s, want.Layer)); err != nil {
			return out, close, err
		}
	}
	if err != nil || out.Role == features.Refit {
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
	if err := x.checkRole(want); err != nil {
		return want, err
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

// networkOf is the network that is wanted, with what is known of its features.
func (x *Experiment) networkOf(ctx context.Context, e *xla.Engine, want Export) (f features.Features, s *nn.Snapshot, retrained bool, err error) {
	switch want.Role {
	case features.Twin:
		f, s, err = x.twinOf(ctx, e, want)
		return f, s, true, err
	case features.Refit:
		f, s, err = x.refitOf(ctx, e, want)
		return f, s, true, err
	}
	s, retrained, err = x.snapshot(ctx, e, want.Seed, want.Epoch)
	return features.Features{Network: x.Spec.Name, Seed: want.Seed, Labels: x.TrainedLabels(want.Seed)}, s, retrained, err
}

// mayEndAt says whether training may end at an epoch that was not asked for, at
// which the network is looked at then.
func (x *Experiment) mayEndAt(epoch int) bool {
	c := x.Config
	return (c.Until > 0 || c.Patience > 0) && epoch >= 0 && epoch <= slices.Max(c.Epochs)
}

// snapshotFolder is where the snapshots of a network are kept: of the one under test
// by its name, of its twin by RefTwin, which no network is called.
func (x *Experiment) snapshotFolder(network string, seed uint64) string {
	return filepath.Join(x.Snapshots, fmt.Sprintf("%s-%d", network, seed))
}

// kept is the snapshot of an epoch, where there is one.
func (x *Experiment) kept(e *xla.Engine, seed uint64, epoch int) (s *nn.Snapshot, found bool, err error) {
	if x.Snapshots == "" {
		return nil, false, nil
	}
	path := filepath.Join(x.snapshotFolder(x.Spec.Name, seed), nn.SnapshotFile(epoch))
	if _, err := os.Stat(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return nil, false, err
	}
	s, err = nn.Load(e, path, x.Spec)
	return s, err == nil, err
}

// snapshot is the network at an epoch: one that was kept, or else trained again.
func (x *Experiment) snapshot(ctx context.Context, e *xla.Engine, seed uint64, epoch int) (s *nn.Snapshot, retrained bool, err error) {
	if s, found, err := x.kept(e, seed, epoch); found || err != nil {
		return s, false, err
	}
	t := x.training(seed)
	t.Keep = []int{epoch}
	t.Progress = func(p nn.Progress) { x.report("training %s again, epoch %d of %d", x.Spec.Name, p.Epoch, epoch) }
	for s, err := range nn.Train(ctx, e, x.Spec, x.Train, t) {
		if err == nil && s.Epoch != epoch {
			s.Close()
			return nil, true, fmt.Errorf("epoch: the training ended at epoch %d, so there is no epoch %d", s.Epoch, epoch)
		}
		return s, true, err
	}
	return nil, true, fmt.Errorf("epoch: the training came to no epoch %d", epoch)
}

// report tells the listener what is done outside of a measurement.
func (x *Experiment) report(format string, args ...any) {
	if x.Config.Progress != nil {
		x.Config.Progress(Progress{Doing: fmt.Sprintf(format, args...)})
	}
}
