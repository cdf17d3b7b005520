package features

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// column reads one label a row. found is false where the key was not stated and
// there is nothing of its usual name.
func (l *Layout) column(path, stated, usual string, keys Keys) (labels arrays.Labels, from string, found bool, err error) {
	key := cmp.Or(stated, usual)
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
		column := cmp.Or(name, usual)
		if labels, found := t.columns[column]; found {
			return labels, fmt.Sprintf("column %s [%d] of %s", column, labels.Len(), s.Path()), true, nil
		}
		if stated == "" {
			return labels, "", false, nil
		}
		return labels, "", false, fmt.Errorf("file %s has no column %q; it has %s", s.Path(), column, strings.Join(s.Names(), ", "))
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
	if labels, err = firstRows(labels, l.rows); err != nil {
		return err
	}
	classes := arrays.NewClasses(labels)
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
	l.FreshLabels, err = arrays.ClassesOf(l.Classes).Encode(labels, "fresh labels")
	return err
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
	classes := arrays.ClassesOf(l.Classes)
	for b, set := range sets {
		y, err := classes.Encode(set.Head(l.rows), fmt.Sprintf("permuted labels, row %d", b))
		if err != nil {
			return err
		}
		l.Permuted = append(l.Permuted, y)
	}
	return nil
}
