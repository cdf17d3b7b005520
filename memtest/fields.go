package memtest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/datasets/strictyaml"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// Command is the command that makes a run, as config.yaml names it.
type Command string

const (
	CommandRun   Command = ""      // trains a network
	CommandProbe Command = "probe" // measures features from a file
	CommandONNX  Command = "onnx"  // measures a model that was trained elsewhere

	CommandLevels Command = "levels" // measures copies alone, and makes no folder
)

// Field is one setting of a configuration: a key of config.yaml and, where it
// has a Usage, a flag of the command line.
type Field struct {
	Key   string // in config.yaml
	Usage string // of the flag, for people; "" = the file alone can state it
	Value any    // pointer to the field of the Config
	in    []Command
}

// Flag is the name of the field's flag.
func (f Field) Flag() string { return strings.ReplaceAll(f.Key, "_", "-") }

// In says whether runs of a command have the field.
func (f Field) In(c Command) bool { return slices.Contains(f.in, c) }

// Fields lists all settings of a configuration, in the order of config.yaml. It
// is the one place that says which command has which.
func (c *Config) Fields() []Field {
	run, file, model := []Command{CommandRun}, []Command{CommandProbe}, []Command{CommandONNX}
	sets := []Command{CommandRun, CommandONNX, CommandLevels} // those that make copies of a data set
	trained := []Command{CommandRun, CommandONNX}             // those that take examples of a data set
	all := []Command{CommandRun, CommandProbe, CommandONNX}
	drawn := append(slices.Clone(all), CommandLevels)
	return []Field{
		{"command", "", &c.Command, all},
		{"file", "", &c.File, file},
		{"keys", "", &c.Keys, file},
		{"name", "`NAME`: what the network is called in the rows (default FILE's)", &c.Name, file},
		{"model", "", &c.Model, model},
		{"model_sha256", "", &c.ModelSHA256, model},
		{"at", "`EPOCH=MODEL` of the network in the course of its training, for each epoch, in place of MODEL.onnx", &c.At, model},
		{"untrained", "`MODEL` with the network's start weights: its reference", &c.Untrained, model},
		{"start", "`MODEL` of the pretrained network that it was fine-tuned from: its reference in place of the untrained one", &c.Start, model},
		{"twin", "`MODEL` of the same network trained on shuffled labels, by which learning is calibrated; needs --twin-labels", &c.Twin, model},
		{"twin_labels", "`FILE` or FILE:NAME of the labels that the twin was trained on, in the order of the data", &c.TwinLabels, model},
		{"scores", "`TENSOR` that scores the classes, for the network's own answers (default the logits, or an output with a column for each class; none: no tensor)", &c.Scores, model},
		{"scores_are", "`WORD`: what these scores are: logits or probabilities (default what they look like)", &c.ScoresAre, model},
		{"inputs", "`LIST`: what each input is given where there are several: NAME=data, NAME=nonzero (mask of what is not 0), NAME=positions, NAME=NUMBER, and of series and tokens NAME=mask, NAME=lengths", &c.Inputs, model},
		{"data", "`NAME`: data set, one of " + strings.Join(datasets.Names(), ", ") + "; the path of your own; or gaussian:N:28x28x1:CLASSES, noise without anything to learn", &c.Data, sets},
		{"own", "how to read your own files", &c.Files, sets},
		{"n", "training examples, the first n (default all)", &c.N, all},
		{"stratified", "draw the n examples by class instead of taking the first", &c.Stratified, trained},
		{"net", "`NETWORK`: the network to train: mlp:WIDTH,… (with dropout as in mlp:512,drop0.5), cnn:CHANNELS,…/WIDTH,…, resnet:BLOCKS, transformer:LAYERSxWIDTH, lstm:WIDTH, conv1d:CHANNELS,…/WIDTH,… or FILE.yaml (default mlp:" + defaultWidths + "; of series " + usual[datasets.Series].net + ", of tokens " + usual[datasets.Tokens].net + ")", &c.Net, run},
		{"epochs", "epochs to look at, as in 0,5,20; 0 = untrained", &c.Epochs, run},
		{"batch", "", &c.Batch, run},
		{"label_noise", "share of the training labels that are shuffled, 0..1 (default 0)", &c.LabelNoise, run},
		{"optimizer", "", &c.Optimizer, run},
		{"schedule", "", &c.Schedule, run},
		{"augment", "", &c.Augment, run},
		{"initial_scale", "", &c.InitialScale, run},
		{"precision", "", &c.Precision, run},
		{"until", "training ends at this training accuracy (default: after the last epoch)", &c.Until, run},
		{"patience", "", &c.Patience, run},
		{"layout", "`WORD`: order of the model's input: nhwc, nchw, flat, flat-nchw (default what its shape settles)", &c.Layout, model},
		{"mean", "what is subtracted from pixels in 0..1, one value or one for each channel (default 0)", &c.Mean, model},
		{"sd", "what they are divided by then (default 1)", &c.SD, model},
		{"outputs", "tensors to measure: input, last (hidden layer), all (hidden layers), logits, or names that --list shows", &c.Outputs, model},
		{"layers", "layers to look at: last, all, input, logits or names", (*[]string)(&c.Layers), run},
		{"layers", "", &c.Layers, file},
		{"perturb", "`NAME`: how copies differ from their parents: " + perturb.Names() + "; or several with the level of each as in rotate:10+gaussian:0.1 (memtest help perturbations) (default " + usual[datasets.Image].perturb + "; of tables " + usual[datasets.Table].perturb + ", of series " + usual[datasets.Series].perturb + ", of tokens " + usual[datasets.Tokens].perturb + ")", &c.Perturb, sets},
		{"perturb", "`NAME`: how the copies in FILE differ from their parents, for the rows; mix-class makes them of the training features instead, for ridge, softmax and centroid", &c.Perturb, file},
		{"levels", "how much, in the unit of the perturbation, as in 0,0.1,0.3 (default its own levels, which memtest help perturbations lists)", &c.Levels, sets},
		{"levels", "of mix-class alone: shares of the other example (default 0,0.25,0.5)", &c.Levels, file},
		{"probes", "shallow classifiers, of " + strings.Join(probe.Names(), ", ") + ", with a setting as in knn:11 or ridge:10 (memtest help probes)", &c.Probes, all},
		{"permutations", fmt.Sprintf("label shuffles, at least %d", MinPermutations), &c.Permutations, all},
		{"given_permutations", "", &c.Given, file},
		{"permutations_sha256", "", &c.Sets, file},
		{"own_labels_sha256", "", &c.OwnLabels, file},
		{"metric", "`WORD`: what a probe is judged by: " + strings.Join(metricNames(), ", "), &c.Metric, all},
		{"stop", "a cell stops drawing after so many shuffles as good as the real labels (default 0: it draws all); adjusted p then needs cells of a network / alpha permutations", &c.Stop, all},
		{"alpha", "level that p-values are asked to reach", &c.Alpha, all},
		{"margin", "difference below which the page calls two cells the same, where an interval shows it", &c.Margin, all},
		{"two_sided", "learning p also counts accuracies far below the null", &c.TwoSided, all},
		{"halves", "random splits of the examples into halves, measured again for errors over other examples, at the cost of 20 permutations each (default 0: 10 of fewer than 1,000 examples, else none; -1: none)", &c.Halves, all},
		{"scale", "`WORD`: how columns are scaled: floor (by their sd, or half of the usual one where that is more), standard (by their sd), shared (by one sd), none, auto: shared for images, series, tokens by place and feature maps, standard for raw tables, else floor (default auto)", &c.Scale, all},
		{"seeds", "networks to train, each from other start weights", &c.Seeds, run},
		{"seed", "seed of everything random", &c.Seed, drawn},
		{"refit", "also train so many networks on shuffled labels, for exact p-values (default 0; 19 reach 0.05, also adjusted; 39 with --two-sided; 99 reach 0.01)", &c.Refit, run},
		{"registered", "", &c.Registered, all},
		{"refs", "references, of " + strings.Join(allRefs, ", "), &c.Refs, run},
	}
}

