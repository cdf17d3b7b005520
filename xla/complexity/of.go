package complexity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// kinds are the layers that networks may have here: between them a network is a chain
// of products with arrays of weights.
var kinds = []string{"dense", "conv", "maxpool", "avgpool", "dropout", "relu", "gelu", "tanh", "flatten"}

// Of computes the measures of a trained network on its training examples, with the
// labels it was trained on. start is the same network before training; nil = there is
// none, and Distance is NaN. Random choices come from streams of base. Most of the time
// goes into Sharpness: about 50 passes of the network over up to 2,000 examples.
func Of(ctx context.Context, e *xla.Engine, final, start *nn.Snapshot, set *datasets.Set, base uint64) (Measures, error) {
	var m Measures
	if err := check(final, set); err != nil {
		return m, err
	}
	weights, err := final.Weights()
	if err != nil {
		return m, err
	}
	if err := finite(final.Spec(), weights); err != nil {
		return m, err
	}
	err = errors.Join(m.ofExamples(ctx, final, set, base), ctx.Err())
	if err == nil {
		m.Sharpness, err = sharpness(ctx, final, weights, set, base)
	}
	if err == nil {
		err = m.ofWeights(ctx, e, final.Spec(), weights)
	}
	if err == nil {
		m.Distance, err = distance(weights, start)
	}
	if err != nil {
		return Measures{}, err
	}
	return m, nil
}

// ofExamples fills in what the examples' way through the network tells.
func (m *Measures) ofExamples(ctx context.Context, final *nn.Snapshot, set *datasets.Set, base uint64) error {
	names := final.Spec().LayerNames()
	last := names[len(names)-1]
	features, err := final.Features(ctx, set, last)
	if err != nil {
		return err
	}
	if err := features.CheckFinite("layer " + last); err != nil {
		return err
	}
	input, err := final.Features(ctx, set, nn.LayerInput)
	if err != nil {
		return err
	}
	if m.MarginInput, err = margin(ctx, final, set, nn.LayerInput, input); err != nil {
		return err
	}
	if m.MarginLast, err = margin(ctx, final, set, last, features); err != nil {
		return err
	}
	if m.DaviesBouldin, err = DaviesBouldin(features, set.Y); err != nil {
		return err
	}
	if m.MixupAccuracy, err = mixup(ctx, final, set, base); err != nil {
		return err
	}
	m.MixupIndex = m.DaviesBouldin * (1 - m.MixupAccuracy)
	return nil
}

// ofWeights fills in what the weights alone tell.
func (m *Measures) ofWeights(ctx context.Context, e *xla.Engine, spec nn.Spec, weights []nn.Weight) error {
	var alphas []float64
	for _, w := range layers(weights) {
		if err := ctx.Err(); err != nil {
			return err
		}
		values, err := eigenvalues(e, whole(w))
		if err != nil {
			return err
		}
		m.SpectralLog += logOr(values[len(values)-1])
		alpha, err := alphaOf(e, w, values)
		if err != nil {
			return err
		}
		if !math.IsNaN(alpha) {
			alphas = append(alphas, alpha)
		}
	}
	m.Alpha = mean(alphas)
	var err error
	m.PathLog, err = path(ctx, e, spec, weights)
	return err
}

// check finds what the measures cannot be computed for.
func check(final *nn.Snapshot, set *datasets.Set) error {
	spec := final.Spec()
	if spec.Input.Sequence() {
		return fmt.Errorf("complexity of network %q: it takes %s, %v; the measures are defined for networks of images and tables", spec.Name, spec.Input.KindOf(), spec.Input)
	}
	for i, l := range spec.Layers {
		if !slices.Contains(kinds, l.Kind) {
			return fmt.Errorf("complexity of network %q: layer %s is of kind %s; the measures are defined for networks of %s", spec.Name, spec.LayerNames()[i], l.Kind, strings.Join(kinds, ", "))
		}
	}
	return set.Check()
}

// finite finds a weight that is not.
func finite(spec nn.Spec, weights []nn.Weight) error {
	for _, w := range weights {
		for i, v := range w.Values {
			if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
				return fmt.Errorf("complexity of network %q: value %d of %s is %v; train it again, at a smaller rate", spec.Name, i, w.Name, f)
			}
		}
	}
	return nil
}

// mean of no values is NaN.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// logOr is the logarithm; NaN where there is none that is finite.
func logOr(v float64) float64 {
	if !(v > 0) || math.IsInf(v, 0) {
		return math.NaN()
	}
	return math.Log(v)
}
