package oracle

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// softmax is multinomial logistic regression: it minimizes
// Σ −log p_i(y_i) + λ/2 |W|² over weights W and free intercepts by Newton's
// method, halving steps that do not go down. Its scores are logarithms of
// probabilities.
func softmax(train [][]float64, labels []int, classes int, lambda float64) func([][]float64) [][]float64 {
	mean := columnMeans(train)
	a := withConstant(train, mean)
	_, d := a.Dims()
	w := mat.NewDense(d, classes, nil)
	for range 200 {
		gradient, hessian := derivatives(a, labels, w, lambda)
		var step mat.VecDense
		var factor mat.Cholesky
		if !factor.Factorize(hessian) {
			panic("oracle: the Hessian of softmax is not positive definite")
		}
		if err := factor.SolveVecTo(&step, gradient); err != nil {
			if _, loose := err.(mat.Condition); !loose {
				panic(err)
			}
		}
		decrement := mat.Dot(gradient, &step)
		before := penalized(a, labels, w, lambda)
		for length := 1.0; length > 1e-9; length /= 2 {
			next := mat.NewDense(d, classes, nil)
			for k := range classes {
				for j := range d {
					next.Set(j, k, w.At(j, k)-length*step.AtVec(k*d+j))
				}
			}
			if penalized(a, labels, next, lambda) <= before {
				w = next
				break
			}
		}
		if decrement < 1e-14*before {
			break
		}
	}
	return func(rows [][]float64) [][]float64 {
		scores := product(withConstant(rows, mean), w)
		for _, s := range scores {
			logProbabilities(s)
		}
		return scores
	}
}

// logProbabilities turns scores of one row into logarithms of probabilities.
func logProbabilities(s []float64) {
	top, sum := math.Inf(-1), 0.0
	for _, v := range s {
		top = max(top, v)
	}
	for _, v := range s {
		sum += math.Exp(v - top)
	}
	for k := range s {
		s[k] -= top + math.Log(sum)
	}
}

// penalized is the objective of softmax.
func penalized(a *mat.Dense, labels []int, w *mat.Dense, lambda float64) float64 {
	sum := 0.0
	for i, s := range product(a, w) {
		logProbabilities(s)
		sum -= s[labels[i]]
	}
	d, classes := w.Dims()
	for j := range d - 1 {
		for k := range classes {
			sum += lambda / 2 * w.At(j, k) * w.At(j, k)
		}
	}
	return sum
}

// derivatives are the gradient and the Hessian of the objective, class after class.
func derivatives(a *mat.Dense, labels []int, w *mat.Dense, lambda float64) (*mat.VecDense, *mat.SymDense) {
	d, classes := w.Dims()
	g, h := make([]float64, d*classes), make([]float64, d*classes*d*classes)
	for i, s := range product(a, w) {
		logProbabilities(s)
		x := a.RawRowView(i)
		for k := range classes {
			p := math.Exp(s[k])
			residual := p
			if labels[i] == k {
				residual--
			}
			for j, v := range x {
				g[k*d+j] += residual * v
			}
			for l := range classes {
				q := -p * math.Exp(s[l])
				if k == l {
					q += p
				}
				for j, v := range x {
					row := h[(k*d+j)*d*classes+l*d:]
					for m, u := range x {
						row[m] += q * v * u
					}
				}
			}
		}
	}
	for k := range classes {
		for j := range d {
			at, penalty := k*d+j, lambda
			if j == d-1 {
				penalty = 0
				h[at*d*classes+at] += 1e-9 // one constant added to all intercepts changes nothing
			}
			g[at] += penalty * w.At(j, k)
			h[at*d*classes+at] += penalty
		}
	}
	return mat.NewVecDense(d*classes, g), mat.NewSymDense(d*classes, h)
}
