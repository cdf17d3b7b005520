package arrays

import (
	"fmt"
	"slices"
	"strconv"
)

// Classes numbers the classes of labels: those that occur, numbers by size and
// text by letters.
type Classes struct {
	Names []string
	place map[string]int32
}

// NewClasses are the classes that occur in these labels.
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
