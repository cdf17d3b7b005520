package arrays

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Classes numbers the classes of labels: those that occur, numbers by size and
// text by letters.
type Classes struct {
	Names []string
	place map[string]int32
}

// NewClasses are the classes that occur in these labels, or the groups.
func NewClasses(l Labels) Classes {
	var names []string
	if l.Texts != nil {
		names = slices.Compact(slices.Sorted(slices.Values(l.Texts)))
	} else {
		for _, v := range slices.Compact(slices.Sorted(slices.Values(l.Ints))) {
			names = append(names, strconv.FormatInt(v, 10))
		}
	}
	return ClassesOf(names)
}

// CheckClasses refuses labels that are no classes: target values, of which each
// would be its own class, and a single negative number beside classes from 0 for
// examples without a label, such as −1 or PyTorch's −100. Its error is the end
// of a sentence that names the labels.
func (l Labels) CheckClasses() error {
	if i, found := l.target(); found {
		return fmt.Errorf("label %d is %s, which is no whole number; give the class of each example, not a probability or a target value, and write classes that look like numbers as words", i, l.Texts[i])
	}
	if i, found := l.unlabelled(); found {
		return fmt.Errorf("label %d is %d, which beside classes from 0 usually says that an example has no label; leave such examples out, or number the classes from 0 where it is one", i, l.Ints[i])
	}
	return nil
}

// target is the first label that is a fraction, where all labels are numbers in
// text, as in a table's column of target values.
func (l Labels) target() (at int, found bool) {
	for i, text := range l.Texts {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return 0, false
		}
		if !found && v != math.Trunc(v) {
			at, found = i, true
		}
	}
	return at, found
}

// unlabelled is the first label below 0, where all such are alike and the others are
// at least two classes that are numbered from 0. Classes −1 and 1 are classes.
func (l Labels) unlabelled() (int, bool) {
	if len(l.Ints) == 0 || slices.Min(l.Ints) >= 0 || !slices.Contains(l.Ints, 0) || slices.Max(l.Ints) < 1 {
		return 0, false
	}
	none := slices.Min(l.Ints)
	if slices.ContainsFunc(l.Ints, func(y int64) bool { return y < 0 && y != none }) {
		return 0, false
	}
	return slices.Index(l.Ints, none), true
}

// ClassesOf numbers names by their order.
func ClassesOf(names []string) Classes {
	c := Classes{names, make(map[string]int32, len(names))}
	for k, n := range names {
		c.place[n] = int32(k)
	}
	return c
}

// Encode numbers labels 0..K-1; what names them in the error of one that is none
// of the classes.
func (c Classes) Encode(l Labels, what string) ([]int32, error) {
	out := make([]int32, l.Len())
	ints := make(map[int64]int32, len(c.Names)) // so that numbers are turned into text once a class
	for i := range out {
		if l.Texts == nil {
			if k, ok := ints[l.Ints[i]]; ok {
				out[i] = k
				continue
			}
		}
		k, ok := c.place[l.text(i)]
		if !ok {
			return nil, fmt.Errorf("%s: label %q of example %d is none of the %d classes %s of the training labels", what, l.text(i), i, len(c.Names), c.list())
		}
		if l.Texts == nil {
			ints[l.Ints[i]] = k
		}
		out[i] = k
	}
	return out, nil
}

// list names the classes, the first ten.
func (c Classes) list() string {
	if len(c.Names) > 10 {
		return fmt.Sprintf("%v and %d more", c.Names[:10], len(c.Names)-10)
	}
	return fmt.Sprint(c.Names)
}
