package features

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// examples are those that labels belong to, by their features.
type examples struct {
	which    string // training or fresh
	features content
	flag     string // that names the labels; "" = none does
}

// orNamed adds to an error of labels how others are named.
func (x examples) orNamed(err error) error {
	if x.flag == "" {
		return err
	}
	return fmt.Errorf("%w; or name others with %s", err, x.flag)
}

// fit is nil where there is a label for each of the examples.
func (x examples) fit(labels int, from string) error {
	if labels == x.features.Rows() {
		return nil
	}
	return x.orNamed(fmt.Errorf("%s do not fit the %s features %v; give one value for each row", from, x.which, x.features))
}

// column reads one label a row. found is false where the key was not stated and
// there is nothing of its usual name. Of an array that has not as many rows as the
// features nothing is read.
func (l *Layout) column(path, stated, usual string, keys Keys, of examples) (labels arrays.Labels, from string, found bool, err error) {
	key := cmp.Or(stated, usual)
	s, name, err := l.find(path, key)
	if err != nil {
		if stated == "" {
			return labels, "", false, nil
		}
		return labels, "", false, err
	}
	if s.Table() {
		return l.tableColumn(s, cmp.Or(name, usual), stated != "", of)
	}
	if stated == "" && !s.Has(name) {
		return labels, "", false, nil
	}
	a, err := l.array(s, name)
	if err != nil {
		return labels, "", false, err
	}
	if a.Readable() {
		if err := of.fit(a.Rows(), a.String()); err != nil {
			return labels, "", false, err
		}
	}
	if labels, err = a.Labels(); err != nil {
		return labels, "", false, of.orNamed(err)
	}
	return labels, a.String(), true, nil
}

// tableColumn is column of a table: one of features, or one that holds labels alone.
func (l *Layout) tableColumn(s *arrays.Source, name string, stated bool, of examples) (labels arrays.Labels, from string, found bool, err error) {
	t, read := l.tables[s.Path()]
	labels, found = t.columns[name]
	if !read && s.Has(name) {
		if labels, err = s.LabelColumn(name); err != nil {
			return labels, "", false, of.orNamed(err)
		}
		found = true
	}
	if found {
		from := fmt.Sprintf("column %s [%d] of %s", name, labels.Len(), s.Path())
		return labels, from, true, of.fit(labels.Len(), from)
	}
	if !stated {
		return labels, "", false, nil
	}
	return labels, "", false, fmt.Errorf("file %s has no column %q; it has %s; name one of them with %s", s.Path(), name, strings.Join(s.Names(), ", "), of.flag)
}

// checkCopies refuses copies whose own column of labels is not that of their parents.
func (l *Layout) checkCopies(labels arrays.Labels, keys Keys) error {
	for _, layer := range l.Layers {
		for i, v := range layer.valid {
			t, ok := v.(tableContent)
			if !ok {
				continue
			}
			own, ok := t.columns[columnOf(t.path, keys.Labels, KeyLabels)]
			if !ok {
				continue
			}
			if row, text := labels.Differs(own); row >= 0 {
				return fmt.Errorf("the copies %v at level %g are not those of the training examples, row by row: example %d (from 0) has label %s, its copy %s; save both in the same order, or name other copies with --valid LEVEL=NAME", v, layer.Levels[i], row, text[0], text[1])
			}
		}
	}
	return nil
}

