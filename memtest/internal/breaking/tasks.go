//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// task is a measurement that is disturbed: what it is given, in the current
// folder, and its command line, which writes into out.
type task struct {
	name  string
	files func(b *bench, r *rand.Rand) (tree, error)
	args  []string
}

// small is what all measure, on the backend that starts at once.
var (
	small  = []string{"--permutations", "19", "--halves", "-1", "--probes", "ridge,knn", "--backend", "go", "--quiet", "--out", "out"}
	ownSet = []string{"--data", "data.npz", "--own", "layout=nhw,low=0,high=1"}
)

func words(parts ...[]string) []string {
	var all []string
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func ownFiles(_ *bench, r *rand.Rand) (tree, error) {
	return tree{"data.npz": npz(images(r)), "net.yaml": []byte(networkYAML)}, nil
}

func featureFiles(_ *bench, r *rand.Rand) (tree, error) {
	return tree{"features.npz": npz(features(r))}, nil
}

func modelFiles(b *bench, r *rand.Rand) (tree, error) {
	model, err := os.ReadFile(filepath.Join(b.models, "mlp.onnx"))
	return tree{"data.npz": npz(images(r)), "model.onnx": model}, err
}

var (
	taskRun   = task{"run", ownFiles, words([]string{"run", "--offline", "--net", "mlp:4", "--epochs", "0,1", "--levels", "0,0.3", "--refs", "input,twin"}, ownSet, small)}
	taskRefit = task{"refit", ownFiles, words([]string{"run", "--offline", "--net", "net.yaml", "--epochs", "0,2", "--levels", "0.3", "--refs", "untrained,input,twin", "--seeds", "2", "--refit", "19"}, ownSet, small)}
	taskProbe = task{"probe", featureFiles, words([]string{"probe", "features.npz"}, small)}
	taskONNX  = task{"onnx", modelFiles, words([]string{"onnx", "model.onnx", "--offline", "--levels", "0,0.3"}, ownSet, small)}
	// The sample that comes with the program, on XLA.
	taskXLA = task{"xla", ownFiles, []string{"run", "--offline", "--n", "60", "--net", "mlp:8", "--epochs", "0,1", "--levels", "0.3", "--refs", "input,twin", "--permutations", "19", "--halves", "-1", "--probes", "ridge,knn", "--backend", "xla:cpu", "--quiet", "--out", "out"}}
)

// more asks for more permutations than a task did: its run grows.
func more(args []string) []string {
	grown := append([]string{}, args...)
	for i := range grown {
		if grown[i] == "--permutations" {
			grown[i+1] = "39"
		}
	}
	return grown
}

// reference is an undisturbed run of a task.
type reference struct {
	once  sync.Once
	err   error
	input tree
	out   tree // its folder
	took  time.Duration

	operations func() ([]operation, error) // those on its files, found once
}

// reference is that of a task, or of one that grew; made at the first call.
func (b *bench) reference(k task, grown bool) (*reference, error) {
	name := fmt.Sprintf("reference-%s-%v", k.name, grown)
	b.mu.Lock()
	r := b.references[name]
	if r == nil {
		r = &reference{}
		b.references[name] = r
	}
	b.mu.Unlock()
	r.once.Do(func() { r.err = b.undisturbed(r, k, grown, filepath.Join(b.dir, name)) })
	return r, r.err
}

// undisturbed makes a reference. One that grew is begun small.
func (b *bench) undisturbed(r *reference, k task, grown bool, dir string) error {
	var err error
	// The same files for all trials of a seed.
	if r.input, err = k.files(b, rand.New(rand.NewPCG(b.seed, 1))); err != nil {
		return err
	}
	t := &trial{bench: b, dir: dir}
	if err := r.input.write(dir); err != nil {
		return err
	}
	o, err := t.start(call{args: k.args, in: dir})
	if err == nil {
		err = done(o)
	}
	if err == nil && grown {
		if o, err = t.start(call{args: append(more(k.args), "--resume"), in: dir}); err == nil {
			err = done(o)
		}
	}
	if err != nil {
		return fmt.Errorf("undisturbed: %w", err)
	}
	r.took = o.took
	if r.out, err = readTree(filepath.Join(dir, "out")); err != nil {
		return err
	}
	if _, there := r.out["rows.jsonl"]; !there {
		return fmt.Errorf("undisturbed: there are no rows: %v", o)
	}
	if err := sameResults(r.out, r.out); err != nil {
		return err
	}
	r.operations = sync.OnceValues(func() ([]operation, error) { return b.operations(k, dir+"-traced") })
	return nil
}

// begin puts the input of a task into the folder of a trial.
func (t *trial) begin(k task, grown bool) (*reference, error) {
	r, err := t.reference(k, grown)
	if err != nil {
		return nil, err
	}
	return r, r.input.write(t.dir)
}

// out is the folder of the trial's run.
func (t *trial) out() string { return filepath.Join(t.dir, "out") }

// folderOf is the folder that a command measures into.
func (t *trial) folderOf(args []string) string {
	return filepath.Join(t.dir, args[slices.Index(args, "--out")+1])
}

// goOn ends what was begun with these arguments and then disturbed: by --resume,
// or, where that is refused and no row was there, by the same command again. Its
// results are those of the undisturbed run, and nothing is left behind.
func (t *trial) goOn(want *reference, args []string) error {
	rows := rowsIn(t.folderOf(args))
	o, err := t.start(call{args: append(append([]string{}, args...), "--resume"), in: t.dir})
	if err != nil {
		return err
	}
	if o.code != 0 {
		if err := refused(o); err != nil {
			return err
		}
		if rows > 0 {
			return fmt.Errorf("%d rows were there, but going on is refused: %v", rows, o)
		}
		again, err := t.start(call{args: args, in: t.dir})
		if err != nil {
			return err
		}
		if err := done(again); err != nil {
			return fmt.Errorf("a dead end: %v, and without --resume: %w", o, err)
		}
	} else if err := done(o); err != nil {
		return err
	}
	got, err := readTree(t.folderOf(args))
	if err != nil {
		return err
	}
	if err := sameResults(want.out, got); err != nil {
		return err
	}
	return swept(got)
}
