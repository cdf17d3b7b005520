package paper

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/complexity"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// shiftLevels are those of the shifts at which the network's own answers are measured.
var shiftLevels = []float64{1, 2}

// mixClassLevel is that of the blends of features of one label.
const mixClassLevel = 0.5

// factTestHalf names the accuracy on every second test image: from the first on at
// level 1, from the second on at level 2. Other facts about a network of the zoo have
// the names of their measures, see measure.fact.
const factTestHalf = "test-half"

// zooFacts measures what is registered of a network of the zoo and does not stand in
// its rows.
func (r Run) zooFacts(ctx context.Context, e *xla.Engine, x *memtest.Experiment) ([]Fact, error) {
	z := zooMeasuring{Experiment: x, engine: e, fact: Fact{Run: r.Name, Seed: x.Config.Seed, Registered: registeredSHA256()}}
	var networks []*nn.Snapshot
	defer func() {
		for _, s := range networks {
			s.Close()
		}
	}()
	for s, err := range x.Trained(ctx, e, x.Config.Seed) {
		if err != nil {
			return nil, err
		}
		networks = append(networks, s)
	}
	if len(networks) != 2 {
		return nil, fmt.Errorf("training gave %d networks in place of the untrained and the trained one", len(networks))
	}
	start, final := networks[0], networks[1]
	for _, measure := range []func(context.Context, *nn.Snapshot, *nn.Snapshot) error{z.halves, z.shifts, z.blends, z.complexity} {
		if err := measure(ctx, start, final); err != nil {
			return nil, err
		}
	}
	return z.facts, nil
}

// zooMeasuring gathers the facts of a network.
type zooMeasuring struct {
	*memtest.Experiment
	engine *xla.Engine
	facts  []Fact
	fact   Fact // what all have in common
}

func (z *zooMeasuring) add(name, probe string, level, value float64) {
	f := z.fact
	f.Name, f.Probe, f.Level, f.Value = name, probe, level, value
	z.facts = append(z.facts, f)
}

// measured adds the value of a measure. NaN, of one that this network does not have, is a
// fact too, so that one that is lost is not taken for it.
func (z *zooMeasuring) measured(m measure, value float64) {
	unknown := math.IsNaN(value)
	if unknown {
		value = 0
	}
	z.add(m.fact(), m.probe, m.level, value)
	z.facts[len(z.facts)-1].Unknown = unknown
}

// halves are the accuracies on two halves of the test set, which tell how much of the
// difference between networks is that of test images.
func (z *zooMeasuring) halves(ctx context.Context, _, final *nn.Snapshot) error {
	predicted, err := final.Predict(ctx, z.Fresh)
	if err != nil {
		return err
	}
	for half := range 2 {
		var classes, labels []int32
		for i := half; i < len(predicted); i += 2 {
			classes, labels = append(classes, predicted[i]), append(labels, z.Fresh.Y[i])
		}
		answer, err := features.AnswerOfClasses(classes, labels)
		if err != nil {
			return err
		}
		z.add(factTestHalf, "", float64(half+1), answer.Accuracy)
	}
	return nil
}

// shifts are the network's own answers for shifted copies.
func (z *zooMeasuring) shifts(ctx context.Context, _, final *nn.Snapshot) error {
	shift, err := perturb.Parse(shiftCopies)
	if err != nil {
		return err
	}
	examples := features.Examples{Train: z.Train, Levels: shiftLevels, Perturbation: shiftCopies, Copies: func(level float64) (*datasets.Set, error) {
		return perturb.Copies(z.Train, shift, level, z.Config.Seed)
	}}
	f, err := examples.LayerScored(ctx, features.Features{}, features.Logits, func(ctx context.Context, set *datasets.Set) (layer, scores arrays.Matrix, err error) {
		return final.FeaturesAndLogits(ctx, set, nn.LayerLogits)
	})
	if err != nil {
		return err
	}
	level := 0
	for _, err := range f.Copies {
		if err != nil {
			return err
		}
		own := f.Own.Copies[level]
		loss, known := own.Loss()
		if !known {
			loss = math.NaN()
		}
		z.measured(measure{name: ownAccuracy, perturbation: shiftCopies, level: shiftLevels[level]}, own.Accuracy)
		z.measured(measure{name: ownLoss, perturbation: shiftCopies, level: shiftLevels[level]}, loss)
		level++
	}
	return nil
}

// blends is what ridge says of blends of features of one label.
func (z *zooMeasuring) blends(ctx context.Context, _, final *nn.Snapshot) error {
	layers, err := final.Spec().ResolveLayers(z.Config.Layers)
	if err != nil {
		return err
	}
	train, err := final.Features(ctx, z.Train, layers[0])
	if err != nil {
		return err
	}
	epoch := final.Epoch
	mixed := features.Features{Network: z.Spec.Name, Layer: layers[0], Seed: z.Config.Seed, Epoch: &epoch, Data: z.Train.Name, Classes: len(z.Train.Classes),
		Train: train, Labels: z.Train.Y, Perturbation: features.MixClass, Levels: []float64{mixClassLevel}}
	o := memtest.Options{Probes: []string{ridgeProbe}, Permutations: z.Config.Permutations, Seed: z.Config.Seed}
	for cell, err := range memtest.Measure(ctx, z.engine, features.Stream(mixed), o) {
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(probeMeasures)) {
			z.measured(measure{name, ridgeProbe, mixClassCopies, cell.Row.Level}, probeMeasures[name](cell.Row))
		}
	}
	return nil
}

// complexity are the measures of the literature.
func (z *zooMeasuring) complexity(ctx context.Context, start, final *nn.Snapshot) error {
	m, err := complexity.Of(ctx, z.engine, final, start, z.Train, z.Config.Seed)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(complexityMeasures)) {
		z.measured(measure{name: name}, complexityMeasures[name](m))
	}
	return nil
}
