package arrays

// Value is the number that an array of a single one holds, [] or [1], as wide as it
// is in the file. Anything else is refused.
func (a *Array) Value() (float64, error) {
	if a.elem.value == nil {
		return 0, a.errorf("%s", a.elem.refusal)
	}
	raw, err := a.single()
	if err != nil {
		return 0, err
	}
	return a.elem.value(raw), nil
}

// Text is the text that an array of a single one holds, [] or [1]. Anything else is
// refused.
func (a *Array) Text() (string, error) {
	if a.elem.text == nil {
		return "", a.errorf("it is %s, not text", a.Type)
	}
	raw, err := a.single()
	if err != nil {
		return "", err
	}
	text, err := a.elem.text(raw)
	if err != nil {
		return "", a.errorf("%w", err)
	}
	return text, nil
}

// single reads the bytes of the only value.
func (a *Array) single() ([]byte, error) {
	if a.Rows()*a.Cols() != 1 {
		return nil, a.errorf("its shape is %v, but one value is expected", a.Dims)
	}
	var raw []byte
	for r, err := range a.runs(0) {
		if err != nil {
			return nil, err
		}
		raw = append(raw, r.raw...)
	}
	return raw, nil
}
