package oracle

import (
	"math"
	"sort"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// Scores are scores [rows][K] of each of several sets of rows. The greatest wins,
// the smallest class of equal ones.
type Scores [][][]float64

// Probe is a probe that lacks only labels [n]: it is fitted to them and scores
// rows. The penalty is that of ridge and softmax, see Penalty.
type Probe func(labels []int, penalty float64) Scores

// NewProbe is the probe that a word asks for, on training features and sets of
// rows that it is to score; nil for words that it does not know.
func NewProbe(word string, train [][]float64, rows [][][]float64, classes int) Probe {
	name, setting, given := strings.Cut(word, ":")
	each := func(fit func(labels []int, penalty float64) func([][]float64) [][]float64) Probe {
		return func(labels []int, penalty float64) (all Scores) {
			scores := fit(labels, penalty)
			for _, r := range rows {
				all = append(all, scores(r))
			}
			return all
		}
	}
	switch name {
	case "ridge":
		return each(func(labels []int, penalty float64) func([][]float64) [][]float64 {
			return ridge(train, labels, classes, penalty)
		})
	case "softmax":
		return each(func(labels []int, penalty float64) func([][]float64) [][]float64 {
			return softmax(train, labels, classes, penalty)
		})
	case "centroid":
		return each(func(labels []int, _ float64) func([][]float64) [][]float64 { return centroid(train, labels, classes) })
	case "knn":
		k := 5
		if given {
			k, _ = strconv.Atoi(setting)
		}
		var near [][][]int
		for _, r := range rows {
			near = append(near, Nearest(train, r, k))
		}
		return func(labels []int, _ float64) (all Scores) {
			for _, n := range near {
				all = append(all, votes(n, labels, classes))
			}
			return all
		}
	}
	return nil
}

// Penalty is the L2 penalty of the probe that a word asks for: the one given, the
// one that these labels choose, or the default, which of ridge is a tenth of the
// mean eigenvalue of the Gram matrix of the centred features; 0 where the probe has
// none.
func Penalty(word string, train [][]float64, labels []int, classes int) float64 {
	name, setting, given := strings.Cut(word, ":")
	switch {
	case name != "ridge" && name != "softmax":
		return 0
	case setting == "gcv" && name == "ridge":
		return choosePenalty(train, labels, classes, 1)
	case setting == "gcv":
		return choosePenalty(train, labels, classes, float64(classes))
	case given:
		value, _ := strconv.ParseFloat(setting, 64)
		return value
	case name == "softmax":
		return 1
	}
	trace, mean := 0.0, columnMeans(train)
	for _, row := range train {
		for j, v := range row {
			trace += (v - mean[j]) * (v - mean[j])
		}
	}
	if trace == 0 {
		return 1
	}
	return trace / float64(len(mean)) / 10
}

// Predict is the class of greatest score of each row.
func Predict(scores [][]float64) []int {
	out := make([]int, len(scores))
	for i, s := range scores {
		for k := range s {
			if s[k] > s[out[i]] {
				out[i] = k
			}
		}
	}
	return out
}

// Margins are the score of each row's label less the best other.
func Margins(scores [][]float64, labels []int) []float64 {
	out := make([]float64, len(scores))
	for i, s := range scores {
		other := math.Inf(-1)
		for k := range s {
			if k != labels[i] {
				other = max(other, s[k])
			}
		}
		out[i] = s[labels[i]] - other
	}
	return out
}

// columnMeans are the means of the columns.
func columnMeans(rows [][]float64) []float64 {
	mean := make([]float64, len(rows[0]))
	for _, row := range rows {
		for j, v := range row {
			mean[j] += v / float64(len(rows))
		}
	}
	return mean
}

// withConstant is [rows − mean, 1], a column of ones last.
func withConstant(rows [][]float64, mean []float64) *mat.Dense {
	a := mat.NewDense(len(rows), len(mean)+1, nil)
	for i, row := range rows {
		for j, v := range row {
			a.Set(i, j, v-mean[j])
		}
		a.Set(i, len(mean), 1)
	}
	return a
}

// targets are +1 for the own class and −1 for the others, [n][K].
func targets(labels []int, classes int) *mat.Dense {
	t := mat.NewDense(len(labels), classes, nil)
	for i, y := range labels {
		for k := range classes {
			t.Set(i, k, -1)
		}
		t.Set(i, y, 1)
	}
	return t
}

// hatFactor is (AᵀA + αD)⁻¹Aᵀ, where D is the identity but for the constant, the
// last column, which bears no penalty: the normal equations of ridge regression.
func hatFactor(a *mat.Dense, alpha float64) *mat.Dense {
	var normal, out mat.Dense
	normal.Mul(a.T(), a)
	_, d := a.Dims()
	for j := range d - 1 {
		normal.Set(j, j, normal.At(j, j)+alpha)
	}
	if err := out.Solve(&normal, a.T()); err != nil {
		if _, loose := err.(mat.Condition); !loose {
			panic(err)
		}
	}
	return &out
}

func ridge(train [][]float64, labels []int, classes int, alpha float64) func([][]float64) [][]float64 {
	mean := columnMeans(train)
	var w mat.Dense
	w.Mul(hatFactor(withConstant(train, mean), alpha), targets(labels, classes))
	return func(rows [][]float64) [][]float64 { return product(withConstant(rows, mean), &w) }
}

func product(a, w *mat.Dense) [][]float64 {
	var s mat.Dense
	s.Mul(a, w)
	n, _ := s.Dims()
	out := make([][]float64, n)
	for i := range out {
		out[i] = append([]float64{}, s.RawRowView(i)...)
	}
	return out
}

// choosePenalty is the λ of 0.001, 0.00316, … 1e6 for which ridge regression with
// α = scale·λ has the least (|T − HT|²/n)/(tr(I − H)/n)², H being its hat matrix
// (Golub, Heath and Wahba 1979); the smallest of equal ones.
func choosePenalty(train [][]float64, labels []int, classes int, scale float64) float64 {
	a, t := withConstant(train, columnMeans(train)), targets(labels, classes)
	n := float64(len(train))
	best, least := 0.0, math.Inf(1)
	for step := -6; step <= 12; step++ {
		lambda := math.Pow(10, float64(step)/2)
		var hat, left mat.Dense
		hat.Mul(a, hatFactor(a, scale*lambda))
		left.Mul(&hat, t)
		left.Sub(t, &left)
		free := n - hat.Trace()
		if v := math.Pow(mat.Norm(&left, 2), 2) / n / (free / n * free / n); v < least {
			best, least = lambda, v
		}
	}
	return best
}

func centroid(train [][]float64, labels []int, classes int) func([][]float64) [][]float64 {
	centre, count := make([][]float64, classes), make([]float64, classes)
	for k := range centre {
		centre[k] = make([]float64, len(train[0]))
	}
	for i, row := range train {
		count[labels[i]]++
		for j, v := range row {
			centre[labels[i]][j] += v
		}
	}
	return func(rows [][]float64) [][]float64 {
		out := make([][]float64, len(rows))
		for i, row := range rows {
			for k := range classes {
				if count[k] == 0 {
					out[i] = append(out[i], math.Inf(-1))
					continue
				}
				sum := 0.0
				for j, v := range row {
					diff := v - centre[k][j]/count[k]
					sum -= diff * diff
				}
				out[i] = append(out[i], sum)
			}
		}
		return out
	}
}

// Nearest are the k nearest training rows of each row, nearest first, the earlier
// of equally near ones first: all distances are sorted.
func Nearest(train, rows [][]float64, k int) [][]int {
	out := make([][]int, len(rows))
	for i, row := range rows {
		distance, order := make([]float64, len(train)), make([]int, len(train))
		for t, other := range train {
			order[t] = t
			for j, v := range row {
				distance[t] += (v - other[j]) * (v - other[j])
			}
		}
		sort.SliceStable(order, func(a, b int) bool { return distance[order[a]] < distance[order[b]] })
		out[i] = order[:k]
	}
	return out
}

// votes are the shares of the classes among the neighbours of each row.
func votes(nearest [][]int, labels []int, classes int) [][]float64 {
	out := make([][]float64, len(nearest))
	for i, near := range nearest {
		out[i] = make([]float64, classes)
		for _, t := range near {
			out[i][labels[t]] += 1 / float64(len(near))
		}
		for c := range out[i] { // sums of 1/k that should be equal, are
			out[i][c] = math.Round(out[i][c]*float64(len(near))) / float64(len(near))
		}
	}
	return out
}
