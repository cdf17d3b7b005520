package features

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// withTexts is an .npz file of arrays and of single texts, as numpy saves a str.
func withTexts(t *testing.T, all []arrays.Named, texts map[string]string) string {
	t.Helper()
	path := fileOf(t, all...)
	old, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range old.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range texts {
		f, err := w.Create(name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		header := fmt.Sprintf("{'descr': '<U%d', 'fortran_order': False, 'shape': (), }\n", len(text))
		fmt.Fprintf(f, "\x93NUMPY\x01\x00%c%c%s", len(header), 0, header)
		if err := binary.Write(f, binary.LittleEndian, []rune(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// layersOf are the arrays of layers of four examples in two columns, by what stands
// before their names, with the labels of the file.
func layersOf(prefixes ...string) []arrays.Named {
	all := []arrays.Named{{Name: "labels", Dims: []int{4}, Ints: []int32{0, 0, 1, 1}}}
	for _, p := range prefixes {
		for _, name := range []string{"train", "valid_0.1"} {
			all = append(all, arrays.Named{Name: p + name, Dims: []int{4, 2}, Floats: make([]float32, 8)})
		}
	}
	return all
}

func labelsOf(name string, labels ...int32) arrays.Named {
	return arrays.Named{Name: name, Dims: []int{len(labels)}, Ints: labels}
}

func numberOf(name string, v float32) arrays.Named {
	return arrays.Named{Name: name, Dims: []int{}, Floats: []float32{v}}
}

// said are the features of a file in short: network, role, epoch, layer, and labels
// where they are not the file's.
func said(l *Layout) string {
	var all []string
	for _, layer := range l.Layers {
		f := l.Describe(layer)
		text := fmt.Sprintf("%s %s %d %s", f.Network, f.Role, f.EpochNumber(), f.Layer)
		if !slices.Equal(f.Labels, l.Labels) {
			text += fmt.Sprint(" ", f.Labels)
		}
		all = append(all, strings.TrimSpace(text))
	}
	return strings.Join(all, "; ")
}

// Which part of a name is a network, what it is to the others and which epoch its rows
// are of.
func TestNetworksOfAFile(t *testing.T) {
	twin := labelsOf("twin/labels", 1, 0, 1, 0)
	for name, c := range map[string]struct {
		arrays []arrays.Named
		texts  map[string]string
		want   string
		notes  []string
	}{
		"layers, as before": {layersOf("", "block/relu/", "net@v2/", "input/"), nil, "network -1 features; network -1 block/relu; network -1 net@v2; input -1 input", nil},
		"by their names": {append(layersOf("h/", "untrained/h/", "twin/h/", "start/h/"), twin), nil,
			"network -1 h; untrained untrained 0 h; twin twin -1 h [1 0 1 0]; start start -1 h", nil},
		"epochs": {append(layersOf("net@0/h/", "net@3/h/", "net@20/h/", "twin@3/h/", "twin@20/h/"), twin), nil,
			"net untrained 0 h; net network 3 h; net network 20 h; twin twin 3 h [1 0 1 0]; twin twin 20 h [1 0 1 0]", nil},
		"a twin of the last epoch":     {append(layersOf("net@3/h/", "net@20/h/", "twin/h/"), twin), nil, "net network 3 h; net network 20 h; twin twin 20 h [1 0 1 0]", nil},
		"an epoch 0 of no other epoch": {layersOf("", "net@0/"), nil, "network -1 features; untrained untrained 0 features", nil},
		"by what stands beside them": {append(layersOf("a/", "b/h/"), numberOf("a/train_accuracy", 0.5), numberOf("b/trained_epochs", 3)), nil,
			"a network -1 features; b network -1 h", nil},
		"by their roles": {append(layersOf("net/h/", "fresh/h/", "pre/h/", "fooled/h/"), labelsOf("fooled/labels", 1, 0, 1, 0)), map[string]string{"net/role": "network", "fresh/role": "untrained", "pre/role": "start", "fooled/role": "twin"},
			"net network -1 h; untrained untrained 0 h; start start -1 h; twin twin -1 h [1 0 1 0]", nil},
		"labels of all epochs": {append(layersOf("net@0/", "net@1/"), labelsOf("net/labels", 0, 1, 1, 1)), nil,
			"net untrained 0 features [0 1 1 1]; net network 1 features [0 1 1 1]", []string{"net@1 was trained on labels of its own, of which 1 of 4 are not those of the file"}},
		"arrays of no use": {append(layersOf(""), numberOf("loss", 1), labelsOf("h/valid_0.1", 1)), nil, "network -1 features", []string{"holds arrays of which nothing was made: loss, h/valid_0.1; memtest probe --help"}},
		"many of them": {append(layersOf(""), func() (all []arrays.Named) {
			for i := range 12 {
				all = append(all, numberOf(fmt.Sprint("w", i), 1))
			}
			return all
		}()...), nil, "network -1 features", []string{"w0, w1, w2, w3, w4, w5, w6, w7, w8, w9 and 2 more"}},
		"a layer of one alone": {layersOf("h/", "untrained/h/", "untrained/g/"), nil, "network -1 h; untrained untrained 0 h; untrained untrained 0 g", []string{"layers of untrained that are compared with nothing, since no network has layers of these names: g"}},
		"other copies": {append(layersOf("", "untrained/"), arrays.Named{Name: "valid_0.3", Dims: []int{4, 2}, Floats: make([]float32, 8)}), nil, "network -1 features; untrained untrained 0 features",
			[]string{"layer untrained/features has no copies at level 0.3, so there features is not compared with it"}},
		"given label sets": {append(layersOf("", "twin/"), labelsOf("twin/labels", 1, 0, 1, 1), arrays.Named{Name: "permuted_labels", Dims: []int{2, 4}, Ints: []int32{1, 0, 1, 0, 0, 1, 0, 1}}), nil,
			"network -1 features; twin twin -1 features [1 0 1 1]", []string{"the label sets of the file are no permutations of the labels of twin"}},
	} {
		l, err := Load(withTexts(t, c.arrays, c.texts), Keys{}, 0)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := said(l); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if notes := l.Notes(); len(notes) != len(c.notes) || len(notes) > 0 && !strings.Contains(notes[0], c.notes[0]) {
			t.Errorf("%s: notes %q, want %q", name, notes, c.notes)
		}
		l.Close()
	}
}

// What a file says of a network stands in its features, as wide as it was saved.
func TestAccuraciesOfNetworks(t *testing.T) {
	l, err := Load(withTexts(t, append(layersOf("net@5/", "twin/"), labelsOf("twin/labels", 1, 0, 1, 0), numberOf("net@5/train_accuracy", 0.75), numberOf("net/test_accuracy", 0.5),
		numberOf("twin/train_accuracy", 1), labelsOf("twin/trained_epochs", 40)), nil), Keys{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	net, twin := l.Describe(l.Layers[0]), l.Describe(l.Layers[1])
	if *net.TrainAccuracy != 0.75 || *net.TestAccuracy != 0.5 || *twin.TrainAccuracy != 1 || twin.TestAccuracy != nil || twin.TrainedEpochs != 40 || *twin.Epoch != 5 || len(l.Notes()) > 0 {
		t.Errorf("%+v, %+v, %q", net, twin, l.Notes())
	}
}

// A layer that is chosen by its key is measured alone, on the labels that its network
// was trained on, unless others are stated.
func TestOneLayerOfATwin(t *testing.T) {
	path := fileOf(t, append(layersOf("h/", "twin/h/"), labelsOf("twin/labels", 1, 0, 1, 0))...)
	for stated, want := range map[string]string{"": "network -1 twin/h [1 0 1 0]", "labels": "network -1 twin/h"} {
		l, err := Load(path, Keys{Train: "twin/h/train", Labels: stated}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := said(l); got != want {
			t.Errorf("--labels %q: %s, want %s", stated, got, want)
		}
		l.Close()
	}
}

func TestNetworksThatAreRefused(t *testing.T) {
	own := labelsOf("twin/labels", 1, 0, 1, 0)
	for name, c := range map[string]struct {
		arrays []arrays.Named
		texts  map[string]string
		want   string
	}{
		"a twin without labels":      {layersOf("", "twin/"), nil, "twin is a twin without the labels that it was trained on; save them as twin/labels"},
		"a twin's labels, by role":   {layersOf("", "net2/"), map[string]string{"net2/role": "twin"}, "net2 is a twin without the labels"},
		"a twin on the real labels":  {append(layersOf("", "twin/"), labelsOf("twin/labels", 0, 0, 1, 1)), nil, "twin/labels int32 [4] are the labels of the file themselves"},
		"a twin's labels too few":    {append(layersOf("", "twin/"), labelsOf("twin/labels", 0, 1)), nil, "labels of twin: twin/labels int32 [2] do not fit the training features"},
		"a twin's other classes":     {append(layersOf("", "twin/"), labelsOf("twin/labels", 0, 0, 1, 7)), nil, `label "7" of example 3 is none of the 2 classes`},
		"a twin of no network":       {append(layersOf("twin/", "input/"), own), nil, "there is a twin, twin, but no network"},
		"a twin of two networks":     {append(layersOf("a@1/", "b@1/", "twin@1/"), own), nil, "several networks, a@1 and b@1, so it is not known whose it is"},
		"a twin of another epoch":    {append(layersOf("net@1/", "net@5/", "twin@3/"), own), nil, "the twin twin@3 is of epoch 3, which is none of the network's: there are net@1, net@5"},
		"a twin at epoch 0":          {append(layersOf("net@1/", "twin@0/"), own), nil, "twin@0: a twin matches a trained network"},
		"two twins":                  {append(layersOf("net@5/", "twin@5/", "two@5/"), own, labelsOf("two/labels", 1, 1, 0, 0)), map[string]string{"two/role": "twin"}, "twin@5 and two@5 are both the twin network at epoch 5"},
		"labels of the untrained":    {append(layersOf("", "untrained/"), labelsOf("untrained/labels", 1, 0, 1, 0)), nil, "untrained/labels are labels of untrained, which was trained on none"},
		"labels of the start":        {append(layersOf("", "start/"), labelsOf("start/labels", 1, 0, 1, 0)), nil, "start/labels are labels of start"},
		"labels of the input":        {append(layersOf("", "input/"), labelsOf("input/labels", 1, 0, 1, 0)), nil, "input is the raw inputs, of no network"},
		"an epoch of the input":      {layersOf("", "input@3/"), nil, "input@3 is the raw inputs, of no network"},
		"inputs of a network":        {layersOf("net@3/input/"), nil, "net@3/input/train: the raw inputs are of no network; save them once, as input/train"},
		"an epoch of no network":     {layersOf("@3/"), nil, "@3 names no network before its epoch; write it as net@3"},
		"an epoch too late":          {layersOf("net@99999999999999999999/"), nil, "epoch 99999999999999999999 is too late"},
		"with and without epoch":     {layersOf("net/h/", "net@5/h/"), nil, "the file holds features of net and of net@5"},
		"two spellings of an epoch":  {layersOf("net@5/", "net@05/"), nil, "net@5 and net@05 are both the network network at epoch 5"},
		"untrained at an epoch":      {layersOf("", "untrained@3/"), nil, "untrained@3: untrained is a network before its training, so it has no epoch 3"},
		"two untrained":              {layersOf("net@0/", "net@5/", "untrained/"), nil, "net@0 and untrained are both the untrained network of net@5"},
		"two untrained of all":       {layersOf("", "untrained/", "net@0/"), nil, "untrained and net@0 are both the untrained network at epoch 0"},
		"a layer twice":              {layersOf("", "features/"), nil, "are both the training features of layer features of one network"},
		"layers of other names":      {append(layersOf("hidden/", "twin/"), own), nil, "twin has the layers features, and no network that it is compared with has a layer of such a name"},
		"a role that is none":        {layersOf("", "net2/"), map[string]string{"net2/role": "refit"}, `role of net2: "refit" is not known; choose network, untrained, twin or start`},
		"a role against the name":    {append(layersOf("", "twin/"), own), map[string]string{"twin/role": "start"}, "role of twin is start, but its name says twin"},
		"a role against the epoch":   {layersOf("net@0/", "net@1/"), map[string]string{"net@0/role": "network"}, "role of net@0 is network, but at epoch 0 it is untrained"},
		"a role of the nameless":     {layersOf(""), map[string]string{"role": "twin"}, "role is twin, but the network without a name is the network under test"},
		"a role that is a number":    {append(layersOf("net/"), numberOf("net/role", 1)), nil, "array net/role: it is float32, not text"},
		"an accuracy in percent":     {append(layersOf(""), numberOf("train_accuracy", 97)), nil, "train_accuracy of the network without a name is 97; it is a share of the examples, from 0 to 1"},
		"accuracies of all epochs":   {append(layersOf(""), arrays.Named{Name: "test_accuracy", Dims: []int{2}, Floats: []float32{0.5, 0.6}}), nil, "array test_accuracy: its shape is [2], but one value is expected"},
		"an accuracy of which epoch": {append(layersOf("net@1/", "net@5/"), numberOf("net/train_accuracy", 1)), nil, "net/train_accuracy is of net at one epoch, but the file has it at several; save it as net@1/train_accuracy"},
		"half an epoch":              {append(layersOf("net/"), numberOf("net/trained_epochs", 2.5)), nil, "trained_epochs of net is 2.5; it is a whole number"},
		"epochs that differ":         {append(layersOf("net@5/"), numberOf("net@5/trained_epochs", 7)), nil, "trained_epochs of net@5 is 7, but it is of epoch 5"},
	} {
		l, err := Load(withTexts(t, c.arrays, c.texts), Keys{}, 0)
		if err == nil {
			l.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
