package features

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// readOwnLabels reads the labels of networks that were trained on others than the
// file's: twins must have them, references that saw none, or others, cannot.
func (l *Layout) readOwnLabels(classes arrays.Classes, stated string) error {
	for _, n := range l.networks {
		if n.places[0] == "" || l.single && stated != "" {
			continue
		}
		a, shared, err := l.own(n, KeyLabels)
		switch {
		case err != nil:
			return err
		case a == nil && n.role == Twin:
			return l.inMain(fmt.Errorf("%s is a twin without the labels that it was trained on; save them as %s/%s, one for each training example", n.key, n.key, KeyLabels))
		case a == nil:
			continue
		case n.role == Start || n.role == Untrained && !(shared && n.name == n.base):
			return l.inMain(fmt.Errorf("%s are labels of %s, which was trained on none of its own here; it is measured with %s, so take them out", a.Name, n.key, KeyLabels))
		}
		if err := l.encodeOwn(n, a, classes); err != nil {
			return l.inMain(fmt.Errorf("labels of %v: %w", n, err))
		}
	}
	return nil
}

// encodeOwn reads the labels of one network.
func (l *Layout) encodeOwn(n *network, a *arrays.Array, classes arrays.Classes) error {
	if a.Readable() {
		if err := (examples{which: "training", features: l.Layers[0].train}).fit(a.Rows(), a.String()); err != nil {
			return err
		}
	}
	labels, err := a.Labels()
	if err != nil {
		return err
	}
	if labels, err = firstRows(labels, l.rows); err != nil {
		return err
	}
	if n.labels, err = classes.Encode(labels, a.Name); err != nil {
		return err
	}
	n.labelsFrom = a.Name
	if slices.Equal(n.labels, l.Labels) {
		if n.role == Twin {
			return fmt.Errorf("%v are the labels of the file themselves, but a twin is trained on shuffled ones; save those", a)
		}
		n.labels = nil
	}
	return nil
}

// noteOwnLabels notes what labels of their own mean for comparisons.
func (l *Layout) noteOwnLabels() {
	for _, n := range l.networks {
		switch {
		case n.labels == nil:
			continue
		case l.single:
			l.notes = append(l.notes, fmt.Sprintf("the labels are those of %s; say --labels %s for those of the file", n.labelsFrom, KeyLabels))
		case n.role == Network:
			others := 0
			for i, y := range n.labels {
				if y != l.Labels[i] {
					others++
				}
			}
			l.notes = append(l.notes, fmt.Sprintf("%v was trained on labels of its own, of which %d of %d are not those of the file: it is measured with them, raw inputs and untrained networks of other names with the file's; if it is the shuffled-label twin, call it twin", n, others, len(n.labels)))
		}
		if l.Permuted != nil && !slices.Equal(sizesOf(n.labels, len(l.Classes)), sizesOf(l.Labels, len(l.Classes))) {
			l.notes = append(l.notes, fmt.Sprintf("the label sets of the file are no permutations of the labels of %v, whose classes have other sizes", n))
		}
	}
}
