package memtest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// Config is what a run measures, as data: what config.yaml of its folder holds.
// A zero field means its default, which Resolve fills in; lists whose default is
// not empty cannot be empty. Which fields a kind of run has, Fields says.
type Config struct {
	Command Command `yaml:"command,omitempty"` // which command made the run; "" = run

	// Of features from a file.
	File string        `yaml:"file,omitempty"`
	Keys features.Keys `yaml:"keys,omitempty"` // names of its arrays
	Name string        `yaml:"name,omitempty"` // of the network, for the rows; "" = the file's

	// Of a model that was trained elsewhere.
	Model       string    `yaml:"model,omitempty"`
	ModelSHA256 string    `yaml:"model_sha256,omitempty"` // of several files that of the list of theirs; with a twin, of that and its labels
	At          []string  `yaml:"at,omitempty"`           // EPOCH=MODEL each: the network in the course of its training
	Untrained   string    `yaml:"untrained,omitempty"`    // model of the network with its start weights
	Start       string    `yaml:"start,omitempty"`        // model of the pretrained network that it was fine-tuned from
	Twin        string    `yaml:"twin,omitempty"`         // model of the same network trained on shuffled labels
	TwinLabels  string    `yaml:"twin_labels,omitempty"`  // file of these labels, [n], or FILE:NAME
	Scores      string    `yaml:"scores,omitempty"`       // tensor of which the network's own answers come; "" = it is found; none
	ScoresAre   string    `yaml:"scores_are,omitempty"`   // logits, probabilities; "" = what they look like
	Inputs      []string  `yaml:"inputs,omitempty"`       // what each input of several is given: NAME=data, NAME=nonzero, NAME=positions, NAME=NUMBER; of sequences NAME=mask, NAME=lengths
	Layout      string    `yaml:"layout,omitempty"`       // how the model takes examples: nhwc, nchw, flat, flat-nchw
	Mean        []float64 `yaml:"mean,omitempty"`         // subtracted from pixels in 0..1, one value or one a channel; empty = 0
	SD          []float64 `yaml:"sd,omitempty"`           // divides them then, as many; empty = 1
	Outputs     []string  `yaml:"outputs,omitempty"`      // tensors

	Data         string       `yaml:"data"`                    // name of a data set or a path; "" = fashion-mnist-sample
	Files        FileOptions  `yaml:"own,omitempty"`           // how to read one's own files
	N            int          `yaml:"n"`                       // training examples; 0 = all
	Stratified   bool         `yaml:"stratified"`              // the n examples are drawn by class from the seed; else they are the first n
	Net          string       `yaml:"net"`                     // mlp, mlp:WIDTH,dropRATE…, cnn, resnet or FILE.yaml; "" = mlp
	Epochs       []int        `yaml:"epochs"`                  // epochs to look at, 0 = untrained; default 0, 1, 5, 20
	Batch        int          `yaml:"batch"`                   // examples a training step; 0 = 128
	LabelNoise   float64      `yaml:"label_noise"`             // share of training labels that are shuffled, 0..1
	Optimizer    Optimizer    `yaml:"optimizer,omitempty"`     // zero value = Adam
	Schedule     Schedule     `yaml:"schedule,omitempty"`      // of the learning rate; zero value = constant
	Augment      Augmentation `yaml:"augment,omitempty"`       // of the training images; zero value = none
	InitialScale float64      `yaml:"initial_scale,omitempty"` // what start weights are multiplied by; 0 = 1
	Precision    string       `yaml:"precision,omitempty"`     // of products in training: float32 (the default), bfloat16
	Until        float64      `yaml:"until,omitempty"`         // training ends at this training accuracy; 0 = off
	Patience     int          `yaml:"patience,omitempty"`      // training ends after so many epochs in which the test accuracy did not rise; 0 = off
	Layers       Layers       `yaml:"layers"`                  // last, all, input, logits, or names of layers; default last
	Perturb      string       `yaml:"perturb"`                 // perturbation; "" = gaussian
	Levels       []float64    `yaml:"levels,omitempty"`        // of the perturbation; default those of its perturb.Kind, of a composition 0, 0.1, 0.3, 0.5
	Options      `yaml:",inline"`
	Given        bool              `yaml:"given_permutations"`            // the label sets are those of the file
	Sets         string            `yaml:"permutations_sha256,omitempty"` // of those label sets
	OwnLabels    map[string]string `yaml:"own_labels_sha256,omitempty"`   // of the labels of networks under test that were not trained on the file's, by their names
	Seeds        int               `yaml:"seeds"`                         // networks trained, from different start weights; 0 = 1
	Refit        int               `yaml:"refit"`                         // networks trained anew, each on a shuffle of its own, for exact p-values; 0 = none, else at least 19, 39 of two sides, more for an alpha below 0.05
	Refs         []string          `yaml:"refs"`                          // references: untrained, input, twin; default all

	// A network and a perturbation of one's own, in place of Net and Perturb, which
	// then hold their names. A Spec may have a Model, a GoMLX graph written by hand.
	Spec         *nn.Spec             `yaml:"-"`
	Perturbation perturb.Perturbation `yaml:"-"`
}

