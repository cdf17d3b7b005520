package nn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

const (
	resumeFormat = "memtest training 1"
	resumeFile   = "resume.safetensors" // weights, optimizer state and checkpoint of the training
	specFile     = "network.yaml"       // the Spec, as ReadSpec reads it
)

// SnapshotFile is the name of an epoch's snapshot in the folder Training.Save.
func SnapshotFile(epoch int) string { return fmt.Sprintf("epoch-%05d.safetensors", epoch) }

// checkpointKey is the key of the checkpoint in the metadata of a resume file.
const checkpointKey = "place"

// checkpoint is how far a training is, in the metadata of its resume file. The
// names in JSON are those of the format.
type checkpoint struct {
	Format  string            `json:"format"`
	Epoch   int               `json:"epoch"` // the last one that ended
	Steps   int               `json:"steps"` // of all epochs so far
	Done    bool              `json:"done"`  // nothing is left to train
	Saved   []int             `json:"kept"`  // epochs whose snapshots were saved, ascending
	Best    *float64          `json:"best"`  // for Patience: greatest fresh accuracy of an epoch; nil before the first
	Waited  int               `json:"idle"`  // for Patience: epochs since then
	Options map[string]string `json:"same"`  // what a training that resumes must share, by field
}

// options describes what decides the course of the training, which must be the
// same to resume it. It is worked out once, because it hashes the data.
func (r *trainer) options() (map[string]string, error) {
	if r.described != nil {
		return r.described, nil
	}
	spec, err := r.net.spec.YAML()
	if err != nil {
		return nil, err
	}
	fresh := "none"
	if r.Fresh != nil {
		fresh = r.Fresh.Hash()
	}
	r.described = map[string]string{
		"network":     string(spec),
		"data":        r.set.Hash(),
		"fresh":       fresh,
		"epochs":      strconv.Itoa(r.last()),
		"batch":       strconv.Itoa(r.Batch),
		"optimizer":   fmt.Sprintf("%+v", r.Optimizer),
		"schedule":    fmt.Sprintf("%+v over %d epochs", r.Schedule, r.Epochs),
		"keep":        fmt.Sprint(slices.Compact(slices.Sorted(slices.Values(r.Keep)))),
		"seed":        strconv.FormatUint(r.Seed, 10),
		"label noise": fmt.Sprint(r.LabelNoise),
		"augment":     fmt.Sprintf("%+v", r.Augment),
		"precision":   r.Precision,
		"until":       fmt.Sprint(r.Until),
		"patience":    strconv.Itoa(r.Patience),
	}
	return r.described, nil
}

// stateParams name the arrays of the optimizer's state.
func (r *trainer) stateParams() []param {
	var ps []param
	for slot := range r.Optimizer.slots() {
		for _, i := range trained(r.net.params) {
			p := r.net.params[i]
			p.name = fmt.Sprintf("optimizer%d/%s", slot+1, p.name)
			ps = append(ps, p)
		}
	}
	return ps
}

// save writes a snapshot and what resuming after it needs. The resume file
// comes last: a training killed between the two goes on from the one before and
// writes the same snapshot again.
func (r *trainer) save(s *Snapshot, done bool) error {
	if r.Save == "" {
		return nil
	}
	options, err := r.options()
	if err != nil {
		return err
	}
	spec := func(w io.Writer) error {
		_, err := io.WriteString(w, options["network"])
		return err
	}
	if err := writeFile(filepath.Join(r.Save, specFile), r.Held, spec); err != nil {
		return err
	}
	if err := s.save(filepath.Join(r.Save, SnapshotFile(s.Epoch)), r.Held); err != nil {
		return err
	}
	r.saved = append(r.saved, s.Epoch)
	c := checkpoint{Format: resumeFormat, Epoch: s.Epoch, Steps: r.steps, Done: done, Saved: r.saved, Waited: r.waited, Options: options}
	if s.Epoch > 0 && r.Patience > 0 {
		c.Best = &r.best
	}
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	weights, err := arraysOf(r.net.params, r.weights)
	if err != nil {
		return err
	}
	state, err := arraysOf(r.stateParams(), r.state)
	if err != nil {
		return err
	}
	return writeArrays(filepath.Join(r.Save, resumeFile), r.Held, slices.Concat(weights, state), map[string]string{checkpointKey: string(text)})
}

