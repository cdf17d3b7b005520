package nn

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

const (
	resumeFormat = "memtest training 1"
	resumeFile   = "resume.safetensors" // weights, optimizer state and checkpoint of the training
	specFile     = "network.yaml"       // the Spec, as ReadSpec reads it
)

// SnapshotFile is the name of an epoch's snapshot in the folder Training.Save.
func SnapshotFile(epoch int) string { return fmt.Sprintf("epoch-%05d.safetensors", epoch) }

// checkpointEvery is how often the resume file is written at least, at the ends of
// epochs: a training that is killed loses no more than that and an epoch.
const checkpointEvery = 30 * time.Second

// reachOption is the field of options that says Training.Reach.
const reachOption = "reach"

// checkpointKey is the key of the checkpoint in the metadata of a resume file.
const checkpointKey = "place"

// checkpoint is how far a training is, in the metadata of its resume file. The
// names in JSON are those of the format.
type checkpoint struct {
	Format  string            `json:"format"`
	Epoch   int               `json:"epoch"`             // the last one that ended
	Steps   int               `json:"steps"`             // of all epochs so far
	Done    bool              `json:"done"`              // nothing is left to train
	Saved   []int             `json:"kept"`              // epochs whose snapshots were saved, ascending
	Best    *float64          `json:"best"`              // for Patience: greatest fresh accuracy of an epoch; nil before the first
	Waited  int               `json:"idle"`              // for Patience: epochs since then
	Reached int               `json:"reached,omitempty"` // how many accuracies of Reach were reached
	Options map[string]string `json:"same"`              // what a training that resumes must share, by field
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
	if r.InitialScale != 1 { // else left out, as older programs did
		r.described["initial scale"] = fmt.Sprint(r.InitialScale)
	}
	if len(r.Reach) > 0 { // else left out, as older programs did
		r.described[reachOption] = fmt.Sprint(r.Reach)
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
	if err := r.saveSnapshot(s); err != nil {
		return err
	}
	return r.saveCheckpoint(s.Epoch, done)
}

// saveSnapshot writes a snapshot, and the network's Spec beside it.
func (r *trainer) saveSnapshot(s *Snapshot) error {
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
	return nil
}

// saveCheckpoint writes the resume file at the end of an epoch.
func (r *trainer) saveCheckpoint(epoch int, done bool) error {
	options, err := r.options()
	if err != nil {
		return err
	}
	c := checkpoint{
		Format: resumeFormat, Epoch: epoch, Steps: r.steps, Done: done, Saved: r.saved,
		Waited: r.waited, Reached: r.reached, Options: options,
	}
	if epoch > 0 && r.Patience > 0 {
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
	r.written = time.Now()
	return writeArrays(filepath.Join(r.Save, resumeFile), r.Held, slices.Concat(weights, state), map[string]string{checkpointKey: string(text)})
}

// unkept ends an epoch of which no snapshot is wanted. Its resume file is written
// where the last one is old, and where ctx has ended, whose error it returns.
func (r *trainer) unkept(ctx context.Context, epoch int) error {
	interrupted := ctx.Err()
	if r.Save == "" || epoch == 0 || interrupted == nil && time.Since(r.written) < r.every {
		return interrupted
	}
	if err := r.saveCheckpoint(epoch, false); err != nil {
		return err
	}
	return interrupted
}

// ending is the context of what is worked out at the end of an epoch: where that is
// saved, an interruption is heard after it, so that the epoch is not lost.
func (r *trainer) ending(ctx context.Context) context.Context {
	if r.Save == "" {
		return ctx
	}
	return context.WithoutCancel(ctx)
}
