package features

import (
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// LabelsOf reads the labels that a key names: FILE, which holds them as its only array
// or as "labels", or FILE:NAME. from names the array, with its shape, for errors.
func LabelsOf(key string) (labels arrays.Labels, from string, err error) {
	path, name := key, ""
	if before, after, found := cutLast(key, ":"); found && readable(before) {
		path, name = before, after
	}
	s, err := arrays.Open(path)
	if err != nil {
		return labels, "", err
	}
	defer s.Close()
	if names := s.Names(); name == "" && len(names) == 1 {
		name = names[0]
	} else if name == "" {
		name = KeyLabels
	}
	if s.Table() {
		labels, err = s.LabelColumn(name)
		return labels, fmt.Sprintf("column %s [%d] of %s", name, labels.Len(), path), err
	}
	a, err := s.Array(name)
	if err != nil {
		return labels, "", fmt.Errorf("%w: name them as FILE:NAME", err)
	}
	labels, err = a.Labels()
	return labels, a.String(), err
}
