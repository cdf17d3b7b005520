package probe

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// Plain implementations in float64, one label set at a time: scores [rows][K].

// refRidge solves the normal equations of each class.
func refRidge(d Data, labels []int32, rows arrays.Matrix, alpha float64) [][]float64 {
	n, cols := d.Train.Rows, d.Train.Cols
	mean, _ := columnMoments(d.Train, nil)
	a := mat.NewDense(n, cols, nil)
	for i := range n {
		for j, v := range d.Train.Row(i) {
			a.Set(i, j, float64(v)-mean[j])
		}
	}
	var g, w, right mat.Dense
	g.Mul(a.T(), a)
	for j := range cols {
		g.Set(j, j, g.At(j, j)+alpha)
	}
	t := mat.NewDense(n, d.Classes, nil)
	share := make([]float64, d.Classes)
	for i, y := range labels {
		for k := range d.Classes {
			t.Set(i, k, -1)
		}
		t.Set(i, int(y), 1)
		share[y] += 1 / float64(n)
	}
	right.Mul(a.T(), t)
	if err := w.Solve(&g, &right); err != nil {
		panic(err)
	}
	return scoresOf(rows, d.Classes, func(x []float32, k int) float64 {
		s := 2*share[k] - 1
		for j, v := range x {
			s += w.At(j, k) * (float64(v) - mean[j])
		}
		return s
	})
}

func scoresOf(rows arrays.Matrix, classes int, score func(x []float32, k int) float64) [][]float64 {
	out := make([][]float64, rows.Rows)
	for i := range out {
		out[i] = make([]float64, classes)
		for k := range out[i] {
			out[i][k] = score(rows.Row(i), k)
		}
	}
	return out
}

func refCentroid(d Data, labels []int32, rows arrays.Matrix) [][]float64 {
	centre, counts := make([][]float64, d.Classes), make([]float64, d.Classes)
	for k := range centre {
		centre[k] = make([]float64, d.Train.Cols)
	}
	for i, y := range labels {
		counts[y]++
		for j, v := range d.Train.Row(i) {
			centre[y][j] += float64(v)
		}
	}
	return scoresOf(rows, d.Classes, func(x []float32, k int) float64 {
		if counts[k] == 0 {
			return math.Inf(-1)
		}
		s := 0.0
		for j, v := range x {
			diff := float64(v) - centre[k][j]/counts[k]
			s -= diff * diff
		}
		return s
	})
}

func refKNN(d Data, labels []int32, rows arrays.Matrix, k int) [][]float64 {
	out := make([][]float64, rows.Rows)
	for i := range out {
		distance := make([]float64, d.Train.Rows)
		order := make([]int, d.Train.Rows)
		for t := range order {
			order[t] = t
			for j, v := range rows.Row(i) {
				diff := float64(v) - float64(d.Train.Row(t)[j])
				distance[t] += diff * diff
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(distance[a], distance[b]) })
		out[i] = make([]float64, d.Classes)
		for _, t := range order[:k] {
			out[i][labels[t]]++
		}
	}
	return out
}

// refSoftmax minimizes by Newton's method with the whole Hessian of the classes
// that are present; the others never win.
func refSoftmax(d Data, labels []int32, rows arrays.Matrix, lambda float64) [][]float64 {
	x := d.centred().withConstant()
	rows = d.eachOf(rows)
	cols := x.Train.Cols
	var present []int
	for k := range d.Classes {
		if slices.Contains(labels, int32(k)) {
			present = append(present, k)
		}
	}
	size := len(present) * cols
	w := make([]float64, size)
	value := func(w []float64) float64 {
		split := make([][]float64, len(present))
		for k := range present {
			split[k] = w[k*cols : (k+1)*cols]
		}
		y := make([]int32, len(labels))
		for i := range y {
			y[i] = int32(slices.Index(present, int(labels[i])))
		}
		return crossEntropy(x.Train, y, split) + lambda/2*penaltyOf(split)
	}
	for range 100 {
		g, h := mat.NewVecDense(size, nil), mat.NewSymDense(size, nil)
		for i, y := range labels {
			row := x.Train.Row(i)
			p, sum := make([]float64, len(present)), 0.0
			for k := range present {
				for j, v := range row {
					p[k] += w[k*cols+j] * float64(v)
				}
			}
			top := slices.Max(p)
			for k := range p {
				p[k] = math.Exp(p[k] - top)
				sum += p[k]
			}
			for k := range p {
				p[k] /= sum
			}
			for k, class := range present {
				r := p[k]
				if class == int(y) {
					r--
				}
				for j, v := range row {
					g.SetVec(k*cols+j, g.AtVec(k*cols+j)+r*float64(v))
				}
				for l := range present {
					q := -p[k] * p[l]
					if k == l {
						q += p[k]
					}
					for j, v := range row {
						for m, u := range row {
							if a, b := k*cols+j, l*cols+m; a <= b {
								h.SetSym(a, b, h.At(a, b)+q*float64(v)*float64(u))
							}
						}
					}
				}
			}
		}
		for k := range present {
			for j := range cols {
				at := k*cols + j
				penalty := lambda
				if j == cols-1 {
					penalty = 0
					h.SetSym(at, at, h.At(at, at)+1e-9) // the sum of the intercepts is free
				}
				g.SetVec(at, g.AtVec(at)+penalty*w[at])
				h.SetSym(at, at, h.At(at, at)+penalty)
			}
		}
		var chol mat.Cholesky
		var step mat.VecDense
		if !chol.Factorize(h) {
			panic("the Hessian is not positive definite")
		}
		if err := chol.SolveVecTo(&step, g); err != nil {
			if _, loose := err.(mat.Condition); !loose {
				panic(err)
			}
		}
		before, length := value(w), 1.0
		next := make([]float64, size)
		for ; length > 1e-6; length /= 2 {
			for a := range next {
				next[a] = w[a] - length*step.AtVec(a)
			}
			if value(next) <= before {
				break
			}
		}
		w = next
		if before-value(w) < 1e-13*before {
			break
		}
	}
	return scoresOf(rows, d.Classes, func(row []float32, k int) float64 {
		at := slices.Index(present, k)
		if at < 0 {
			return math.Inf(-1)
		}
		s := 0.0
		for j, v := range row {
			s += w[at*cols+j] * float64(v)
		}
		return s
	})
}

