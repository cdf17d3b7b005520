package features

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Names of the arrays that a file of features has where none are stated. A file
// of several layers has LAYER/train, LAYER/valid_0.3, LAYER/fresh and one set of
// labels; levels are written as in valid_0.3, and a single array of copies may
// be called valid.
const (
	KeyTrain       = "train"           // [n, d]
	KeyValid       = "valid"           // [n, d]
	KeyLabels      = "labels"          // [n]
	KeyFresh       = "fresh"           // [m, d]
	KeyFreshLabels = "fresh_labels"    // [m]
	KeyPermuted    = "permuted_labels" // [B, n]
	KeyGroups      = "groups"          // [n]
)

// LevelUnknown is the level of copies whose array names none: not 0, which
// stands for copies that are their parents.
const LevelUnknown = 1

// Keys names the arrays of a file where they are not called as usual; "" = as
// usual. Each is a name within the file, the path of a file of one array
// (train.npy, or a table), or FILE:NAME.
type Keys struct {
	Train       string   // "" = train, or every LAYER/train
	Valid       []string // NAME or LEVEL=NAME; none = valid and valid_LEVEL beside the training features
	Labels      string
	Fresh       string
	FreshLabels string
	Permuted    string
	Groups      string
}

// Layout is what a file holds: layers of features with their copies, and labels.
type Layout struct {
	Layers      []Layer
	Labels      []int32 // [n]
	Classes     []string
	FreshLabels []int32   // [m], nil = there are none
	Permuted    [][]int32 // [B][n], nil = there are none
	Groups      []int32   // [n], nil = there are none

	rows    int // read at most, 0 = all
	sources map[string]*Source
	tables  map[string]tableContent
}

// Layer is the features of one layer, not read yet.
type Layer struct {
	Name   string // "features" where the file names none
	Rows   int    // n
	Cols   int    // d
	Levels []float64

	train, fresh content // fresh nil = there are none
	valid        []content
}

// content is a matrix that can be read.
type content interface {
	String() string // with its shape, for errors
	Rows() int
	Cols() int
	Matrix(rows int) (Matrix, error)
}

// tableContent is a table that has been read.
type tableContent struct {
	path    string
	matrix  Matrix
	columns map[string][]string
}

func (t tableContent) String() string { return fmt.Sprintf("%s [%d %d]", t.path, t.Rows(), t.Cols()) }
func (t tableContent) Rows() int      { return t.matrix.Rows }
func (t tableContent) Cols() int      { return t.matrix.Cols }
func (t tableContent) Matrix(rows int) (Matrix, error) {
	n := head(t.matrix.Rows, rows)
	return Matrix{n, t.matrix.Cols, t.matrix.Data[:n*t.matrix.Cols]}, nil
}

