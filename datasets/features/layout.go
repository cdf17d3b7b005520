package features

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Names of the arrays that a file of features has where none are stated. A file
// of several layers has LAYER/train, LAYER/valid_0.3, LAYER/fresh and one set of
// labels; levels are written as in valid_0.3, and a single array of copies may
// be called valid. A file of several networks has NETWORK/ or NETWORK@EPOCH/ before
// these, see layout_names.go.
const (
	KeyTrain       = "train"           // [n, d]
	KeyValid       = "valid"           // [n, d]
	KeyLabels      = "labels"          // [n]
	KeyFresh       = "fresh"           // [m, d]
	KeyFreshLabels = "fresh_labels"    // [m]
	KeyPermuted    = "permuted_labels" // [B, n]
	KeyGroups      = "groups"          // [n]
)

// levelUnknown is the level of copies whose array names none: not 0, which
// stands for copies that are their parents.
const levelUnknown = 1

// Keys names the arrays of a file where they are not called as usual; "" = as
// usual. Each is a name within the file, the path of a file of one array
// (train.npy, or a table), or FILE:NAME.
type Keys struct {
	Train       string   `yaml:"train,omitempty"` // "" = train, or every LAYER/train
	Valid       []string `yaml:"valid,omitempty"` // NAME or LEVEL=NAME; none = valid and valid_LEVEL beside the training features
	Labels      string   `yaml:"labels,omitempty"`
	Fresh       string   `yaml:"fresh,omitempty"`
	FreshLabels string   `yaml:"fresh_labels,omitempty"`
	Permuted    string   `yaml:"permuted,omitempty"`
	Groups      string   `yaml:"groups,omitempty"`
	Scores      string   `yaml:"scores,omitempty"`     // layer whose K columns are scores of the classes; "" = one called logits, scores or probabilities, "none" = none is
	ScoresAre   string   `yaml:"scores_are,omitempty"` // logits or probabilities; "" = what they look like
}

// Layout is what a file holds: layers of features with their copies, and labels.
type Layout struct {
	Layers      []Layer
	Labels      []int32 // [n]
	Classes     []string
	FreshLabels []int32   // [m], nil = there are none
	Permuted    [][]int32 // [B][n], nil = there are none
	Groups      []int32   // [n], nil = there are none

	scores   map[*network]*scores
	networks []*network // in the order of their first layers
	notes    []string   // a sentence each
	rows     int        // read at most, 0 = all
	files    []string   // paths of sources, in the order they were opened
	sources  map[string]*arrays.Source
	tables   map[string]tableContent
	used     map[*arrays.Array]bool
	main     *arrays.Source // the file that may hold networks; nil = a table, an .npy file, or none
	mixed    bool           // there are no copies
	single   bool           // the layer was chosen by its key
}

// Layer is the features of one layer, not read yet.
type Layer struct {
	Name   string // "features" where the file names none
	Rows   int    // n
	Cols   int    // d
	Levels []float64

	of           *network // nil = the raw inputs
	train, fresh content  // fresh nil = there are none
	valid        []content
}

// String is the layer as the file names it: hidden, or net@5/hidden.
func (l Layer) String() string {
	if l.of == nil || l.of.key == "" {
		return l.Name
	}
	return l.of.key + "/" + l.Name
}

// Load reads what a file holds apart from the features themselves, and checks
// that the shapes of all arrays go together. path may be empty where all keys
// are files. rows is the number of examples to take, from the first; 0 = all.
func Load(path string, keys Keys, rows int) (*Layout, error) {
	return load(path, keys, rows, false)
}

// LoadMixed is Load of features whose copies are made of them, see MixClass: none are
// looked for, and layers have no levels.
func LoadMixed(path string, keys Keys, rows int) (*Layout, error) {
	if len(keys.Valid) > 0 {
		return nil, fmt.Errorf("the copies of %s are blends of the training features, so %s are none; leave --valid out, or name another perturbation", MixClass, strings.Join(keys.Valid, ", "))
	}
	return load(path, keys, rows, true)
}

