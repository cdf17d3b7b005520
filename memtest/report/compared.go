package report

import "github.com/seed-1a417598/memtest/memtest/result"

// Compared is a cell that sentences of a page are about, a network's last layer and
// epoch at the level of the sentences, with the references that they compare it with.
type Compared struct {
	Title                  string       // of the cell, for a sentence
	Rows                   []result.Row // one a training seed
	Learning, Memorization []Reference  // what each of the two is compared with
}

// Reference is what a cell is compared with.
type Reference struct {
	Name string       // for a sentence
	Rows []result.Row // one for each row of the cell
}

// Comparisons are the cells that the sentences of a page of these rows are about, in
// the order of the page, that of the first verdict first, and how many intervals of
// differences hold there together.
func Comparisons(rows []result.Row) (all []Compared, intervals int, err error) {
	v, err := newView(rows)
	if err != nil {
		return nil, 0, err
	}
	for _, network := range v.subjects() {
		for _, perturbation := range v.perturbations {
			for _, s := range v.probed(network, perturbation) {
				c := v.read(s).cell
				one := Compared{Title: v.title(s), Rows: c.rows, Learning: v.referencesOf(s, c, learningEffect), Memorization: v.referencesOf(s, c, v.memorizationEffect())}
				all = append(all, one)
			}
		}
	}
	return all, v.comparisons(), nil
}

// referencesOf are the references of a cell in an effect, with their rows.
func (v *view) referencesOf(s setting, c cell, e effect) []Reference {
	var all []Reference
	for _, o := range v.beside(s, c, e) {
		r := Reference{Name: o.name}
		for _, row := range c.rows {
			r.Rows = append(r.Rows, o.ofSeed(row.Seed))
		}
		all = append(all, r)
	}
	return all
}

// Headline are the rows, one a training seed, of the cell that the first verdict on some
// rows reads. Its level is that which a page of all rows of the run reads, since the
// references that decide it may not be among these. Of a run without a network it is an
// error, unless some reference was named.
func Headline(rows, run []result.Row, named bool) ([]result.Row, error) {
	some, err := newView(rows)
	if err != nil {
		return nil, err
	}
	whole, err := newView(run)
	if err != nil {
		return nil, err
	}
	if len(whole.networks) == 0 && !named {
		return nil, result.Inputf("there is no network in these rows, only references: name the one that is meant, as in network=input")
	}
	for _, network := range some.subjects() {
		for _, perturbation := range some.perturbations {
			s, ok := some.primary(network, perturbation)
			if !ok {
				continue
			}
			if len(whole.cells[s]) > 0 {
				if c, ok := some.at(s, whole.read(s).level); ok {
					return c.rows, nil
				}
			}
			return some.read(s).rows, nil
		}
	}
	return nil, nil
}
