package memtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla/nn"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// Config is an experiment as data: what config.yaml of a run holds. A zero
// field means its default, which Resolve fills in; lists whose default is not
// empty cannot be empty.
type Config struct {
	Data         string       `yaml:"data"`                // name of a data set or a path; "" = fashion-mnist-sample
	Own          Own          `yaml:"own,omitempty"`       // how to read one's own files
	N            int          `yaml:"n"`                   // training examples; 0 = all
	Stratified   bool         `yaml:"stratified"`          // the n examples are drawn by class from the seed; else they are the first n
	Net          string       `yaml:"net"`                 // mlp, mlp:WIDTH,dropRATE…, cnn, resnet or FILE.yaml; "" = mlp
	Epochs       []int        `yaml:"epochs"`              // epochs to look at, 0 = untrained; default 0, 1, 5, 20
	Batch        int          `yaml:"batch"`               // examples a training step; 0 = 128
	LabelNoise   float64      `yaml:"label_noise"`         // share of training labels that are shuffled, 0..1
	Optimizer    Optimizer    `yaml:"optimizer,omitempty"` // zero value = Adam
	Schedule     Schedule     `yaml:"schedule,omitempty"`  // of the learning rate; zero value = constant
	Augment      Augmentation `yaml:"augment,omitempty"`   // of the training images; zero value = none
	Precision    string       `yaml:"precision,omitempty"` // of products in training: float32 (the default), bfloat16
	Until        float64      `yaml:"until,omitempty"`     // training ends at this training accuracy; 0 = off
	Patience     int          `yaml:"patience,omitempty"`  // training ends after so many epochs in which the test accuracy did not rise; 0 = off
	Layers       []string     `yaml:"layers"`              // last, all, input, logits, or names of layers; default last
	Perturb      string       `yaml:"perturb"`             // perturbation; "" = gaussian
	Levels       []float64    `yaml:"levels"`              // of the perturbation; default 0, 0.1, 0.3, 0.5
	Probes       []string     `yaml:"probes"`              // default ridge, knn
	Permutations int          `yaml:"permutations"`        // B, at least 19; 0 = 199
	Metric       string       `yaml:"metric"`              // accuracy, balanced, auc or log-loss; "" = accuracy
	Stop         int          `yaml:"stop"`                // a cell stops drawing after so many shuffles as good as the real labels; 0 = it draws all
	Alpha        float64      `yaml:"alpha"`               // level that p-values are asked to reach; 0 = 0.05
	TwoSided     bool         `yaml:"two_sided"`           // learning p also counts accuracies far below the null
	Seeds        int          `yaml:"seeds"`               // networks trained, from different start weights; 0 = 1
	Seed         uint64       `yaml:"seed"`                // of everything random; 0 = 1
	Refit        int          `yaml:"refit"`               // networks trained anew, each on a shuffle of its own, for exact p-values; 0 = none, else at least 19
	Refs         []string     `yaml:"refs"`                // references: untrained, input, twin; default all
}

// Own says how one's own files are to be read.
type Own = datasets.Own

// How networks are trained.
type (
	Optimizer    = nn.Optimizer
	Schedule     = nn.Schedule
	Augmentation = nn.Augmentation
)

// References that a run can measure beside the trained network.
const (
	RefUntrained = "untrained" // the network at epoch 0
	RefInput     = "input"     // the raw inputs, no network
	RefTwin      = "twin"      // the same network trained on shuffled labels to the same training accuracy
)

var allRefs = []string{RefUntrained, RefInput, RefTwin}

// MinPermutations is the smallest B: with fewer, no p-value reaches 0.05.
const MinPermutations = 19

// ReadConfig reads a configuration in YAML. A field that does not exist is an
// error that names it.
func ReadConfig(path string) (Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	var c Config
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}

// YAML is the configuration as config.yaml holds it.
func (c Config) YAML() []byte {
	text, err := yaml.Marshal(c)
	if err != nil {
		panic(err) // plain fields only: there is nothing that could fail
	}
	return text
}

