package perm

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// golden reads testdata/golden.json, which testdata/golden.py made with SciPy.
func golden[T any](t *testing.T, name string) T {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(all[name], &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*max(1e-12, math.Abs(b))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// enumerated is all labelings of these labels within groups, at most this many.
func enumerated(labels []int32, classes int, groups []int32, most int) (*EnumeratedLabels, error) {
	d, err := NewDesign(labels, classes, groups)
	if err != nil {
		return nil, err
	}
	return d.Enumerated(most)
}

// given is these label sets beside the observed one.
func given(observed []int32, permuted [][]int32, classes int) (*GivenLabels, error) {
	d, err := NewDesign(observed, classes, nil)
	if err != nil {
		return nil, err
	}
	return d.Given(permuted)
}

// randomLabels are n labels of K classes in which every class occurs.
func randomLabels(r *rand.Rand, n, classes int) []int32 {
	y := make([]int32, n)
	for i := range y {
		y[i] = int32(i)
		if i >= classes {
			y[i] = int32(r.IntN(classes))
		}
	}
	r.Shuffle(n, func(i, j int) { y[i], y[j] = y[j], y[i] })
	return y
}

// classLabels are labels with these numbers of examples, in order of class.
func classLabels(counts ...int) []int32 {
	var y []int32
	for k, c := range counts {
		y = append(y, slices.Repeat([]int32{int32(k)}, c)...)
	}
	return y
}

// centroids predicts, for each row of valid [n][d], the class of the nearest
// class mean of train [n][d]: a stand-in for a probe. Ties go to the smaller
// class; classes without labels have no mean.
func centroids(train, valid [][]float64, labels []int32, classes int) []int32 {
	d := len(train[0])
	means, counts := make([]float64, classes*d), make([]float64, classes)
	for i, x := range train {
		k := int(labels[i])
		counts[k]++
		for j, v := range x {
			means[k*d+j] += v
		}
	}
	for k, c := range counts {
		for j := range d {
			means[k*d+j] /= max(1, c)
		}
	}
	predicted := make([]int32, len(valid))
	for i, x := range valid {
		best := math.Inf(1)
		for k, c := range counts {
			if c == 0 {
				continue
			}
			var far float64
			for j, v := range x {
				e := v - means[k*d+j]
				far += e * e
			}
			if far < best {
				best, predicted[i] = far, int32(k)
			}
		}
	}
	return predicted
}

// gaussian is n rows of d independent standard normal values.
func gaussian(r *rand.Rand, n, d int) [][]float64 {
	x := make([][]float64, n)
	for i := range x {
		x[i] = make([]float64, d)
		for j := range x[i] {
			x[i][j] = r.NormFloat64()
		}
	}
	return x
}

// perturbed is x plus Gaussian noise.
func perturbed(r *rand.Rand, x [][]float64, sigma float64) [][]float64 {
	v := make([][]float64, len(x))
	for i := range x {
		v[i] = slices.Clone(x[i])
		for j := range v[i] {
			v[i][j] += sigma * r.NormFloat64()
		}
	}
	return v
}

// counted fits centroids to label sets 0..b and counts their hits on valid.
func counted(train, valid [][]float64, sets LabelSets, b int, o TallyOptions) *Counts {
	t := must(NewTally(sets.Examples(), sets.Classes(), o))
	for i, y := range Sets(sets, 0, b+1) {
		if err := t.Add(i, y, centroids(train, valid, y, sets.Classes())); err != nil {
			panic(err)
		}
	}
	return t.Counts()
}
