package memtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// mostBlocks is of a stage of a residual network: the deepest one that was written
// about has 200.
const mostBlocks = 500

// mostAttention is of the blocks of a transformer by --net: with more of them XLA compiles a
// step of training for minutes, in which nothing can interrupt it.
const mostAttention = 32

// defaultWidths are those of an MLP that states none.
const defaultWidths = "512,512"

// defaultConvolutions are those of a CNN that states none, with its dense layer.
const defaultConvolutions = "32,64/128"

// defaultBlocks are those a stage of a residual network that states none.
const defaultBlocks = "3"

// defaultTransformer is the transformer that states nothing: layers and width.
const defaultTransformer = "2x64"

// defaultRecurrent is the width of an LSTM that states none, defaultOverSteps the
// convolutions over steps of a network that states none, with its dense layer.
const (
	defaultRecurrent = "64"
	defaultOverSteps = "32,64/64"
)

// defaultSettings are those of networks that state none, by name.
var defaultSettings = map[string]string{
	"mlp": defaultWidths, "cnn": defaultConvolutions, "resnet": defaultBlocks,
	"transformer": defaultTransformer, "lstm": defaultRecurrent, "conv1d": defaultOverSteps,
}

// network is the spec of one's own, or the one that the field Net names, for a
// data set: mlp, mlp:512,512, cnn, cnn:32,64/128, resnet, resnet:3, transformer,
// transformer:2x64, lstm, lstm:64, conv1d, conv1d:32,64/64 or a YAML file.
func (c Config) network(set *datasets.Set) (nn.Spec, error) {
	if c.Spec != nil {
		return *c.Spec, checkNetwork(*c.Spec)
	}
	name, setting, given := strings.Cut(c.Net, ":")
	if !given {
		setting = defaultSettings[name]
	}
	var spec nn.Spec
	err := fits(name, set.Shape)
	switch {
	case err != nil:
	case name == "mlp":
		spec, err = perceptron(set, setting)
	case name == "cnn":
		conv, dense, _ := strings.Cut(setting, "/")
		var channels []int
		if channels, err = numbers(conv); err == nil {
			spec = nn.CNN(set.Shape, len(set.Classes), channels)
			err = addDense(&spec, dense)
		}
	case name == "resnet":
		spec, err = residual(set, setting)
	case name == "transformer":
		spec, err = transformer(set, setting)
	case name == "lstm":
		spec, err = recurrent(set, setting)
	case name == "conv1d":
		spec, err = overSteps(set, setting)
	case networkFile(c.Net):
		spec, err = nn.ReadSpec(c.Net, set.Shape, len(set.Classes))
	default:
		return spec, fmt.Errorf("net: %q is not known; choose mlp, mlp:WIDTH,WIDTH… (with dropout as in mlp:512,drop0.5), cnn, cnn:CHANNELS,…/WIDTH,…, resnet, resnet:BLOCKS, transformer, transformer:LAYERSxWIDTH, lstm, lstm:WIDTH, conv1d, conv1d:CHANNELS,…/WIDTH,… or a FILE.yaml", c.Net)
	}
	if err != nil {
		return spec, fmt.Errorf("net: %q: %w", c.Net, err)
	}
	return spec, checkNetwork(spec)
}

// builtFor says what a network is made of and which kinds of examples it takes, by the
// name that --net gives it.
var builtFor = map[string]struct {
	made  string
	kinds []datasets.Kind
}{
	"mlp":         {"dense layers", []datasets.Kind{datasets.Image, datasets.Table, datasets.Series}},
	"cnn":         {"convolutions of images", []datasets.Kind{datasets.Image, datasets.Table}},
	"resnet":      {"convolutions of images", []datasets.Kind{datasets.Image, datasets.Table}},
	"transformer": {"attention of steps", []datasets.Kind{datasets.Series, datasets.Tokens}},
	"lstm":        {"recurrence over steps", []datasets.Kind{datasets.Series, datasets.Tokens}},
	"conv1d":      {"convolutions over steps", []datasets.Kind{datasets.Series, datasets.Tokens}},
}

// fits refuses a network of --net that examples of this shape do not fit.
func fits(name string, shape datasets.Shape) error {
	b, known := builtFor[name]
	kind := shape.KindOf()
	if !known || slices.Contains(b.kinds, kind) {
		return nil
	}
	var others []string
	for other, b := range builtFor {
		if slices.Contains(b.kinds, kind) {
			others = append(others, other)
		}
	}
	slices.Sort(others)
	return fmt.Errorf("%s (%s) takes %s, but the examples are %s; choose %s or a FILE.yaml", name, b.made, datasets.Plurals(b.kinds), datasets.Plurals([]datasets.Kind{kind}), strings.Join(others, ", "))
}

// residual is the residual network whose blocks a stage a setting such as 3 states.
func residual(set *datasets.Set, setting string) (nn.Spec, error) {
	blocks, err := numbers(setting)
	if err == nil && len(blocks) != 1 {
		err = fmt.Errorf("%q is not one number of blocks a stage", setting)
	}
	if err == nil {
		err = atMost("blocks a stage", blocks[0], mostBlocks)
	}
	if err != nil {
		return nn.Spec{}, err
	}
	return nn.ResNet(set.Shape, len(set.Classes), blocks[0]), nil
}

