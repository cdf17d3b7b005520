package nn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// restore goes back to the checkpoint of a training that was interrupted, yields the
// snapshots saved so far, and returns the epoch to go on with: 0 to begin, −1
// if nothing is left to do. A training of which a file was damaged or is missing, or
// that waited for other accuracies, begins again, which Note hears.
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
	saved, c, err := r.readCheckpoint(path)
	if err == nil {
		if err := r.same(c); err != nil {
			return 0, fmt.Errorf("training saved in %s: %w", path, err)
		}
		err = r.sameReach(c)
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

// readCheckpoint reads a resume file: the arrays, and how far the training is. All
// snapshots of it have been found whole.
func (r *trainer) readCheckpoint(path string) (saved []arrays.Named, c checkpoint, err error) {
	saved, metadata, err := readArrays(path)
	if err != nil {
		return nil, c, err
	}
	if c, err = parseCheckpoint(metadata[checkpointKey]); err != nil {
		return nil, c, err
	}
	return saved, c, r.whole(c)
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

// same is nil where a checkpoint is of the training that is asked for, whatever
// accuracies that one waits for.
func (r *trainer) same(c checkpoint) error {
	options, err := r.options()
	if err != nil {
		return err
	}
	for _, field := range slices.Sorted(maps.Keys(options)) {
		if field != reachOption && c.Options[field] != options[field] {
			return fmt.Errorf("it cannot be resumed with another %s: saved is\n%s\nbut asked for is\n%s", field, c.Options[field], options[field])
		}
	}
	return nil
}

// sameReach is nil where a checkpoint is of a training that waits for the same
// accuracies. They are what another training came to, as a network for its twin, so
// that other ones are no mistake of the caller's.
func (r *trainer) sameReach(c checkpoint) error {
	options, err := r.options()
	if err != nil {
		return err
	}
	if now, then := options[reachOption], c.Options[reachOption]; now != then {
		return fmt.Errorf("it waited for the training accuracies %q, and now %q are asked for", then, now)
	}
	return nil
}

// resumeFrom sets weights, optimizer state and counters to those of a checkpoint,
// whose arrays are saved.
func (r *trainer) resumeFrom(saved []arrays.Named, c checkpoint) error {
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
	r.weights, r.state = weights, state
	r.steps, r.waited, r.reached, r.saved = c.Steps, c.Waited, c.Reached, c.Saved
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