// FileOptions says how one's own files are to be read.
type FileOptions = datasets.FileOptions

// How networks are trained.
type (
	Optimizer    = nn.Optimizer
	Schedule     = nn.Schedule
	Augmentation = nn.Augmentation
)

// References that a run can measure beside the trained network.
const (
	RefUntrained = string(features.Untrained) // the network at epoch 0
	RefInput     = string(features.Input)     // the raw inputs, no network
	RefTwin      = string(features.Twin)      // the same network trained on shuffled labels to the same training accuracy
)

var allRefs = []string{RefUntrained, RefInput, RefTwin}

// NetworkRefit is the network of rows from a full refit.
const NetworkRefit = string(features.Refit)

// reserved are the names of rows that are not the network's own.
var reserved = []string{RefInput, RefTwin, RefUntrained, string(features.Start), NetworkRefit}

// Resolve fills in the defaults and says what is wrong, as one sentence that
// names the field. Whether the data set, its size and the network's layers fit
// is known when they are read.
func (c Config) Resolve() (Config, error) {
	return c.resolveFor(datasets.KindNamed(c.Data, c.Files))
}

// resolveFor is Resolve for examples of this kind.
func (c Config) resolveFor(kind datasets.Kind) (Config, error) {
	c = c.withDefaults(kind)
	if err := c.check(); err != nil {
		return c, err
	}
	if c.Command == CommandRun {
		slices.Sort(c.Epochs)
		if slices.Contains(c.Refs, RefUntrained) && c.Epochs[0] != 0 {
			c.Epochs = append([]int{0}, c.Epochs...)
		}
	}
	return c, nil
}

func (c Config) withDefaults(kind datasets.Kind) Config {
	c.Options = c.Options.withDefaults()
	switch c.Command {
	case CommandProbe:
		setDefault(&c.Perturb, features.Given)
		if perturb.MixesFeatures(c.Perturb) {
			setDefaults(&c.Levels, c.sweep()...)
		}
		return c
	case CommandONNX:
		setDefaults(&c.Outputs, "input", "last")
	}
	if c.Perturbation != nil {
		c.Perturb = c.Perturbation.Name()
	}
	setDefault(&c.Data, "fashion-mnist-sample")
	setDefault(&c.Perturb, usual[kind].perturb)
	setDefaults(&c.Levels, c.sweep()...)
	if c.Command != CommandRun {
		return c
	}
	if c.Spec != nil {
		c.Net = c.Spec.Name
	}
	setDefault(&c.Net, usual[kind].net)
	setDefault(&c.Batch, 128)
	setDefault(&c.Seeds, 1)
	setDefaults(&c.Epochs, 0, 1, 5, 20)
	setDefaults((*[]string)(&c.Layers), "last")
	setDefaults(&c.Refs, allRefs...)
	return c
}

// sweep is the levels of a configuration that states none: those of its perturbation,
// whose unit may be degrees, pixels or shares.
func (c Config) sweep() []float64 {
	for _, k := range perturb.All() {
		if k.Name() == c.Perturb && c.Perturbation == nil {
			return k.Levels()
		}
	}
	return []float64{0, 0.1, 0.3, 0.5}
}

