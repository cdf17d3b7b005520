package perturb

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
)

const shareColumns = "share of columns"

// tables is what happens to whole columns of a row, a category with all its values and a
// number with what says that it is missing. A column that is hit at one level is hit at every
// higher one, and what is drawn for it is the same.
func tables() []Kind {
	return []Kind{
		{
			name: "column-resample", unit: shareColumns, max: upTo(1), levels: []float64{0, 0.1, 0.3, 0.5}, kinds: onlyTables,
			about: "replaces columns, each on its own, by what they are in another row of the training set, drawn for each column",
			fit:   fitColumns(resample),
		},
		{
			name: "corrupt", unit: shareColumns, max: upTo(1), levels: []float64{0, 0.2, 0.4, 0.6}, kinds: onlyTables,
			about: "replaces exactly this share of the columns of each row, rounded but at least one, chosen at random, by what they are in other rows of the training set, as SCARF does",
			fit:   fitColumns(corrupt),
		},
		{
			name: "missing", unit: shareColumns, max: upTo(1), levels: []float64{0, 0.1, 0.3, 0.5}, kinds: onlyTables,
			about: "makes columns missing, each on its own: numbers become the mean of the training set and are marked where the table has a mark, categories become the one for what is missing, or none",
			fit:   fitColumns(lose),
		},
	}
}

// fitColumns fits a perturbation to a set and its columns.
func fitColumns(at func(level float64, set *datasets.Set, columns []datasets.Column) Copy) func(*datasets.Set) (maker, error) {
	return func(set *datasets.Set) (maker, error) {
		columns, err := columnsOf(set)
		if err != nil {
			return nil, err
		}
		return func(level float64, _ datasets.Shape) Copy { return at(level, set, columns) }, nil
	}
}

// resample draws, for each column that is hit, one of the rows of the set.
func resample(level float64, set *datasets.Set, columns []datasets.Column) Copy {
	x, d := set.X, set.Shape.Size()
	return func(dst, src []float32, r *rand.Rand) {
		copy(dst, src)
		for _, c := range columns {
			hit, other := unit(r.Uint64()) < level, r.IntN(len(x)/d)
			if hit {
				copy(block(dst, c), block(row(x, d, other), c))
			}
		}
	}
}

// corrupt is the corruption of SCARF (Bahri et al. 2022): level·M of the M columns, all
// choices being as likely, each become a draw from their values in the rows of the set.
// The number is rounded to the nearest one, where the paper rounds it down, and is one at
// least: of few columns a small level would leave every copy its parent.
func corrupt(level float64, set *datasets.Set, columns []datasets.Column) Copy {
	x, d := set.X, set.Shape.Size()
	hit := int(math.Round(level * float64(len(columns))))
	if level > 0 {
		hit = max(hit, 1)
	}
	order := make([]int, len(columns))
	return func(dst, src []float32, r *rand.Rand) {
		copy(dst, src)
		for i := range order {
			order[i] = i
		}
		for i := range order {
			j := i + r.IntN(len(order)-i)
			order[i], order[j] = order[j], order[i]
			c, other := columns[order[i]], r.IntN(len(x)/d)
			if i < hit {
				copy(block(dst, c), block(row(x, d, other), c))
			}
		}
	}
}

// allMissing is a row of which every column is missing.
func allMissing(set *datasets.Set, columns []datasets.Column) []float32 {
	d := set.Shape.Size()
	nothing := make([]float32, d)
	for _, c := range columns {
		if c.Categories != nil {
			if k := slices.Index(c.Categories, datasets.MissingCategory); k >= 0 {
				nothing[c.First+k] = 1
			}
			continue
		}
		nothing[c.First] = float32(columnMean(set.X, d, numberOf(c)))
		if c.Missing {
			nothing[c.First+1] = 1
		}
	}
	return nothing
}

// columnMean is the mean of a number over the rows of x, [n, d], that have it.
func columnMean(x []float32, d int, number number) float64 {
	var n, sum float64
	for row := range slices.Chunk(x, d) {
		if !number.missing(row) {
			n++
			sum += float64(row[number.at])
		}
	}
	return sum / max(n, 1)
}

// lose puts columns of the row in which all are missing.
func lose(level float64, set *datasets.Set, columns []datasets.Column) Copy {
	nothing := allMissing(set, columns)
	return func(dst, src []float32, r *rand.Rand) {
		copy(dst, src)
		for _, c := range columns {
			if unit(r.Uint64()) < level {
				copy(block(dst, c), block(nothing, c))
			}
		}
	}
}
