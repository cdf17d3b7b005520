package perm

import (
	"fmt"
	"math"
)

// checkLabels says what is wrong with a vector of labels, or returns nil: fewer
// than two classes asked for, fewer examples than classes, a label outside
// 0..classes-1 (the first one), or only one class present.
func checkLabels(labels []int32, classes int) error {
	if classes < 2 {
		return fmt.Errorf("labels: %d classes; at least two are needed", classes)
	}
	if len(labels) < classes {
		return fmt.Errorf("labels: %d examples for %d classes; give at least one example per class", len(labels), classes)
	}
	if err := checkRange("labels", labels, classes); err != nil {
		return err
	}
	for _, y := range labels {
		if y != labels[0] {
			return nil
		}
	}
	return fmt.Errorf("labels: all %d examples are of class %d; at least two classes must be present", len(labels), labels[0])
}

// checkRange names the first label outside 0..classes-1.
func checkRange(what string, labels []int32, classes int) error {
	for i, y := range labels {
		if y < 0 || int(y) >= classes {
			return fmt.Errorf("%s: label %d of example %d is outside 0..%d", what, y, i, classes-1)
		}
	}
	return nil
}

func checkShare(name string, v float64) error {
	if math.IsNaN(v) || v <= 0 || v >= 1 {
		return fmt.Errorf("%s: %v is not between 0 and 1", name, v)
	}
	return nil
}

func countClasses(labels []int32, classes int) []int {
	counts := make([]int, classes)
	for _, y := range labels {
		counts[y]++
	}
	return counts
}
