package memtest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/parallel"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/probe"
)

const (
	examplesPage  = "../docs/examples.md"
	examplesBegin = "<!-- mislabelled: begin, written by go test ./memtest -run Mislabelled -update -->\n"
	examplesEnd   = "<!-- mislabelled: end -->\n"
	plantedShare  = 0.05
)

// planted is a set of which some labels were exchanged for another class.
func planted(set *datasets.Set, base uint64) (noisy *datasets.Set, wrong []bool) {
	n := *set
	n.Y = slices.Clone(set.Y)
	r := seed.Stream(base, "mislabelled")
	wrong = make([]bool, set.Len())
	for _, i := range r.Perm(set.Len())[:int(plantedShare*float64(set.Len()))] {
		wrong[i] = true
		n.Y[i] = (n.Y[i] + 1 + int32(r.IntN(len(set.Classes)-1))) % int32(len(set.Classes))
	}
	return &n, wrong
}

// precision is the share of wrong ones among the k of the greatest suspicion.
func precision(suspicion []float64, wrong []bool, k int) float64 {
	order := make([]int, len(suspicion))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return -cmp.Compare(suspicion[a], suspicion[b]) })
	found := 0
	for _, i := range order[:k] {
		if wrong[i] {
			found++
		}
	}
	return float64(found) / float64(k)
}

// leaveOneOut are the scores [n][K] of examples by a ridge fit, penalty 1, to all
// others: of a linear smoother with hat matrix H, (f_i − h_ii y_i)/(1 − h_ii).
// Targets are −1 and +1 and the intercept is free, as in probe.Ridge.
func leaveOneOut(x arrays.Matrix, labels []int32, classes int) [][]float64 {
	n, d := x.Rows, x.Cols
	a := mat.NewDense(n, d, nil)
	for j := range d {
		mean := 0.0
		for i := range n {
			mean += float64(x.Row(i)[j]) / float64(n)
		}
		for i := range n {
			a.Set(i, j, float64(x.Row(i)[j])-mean)
		}
	}
	gram := mat.NewSymDense(d, nil)
	gram.SymOuterK(1, a.T())
	for j := range d {
		gram.SetSym(j, j, gram.At(j, j)+1)
	}
	var factor mat.Cholesky
	if !factor.Factorize(gram) {
		panic("the Gram matrix is not positive definite")
	}
	targets := mat.NewDense(n, classes, nil)
	means := make([]float64, classes)
	for i, y := range labels {
		for k := range classes {
			v := -1.0
			if int(y) == k {
				v = 1
			}
			targets.Set(i, k, v)
			means[k] += v / float64(n)
		}
	}
	var sums, weights, fits, solved mat.Dense
	sums.Mul(a.T(), targets)
	if err := factor.SolveTo(&weights, &sums); err != nil {
		panic(err)
	}
	fits.Mul(a, &weights)
	if err := factor.SolveTo(&solved, a.T()); err != nil {
		panic(err)
	}
	scores := make([][]float64, n)
	for i := range n {
		h := 1 / float64(n)
		for j := range d {
			h += a.At(i, j) * solved.At(j, i)
		}
		scores[i] = make([]float64, classes)
		for k := range classes {
			scores[i][k] = (fits.At(i, k) + means[k] - h*targets.At(i, k)) / (1 - h)
		}
	}
	return scores
}

// neighbourShares are the shares [n][K] of classes among the five nearest other
// examples.
func neighbourShares(x arrays.Matrix, labels []int32, classes int) [][]float64 {
	const k = 5
	n := x.Rows
	scores := make([][]float64, n)
	parallel.For(n, func(i int) {
		distance := make([]float64, n)
		order := make([]int, n)
		for j := range n {
			order[j] = j
			for c, v := range x.Row(j) {
				dv := float64(v - x.Row(i)[c])
				distance[j] += dv * dv
			}
		}
		distance[i] = math.Inf(1)
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(distance[a], distance[b]), cmp.Compare(a, b))
		})
		scores[i] = make([]float64, classes)
		for _, j := range order[:k] {
			scores[i][labels[j]] += 1.0 / k
		}
	})
	return scores
}

// suspicions by the scores of examples that the probe was not fitted to, as
// confident learning uses them: 1 less self-confidence, and less the margin.
func suspicions(scores [][]float64, labels []int32) (confidence, margin []float64) {
	for i, row := range scores {
		other := math.Inf(-1)
		for k, v := range row {
			if k != int(labels[i]) {
				other = max(other, v)
			}
		}
		confidence = append(confidence, -row[labels[i]])
		margin = append(margin, other-row[labels[i]])
	}
	return confidence, margin
}

// rankings by which the page compares: what examples.csv says, then
// cross-validation of the same probe.
var rankings = []string{"memorization, copies at 0.1", "memorization, copies at 0.3", "margin, copies at 0.1", "margin, copies at 0.3", "self-confidence, left out", "margin, left out"}

// layerFeatures are the features that wrong labels are looked for in.
type layerFeatures struct {
	name, layer string
	epoch       int
}

