package features

import (
	"fmt"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// firstRows takes the labels of the first rows (0 = all). Rows that leave out classes
// of the file, as the first of a file sorted by class do, would be another task, so
// they are refused.
func firstRows(labels arrays.Labels, rows int) (arrays.Labels, error) {
	first := labels.Head(rows)
	there, whole := len(arrays.NewClasses(first).Names), len(arrays.NewClasses(labels).Names)
	if there < whole {
		return first, fmt.Errorf("n: the first %d of the %d rows hold %d of the %d classes; leave --n out, or save the rows in random order", rows, labels.Len(), there, whole)
	}
	return first, nil
}
