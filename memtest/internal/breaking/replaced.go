//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// replacement puts other input in the place of what a run was made with.
type replacement struct {
	name string
	task task
	file string // of the current folder
	with func(t *trial) []byte
	// change of the arguments, nil = none
	change func(args []string) []string
}

// sameImages are those that the run was made with.
func sameImages(t *trial) []array { return images(rand.New(rand.NewPCG(t.seed, 1))) }

func otherImages(t *trial) []byte { return npz(images(t.rand)) }

// otherTest keeps the training examples and replaces the test images.
func otherTest(t *trial) []byte {
	all := sameImages(t)
	all[2] = images(t.rand)[2]
	return npz(all)
}

// otherLabel changes the label of one example.
func otherLabel(t *trial) []byte {
	all := sameImages(t)
	at := 8 * t.rand.IntN(60)
	all[1].data[at] = (all[1].data[at] + 1) % 3
	return npz(all)
}

func otherFeatures(t *trial) []byte { return npz(features(t.rand)) }

func otherNetwork(*trial) []byte {
	return []byte("name: small\nlayers:\n    - kind: dense\n      units: 4\n    - kind: dense\n      units: 3\n")
}

func onXLA(args []string) []string {
	args = slices.Clone(args)
	args[slices.Index(args, "go")] = "xla:cpu"
	return args
}

var replacements = []replacement{
	{"data", taskRun, "data.npz", otherImages, nil},
	{"test images", taskRun, "data.npz", otherTest, nil},
	{"one label", taskRefit, "data.npz", otherLabel, nil},
	{"features", taskProbe, "features.npz", otherFeatures, nil},
	{"data of a model", taskONNX, "data.npz", otherImages, nil},
	{"network", taskRefit, "net.yaml", otherNetwork, nil},
	{"backend", taskRun, "", nil, onXLA},
	{"backend of a probe", taskProbe, "", nil, onXLA},
}

// replaceInput replaces input between an end and --resume: that is refused, and
// nothing is rewritten; with the old input it goes on to the same rows.
func replaceInput(t *trial) error {
	r := replacements[t.number%len(replacements)]
	state := []string{"unfinished", "finished", "growing"}[t.number/len(replacements)%3]
	want, err := t.begin(r.task, state == "growing")
	if err != nil {
		return err
	}
	if err := t.stateOf(r.task, state); err != nil {
		return err
	}
	args := r.task.args
	if state == "growing" {
		args = more(args)
	}
	if err := t.refuseReplaced(r, args); err != nil {
		return fmt.Errorf("other %s, %s: %w", r.name, state, err)
	}
	if err := want.input.write(t.dir); err != nil {
		return err
	}
	if err := t.goOn(want, args); err != nil {
		return fmt.Errorf("%s, %s, put back: %w", r.name, state, err)
	}
	return nil
}

// stateOf puts a folder of this state in place.
func (t *trial) stateOf(k task, state string) error {
	if state != "unfinished" {
		return t.finished(k)
	}
	folder, err := t.unfinished(k)
	if err != nil {
		return err
	}
	return folder.write(t.out())
}

// refuseReplaced goes on with other input.
func (t *trial) refuseReplaced(r replacement, args []string) error {
	if r.file != "" {
		if err := (tree{r.file: r.with(t)}).write(t.dir); err != nil {
			return err
		}
	}
	if r.change != nil {
		args = r.change(args)
	}
	before, err := readTree(t.out())
	if err != nil {
		return err
	}
	o, err := t.start(call{args: append(slices.Clone(args), "--resume"), in: t.dir})
	if err != nil {
		return err
	}
	after, err := readTree(t.out())
	if err != nil {
		return err
	}
	if o.code == 0 {
		return fmt.Errorf("it was not refused: %v", o)
	}
	if err := refused(o); err != nil {
		return err
	}
	return untouched(before, after)
}
