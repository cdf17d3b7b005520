package datasets

// raw are examples of which the training part decides how they are read: texts, whose
// vocabulary it gives, or columns of a table with categories or missing values. The other
// is nil.
type raw struct {
	path    string // for notes
	texts   []string
	columns []rawColumn
}

// join puts the rows of a test part behind those of the training part, whose columns it has.
func (r *raw) join(test *raw) {
	r.texts = append(r.texts, test.texts...)
	for j, c := range test.columns {
		r.columns[j].numbers = append(r.columns[j].numbers, c.numbers...)
		r.columns[j].texts = append(r.columns[j].texts, c.texts...)
	}
}

// encoded are rows that have been read.
type encoded struct {
	shape   Shape
	x       []float32 // [rows, shape.RowSize()]
	tokens  *Vocabulary
	columns []Column
	notes   []string
}

// encode reads all rows; training are the numbers of those that decide, nil = all.
func (o FileOptions) encode(r *raw, training []int) (encoded, error) {
	if r.texts != nil {
		return o.encodeTexts(r, training)
	}
	return encodeTable(r, training)
}

// encodeInto gives a set of the examples its values, if they are not encoded yet.
func (o FileOptions) encodeInto(s *Set, e *examples, training []int) error {
	if e.raw == nil {
		return nil
	}
	c, err := o.encode(e.raw, training)
	if err != nil {
		return err
	}
	s.Shape, s.X, s.Tokens, s.Columns = c.shape, c.x, c.tokens, c.columns
	e.notes = append(e.notes, c.notes...)
	return nil
}

// encodeBoth encodes both parts, if they are not yet.
func (o FileOptions) encodeBoth(train, test *examples) error {
	if train.raw == nil {
		return nil
	}
	n := train.labels.Len()
	train.raw.join(test.raw)
	c, err := o.encode(train.raw, upTo(n))
	if err != nil {
		return err
	}
	cut := n * c.shape.RowSize()
	train.x, test.x = c.x[:cut:cut], c.x[cut:]
	for _, part := range []*examples{train, test} {
		part.shape, part.tokens, part.columns, part.raw = c.shape, c.tokens, c.columns, nil
	}
	train.notes = append(train.notes, c.notes...)
	return nil
}
