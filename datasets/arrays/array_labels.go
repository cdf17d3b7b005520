package arrays

import (
	"math"

	"github.com/seed-1a417598/memtest/datasets/memory"
)

// Labels reads the array as one label a row: [n] or [n, 1] of whole numbers, text
// or floats that are whole numbers, or one-hot rows [n, K], whose labels are the
// places of the ones. Anything else is refused.
func (a *Array) Labels() (Labels, error) {
	if err := a.legible(); err != nil {
		return Labels{}, err
	}
	switch {
	case len(a.Dims) == 1 || len(a.Dims) == 2 && a.Dims[1] == 1:
		return a.flatLabels()
	case len(a.Dims) == 2 && a.elem.text == nil:
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
		sets[b] = all.part(b*n, (b+1)*n)
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

// flatLabels reads every value as a label, in row-major order.
func (a *Array) flatLabels() (Labels, error) {
	count, size := a.Rows()*a.Cols(), a.elem.size
	if count == 0 {
		return Labels{}, a.errorf("it holds no labels: its shape is %v", a.Dims)
	}
	if err := memory.Enough(float64(count)*labelBytes, "reading it"); err != nil {
		return Labels{}, a.errorf("it holds %d labels: %w; give fewer examples", count, err)
	}
	l := Labels{}
	if a.elem.text != nil {
		l.Texts = make([]string, count)
	} else {
		l.Ints = make([]int64, count)
	}
	known := map[string]string{}
	for r, err := range a.runs(0) {
		if err != nil {
			return Labels{}, err
		}
		for k := range len(r.raw) / size {
			if err := a.label(l, r.at+k*r.step, r.raw[k*size:(k+1)*size], known); err != nil {
				return Labels{}, err
			}
		}
	}
	return l, nil
}

// labelBytes is what a label takes at most while it is read: a string's header and
// its code.
const labelBytes = 24

// label puts one value into its place. Text is kept once a class, in known, by its
// bytes.
func (a *Array) label(l Labels, at int, raw []byte, known map[string]string) error {
	if l.Texts != nil {
		text, found := known[string(raw)]
		if !found {
			var err error
			if text, err = a.elem.text(raw); err != nil {
				return a.errorf("label %d: %w", at, err)
			} else if missing(text) {
				return a.errorf("label %d is %q, which stands for a missing value; leave out such examples, or give the class another name", at, text)
			}
			known[string(raw)] = text
		}
		l.Texts[at] = text
		return nil
	}
	v, whole := a.elem.whole(raw)
	if whole {
		l.Ints[at] = v
		return nil
	}
	f := a.elem.value(raw)
	if f == math.Trunc(f) && !math.IsInf(f, 0) {
		return a.errorf("label %d is %v, too large for a class", at, f)
	}
	return a.errorf("label %d is %v, which is no whole number; save the class of each example, not a probability or a target value", at, f)
}

// oneHot reads rows of zeros with a single one as the place of the one.
func (a *Array) oneHot() (Labels, error) {
	m, err := a.Matrix(0)
	if err != nil {
		return Labels{}, err
	}
	l := Labels{Ints: make([]int64, m.Rows)}
	for i := range m.Rows {
		ones := 0
		for k, v := range m.Row(i) {
			if v == 1 {
				l.Ints[i], ones = int64(k), ones+1
			} else if v != 0 {
				return Labels{}, a.errorf("its shape is %v, but row %d holds %v at place %d, so it is not one-hot; save the class of each example, as y.argmax(1)", a.Dims, i, v, k)
			}
		}
		if ones != 1 {
			return Labels{}, a.errorf("its shape is %v, but row %d holds %d ones, so it is not one-hot; save the class of each example, [n]", a.Dims, i, ones)
		}
	}
	return l, nil
}