// precisions plants wrong labels in n images of clothes and returns, by features,
// probe and ranking, the share of wrong ones among the most suspicious 5 %.
func precisions(t *testing.T, e *xla.Engine, n int, base uint64, sources []layerFeatures) map[[3]string]float64 {
	t.Helper()
	ctx := context.Background()
	clean, fresh, err := datasets.Load(ctx, "fashion-mnist-sample", datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	set, wrong := planted(clean.Head(n), base)
	epochs := []int{0}
	for _, s := range sources {
		if !slices.Contains(epochs, s.epoch) {
			epochs = append(epochs, s.epoch)
		}
	}
	x, err := NewFrom(Config{Net: "mlp:64", Epochs: epochs, Levels: []float64{0.1, 0.3}, Options: Options{Seed: base}}, set, fresh.Head(200))
	if err != nil {
		t.Fatal(err)
	}
	found := map[[3]string]float64{}
	note := func(source, probe, ranking string, suspicion []float64) {
		found[[3]string{source, probe, ranking}] = precision(suspicion, wrong, int(plantedShare*float64(n)))
	}
	for _, source := range sources {
		out, done, err := x.Export(ctx, e, Export{Epoch: source.epoch, Layer: source.layer})
		if err != nil {
			t.Fatal(err)
		}
		f := out.Features
		f.Permuted = nil // the same shuffles, but fewer
		for cell, err := range Measure(ctx, e, features.Stream(f), Options{Permutations: 59, Seed: base}) {
			if err != nil {
				t.Fatal(err)
			}
			var memorization, margin []float64
			for i, ex := range cell.Counts.PerExampleOwn() {
				memorization = append(memorization, ex.Memorization)
				margin = append(margin, -float64(cell.Margins[i]))
			}
			note(source.name, cell.Probe, fmt.Sprintf("memorization, copies at %g", cell.Level), memorization)
			note(source.name, cell.Probe, fmt.Sprintf("margin, copies at %g", cell.Level), margin)
		}
		done()
		train := out.Train
		if f.Role != features.Input {
			train = probe.FitScaler(train, probe.ScaleFloor).Transform(train)
		}
		for name, scores := range map[string]func(arrays.Matrix, []int32, int) [][]float64{"ridge": leaveOneOut, "knn": neighbourShares} {
			confidence, margin := suspicions(scores(train, set.Y, f.Classes), set.Y)
			note(source.name, name, "self-confidence, left out", confidence)
			note(source.name, name, "margin, left out", margin)
		}
	}
	return found
}

// TestMislabelledPage ranks examples by what a run says of single ones and by
// cross-validation of the same probe, and holds docs/examples.md to what comes
// out: one planting and one network here, all of the page with -update.
func TestMislabelledPage(t *testing.T) {
	const n, repeats = 1000, 3
	all := []layerFeatures{{"raw input", "input", 0}, {"mlp:64, epoch 3", "last", 3}, {"mlp:64, epoch 40", "last", 40}}
	e := engine(t)
	if !e.Describe().Real {
		t.Skip("the pure-Go backend takes minutes")
	}
	whole, err := os.ReadFile(examplesPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(whole), examplesBegin)
	old, after, found := strings.Cut(rest, examplesEnd)
	if !found {
		t.Fatalf("%s lacks its marks", examplesPage)
	}
	if *update {
		sum := map[[3]string]float64{}
		for repeat := range repeats {
			for k, v := range precisions(t, e, n, uint64(repeat+1), all) {
				sum[k] += v / repeats
			}
		}
		var text strings.Builder
		fmt.Fprintf(&text, "\n| features | probe | %s |\n| --- | --- |%s\n", strings.Join(rankings, " | "), strings.Repeat(" --- |", len(rankings)))
		for _, s := range all {
			for _, p := range []string{"ridge", "knn"} {
				fmt.Fprintf(&text, "| %s | %s |", s.name, p)
				for _, ranking := range rankings {
					fmt.Fprintf(&text, " %.2f |", sum[[3]string{s.name, p, ranking}])
				}
				text.WriteString("\n")
			}
		}
		if err := os.WriteFile(examplesPage, []byte(before+examplesBegin+text.String()+"\n"+examplesEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got := precisions(t, e, n, 1, all[2:])
	for _, p := range []string{"ridge", "knn"} {
		line := "| " + all[2].name + " | " + p + " |"
		at := strings.Index(old, line)
		if at < 0 {
			t.Fatalf("%s has no line %q", examplesPage, line)
		}
		cells := strings.Split(strings.SplitN(old[at+len(line):], "\n", 2)[0], "|")
		for i, ranking := range rankings {
			paged, err := strconv.ParseFloat(strings.TrimSpace(cells[i]), 64)
			if err != nil {
				t.Fatal(err)
			}
			// One planting of 50 against the mean of three: its own error is 0.07.
			if v := got[[3]string{all[2].name, p, ranking}]; math.Abs(v-paged) > 0.2 {
				t.Errorf("%s, %s: precision %.2f, but the page says %.2f; run go test ./memtest -run Mislabelled -update", p, ranking, v, paged)
			} else if strings.HasPrefix(ranking, "margin") && v < 4*plantedShare {
				t.Errorf("%s, %s: precision %.2f is not far above chance", p, ranking, v)
			}
		}
	}
	if v := got[[3]string{all[2].name, "ridge", rankings[0]}]; v <= plantedShare {
		t.Errorf("memorization by ridge: precision %.2f is not above chance", v)
	}
}
