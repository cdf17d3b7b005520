package features

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// findLayers finds the features of every layer. Keys that are stated, and files
// that are tables or hold one array, mean a single layer.
func (l *Layout) findLayers(path string, keys Keys) error {
	single := keys.Train != "" || len(keys.Valid) > 0 || path == ""
	var s *arrays.Source
	if path != "" {
		var err error
		if s, err = l.open(path); err != nil {
			return err
		}
		if keys.Train == "" && (s.Table() || s.Kind() == "npy") {
			single, keys.Train = true, path
		}
	}
	if s != nil && !s.Table() && s.Kind() != "npy" {
		l.main = s
	}
	if single {
		if keys.Train == "" {
			keys.Train = KeyTrain
		}
		l.single = true
		return l.addLayer(path, keys.Train, keys)
	}
	for _, name := range s.Names() {
		if name == KeyTrain || strings.HasSuffix(name, "/"+KeyTrain) {
			if err := l.addLayer(path, name, keys); err != nil {
				return err
			}
		}
	}
	if len(l.Layers) == 0 {
		return fmt.Errorf("file %s has no array %q, nor one that ends in %q; it has %s: name the training features with --train", path, KeyTrain, "/"+KeyTrain, s.List())
	}
	return nil
}

// addLayer adds the layer with these training features.
func (l *Layout) addLayer(path, train string, keys Keys) error {
	var layer Layer
	source, name, err := l.find(path, train)
	if err != nil {
		return err
	}
	prefix, last, found := cutLast(name, "/")
	if !found {
		prefix, last = "", name
	}
	if layer.Name, layer.of, err = l.place(source, prefix); err != nil {
		return err
	}
	if found {
		prefix += "/"
	}
	if layer.train, err = l.content(source, name, keys); err != nil {
		return advised(source, err, "name the training features with --train")
	}
	if a, ok := layer.train.(*arrays.Array); ok {
		if note := a.Codes(); note != "" {
			l.notes = append(l.notes, note)
		}
	}
	for _, o := range l.Layers {
		if o.of == layer.of && o.Name == layer.Name {
			return fmt.Errorf("%v and %v are both the training features of layer %s of one network; give each layer a name of its own", o.train, layer.train, layer.Name)
		}
	}
	layer.Rows, layer.Cols = arrays.Head(layer.train.Rows(), l.rows), layer.train.Cols()
	beside := neighbours{path, prefix, source, name, keys}
	if !l.mixed {
		if err := l.addCopies(&layer, beside); err != nil {
			return err
		}
	}
	layer = layer.byLevel()
	if err := l.addFresh(&layer, beside, last == KeyTrain); err != nil {
		return err
	}
	l.Layers = append(l.Layers, layer)
	return nil
}

// neighbours is where copies and fresh examples of a layer are looked for: beside its
// training features.
type neighbours struct {
	path, prefix string
	source       *arrays.Source
	train        string // name of the training features
	keys         Keys
}

// addCopies finds the copies of a layer, those that are named or else those that are
// called valid beside its training features.
func (l *Layout) addCopies(layer *Layer, beside neighbours) error {
	valid := beside.keys.Valid
	if len(valid) == 0 {
		for _, n := range beside.source.Names() {
			if rest, ok := strings.CutPrefix(n, beside.prefix+KeyValid); ok && n != beside.train && (rest == "" || rest[0] == '_') {
				valid = append(valid, strings.TrimPrefix(rest+"="+n, "_"))
			}
		}
	}
	if len(valid) == 0 {
		return fmt.Errorf("there are no copies beside the training features %v; save them as %svalid_LEVEL, such as %svalid_0.3, or name them with --valid LEVEL=NAME; there are %s", layer.train, beside.prefix, beside.prefix, beside.source.List())
	}
	for _, v := range valid {
		level, c, err := l.copies(beside.path, v, beside.keys)
		if err != nil {
			return err
		}
		if slices.Contains(layer.Levels, level) {
			return fmt.Errorf("layer %s has two arrays of copies at level %g; state their levels as in --valid 0.3=NAME", layer.Name, level)
		}
		layer.Levels, layer.valid = append(layer.Levels, level), append(layer.valid, c)
	}
	return nil
}

// addFresh finds the fresh examples of a layer, where there are any: those that are
// named, or else those called fresh beside training features that are called train.
func (l *Layout) addFresh(layer *Layer, beside neighbours, calledTrain bool) error {
	fresh := beside.keys.Fresh
	if fresh == "" && calledTrain && beside.source.Has(beside.prefix+KeyFresh) {
		fresh = beside.prefix + KeyFresh
	}
	if fresh == "" {
		return nil
	}
	source, name, err := l.find(beside.path, fresh)
	if err != nil {
		return err
	}
	if layer.fresh, err = l.content(source, name, beside.keys); err != nil {
		return advised(source, err, "name the fresh features with --fresh")
	}
	return nil
}

// byLevel is the layer with its copies by level, ascending.
func (l Layer) byLevel() Layer {
	order := make([]int, len(l.Levels))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(l.Levels[a], l.Levels[b]) })
	sorted := l
	sorted.Levels, sorted.valid = nil, nil
	for _, i := range order {
		sorted.Levels, sorted.valid = append(sorted.Levels, l.Levels[i]), append(sorted.valid, l.valid[i])
	}
	return sorted
}

// advised is an error of an array with what to type next; one of a table says it.
func advised(s *arrays.Source, err error, advice string) error {
	if s.Table() {
		return err
	}
	return fmt.Errorf("%w: %s", err, advice)
}

// copies finds one array of copies by NAME, =NAME or LEVEL=NAME.
func (l *Layout) copies(path, text string, keys Keys) (float64, content, error) {
	level, word, key := float64(levelUnknown), "", text
	if before, after, found := strings.Cut(text, "="); found {
		word, key = before, after
	} else if _, name, found := cutLast(text, "/"); found {
		word, _ = strings.CutPrefix(name, KeyValid+"_")
		if word == name {
			word = ""
		}
	} else if rest, found := strings.CutPrefix(text, KeyValid+"_"); found {
		word = rest
	}
	if slices.Contains(arrays.Formats(), strings.ToLower(filepath.Ext(word))) {
		word = strings.TrimSuffix(word, filepath.Ext(word))
	}
	if word != "" {
		var err error
		if level, err = strconv.ParseFloat(word, 64); err != nil || !(level >= 0 && level < 1e300) {
			return 0, nil, fmt.Errorf("copies %q: %q is no level, a number from 0; state it as in --valid 0.3=%s", key, word, key)
		}
	}
	source, name, err := l.find(path, key)
	if err != nil {
		return 0, nil, err
	}
	c, err := l.content(source, name, keys)
	if err != nil {
		return 0, nil, advised(source, err, "name the copies with --valid LEVEL=NAME")
	}
	return level, c, nil
}
