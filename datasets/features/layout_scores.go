package features

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// noScores, as Keys.Scores, says that no layer holds scores of the classes.
const noScores = "none"

// scoresLayers are the names by which a layer of K columns is known as scores.
var scoresLayers = []string{string(Logits), "scores", string(Probabilities)}

// scores are those of one network of a file.
type scores struct {
	layer Layer
	are   ScoresAre
	own   *Answers // nil until they are read; by the levels of the layer
}

// findScores finds the layer of each network that holds its scores of the classes, and
// what they are; with nothing stated none need be there.
func (l *Layout) findScores(keys Keys) error {
	are, err := ParseScoresAre(keys.ScoresAre)
	if err != nil {
		return fmt.Errorf("scores_are: %w, as in --scores-are logits", err)
	}
	if keys.Scores == noScores {
		return nil
	}
	l.scores = map[*network]*scores{}
	for _, layer := range l.Layers {
		stated := keys.Scores == layer.Name
		usual := keys.Scores == "" && slices.Contains(scoresLayers, layer.Name)
		switch {
		case layer.of == nil || l.scores[layer.of] != nil || !stated && !usual:
		case layer.Cols == len(l.Classes):
			if err := l.take(layer, are); err != nil {
				return err
			}
		case stated:
			return fmt.Errorf("scores: layer %v has %d columns, but there are %d classes; name the layer that has a column for each class, in their order, with --scores, or none with --scores none", layer, layer.Cols, len(l.Classes))
		default:
			l.notes = append(l.notes, fmt.Sprintf("layer %v has %d columns, but there are %d classes, so it says nothing of the network's own answers", layer, layer.Cols, len(l.Classes)))
		}
	}
	switch {
	case len(l.scores) > 0:
		return nil
	case keys.Scores != "":
		return fmt.Errorf("scores: no network has a layer %q; there are %s; name one of them with --scores, or none with --scores none", keys.Scores, l.layerNames())
	case are != "":
		return fmt.Errorf("scores_are: no layer is known to hold scores of the classes; name it with --scores; there are %s", l.layerNames())
	}
	return nil
}

// take takes a layer for the scores of its network, as what they are stated to be or
// look like, and says so.
func (l *Layout) take(layer Layer, are ScoresAre) error {
	m, err := layer.train.MatrixLess(arrays.Origin{}, l.rows)
	if err != nil {
		return err
	}
	how := "as stated"
	if are == "" {
		are, how = takenFor(m), "which --scores-are changes"
	}
	l.scores[layer.of] = &scores{layer: layer, are: are}
	l.notes = append(l.notes, fmt.Sprintf("the network's own answers are those of layer %v, taken for %s, %s; their columns are the classes %s", layer, are, how, strings.Join(firstNames(l.Classes), ", ")))
	return nil
}

// firstNames are the names of classes, few enough for a sentence.
func firstNames(names []string) []string {
	if len(names) <= 6 {
		return names
	}
	return append(slices.Clone(names[:3]), "…", names[len(names)-1])
}

func (l *Layout) layerNames() string {
	var all []string
	for _, layer := range l.Layers {
		all = append(all, layer.String())
	}
	return strings.Join(all, ", ")
}

// answers are what the network of a layer itself gives, by the levels of that layer,
// beside the labels that it was trained on; nil where its scores are not known.
func (l *Layout) answers(layer Layer, labels []int32) (*Answers, error) {
	s := l.scores[layer.of]
	if layer.of == nil || s == nil {
		return nil, nil
	}
	if s.own == nil {
		read := Scores{Are: s.are}
		var err error
		if read.Train, err = s.layer.train.MatrixLess(arrays.Origin{}, l.rows); err != nil {
			return nil, err
		}
		for _, v := range s.layer.valid {
			m, err := v.MatrixLess(arrays.Origin{}, l.rows)
			if err != nil {
				return nil, err
			}
			read.Copies = append(read.Copies, m)
		}
		if s.layer.fresh != nil {
			if read.Fresh, err = s.layer.fresh.MatrixLess(arrays.Origin{}, 0); err != nil {
				return nil, err
			}
		}
		if s.own, err = read.Answers(labels, l.FreshLabels); err != nil {
			return nil, fmt.Errorf("scores of layer %v: %w", s.layer, err)
		}
	}
	own := *s.own
	own.Copies = make([]*Answer, len(layer.Levels))
	for i, level := range layer.Levels {
		if j := slices.Index(s.layer.Levels, level); j >= 0 {
			own.Copies[i] = s.own.Copies[j]
		}
	}
	return &own, nil
}
