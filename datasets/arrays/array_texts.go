package arrays

import "github.com/seed-1a417598/memtest/datasets/memory"

// Texts reads an array of texts, [n] or [n, 1], as they are.
func (a *Array) Texts() ([]string, error) {
	switch {
	case a.open == nil:
		return nil, a.errorf("%s", a.elem.refusal)
	case a.elem.text == nil:
		return nil, a.errorf("it is %s, not text; save an array of strings, as np.array(texts)", a.Type)
	case len(a.Dims) != 1 && (len(a.Dims) != 2 || a.Dims[1] != 1):
		return nil, a.errorf("its shape is %v; texts are one for each example, [n]", a.Dims)
	}
	count, size := a.Rows()*a.Cols(), a.elem.size
	if count == 0 {
		return nil, a.errorf("it holds no texts: its shape is %v", a.Dims)
	}
	if err := memory.Enough(float64(count)*float64(labelBytes+size), "reading it"); err != nil {
		return nil, a.errorf("it holds %d texts: %w; give fewer examples", count, err)
	}
	texts := make([]string, count)
	for r, err := range a.runs(0) {
		if err != nil {
			return nil, err
		}
		for k := range len(r.raw) / size {
			at := r.at + k*r.step
			if texts[at], err = a.elem.text(r.raw[k*size : (k+1)*size]); err != nil {
				return nil, a.errorf("text %d: %w", at, err)
			}
		}
	}
	return texts, nil
}