// transformer is the encoder that a setting such as 2x64 describes: layers and width.
func transformer(set *datasets.Set, setting string) (nn.Spec, error) {
	layers, width, found := strings.Cut(setting, "x")
	l, err := strconv.Atoi(layers)
	w, err2 := strconv.Atoi(width)
	if !found || err != nil || err2 != nil || l < 1 || w < 1 {
		return nn.Spec{}, fmt.Errorf("%q is not a number of layers and a width; type for example transformer:2x64", setting)
	}
	if err := atMost("layers", l, mostAttention); err != nil {
		return nn.Spec{}, err
	}
	return nn.Transformer(set.Shape, len(set.Classes), l, w), nil
}

// recurrent is the LSTM whose width a setting such as 64 states.
func recurrent(set *datasets.Set, setting string) (nn.Spec, error) {
	width, err := strconv.Atoi(setting)
	if err != nil || width < 1 {
		return nn.Spec{}, fmt.Errorf("%q is no width, a whole number from 1; type for example lstm:%s", setting, defaultRecurrent)
	}
	return nn.LSTM(set.Shape, len(set.Classes), width), nil
}

// overSteps is the network that a setting such as 32,64/64 describes: channels of
// convolutions over steps, then widths of dense layers.
func overSteps(set *datasets.Set, setting string) (nn.Spec, error) {
	conv, dense, _ := strings.Cut(setting, "/")
	channels, err := numbers(conv)
	if err != nil || len(channels) == 0 {
		return nn.Spec{}, fmt.Errorf("%q does not begin with channels, whole numbers from 1 between commas; type for example conv1d:%s", setting, defaultOverSteps)
	}
	spec := nn.Conv1D(set.Shape, len(set.Classes), channels)
	return spec, addDense(&spec, dense)
}

// networkFile says whether a network is named by the path of its description.
func networkFile(net string) bool {
	return strings.HasSuffix(net, ".yaml") || strings.HasSuffix(net, ".yml")
}

// checkNetwork refuses a network whose rows could not be told from those of a
// reference, and one that cannot be built.
func checkNetwork(spec nn.Spec) error {
	if slices.Contains(reserved, spec.Name) {
		return fmt.Errorf("net: the name %q stands for a reference; choose another", spec.Name)
	}
	return spec.Check()
}

// perceptron is the MLP that a setting such as 512,drop0.5,512 describes: widths
// of dense layers, and shares of values that dropout sets to zero.
func perceptron(set *datasets.Set, setting string) (nn.Spec, error) {
	spec := nn.MLP(set.Shape, len(set.Classes)) // so far without hidden layers
	return spec, addDense(&spec, setting)
}

// addDense adds the dense layers and dropouts that a setting describes to a network.
func addDense(spec *nn.Spec, setting string) error {
	if setting == "" {
		return nil
	}
	for _, word := range strings.Split(setting, ",") {
		if text, dropout := strings.CutPrefix(word, "drop"); dropout {
			rate, err := strconv.ParseFloat(text, 64)
			if err != nil || !(rate > 0 && rate < 1) {
				return fmt.Errorf("%q is no dropout of a share between 0 and 1; type for example mlp:512,drop0.5 or cnn:16,32/128,drop0.5", word)
			}
			spec.Layers = append(spec.Layers, nn.Layer{Kind: "dropout", Rate: rate})
			continue
		}
		width, err := strconv.Atoi(word)
		if err != nil || width < 1 {
			return fmt.Errorf("%q is not a whole number from 1, nor a dropout; type for example mlp:512,512 or mlp:512,drop0.5", word)
		}
		spec.Layers = append(spec.Layers, nn.Layer{Kind: "dense", Units: width})
	}
	return nil
}

// numbers reads whole numbers from 1 between commas; an empty text has none.
func numbers(text string) ([]int, error) {
	if text == "" {
		return nil, nil
	}
	var out []int
	for _, word := range strings.Split(text, ",") {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a whole number from 1; type for example mlp:512,512, cnn:32,64/128 or resnet:3", word)
		}
		out = append(out, n)
	}
	return out, nil
}

// training is how the networks of an experiment are trained with this seed.
func (x *Experiment) training(seed uint64) nn.Training {
	c := x.Config
	return nn.Training{
		Epochs: slices.Max(c.Epochs), Batch: c.Batch, Optimizer: c.Optimizer, Schedule: c.Schedule, Augment: c.Augment, Precision: c.Precision, InitialScale: c.InitialScale,
		Until: c.Until, Patience: c.Patience, Keep: c.Epochs, Seed: seed, LabelNoise: c.LabelNoise, Fresh: x.Fresh,
	}
}

// gaussianData makes the training and the test set that "gaussian" names: images
// of standard normal values with random labels. gaussian:N:HxWxC:K says how
// many, of which shape, in how many classes; what is left out is
// gaussian:5000:28x28x1:10.
func gaussianData(name string, seed uint64) (train, fresh *datasets.Set, err error) {
	n, classes, shape := 5000, 10, datasets.Shape{Height: 28, Width: 28, Channels: 1}
	for i, word := range strings.Split(name, ":") {
		switch i {
		case 0:
		case 1:
			n, err = strconv.Atoi(word)
		case 2:
			var count int
			if count, err = fmt.Sscanf(word+" ", "%dx%dx%d ", &shape.Height, &shape.Width, &shape.Channels); err == nil && count != 3 {
				err = fmt.Errorf("%d numbers", count)
			}
		case 3:
			classes, err = strconv.Atoi(word)
		default:
			err = fmt.Errorf("too many parts")
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%q cannot be read at %q; type for example gaussian:5000:28x28x1:10", name, word)
		}
	}
	if train, err = nn.Gaussian(n, shape, classes, seed, "train"); err != nil {
		return nil, nil, err
	}
	fresh, err = nn.Gaussian(max(n/5, 2*classes), shape, classes, seed, "fresh")
	return train, fresh, err
}