// Resolve fills in the defaults and says what is wrong, as one sentence that
// names the field. Whether the data set, its size and the network's layers fit
// is known when they are read.
func (c Config) Resolve() (Config, error) {
	setDefault(&c.Data, "fashion-mnist-sample")
	setDefault(&c.Net, "mlp")
	setDefault(&c.Perturb, "gaussian")
	setDefault(&c.Batch, 128)
	setDefault(&c.Permutations, 199)
	setDefault(&c.Metric, MetricAccuracy)
	setDefault(&c.Alpha, perm.DefaultLevel)
	setDefault(&c.Seeds, 1)
	setDefault(&c.Seed, 1)
	setDefaults(&c.Epochs, 0, 1, 5, 20)
	setDefaults(&c.Layers, "last")
	setDefaults(&c.Levels, 0, 0.1, 0.3, 0.5)
	setDefaults(&c.Probes, "ridge", "knn")
	setDefaults(&c.Refs, allRefs...)

	switch {
	case c.N < 0:
		return c, fmt.Errorf("n: %d is negative; give a number of training examples, or 0 for all", c.N)
	case c.Permutations < MinPermutations:
		return c, fmt.Errorf("permutations: %d is too few for any p-value to reach 0.05; give at least %d", c.Permutations, MinPermutations)
	case c.Stop < 0:
		return c, fmt.Errorf("stop: %d is negative; give a number of exceedances, or 0 to draw all permutations", c.Stop)
	case !slices.Contains(Metrics(), c.Metric):
		return c, fmt.Errorf("metric: %q is not known; choose from %s", c.Metric, strings.Join(Metrics(), ", "))
	case c.Stop > 0 && c.Metric != MetricAccuracy:
		return c, fmt.Errorf("stop: the sequential stop counts hits, so it does not go with metric %s; leave one out", c.Metric)
	case c.Stop > 0 && c.TwoSided:
		return c, fmt.Errorf("two_sided: the sequential stop has one side; leave out stop or two_sided")
	case !(c.Alpha > 0 && c.Alpha < 1):
		return c, fmt.Errorf("alpha: %v is outside 0..1", c.Alpha)
	case c.Refit != 0 && c.Refit < MinPermutations:
		return c, fmt.Errorf("refit: %d networks are too few for any p-value to reach 0.05; give at least %d, or 0 for none", c.Refit, MinPermutations)
	case !(c.Until >= 0 && c.Until <= 1):
		return c, fmt.Errorf("until: training accuracy %v is outside 0..1", c.Until)
	case c.Patience < 0:
		return c, fmt.Errorf("patience: %d epochs must not be negative", c.Patience)
	case c.Seeds < 1:
		return c, fmt.Errorf("seeds: %d must be at least 1", c.Seeds)
	case c.Batch < 1:
		return c, fmt.Errorf("batch: %d must be at least 1", c.Batch)
	case !(c.LabelNoise >= 0 && c.LabelNoise <= 1):
		return c, fmt.Errorf("label_noise: %v is outside 0..1", c.LabelNoise)
	}
	for _, e := range c.Epochs {
		if e < 0 {
			return c, fmt.Errorf("epochs: %d is negative; 0 is the untrained network", e)
		}
	}
	for _, l := range c.Levels {
		if math.IsNaN(l) || math.IsInf(l, 0) || l < 0 {
			return c, fmt.Errorf("levels: %v must be a finite number, 0 or more", l)
		}
	}
	for _, p := range c.Probes {
		if _, err := probe.Parse(p); err != nil {
			return c, fmt.Errorf("probes: %w", err)
		}
		if kind, _, _ := strings.Cut(p, ":"); c.Metric == MetricLogLoss && (kind == "ridge" || kind == "centroid") {
			return c, fmt.Errorf("probes: %s gives no probabilities, which the metric log-loss needs; use softmax, knn or forest", p)
		}
	}
	for _, r := range c.Refs {
		if !slices.Contains(allRefs, r) {
			return c, fmt.Errorf("refs: %q is not known; choose from %s", r, strings.Join(allRefs, ", "))
		}
	}
	for _, err := range []error{unique("epochs", c.Epochs), unique("levels", c.Levels), unique("probes", c.Probes), unique("refs", c.Refs)} {
		if err != nil {
			return c, err
		}
	}
	slices.Sort(c.Epochs)
	if slices.Contains(c.Refs, RefUntrained) && c.Epochs[0] != 0 {
		c.Epochs = append([]int{0}, c.Epochs...)
	}
	return c, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// setDefaults replaces the list either way, so that the caller's stays as it is.
func setDefaults[T any](field *[]T, values ...T) {
	if len(*field) == 0 {
		*field = values
	}
	*field = slices.Clone(*field)
}

func unique[T comparable](field string, list []T) error {
	for i, v := range list {
		if slices.Contains(list[:i], v) {
			return fmt.Errorf("%s: %v is given twice", field, v)
		}
	}
	return nil
}