// Load reads what a file holds apart from the features themselves, and checks
// that the shapes of all arrays go together. path may be empty where all keys
// are files. rows is the number of examples to take, from the first; 0 = all.
func Load(path string, keys Keys, rows int) (*Layout, error) {
	l := &Layout{rows: rows, sources: map[string]*Source{}, tables: map[string]tableContent{}}
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

// open opens a file once.
func (l *Layout) open(path string) (*Source, error) {
	if s, ok := l.sources[path]; ok {
		return s, nil
	}
	s, err := Open(path)
	if err == nil {
		l.sources[path] = s
	}
	return s, err
}

// find turns a key into a file and a name in it; "" as the name is a table.
func (l *Layout) find(path, key string) (*Source, string, error) {
	file, name := path, key
	if before, after, found := cutLast(key, ":"); found && readable(before) {
		file, name = before, after
	} else if readable(key) {
		file, name = key, ""
	}
	if file == "" {
		return nil, "", fmt.Errorf("there is no file for %q; give FILE.npz, or a path that ends in %s", key, strings.Join(Formats(), ", "))
	}
	s, err := l.open(file)
	if err != nil {
		return nil, "", err
	}
	if name == "" && !s.Table() {
		if len(s.arrays) != 1 {
			return nil, "", fmt.Errorf("file %s has several arrays, %s; type %s:NAME", file, s.List(), file)
		}
		name = s.arrays[0].Name
	}
	return s, name, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// readable says whether a key is the path of a file: it has one of the known
// endings and is there.
func readable(path string) bool {
	if !slices.Contains(Formats(), strings.ToLower(filepath.Ext(path))) {
		return false
	}
	_, err := os.Stat(path)
	return err == nil
}

// load fills in the layout.
func (l *Layout) load(path string, keys Keys) error {
	if err := l.findLayers(path, keys); err != nil {
		return err
	}
	first := l.Layers[0]
	for _, layer := range l.Layers {
		for i, v := range layer.valid {
			if v.Rows() != layer.train.Rows() || v.Cols() != layer.Cols {
				return fmt.Errorf("the copies %v at level %g do not fit the training features %v; row i of the copies must belong to row i of the training features", v, layer.Levels[i], layer.train)
			}
		}
		if layer.train.Rows() != first.train.Rows() {
			return fmt.Errorf("the layers have different numbers of examples: %v and %v; all must be of the same ones", first.train, layer.train)
		}
		if layer.fresh != nil && layer.fresh.Cols() != layer.Cols {
			return fmt.Errorf("the fresh features %v do not have the columns of the training features %v", layer.fresh, layer.train)
		}
	}
	if err := l.readLabels(path, keys); err != nil {
		return err
	}
	if err := l.readFreshLabels(path, keys); err != nil {
		return err
	}
	return l.readPermuted(path, keys)
}

// findLayers finds the features of every layer. Keys that are stated, and files
// that are tables or hold one array, mean a single layer.
func (l *Layout) findLayers(path string, keys Keys) error {
	single := keys.Train != "" || len(keys.Valid) > 0 || path == ""
	var s *Source
	if path != "" {
		var err error
		if s, err = l.open(path); err != nil {
			return err
		}
		if keys.Train == "" && (s.Table() || s.kind == "npy") {
			single, keys.Train = true, path
		}
	}
	if single {
		if keys.Train == "" {
			keys.Train = KeyTrain
		}
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
	layer := Layer{Name: "features"}
	source, name, err := l.find(path, train)
	if err != nil {
		return err
	}
	prefix, last, found := cutLast(name, "/")
	if found {
		layer.Name, prefix = prefix, prefix+"/"
	} else {
		prefix, last = "", name
	}
	if layer.train, err = l.content(source, name, keys); err != nil {
		return fmt.Errorf("%w: name the training features with --train", err)
	}
	layer.Rows, layer.Cols = head(layer.train.Rows(), l.rows), layer.train.Cols()

	valid := keys.Valid
	if len(valid) == 0 {
		for _, n := range source.Names() {
			if rest, ok := strings.CutPrefix(n, prefix+KeyValid); ok && n != name && (rest == "" || rest[0] == '_') {
				valid = append(valid, strings.TrimPrefix(rest+"="+n, "_"))
			}
		}
	}
	if len(valid) == 0 {
		return fmt.Errorf("there are no copies beside the training features %v; save them as %svalid_LEVEL, such as %svalid_0.3, or name them with --valid LEVEL=NAME; there are %s", layer.train, prefix, prefix, source.List())
	}
	for _, v := range valid {
		level, c, err := l.copies(path, v, keys)
		if err != nil {
			return err
		}
		if slices.Contains(layer.Levels, level) {
			return fmt.Errorf("layer %s has two arrays of copies at level %g; state their levels as in --valid 0.3=NAME", layer.Name, level)
		}
		layer.Levels, layer.valid = append(layer.Levels, level), append(layer.valid, c)
	}
	order := make([]int, len(layer.Levels))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if layer.Levels[a] < layer.Levels[b] {
			return -1
		}
		return 1
	})
	sorted := layer
	sorted.Levels, sorted.valid = nil, nil
	for _, i := range order {
		sorted.Levels, sorted.valid = append(sorted.Levels, layer.Levels[i]), append(sorted.valid, layer.valid[i])
	}

	fresh := keys.Fresh
	if fresh == "" && last == KeyTrain && source.Has(prefix+KeyFresh) {
		fresh = prefix + KeyFresh
	}
	if fresh != "" {
		if source, name, err = l.find(path, fresh); err != nil {
			return err
		}
		if sorted.fresh, err = l.content(source, name, keys); err != nil {
			return fmt.Errorf("%w: name the fresh features with --fresh", err)
		}
	}
	l.Layers = append(l.Layers, sorted)
	return nil
}

// copies finds one array of copies by NAME, =NAME or LEVEL=NAME.
func (l *Layout) copies(path, text string, keys Keys) (float64, content, error) {
	level, word, key := float64(LevelUnknown), "", text
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
	if slices.Contains(Formats(), strings.ToLower(filepath.Ext(word))) {
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
		return 0, nil, fmt.Errorf("%w: name the copies with --valid LEVEL=NAME", err)
	}
	return level, c, nil
}

// content is the matrix of this name, or the whole table.
func (l *Layout) content(s *Source, name string, keys Keys) (content, error) {
	if !s.Table() {
		a, err := s.Array(name)
		if err != nil {
			return nil, err
		}
		if err := a.Numbers(); err != nil {
			return nil, err
		}
		return a, nil
	}
	if name != "" {
		return nil, fmt.Errorf("file %s is a table, whose features are all columns that are not named otherwise; give its path alone", s.path)
	}
	return l.table(s, keys)
}

// table reads a table once. Its columns of labels and groups are no features.
func (l *Layout) table(s *Source, keys Keys) (tableContent, error) {
	if t, ok := l.tables[s.path]; ok {
		return t, nil
	}
	t := tableContent{path: s.path}
	var text []string
	for _, key := range []string{or(keys.Labels, KeyLabels), or(keys.Groups, KeyGroups), or(keys.FreshLabels, KeyFreshLabels)} {
		if s.Has(key) {
			text = append(text, key)
		}
	}
	var err error
	t.matrix, t.columns, err = s.Columns(text, l.rows)
	if err == nil {
		l.tables[s.path] = t
	}
	return t, err
}

func or(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

// column reads one label a row. found is false where the key was not stated and
// there is nothing of its usual name.
func (l *Layout) column(path, stated, usual string, keys Keys) (labels Labels, from string, found bool, err error) {
	key := or(stated, usual)
	s, name, err := l.find(path, key)
	if err != nil {
		if stated == "" {
			return labels, "", false, nil
		}
		return labels, "", false, err
	}
	if s.Table() {
		t, err := l.table(s, keys)
		if err != nil {
			return labels, "", false, err
		}
		column := or(name, usual)
		if texts, ok := t.columns[column]; ok {
			return TextLabels(texts), fmt.Sprintf("column %s [%d] of %s", column, len(texts), s.path), true, nil
		}
		if stated == "" {
			return labels, "", false, nil
		}
		return labels, "", false, fmt.Errorf("file %s has no column %q; it has %s", s.path, column, strings.Join(s.Names(), ", "))
	}
	if stated == "" && !s.Has(name) {
		return labels, "", false, nil
	}
	a, err := s.Array(name)
	if err != nil {
		return labels, "", false, err
	}
	labels, err = a.Labels()
	return labels, a.String(), true, err
}

// readLabels reads the labels and groups of the training examples.
func (l *Layout) readLabels(path string, keys Keys) error {
	train := l.Layers[0].train
	labels, from, found, err := l.column(path, keys.Labels, KeyLabels, keys)
	if err != nil {
		return fmt.Errorf("labels: %w", err)
	}
	if !found {
		there := ""
		if s := l.sources[path]; s != nil {
			there = "; there are " + s.List()
		}
		return fmt.Errorf("there are no labels of the training features %v%s: name them with --labels", train, there)
	}
	if labels.Len() != train.Rows() {
		return fmt.Errorf("labels %s do not fit the training features %v; give one label for each row", from, train)
	}
	labels = labels.Head(l.rows)
	classes := NewClasses(labels)
	l.Classes = classes.Names
	if l.Labels, err = classes.Encode(labels, "labels"); err != nil {
		return err
	}
	groups, from, found, err := l.column(path, keys.Groups, KeyGroups, keys)
	if err != nil {
		return fmt.Errorf("groups: %w", err)
	}
	if !found {
		return nil
	}
	if groups.Len() != train.Rows() {
		return fmt.Errorf("groups %s do not fit the training features %v; give one group for each row", from, train)
	}
	groups = groups.Head(l.rows)
	l.Groups, err = NewClasses(groups).Encode(groups, "groups")
	return err
}

// readFreshLabels reads the labels of the fresh examples, which are needed where
// a layer has fresh features.
func (l *Layout) readFreshLabels(path string, keys Keys) error {
	var fresh content
	for _, layer := range l.Layers {
		if layer.fresh == nil {
			continue
		}
		if fresh != nil && layer.fresh.Rows() != fresh.Rows() {
			return fmt.Errorf("the layers have different numbers of fresh examples: %v and %v; all must be of the same ones", fresh, layer.fresh)
		}
		fresh = layer.fresh
	}
	if fresh == nil {
		return nil
	}
	stated, usual := keys.FreshLabels, KeyFreshLabels
	if t, ok := fresh.(tableContent); ok && stated == "" { // its own column of labels
		stated, usual, path = t.path, or(keys.Labels, KeyLabels), t.path
	}
	labels, from, found, err := l.column(path, stated, usual, keys)
	if err != nil {
		return fmt.Errorf("fresh labels: %w", err)
	}
	if !found {
		return fmt.Errorf("there are fresh features %v but no labels of theirs: save them as %s, or name them with --fresh-labels", fresh, KeyFreshLabels)
	}
	if labels.Len() != fresh.Rows() {
		return fmt.Errorf("fresh labels %s do not fit the fresh features %v; give one label for each row", from, fresh)
	}
	l.FreshLabels, err = classesOf(l.Classes).Encode(labels, "fresh labels")
	return err
}

// classesOf numbers names by their order.
func classesOf(names []string) Classes {
	c := Classes{names, make(map[string]int32, len(names))}
	for k, n := range names {
		c.place[n] = int32(k)
	}
	return c
}

// readPermuted reads the label sets of the null, where there are any.
func (l *Layout) readPermuted(path string, keys Keys) error {
	s, name, err := l.find(path, or(keys.Permuted, KeyPermuted))
	if err != nil {
		if keys.Permuted == "" {
			return nil
		}
		return err
	}
	if keys.Permuted == "" && !s.Has(name) || s.Table() {
		return nil
	}
	a, err := s.Array(name)
	if err != nil {
		return err
	}
	sets, err := a.LabelSets()
	if err != nil {
		return fmt.Errorf("permuted labels: %w", err)
	}
	train := l.Layers[0].train
	if sets[0].Len() != train.Rows() {
		return fmt.Errorf("permuted labels %v do not fit the training features %v; they are [B, n], one row of labels for each permutation", a, train)
	}
	classes := classesOf(l.Classes)
	for b, set := range sets {
		y, err := classes.Encode(set.Head(l.rows), fmt.Sprintf("permuted labels, row %d", b))
		if err != nil {
			return err
		}
		l.Permuted = append(l.Permuted, y)
	}
	return nil
}

// LayerFeatures are the features of a layer, read.
type LayerFeatures struct {
	Train Matrix   // [n, d]
	Valid []Matrix // [n, d] each, as Layer.Levels orders them
	Fresh Matrix   // [m, d]; no rows = none
}

// Read reads a layer's features.
func (l *Layout) Read(layer Layer) (LayerFeatures, error) {
	var f LayerFeatures
	var err error
	if f.Train, err = layer.train.Matrix(l.rows); err != nil {
		return f, err
	}
	for _, v := range layer.valid {
		m, err := v.Matrix(l.rows)
		if err != nil {
			return f, err
		}
		f.Valid = append(f.Valid, m)
	}
	if layer.fresh != nil {
		f.Fresh, err = layer.fresh.Matrix(0)
	}
	return f, err
}

// Bytes is the memory that the features of a layer take once they are read.
func (l *Layout) Bytes(layer Layer) int64 {
	values := int64(layer.Rows) * int64(layer.Cols) * int64(1+len(layer.valid))
	if layer.fresh != nil {
		values += int64(layer.fresh.Rows()) * int64(layer.fresh.Cols())
	}
	return 4 * values
}