// centred is the data less their training mean.
func (d Data) centred() Data {
	c := d.center()
	return d.each(func(m arrays.Matrix) arrays.Matrix { return c.of(m).matrix() })
}

// withConstant adds a column of ones, the last, which carries the intercept.
func (d Data) withConstant() Data {
	return d.each(func(m arrays.Matrix) arrays.Matrix {
		to := arrays.Matrix{Rows: m.Rows, Cols: m.Cols + 1}
		for i := range m.Rows {
			to.Data = append(append(to.Data, m.Row(i)...), 1)
		}
		return to
	})
}

// eachOf centres rows like the training features and adds the constant.
func (d Data) eachOf(rows arrays.Matrix) arrays.Matrix {
	d.Fresh = rows
	return d.centred().withConstant().Fresh
}

// TestReference compares every probe with the plain implementations on random
// data of all shapes: two classes and more, unequal ones, classes that a label
// set lacks, more columns than rows, one column.
func TestReference(t *testing.T) {
	e := open(t, "go")
	compared, ties := 0, 0
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 1))
		classes := 2 + r.IntN(4)
		n, m, cols := classes+8+r.IntN(30), 1+r.IntN(9), 1+r.IntN(9)
		if seed%6 == 5 {
			cols = n + 3
		}
		if cols*classes > 60 {
			classes = 2
		}
		d := Data{Classes: classes, Train: normal(r, n, cols), Valid: []arrays.Matrix{normal(r, n, cols)}, Fresh: normal(r, m, cols)}
		for i := range d.Valid[0].Data {
			d.Valid[0].Data[i] = d.Train.Data[i] + 0.7*d.Valid[0].Data[i]
		}
		var sets given
		for b := range 5 {
			y := make([]int32, n)
			for i := range y {
				y[i] = min(int32(r.IntN(classes)), int32(r.IntN(classes)))
			}
			if b == 3 { // class 0 is missing
				for i := range y {
					y[i] = max(y[i], min(1, int32(classes-1)))
				}
				y[0] = int32(classes - 1)
			}
			sets = append(sets, y)
		}
		alpha := math.Exp(3 * r.NormFloat64())
		k := 1 + r.IntN(7)
		for name, reference := range map[string]func(labels []int32, rows arrays.Matrix) [][]float64{
			Ridge{Alpha: alpha}.Name(): func(y []int32, rows arrays.Matrix) [][]float64 { return refRidge(d, y, rows, alpha) },
			"centroid":                 func(y []int32, rows arrays.Matrix) [][]float64 { return refCentroid(d, y, rows) },
			KNN{k}.Name():              func(y []int32, rows arrays.Matrix) [][]float64 { return refKNN(d, y, rows, k) },
			SoftmaxRegression{Lambda: max(alpha, 0.05)}.Name(): func(y []int32, rows arrays.Matrix) [][]float64 {
				return refSoftmax(d, y, rows, max(alpha, 0.05))
			},
		} {
			got := collect(t, e, parse(t, name), d, sets, 0, len(sets), Options{})
			check := func(what string, classes []int32, scores [][]float64) {
				for i, row := range scores {
					best := argMax(row)
					second := math.Inf(-1)
					for k, s := range row {
						if int32(k) != best {
							second = max(second, s)
						}
					}
					compared++
					if name != (KNN{k}).Name() && row[best]-second < 1e-3 {
						ties++ // float32 and the fit's tolerance may decide otherwise
						continue
					}
					if classes[i] != best {
						t.Fatalf("seed %d, %s, %s, row %d: class %d, reference %d of scores %v", seed, name, what, i, classes[i], best, row)
					}
				}
			}
			for b, y := range sets {
				check("copies", got.Valid[0][b], reference(y, d.Valid[0]))
			}
			check("fresh examples", got.Fresh, reference(sets[0], d.Fresh))
		}
	}
	if ties > compared/50 {
		t.Errorf("%d of %d predictions were left out as ties", ties, compared)
	}
}