// restore goes back to the checkpoint of a training that was interrupted, yields the
// snapshots saved so far, and returns the epoch to go on with: 0 to begin, −1
// if nothing is left to do. A training of which a file was damaged or is missing
// begins again, which Note hears.
func (r *trainer) restore(ctx context.Context, yield func(*Snapshot, error) bool) (int, error) {
	if r.Save == "" {
		return 0, nil
	}
	path := filepath.Join(r.Save, resumeFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	} else if err == nil && !r.Resume {
		return 0, fmt.Errorf("training: folder %s holds a training already; resume it or choose another folder", r.Save)
	}
	saved, metadata, err := readArrays(path)
	var c checkpoint
	if err == nil {
		if c, err = parseCheckpoint(metadata[checkpointKey]); err == nil {
			err = r.whole(c)
		}
	}
	if err != nil {
		r.note("the training saved in %s cannot be gone on with, so the network is trained again: %v", r.Save, err)
		return 0, nil
	}
	if err := r.resumeFrom(saved, c); err != nil {
		return 0, fmt.Errorf("training saved in %s: %w", path, err)
	}
	for _, epoch := range c.Saved {
		s, err := load(r.net.engine, filepath.Join(r.Save, SnapshotFile(epoch)), r.net.spec)
		if err != nil {
			return 0, err
		}
		s.net.release()
		s.net = r.net.retain() // one set of compiled programs for all snapshots
		if !yield(s, nil) {
			return -1, nil
		}
	}
	if c.Done {
		return -1, nil
	}
	return c.Epoch + 1, ctx.Err()
}

// whole is nil where every snapshot of a checkpoint is there and undamaged. All are
// looked at before the first is used.
func (r *trainer) whole(c checkpoint) error {
	for _, epoch := range c.Saved {
		if _, _, err := readArrays(filepath.Join(r.Save, SnapshotFile(epoch))); err != nil {
			return err
		}
	}
	return nil
}

func parseCheckpoint(text string) (c checkpoint, err error) {
	if err := json.Unmarshal([]byte(text), &c); err != nil || c.Format != resumeFormat {
		return c, fmt.Errorf("its format is %q; this program reads %q", c.Format, resumeFormat)
	}
	return c, nil
}

// resumeFrom sets weights, optimizer state and counters to those of a checkpoint,
// whose arrays are saved.
func (r *trainer) resumeFrom(saved []arrays.Named, c checkpoint) error {
	options, err := r.options()
	if err != nil {
		return err
	}
	for _, field := range slices.Sorted(maps.Keys(options)) {
		if c.Options[field] != options[field] {
			return fmt.Errorf("it cannot be resumed with another %s: saved is\n%s\nbut asked for is\n%s", field, c.Options[field], options[field])
		}
	}
	n := len(r.net.params)
	if len(saved) < n {
		return fmt.Errorf("it holds %d arrays, but the network has %d", len(saved), n)
	}
	weights, err := tensorsOf(r.net.engine, r.net.params, saved[:n])
	if err != nil {
		return err
	}
	state, err := tensorsOf(r.net.engine, r.stateParams(), saved[n:])
	if err != nil {
		xla.Free(weights...)
		return err
	}
	xla.Free(r.weights...)
	xla.Free(r.state...)
	r.weights, r.state, r.steps, r.waited, r.saved = weights, state, c.Steps, c.Waited, c.Saved
	if c.Best != nil {
		r.best = *c.Best
	}
	return nil
}

func (r *trainer) note(format string, args ...any) {
	if r.Note != nil {
		r.Note(fmt.Sprintf(format, args...))
	}
}