// check says what is wrong with a configuration that has its defaults.
func (c Config) check() error {
	if c.N < 0 {
		return fmt.Errorf("n: %d is negative; give a number of training examples, or 0 for all", c.N)
	}
	m, err := newMeasurement(c.Options)
	if err == nil {
		err = c.checkLevels(m)
	}
	if err != nil {
		return err
	}
	if c.Command != CommandRun {
		return nil
	}
	level, least := c.leastRefit()
	switch {
	case c.Refit != 0 && c.Refit < least:
		return fmt.Errorf("refit: %d networks are too few for any p-value to reach %g; give at least %d, or 0 for none", c.Refit, level, least)
	case c.Refit != 0 && (c.Until > 0 || c.Patience > 0):
		return fmt.Errorf("refit: with until or patience each of the networks would end at an epoch of its own, and none could be compared; leave one out")
	case !(c.Until >= 0 && c.Until <= 1):
		return fmt.Errorf("until: training accuracy %v is outside 0..1", c.Until)
	case !(c.InitialScale >= 0 && c.InitialScale <= nn.MostInitialScale):
		return fmt.Errorf("initial_scale: %v is outside 0..%d; 0 stands for 1", c.InitialScale, nn.MostInitialScale)
	case c.Patience < 0:
		return fmt.Errorf("patience: %d epochs must not be negative", c.Patience)
	case c.Seeds < 1:
		return fmt.Errorf("seeds: %d must be at least 1", c.Seeds)
	case c.Batch < 1:
		return fmt.Errorf("batch: %d must be at least 1", c.Batch)
	case !(c.LabelNoise >= 0 && c.LabelNoise <= 1):
		return fmt.Errorf("label_noise: %v is outside 0..1", c.LabelNoise)
	}
	if err := cmp.Or(atMost("seeds", c.Seeds, mostSeeds), atMost("refit", c.Refit, mostRefit)); err != nil {
		return err
	}
	for _, e := range c.Epochs {
		if e < 0 {
			return fmt.Errorf("epochs: %d is negative; 0 is the untrained network", e)
		}
		if e > mostEpochs {
			return fmt.Errorf("epochs: %d is too late; give epochs up to %d", e, mostEpochs)
		}
	}
	for _, r := range c.Refs {
		if !slices.Contains(allRefs, r) {
			return fmt.Errorf("refs: %q is not known; choose from %s", r, strings.Join(allRefs, ", "))
		}
	}
	if err := unique("epochs", c.Epochs); err != nil {
		return err
	}
	return unique("refs", c.Refs)
}

// checkLevels says what is wrong with the levels, or with what else copies need.
func (c Config) checkLevels(m *measurement) error {
	for _, l := range c.Levels {
		if math.IsNaN(l) || math.IsInf(l, 0) || l < 0 {
			return fmt.Errorf("levels: %v must be a finite number, 0 or more", l)
		}
	}
	if err := unique("levels", c.Levels); err != nil {
		return err
	}
	mixed := perturb.MixesFeatures(c.Perturb)
	switch {
	case mixed && c.Command != CommandLevels:
		return m.checkMixed(c.Levels)
	case !mixed && c.Command == CommandProbe && len(c.Levels) > 0:
		return fmt.Errorf("levels: those of the copies in FILE are in their names, or in --valid LEVEL=NAME; only --perturb %s makes copies at --levels", features.MixClass)
	}
	return nil
}

// leastRefit is how many networks a refit needs for its p-values to reach a level,
// that of the tests, or 0.05 where that is lower. Its rows are a family of their own,
// with the floor of one cell, so that holds for adjusted p-values too.
func (c Config) leastRefit() (level float64, least int) {
	level = min(c.Alpha, perm.DefaultAlpha)
	if c.TwoSided {
		return level, perm.LeastPermutations(level / 2)
	}
	return level, perm.LeastPermutations(level)
}

// trained are the epochs but for the untrained network.
func (c Config) trained() []int {
	var epochs []int
	for _, e := range c.Epochs {
		if e > 0 {
			epochs = append(epochs, e)
		}
	}
	return epochs
}

// plan lists whose features a run measures, in order, given the name of its
// network and the layers looked at. The features themselves are not there yet.
func (c Config) plan(network string, layers []string) []features.Features {
	var all []features.Features
	add := func(role features.Role, name string, seed uint64, epochs []int) {
		for _, epoch := range epochs {
			for _, layer := range layers {
				all = append(all, features.Features{Role: role, Network: name, Layer: layer, Seed: seed, Epoch: &epoch, Levels: c.Levels, Perturbation: c.Perturb})
			}
		}
	}
	if slices.Contains(c.Refs, RefInput) {
		all = append(all, features.Features{Role: features.Input, Seed: c.Seed, Levels: c.Levels, Perturbation: c.Perturb})
	}
	for i := range c.Seeds {
		add("", network, c.Seed+uint64(i), c.Epochs)
		if slices.Contains(c.Refs, RefTwin) {
			add(features.Twin, RefTwin, c.Seed+uint64(i), c.trained())
		}
	}
	if c.Refit > 0 {
		add(features.Refit, NetworkRefit, c.Seed, c.trained())
	}
	return all
}

// CellsOf is the number of cells of a resolved configuration in a network of which
// so many layers are looked at.
func (c Config) CellsOf(layers int) int {
	// The plan's names do not matter to their number.
	return len(c.plan("", make([]string, layers))) * c.cellsOfFeatures()
}

// cellsOfFeatures is the number of cells of one layer of a network at one epoch.
func (c Config) cellsOfFeatures() int { return (len(c.Probes) + len(c.OwnProbes)) * len(c.Levels) }
