package arrays

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Labels are classes as a file holds them, whole numbers or text; the other one
// is nil.
type Labels struct {
	Ints  []int64
	Texts []string
}

// Len is the number of labels.
func (l Labels) Len() int { return max(len(l.Ints), len(l.Texts)) }

// Head is the first rows labels; all where rows is 0.
func (l Labels) Head(rows int) Labels {
	if rows <= 0 || rows >= l.Len() {
		return l
	}
	if l.Texts != nil {
		return Labels{Texts: l.Texts[:rows]}
	}
	return Labels{Ints: l.Ints[:rows]}
}

// text is label i as the name of its class.
func (l Labels) text(i int) string {
	if l.Texts != nil {
		return l.Texts[i]
	}
	return strconv.FormatInt(l.Ints[i], 10)
}

// TextLabels are labels of a table's column: whole numbers where all of them
// are, so that class 10 comes after class 9.
func TextLabels(texts []string) Labels {
	ints := make([]int64, len(texts))
	for i, t := range texts {
		v, err := strconv.ParseInt(t, 10, 64)
		if err != nil {
			f, ferr := strconv.ParseFloat(t, 64) // 3.0, as spreadsheets write
			if ferr != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
				return Labels{Texts: texts}
			}
			v = int64(f)
		}
		ints[i] = v
	}
	return Labels{Ints: ints}
}

// Labels reads the array as one label a row: [n] or [n, 1] of whole numbers,
// text or floats that are whole numbers, or one-hot rows [n, K]. Anything else
// is refused.
func (a *Array) Labels() (Labels, error) {
	if err := a.legible(); err != nil {
		return Labels{}, err
	}
	switch {
	case len(a.Dims) == 1 || len(a.Dims) == 2 && a.Dims[1] == 1:
		return a.flatLabels()
	case len(a.Dims) == 2:
		return a.oneHot()
	}
	return Labels{}, a.errorf("its shape is %v; labels are one value for each example, [n]", a.Dims)
}

// LabelSets reads the array as label sets [B][n].
func (a *Array) LabelSets() ([]Labels, error) {
	if err := a.legible(); err != nil {
		return nil, err
	}
	if len(a.Dims) != 2 {
		return nil, a.errorf("its shape is %v; label sets are [B, n], one row for each permutation", a.Dims)
	}
	all, err := a.flatLabels()
	if err != nil {
		return nil, err
	}
	n := a.Dims[1]
	sets := make([]Labels, a.Dims[0])
	for b := range sets {
		if all.Texts != nil {
			sets[b].Texts = all.Texts[b*n : (b+1)*n]
		} else {
			sets[b].Ints = all.Ints[b*n : (b+1)*n]
		}
	}
	return sets, nil
}

// legible is nil where the array's values can be labels, and otherwise says what
// they are.
func (a *Array) legible() error {
	if a.elem.whole == nil && a.elem.text == nil {
		return a.errorf("%s", a.elem.refusal)
	}
	return nil
}

// flatLabels reads every value as a label.
func (a *Array) flatLabels() (Labels, error) {
	count := a.Rows() * a.Cols()
	switch {
	case count == 0:
		return Labels{}, a.errorf("it holds no labels: its shape is %v", a.Dims)
	case a.fortran:
		return Labels{}, a.errorf("it is in Fortran order; save numpy.ascontiguousarray of it")
	}
	l := Labels{}
	if a.elem.text != nil {
		l.Texts = make([]string, 0, count)
	} else {
		l.Ints = make([]int64, 0, count)
	}
	for raw, err := range a.pieces(count, max(1, blockBytes/a.elem.size)) {
		if err != nil {
			return Labels{}, err
		}
		for ; len(raw) > 0; raw = raw[a.elem.size:] {
			if a.elem.text != nil {
				text, err := a.elem.text(raw[:a.elem.size])
				if err != nil {
					return Labels{}, a.errorf("label %d: %w", len(l.Texts), err)
				}
				l.Texts = append(l.Texts, text)
				continue
			}
			v, whole := a.elem.whole(raw)
			if !whole {
				var f [1]float32
				a.elem.floats(f[:], raw[:a.elem.size])
				return Labels{}, a.errorf("label %d is %v, which is no whole number; save the class of each example, not a probability or a target value", len(l.Ints), f[0])
			}
			l.Ints = append(l.Ints, v)
		}
	}
	return l, nil
}

// oneHot reads rows of zeros with a single one as the place of the one.
func (a *Array) oneHot() (Labels, error) {
	if a.elem.floats == nil {
		return Labels{}, a.errorf("its shape is %v; labels are one value for each example, [n]", a.Dims)
	}
	l := Labels{Ints: make([]int64, 0, a.Rows())}
	m, err := a.Matrix(0)
	if err != nil {
		return Labels{}, err
	}
	for i := range m.Rows {
		class, ones := -1, 0
		for k, v := range m.Data[i*m.Cols : (i+1)*m.Cols] {
			if v == 1 {
				class, ones = k, ones+1
			} else if v != 0 {
				return Labels{}, a.errorf("its shape is %v, but row %d holds %v at place %d, so it is not one-hot; save the class of each example, as y.argmax(1)", a.Dims, i, v, k)
			}
		}
		if ones != 1 {
			return Labels{}, a.errorf("its shape is %v, but row %d holds %d ones, so it is not one-hot; save the class of each example, [n]", a.Dims, i, ones)
		}
		l.Ints = append(l.Ints, int64(class))
	}
	return l, nil
}

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