func load(path string, keys Keys, rows int, mixed bool) (*Layout, error) {
	l := &Layout{rows: rows, mixed: mixed, sources: map[string]*arrays.Source{}, tables: map[string]tableContent{}, used: map[*arrays.Array]bool{}}
	if err := l.load(path, keys); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// Close closes the files.
func (l *Layout) Close() error {
	var errs []error
	for _, s := range l.sources {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// Files are the paths of all files that the layout comes from, each once.
func (l *Layout) Files() []string { return slices.Clone(l.files) }

// Notes say, a sentence each, what was left out of the files, and what is doubtful
// in them.
func (l *Layout) Notes() []string { return slices.Clone(l.notes) }

// load fills in the layout.
func (l *Layout) load(path string, keys Keys) error {
	if err := l.findLayers(path, keys); err != nil {
		return err
	}
	first := l.Layers[0]
	for _, layer := range l.Layers {
		for i, v := range layer.valid {
			if v.Rows() != layer.train.Rows() || v.Cols() != layer.Cols {
				return fmt.Errorf("the copies %v at level %g do not fit the training features %v; row i of the copies must belong to row i of the training features: save them so, or name others with --valid LEVEL=NAME", v, layer.Levels[i], layer.train)
			}
			if err := sameColumns(layer.train, v); err != nil {
				return err
			}
		}
		if layer.train.Rows() != first.train.Rows() {
			return fmt.Errorf("the layers have different numbers of examples: %v and %v; all must be of the same ones: save them so, or choose one layer with --train NAME", first.train, layer.train)
		}
		if layer.fresh != nil && layer.fresh.Cols() != layer.Cols {
			return fmt.Errorf("the fresh features %v do not have the columns of the training features %v; name others with --fresh", layer.fresh, layer.train)
		}
		if err := sameColumns(layer.train, layer.fresh); err != nil {
			return err
		}
	}
	if err := l.readNetworks(); err != nil {
		return err
	}
	if err := l.readLabels(path, keys); err != nil {
		return err
	}
	if err := l.readFreshLabels(path, keys); err != nil {
		return err
	}
	if err := l.readPermuted(path, keys); err != nil {
		return err
	}
	if err := l.findScores(keys); err != nil {
		return err
	}
	l.noteOwnLabels()
	l.noteUnused()
	return nil
}

// Describe says whose features a layer holds, without reading them. A layer
// called input is the raw inputs. The name of the network is "" where the file gives
// it none.
func (l *Layout) Describe(layer Layer) Features {
	f := Features{
		Levels: layer.Levels, Labels: l.Labels, Classes: len(l.Classes), Permuted: l.Permuted, Groups: l.Groups, Layer: layer.Name,
	}
	if layer.of == nil {
		f.Role = Input
	} else {
		layer.of.describe(&f)
	}
	if a, ok := layer.train.(*arrays.Array); ok {
		f.Shape = ShapeOf(a.Dims[1:])
	}
	return f
}

// Read reads the features of a layer; those of copies are read level by level,
// when they are asked for. Columns of which float32 would lose much, since they lie
// far from zero beside their spread, are read less their mean over the training
// examples, those of copies and fresh examples less the same.
func (l *Layout) Read(layer Layer) (Features, error) {
	f := l.Describe(layer)
	var err error
	var origin arrays.Origin
	if f.Train, origin, err = layer.train.Centred(l.rows); err != nil {
		return f, err
	}
	f.Copies = func(yield func(arrays.Matrix, error) bool) {
		for _, v := range layer.valid {
			m, err := v.MatrixLess(origin, l.rows)
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
	if layer.fresh != nil {
		if f.Fresh, err = layer.fresh.MatrixLess(origin, 0); err != nil {
			return f, err
		}
		f.FreshLabels = l.FreshLabels
	}
	f.Own, err = l.answers(layer, f.Labels)
	return f, err
}

// Stream reads the layers one after the other, as features of a network of this
// name where the file gives it none.
func (l *Layout) Stream(network string) iter.Seq2[Features, error] {
	return func(yield func(Features, error) bool) {
		for _, layer := range l.Layers {
			f, err := l.Read(layer)
			if f.Network == "" {
				f.Network = network
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// Bytes is the memory that the features of a layer take once they are read.
func (l *Layout) Bytes(layer Layer) int64 {
	values := int64(layer.Rows) * int64(layer.Cols) * int64(1+len(layer.valid))
	if layer.fresh != nil {
		values += int64(layer.fresh.Rows()) * int64(layer.fresh.Cols())
	}
	return 4 * values
}
