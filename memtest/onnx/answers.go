package onnx

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
)

// scorer is the tensor that the network's own answers come of.
type scorer struct {
	tensor string
	names  bool               // it names a class for each example, in place of scores
	are    features.ScoresAre // "" = what they look like
}

// scorer finds the tensor that scores the classes, as stated or else the first of
// these: the logits, where they have a column for each class; an output that has; an
// output of one whole number an example, which names its class. None where there is
// no such tensor, or it cannot be computed.
func (m *Model) scorer(r *Runtime, f Feed, classes int, stated string, are features.ScoresAre) (*scorer, error) {
	if stated == "none" {
		return nil, nil
	}
	candidates := []string{m.logits()}
	if stated != "" {
		names, err := m.Resolve([]string{stated})
		if err != nil {
			return nil, err
		}
		candidates = names
	} else {
		candidates = append(candidates, m.graph.outputs...)
	}
	batch := f.batch(3)
	var labels *scorer
	for _, name := range candidates {
		if m.makers[name] == nil {
			continue
		}
		out, err := m.compute(r, f, []string{name}, batch)
		if err != nil && stated != "" {
			return nil, fmt.Errorf("model %s: %w", m.Path, m.explain(err))
		}
		if err != nil || len(out[0].dims) == 0 || out[0].dims[0] != batch {
			continue
		}
		switch t := out[0]; {
		case floating(t.element) && size(t.dims) == batch*classes && t.dims[len(t.dims)-1] == classes:
			if are == "" && name == m.logits() {
				are = features.Logits
			}
			return &scorer{tensor: name, are: are}, nil
		case labels == nil && !floating(t.element) && size(t.dims) == batch:
			labels = &scorer{tensor: name, names: true}
		}
	}
	if stated != "" && labels == nil {
		return nil, fmt.Errorf("model %s: tensor %q has no column for each of the %d classes, and names none; choose one that does with --scores, or --scores none", m.Path, stated, classes)
	}
	return labels, nil
}

// of are the network's own answers, of what its tensor gave for each set. labels are
// those that it was trained on.
func (s *scorer) of(f features.Features, x features.Examples, labels []int32) (*features.Answers, error) {
	if !s.names {
		scores, err := features.ScoresOf(f, s.are)
		if err != nil {
			return nil, err
		}
		s.are = scores.Are // what they were taken for
		return scores.Answers(labels, f.FreshLabels)
	}
	of := func(m arrays.Matrix, labels []int32) (features.Answer, error) {
		return features.AnswerOfClasses(classesNamed(m, x.Train), labels)
	}
	own := &features.Answers{}
	var err error
	if own.Train, err = of(f.Train, labels); err != nil {
		return nil, err
	}
	for m, err := range f.Copies {
		if err != nil {
			return nil, err
		}
		a, err := of(m, labels)
		if err != nil {
			return nil, err
		}
		own.Copies = append(own.Copies, &a)
	}
	if f.Fresh.Rows > 0 {
		a, err := of(f.Fresh, f.FreshLabels)
		if err != nil {
			return nil, err
		}
		own.Fresh = &a
	}
	return own, nil
}

// classesNamed are the classes, 0..K-1, of whole numbers that are the names of
// classes, where these are whole numbers, or else their places; -1 is none of them.
func classesNamed(m arrays.Matrix, set *datasets.Set) []int32 {
	numbered := !slices.ContainsFunc(set.Classes, func(name string) bool { _, err := strconv.Atoi(name); return err != nil })
	all := make([]int32, m.Rows)
	for i := range all {
		k := int(m.Row(i)[0])
		if numbered {
			k = slices.Index(set.Classes, strconv.Itoa(k))
		}
		if k < 0 || k >= len(set.Classes) {
			k = -1
		}
		all[i] = int32(k)
	}
	return all
}

// String says it for people.
func (s *scorer) String() string {
	switch {
	case s == nil:
		return "none of its tensors scores the classes, so its own answers are not known; name one with --scores"
	case s.names:
		return fmt.Sprintf("its own answers are the classes that %s names", s.tensor)
	case s.are == features.Probabilities:
		return fmt.Sprintf("its own answers are those of %s, taken for probabilities", s.tensor)
	}
	return fmt.Sprintf("its own answers are those of %s, taken for logits", s.tensor)
}
