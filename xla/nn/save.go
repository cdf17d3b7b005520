package nn

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

const snapshotFormat = "memtest snapshot 1"

// arraysOf copies the arrays of a network from the device.
func arraysOf(ps []param, weights []*tensors.Tensor) ([]arrays.Named, error) {
	var out []arrays.Named
	for i, p := range ps {
		flat, err := xla.Download[float32](weights[i])
		if err != nil {
			return nil, err
		}
		out = append(out, arrays.Named{Name: p.name, Dims: p.dims, Floats: flat})
	}
	return out, nil
}

// tensorsOf copies arrays to the device. They must be those of the params.
func tensorsOf(engine *xla.Engine, ps []param, read []arrays.Named) (out []*tensors.Tensor, err error) {
	defer func() {
		if err != nil {
			xla.Free(out...)
			out = nil
		}
	}()
	if len(read) != len(ps) {
		return nil, fmt.Errorf("it holds %d arrays, but the network has %d", len(read), len(ps))
	}
	for i, p := range ps {
		a := read[i]
		if a.Name != p.name || !slices.Equal(a.Dims, p.dims) {
			return out, fmt.Errorf("it holds %s of %v where the network has %s of %v", a.Name, a.Dims, p.name, p.dims)
		}
		t, err := xla.Tensor(engine, a.Floats, p.dims...)
		if err != nil {
			return out, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Save writes the snapshot as a safetensors file, its weights bit for bit. The
// metadata hold the Spec as YAML, the epoch, loss and accuracies, and a SHA-256
// of the file. What stood at the path before is replaced once the new file is
// whole on the disk.
func (s *Snapshot) Save(path string) error { return s.save(path, nil) }

// save is Save of a training that may have lost its folder, see Training.Held.
func (s *Snapshot) save(path string, held func() error) error {
	weights, err := arraysOf(s.net.params, s.weights)
	if err != nil {
		return fmt.Errorf("snapshot %s: %w", path, err)
	}
	spec, err := s.net.spec.YAML()
	if err != nil {
		return err
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	return writeArrays(path, held, weights, map[string]string{
		"format":         snapshotFormat,
		"spec":           string(spec),
		"epoch":          strconv.Itoa(s.Epoch),
		"network":        strconv.Itoa(s.Network),
		"loss":           number(s.Loss),
		"train_accuracy": number(s.TrainAccuracy),
		"fresh_accuracy": number(s.FreshAccuracy),
	})
}

// Load reads a snapshot that Save wrote. A spec that is not the zero Spec must
// be that of the snapshot; a hand-written Model has to be given in one. The
// caller closes the snapshot.
func Load(engine *xla.Engine, path string, spec Spec) (*Snapshot, error) {
	s, err := load(engine, path, spec)
	if err != nil {
		return nil, fmt.Errorf("%w; delete it, and train the network again", err)
	}
	return s, nil
}

// load is Load without what to do where it fails.
func load(engine *xla.Engine, path string, spec Spec) (*Snapshot, error) {
	weights, metadata, err := readArrays(path)
	if err != nil {
		return nil, err
	}
	fail := func(err error) (*Snapshot, error) { return nil, fmt.Errorf("snapshot %s: %w", path, err) }
	if f := metadata["format"]; f != snapshotFormat {
		return fail(fmt.Errorf("its format is %q; this program reads %q", f, snapshotFormat))
	}
	saved, err := parseSpec([]byte(metadata["spec"]))
	if err != nil {
		return fail(err)
	}
	if spec.Name != "" || spec.Classes != 0 || len(spec.Layers) > 0 || spec.Model != nil {
		if err := sameSpec(spec, saved); err != nil {
			return fail(err)
		}
		saved.Model = spec.Model
	} else if slices.ContainsFunc(saved.Layers, func(l Layer) bool { return l.Kind == kindFunction }) {
		return fail(fmt.Errorf("network %q was written by hand; give its Spec with the Model", saved.Name))
	}
	s := &Snapshot{}
	numbers := []error{
		read(metadata, "epoch", &s.Epoch, strconv.Atoi),
		read(metadata, "network", &s.Network, strconv.Atoi),
		read(metadata, "loss", &s.Loss, parseFloat),
		read(metadata, "train_accuracy", &s.TrainAccuracy, parseFloat),
		read(metadata, "fresh_accuracy", &s.FreshAccuracy, parseFloat),
	}
	if err := errors.Join(numbers...); err != nil {
		return fail(err)
	}
	if s.net, err = newNetwork(engine, saved); err != nil {
		return fail(err)
	}
	if s.weights, err = tensorsOf(engine, s.net.params, weights); err != nil {
		s.net.release()
		return fail(err)
	}
	return s, nil
}

func parseFloat(text string) (float64, error) { return strconv.ParseFloat(text, 64) }

// read takes a number from metadata.
func read[T any](metadata map[string]string, key string, to *T, parse func(string) (T, error)) error {
	v, err := parse(metadata[key])
	if err != nil {
		return fmt.Errorf("%s: %q is not a number", key, metadata[key])
	}
	*to = v
	return nil
}

// sameSpec says in which way the spec of a snapshot differs from the one that
// is asked for.
func sameSpec(want, saved Spec) error {
	a, err := want.YAML()
	if err != nil {
		return err
	}
	b, err := saved.YAML()
	if err != nil {
		return err
	}
	if bytes.Equal(a, b) {
		return nil
	}
	what := fmt.Sprintf("name %q, input %v, %d classes, layers %q", saved.Name, saved.Input, saved.Classes, saved.LayerNames())
	other := fmt.Sprintf("name %q, input %v, %d classes, layers %q", want.Name, want.Input, want.Classes, want.LayerNames())
	if what == other && want.Standardize != saved.Standardize {
		what, other = fmt.Sprintf("standardize is %t", saved.Standardize), fmt.Sprintf("%t", want.Standardize)
	}
	if what == other {
		for i := range want.Layers {
			x, y := fmt.Sprintf("%+v", saved.Layers[i]), fmt.Sprintf("%+v", want.Layers[i])
			if x != y {
				what, other = fmt.Sprintf("layers[%d] is %s", i, x), y
				break
			}
		}
	}
	return fmt.Errorf("it is of another network: %s, not %s", what, other)
}