// Layers are names of layers.
type Layers []string

// UnmarshalYAML also reads the list of names and levels that earlier versions
// wrote of files.
func (l *Layers) UnmarshalYAML(node *yaml.Node) error {
	var old []struct {
		Name   string    `yaml:"name"`
		Levels []float64 `yaml:"levels"`
	}
	if node.Kind == yaml.SequenceNode && len(node.Content) > 0 && node.Content[0].Kind == yaml.MappingNode && node.Decode(&old) == nil {
		for _, layer := range old {
			*l = append(*l, layer.Name)
		}
		return nil
	}
	return node.Decode((*[]string)(l))
}

// ReadConfig reads a configuration in YAML. A field that does not exist is an
// error that names it.
func ReadConfig(path string) (Config, error) {
	text, err := memory.ReadFile(path, 50) // a tree of YAML
	if err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	c, err := parseConfig(text)
	if err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}

// parseConfig reads the text of a configuration, see ReadConfig.
func parseConfig(text []byte) (Config, error) {
	var c Config
	if err := strictyaml.Decode(text, &c); err != nil && !errors.Is(err, io.EOF) {
		return Config{}, err
	}
	// Zero stands for a default where nothing is stated. Stated, it is a mistake
	// for those that cannot be 0.
	var stated map[string]any
	if err := yaml.Unmarshal(text, &stated); err != nil {
		return Config{}, err
	}
	for _, f := range c.Fields() {
		if v, ok := stated[f.Key]; ok && (v == 0 || v == 0.0) {
			if err := f.RefuseZero(); err != nil {
				return Config{}, err
			}
		}
	}
	return c, nil
}

// RefuseZero says why a stated 0 cannot be meant, or nil where it can.
func (f Field) RefuseZero() error {
	switch f.Key {
	case "permutations":
		return fmt.Errorf("permutations: 0 is too few for any p-value to reach 0.05; give at least %d", MinPermutations)
	case "seed":
		return errors.New("seed: 0 would be taken for the default; give a number from 1")
	case "alpha":
		return errors.New("alpha: 0 is outside 0..1")
	case "batch", "seeds":
		return fmt.Errorf("%s: 0 must be at least 1", f.Key)
	}
	return nil
}

// YAML is the configuration as config.yaml holds it: the settings that its
// command has, in the order of Fields.
func (c Config) YAML() []byte {
	var whole yaml.Node
	if err := whole.Encode(c); err != nil {
		panic(err) // plain fields only: there is nothing that could fail
	}
	at := map[string]int{}
	for i := 0; i < len(whole.Content); i += 2 {
		at[whole.Content[i].Value] = i
	}
	text := yaml.Node{Kind: yaml.MappingNode}
	for _, f := range c.Fields() {
		if i, there := at[f.Key]; there && f.In(c.Command) {
			text.Content = append(text.Content, whole.Content[i], whole.Content[i+1])
		}
	}
	out, err := yaml.Marshal(&text)
	if err != nil {
		panic(err)
	}
	return out
}
