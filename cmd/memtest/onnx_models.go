package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/onnx"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// source is one model of a run, and whose features it gives.
type source struct {
	model *onnx.Model
	as    features.Features // network, role, epoch and, of a twin, labels
	taps  []string          // tensors, in the order of those of the network under test
}

// sources reads the models of a configuration: the references, then the network
// under test by epoch, then its twin.
func sources(c memtest.Config) ([]source, error) {
	var all []source
	add := func(path string, as features.Features) error {
		m, err := onnx.Read(path)
		all = append(all, source{model: m, as: as})
		return err
	}
	epoch := func(e int) *int { return &e }
	if c.Untrained != "" {
		if err := add(c.Untrained, features.Features{Role: features.Untrained, Epoch: epoch(0)}); err != nil {
			return nil, err
		}
	}
	if c.Start != "" {
		if err := add(c.Start, features.Features{Role: features.Start}); err != nil {
			return nil, err
		}
	}
	tested := len(all)
	if c.Model != "" {
		if err := add(c.Model, features.Features{Role: features.Network}); err != nil {
			return nil, err
		}
	}
	for _, text := range c.At {
		word, path, found := strings.Cut(text, "=")
		e, err := strconv.Atoi(word)
		switch {
		case !found || err != nil || e < 0 || path == "":
			return nil, fmt.Errorf("at: %q is no EPOCH=MODEL; say it as in --at 5=net5.onnx", text)
		case e == 0 && c.Untrained != "":
			return nil, fmt.Errorf("at: epoch 0 is the untrained network, and --untrained names %s too; give one of them", c.Untrained)
		case slices.ContainsFunc(all[tested:], func(s source) bool { return *s.as.Epoch == e }):
			return nil, fmt.Errorf("at: epoch %d is given twice", e)
		}
		if err := add(path, features.Features{Epoch: epoch(e)}); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all[tested:], func(a, b source) int { return a.as.EpochNumber() - b.as.EpochNumber() })
	for i := range all {
		switch all[i].as.Network = all[len(all)-1].model.Name; {
		case all[i].as.Role == features.Start, all[i].as.Role == features.Untrained && len(c.At) == 0: // by their role, as in a file
			all[i].as.Network = string(all[i].as.Role)
		}
	}
	if c.Twin != "" {
		if err := add(c.Twin, features.Features{Role: features.Twin, Network: string(features.Twin), Epoch: all[len(all)-1].as.Epoch}); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// checkModels says which models a configuration lacks, or names in two ways.
func checkModels(c memtest.Config) error {
	if _, err := features.ParseScoresAre(c.ScoresAre); err != nil {
		return fmt.Errorf("scores_are: %w, as in --scores-are logits", err)
	}
	switch {
	case c.Model == "" && len(c.At) == 0:
		return errors.New("there is no model to measure; give MODEL.onnx, or --at EPOCH=MODEL for each epoch")
	case c.Model != "" && len(c.At) > 0:
		return fmt.Errorf("model: %s has no epoch, and others have; give it as --at EPOCH=%s", c.Model, c.Model)
	case c.Twin != "" && c.TwinLabels == "":
		return errors.New("twin: the labels that it was trained on are missing; give them with --twin-labels FILE, in the order of the data")
	case c.Twin == "" && c.TwinLabels != "":
		return errors.New("twin_labels: there is no twin; give its model with --twin MODEL")
	case c.Twin != "" && (c.Stratified || c.Files.TestShare > 0):
		return errors.New("twin: its labels go with the training examples in their order, of which --stratified and test_share draw some; leave these out")
	}
	return nil
}

// resolveTaps finds the tensors of each model that the words of the configuration
// name, and returns those of the network under test, which name the layers.
func resolveTaps(all []source, words []string) ([]string, error) {
	var names []string
	for i := range all {
		taps, err := all[i].model.Resolve(words)
		if err != nil {
			return nil, err
		}
		all[i].taps = taps
		if all[i].as.Role == features.Network || all[i].as.Role == "" {
			names = taps
		}
	}
	for _, s := range all {
		if len(s.taps) != len(names) {
			return nil, fmt.Errorf("model %s: %q are %d tensors there and %d in the network; name tensors that both have with --outputs", s.model.Path, words, len(s.taps), len(names))
		}
	}
	return names, nil
}

// modelsHash is the hash of the files of all models, as filesHash gives it; with a
// twin, that of it and of the labels that the twin was trained on.
func modelsHash(all []source) (string, error) {
	var paths []string
	for _, s := range all {
		paths = append(paths, s.model.Files()...)
	}
	sum, err := filesHash(paths)
	for _, s := range all {
		if err == nil && s.as.Role == features.Twin {
			sum = result.Hash([]byte(fmt.Sprint(sum, s.as.Labels)))
		}
	}
	return sum, err
}

// readTwinLabels reads the labels of the twin: one for each training example, or for
// more where only the first ones are measured.
func readTwinLabels(key string, train *datasets.Set, first bool) ([]int32, error) {
	labels, from, err := features.LabelsOf(key)
	if err != nil {
		return nil, fmt.Errorf("twin labels: %w; give them with --twin-labels FILE:NAME", err)
	}
	if labels.Len() < train.Len() || !first && labels.Len() != train.Len() {
		return nil, fmt.Errorf("twin labels: %s do not go with %d training examples; give one label for each, in the order of the data, with --twin-labels", from, train.Len())
	}
	y, err := arrays.ClassesOf(train.Classes).Encode(labels.Head(train.Len()), "twin labels")
	if err != nil {
		return nil, err
	}
	if slices.Equal(y, train.Y) {
		return nil, fmt.Errorf("twin labels: %s are the labels of the data; give the shuffled ones that the twin was trained on with --twin-labels", from)
	}
	return y, nil
}