// readLabels reads the labels and groups of the training examples.
func (l *Layout) readLabels(path string, keys Keys) error {
	train := l.Layers[0].train
	ofTrain := examples{"training", train, "--labels"}
	labels, from, found, err := l.column(path, keys.Labels, KeyLabels, keys, ofTrain)
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
	if err := l.checkCopies(labels, keys); err != nil {
		return err
	}
	if labels, err = firstRows(labels, l.rows); err != nil {
		return err
	}
	if err := labels.CheckClasses(); err != nil {
		return ofTrain.orNamed(fmt.Errorf("labels %s: %w", from, err))
	}
	classes := arrays.NewClasses(labels)
	l.Classes = classes.Names
	if l.Labels, err = classes.Encode(labels, "labels"); err != nil {
		return err
	}
	if err := l.readOwnLabels(classes, keys.Labels); err != nil {
		return err
	}
	groups, _, found, err := l.column(path, keys.Groups, KeyGroups, keys, examples{"training", train, "--groups"})
	if err != nil {
		return fmt.Errorf("groups: %w", err)
	}
	if !found {
		return nil
	}
	groups = groups.Head(l.rows)
	l.Groups, err = arrays.NewClasses(groups).Encode(groups, "groups")
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
		stated, usual, path = t.path, cmp.Or(keys.Labels, KeyLabels), t.path
	}
	ofFresh := examples{"fresh", fresh, "--fresh-labels"}
	labels, _, found, err := l.column(path, stated, usual, keys, ofFresh)
	if err != nil {
		return fmt.Errorf("fresh labels: %w", err)
	}
	if !found {
		return fmt.Errorf("there are fresh features %v but no labels of theirs: save them as %s, or name them with --fresh-labels", fresh, KeyFreshLabels)
	}
	if l.FreshLabels, err = arrays.ClassesOf(l.Classes).Encode(labels, "fresh labels"); err != nil {
		return ofFresh.orNamed(err)
	}
	return nil
}

// readPermuted reads the label sets of the null, where there are any.
func (l *Layout) readPermuted(path string, keys Keys) error {
	s, name, err := l.find(path, cmp.Or(keys.Permuted, KeyPermuted))
	if err != nil {
		if keys.Permuted == "" {
			return nil
		}
		return err
	}
	switch {
	case s.Table() && keys.Permuted != "":
		return fmt.Errorf("permuted labels: %s is a table, which cannot hold label sets; save them [B, n], one row of labels for each permutation, as .npz, .npy or .safetensors", s.Path())
	case keys.Permuted == "" && (s.Table() || !s.Has(name)):
		return nil
	}
	a, err := l.array(s, name)
	if err != nil {
		return err
	}
	train := l.Layers[0].train
	if a.Readable() && len(a.Dims) == 2 && a.Dims[1] != train.Rows() {
		return fmt.Errorf("permuted labels %v do not fit the training features %v; they are [B, n], one row of labels for each permutation; or name others with --permuted", a, train)
	}
	sets, err := a.LabelSets()
	if err != nil {
		return fmt.Errorf("permuted labels: %w; or name others with --permuted", err)
	}
	classes := arrays.ClassesOf(l.Classes)
	for b, set := range sets {
		y, err := classes.Encode(set.Head(l.rows), fmt.Sprintf("permuted labels, row %d", b))
		if err != nil {
			return err
		}
		l.Permuted = append(l.Permuted, y)
	}
	return l.checkPermuted(a)
}

// checkPermuted refuses label sets that are no null, since they are the real labels
// or all one and the same, and notes some that are.
func (l *Layout) checkPermuted(a *arrays.Array) error {
	distinct, real, others := map[string]bool{}, 0, 0
	sizes := sizesOf(l.Labels, len(l.Classes))
	for _, set := range l.Permuted {
		if !slices.Equal(sizesOf(set, len(l.Classes)), sizes) {
			others++
		}
		if slices.Equal(set, l.Labels) {
			real++
		}
		var bytes []byte
		for _, y := range set {
			bytes = binary.LittleEndian.AppendUint32(bytes, uint32(y))
		}
		distinct[string(bytes)] = true
	}
	switch b := len(l.Permuted); {
	case real == b:
		return fmt.Errorf("permuted labels %v: every row is the real labels; shuffle them, a row for each permutation, or name others with --permuted", a)
	case b > 1 && len(distinct) == 1:
		return fmt.Errorf("permuted labels %v: all rows are alike; shuffle the labels anew for each row, or name others with --permuted", a)
	case others > 0:
		l.notes = append(l.notes, fmt.Sprintf("permuted labels %v: %d of the rows are no permutations of the labels, since classes have other sizes there", a, others))
	case real > 0:
		l.notes = append(l.notes, fmt.Sprintf("permuted labels %v: %d of the rows are the real labels", a, real))
	case len(distinct) < b:
		l.notes = append(l.notes, fmt.Sprintf("permuted labels %v: %d of the rows repeat others", a, b-len(distinct)))
	}
	return nil
}

// sizesOf is how often each class occurs.
func sizesOf(labels []int32, classes int) []int {
	n := make([]int, classes)
	for _, y := range labels {
		n[y]++
	}
	return n
}
