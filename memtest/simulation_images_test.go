package memtest

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/nn"
)

var (
	imagesOf   = flag.String("images", "", "data set whose disjoint samples TestIntervalsOverImages measures: mnist, fashion-mnist; empty = not")
	imagesDir  = flag.String("images-dir", "", "its folder, see memtest --data-dir")
	imagesMore = flag.Bool("images-more", false, "TestIntervalsOverImages measures what it only reports: softmax, forest, wide features, networks trained anew")
	imagesMost = flag.Int("images-samples", 240, "how many samples")
)

const sampleSize = 250 // images

// pooled are the pixels of images of 28×28 in means of 4×4, [n, 49].
func pooled(images [][]float32) arrays.Matrix {
	m := arrays.Matrix{Rows: len(images), Cols: 49, Data: make([]float32, 49*len(images))}
	for i, image := range images {
		for p, v := range image {
			m.Data[49*i+p/28/4*7+p%28/4] += v / 16
		}
	}
	return m
}

// projected are rectified random projections of images, [n, 60]: a hidden layer
// before training.
func projected(images [][]float32) arrays.Matrix {
	const columns = 60
	r := seed.Stream(1, "projections")
	weights := make([]float64, columns*len(images[0]))
	for i := range weights {
		weights[i] = r.NormFloat64() / math.Sqrt(float64(len(images[0])))
	}
	m := arrays.Matrix{Rows: len(images), Cols: columns}
	for _, image := range images {
		for k := range columns {
			sum := 0.0
			for p, v := range image {
				if v != 0 {
					sum += float64(v) * weights[k*len(image)+p]
				}
			}
			m.Data = append(m.Data, float32(max(0, sum)))
		}
	}
	return m
}

// noisy are copies of images with noise of this sd on each pixel, cut off at 0 and 1
// as pixels are.
func noisy(images [][]float32, sigma float64, sample int) [][]float32 {
	r := seed.Stream(1, "copies", sample, sigma)
	var all [][]float32
	for _, image := range images {
		c := make([]float32, len(image))
		for p, v := range image {
			c[p] = float32(min(1, max(0, float64(v)+sigma*r.NormFloat64())))
		}
		all = append(all, c)
	}
	return all
}

// whole are the pixels of images, [n, 784]: more columns than a sample has images.
func whole(images [][]float32) arrays.Matrix {
	m := arrays.Matrix{Rows: len(images), Cols: len(images[0])}
	for _, image := range images {
		m.Data = append(m.Data, image...)
	}
	return m
}

// kind is one kind of features, which may depend on the sample.
type kind struct {
	name string
	of   func(t *testing.T, e *xla.Engine, sample *datasets.Set) func(images [][]float32) arrays.Matrix
}

// fixed is a kind of features that is the same for all samples.
func fixed(name string, of func([][]float32) arrays.Matrix) kind {
	return kind{name, func(*testing.T, *xla.Engine, *datasets.Set) func([][]float32) arrays.Matrix { return of }}
}

// trained are the hidden units of a network that is trained on each sample anew.
var trained = kind{"trained network", func(t *testing.T, e *xla.Engine, sample *datasets.Set) func([][]float32) arrays.Matrix {
	t.Helper()
	const epochs = 20
	spec := nn.MLP(sample.Shape, len(sample.Classes), 32)
	var last *nn.Snapshot
	for s, err := range nn.Train(t.Context(), e, spec, sample, nn.Training{Epochs: epochs, Batch: 50, Keep: []int{epochs}, Seed: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		last = s
	}
	t.Cleanup(last.Close)
	return func(images [][]float32) arrays.Matrix {
		set := &datasets.Set{Name: "copies", Shape: sample.Shape, Classes: sample.Classes, X: whole(images).Data, Y: make([]int32, len(images))}
		m, err := last.Features(t.Context(), set, "dense1")
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
}}

// sampled are the features of the images of a sample and of their copies.
func sampled(t *testing.T, e *xla.Engine, set *datasets.Set, sample int, levels []float64, k kind) features.Features {
	t.Helper()
	var images [][]float32
	var order []int
	for i := range sampleSize {
		images, order = append(images, set.Row(sample*sampleSize+i)), append(order, sample*sampleSize+i)
	}
	of := k.of(t, e, set.Subset(order))
	var copies []arrays.Matrix
	for _, level := range levels {
		copies = append(copies, of(noisy(images, level, sample)))
	}
	labels := set.Y[sample*sampleSize : (sample+1)*sampleSize]
	return features.Features{Train: of(images), Levels: levels, Copies: features.Matrices(copies...), Labels: labels, Classes: len(set.Classes)}
}

// sampling collects what one quantity of one cell is in disjoint samples.
type sampling struct {
	name      string
	estimates []float64
	halves    [2][]perm.Interval // by example alone, and by halves too
}

// held is the share of samples whose interval holds the mean of all, and its mean
// width over that which a normal distribution of the estimates' sd would need.
func (s *sampling) held(which int) (share, ratio float64) {
	truth, sd := stat.MeanStdDev(s.estimates, nil)
	for _, i := range s.halves[which] {
		if i.Low <= truth && truth <= i.High {
			share += 1 / float64(len(s.estimates))
		}
		ratio += (i.High - i.Low) / (2 * 1.96 * sd) / float64(len(s.estimates))
	}
	return share, ratio
}

// samplings measures disjoint samples of a data set by kinds of features, and what
// each differs by from the one before.
func samplings(t *testing.T, e *xla.Engine, set *datasets.Set, samples int, levels []float64, o Options, kinds ...kind) []*sampling {
	known := map[string]*sampling{}
	var all []*sampling
	add := func(name string, effect perm.Effect) {
		s := known[name]
		if s == nil {
			s = &sampling{name: name}
			known[name], all = s, append(all, s)
		}
		s.estimates = append(s.estimates, effect.Estimate)
		s.halves[1] = append(s.halves[1], effect.Interval(0))
		effect.Halves = nil
		s.halves[0] = append(s.halves[0], effect.Interval(0))
	}
	for sample := range samples {
		o.Seed = uint64(sample + 1)
		var before map[string]effects
		for i, of := range kinds {
			now := map[string]effects{}
			for cell, err := range Measure(context.Background(), e, features.Stream(sampled(t, e, set, sample, levels, of)), o) {
				if err != nil {
					t.Fatal(err)
				}
				found, err := newEffects(cell.Row, cell.Evidence)
				if err != nil {
					t.Fatal(err)
				}
				where := fmt.Sprintf("%s | %g", cell.Row.Probe, cell.Row.Level)
				now[where] = found
				add(of.name+" | "+where+" | L", found.learning)
				add(of.name+" | "+where+" | M", found.memorization)
				if before == nil {
					continue
				}
				d, err := before[where].minus(found)
				if err != nil {
					t.Fatal(err)
				}
				difference := kinds[i-1].name + " − " + of.name + " | " + where
				add(difference+" | L", d.learning)
				add(difference+" | M", d.memorization)
			}
			before = now
		}
	}
	return all
}

var bothKinds = []kind{fixed("pixels", pooled), fixed("projections", projected)}

// Disjoint samples of real images: what L, M and differences vary by from sample to
// sample is what their intervals say. docs/simulation.md has it of many more samples;
// of these 20 an interval of 95 % holds the mean in 16 or more with probability 0.997.
func TestIntervalsAreOverImages(t *testing.T) {
	const samples = 20
	train, _, err := datasets.Load(context.Background(), "fashion-mnist-sample", datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Probes: []string{"ridge"}, Permutations: 29, Halves: 8, Scale: ScaleFloor}
	if long() {
		o.Probes = []string{"ridge", "knn", "centroid"}
	}
	for _, s := range samplings(t, engine(t), train, samples, []float64{0.2}, o, bothKinds...) {
		share, ratio := s.held(1)
		// The sd of 20 samples is itself off by up to a third.
		if share < 16./samples || ratio < 0.7 || ratio > 2.2 {
			t.Errorf("%s: intervals hold the mean in %.2f of %d samples, and are %.2f times as wide as needed", s.name, share, samples, ratio)
		}
	}
}

// TestIntervalsOverImages makes a table of docs/simulation.md, where a data set is
// named: disjoint samples of all its training images take about ten minutes.
func TestIntervalsOverImages(t *testing.T) {
	if *imagesOf == "" {
		t.Skip("no data set is named by -images")
	}
	train, _, err := datasets.Load(context.Background(), *imagesOf, datasets.Options{Dir: *imagesDir, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	// In MNIST images that follow each other are of one writer, so that samples in its
	// order would not be draws of the same kind.
	order := seed.Stream(1, "samples").Perm(train.Len())
	train = train.Subset(order)
	samples := min(*imagesMost, train.Len()/sampleSize)
	var text strings.Builder
	fmt.Fprintf(&text, "\n%s, %d samples:\n\n| features | probe | level | | mean | sd over samples | by example: held | width | by halves: held | width |\n|%s\n", *imagesOf, samples, strings.Repeat(" --- |", 10))
	o := Options{Probes: []string{"ridge", "ridge:1", "ridge:1000", "knn", "centroid"}, Permutations: 99, Halves: 10, Scale: ScaleFloor}
	e := engine(t)
	if *imagesMore {
		writeHeld(&text, samplings(t, e, train, samples, []float64{0.2, 0.5}, with(o, "softmax:1", "forest:30"), fixed("pixels", pooled)))
		writeHeld(&text, samplings(t, e, train, samples, []float64{0.2, 0.5}, with(o, "ridge", "softmax:1"), fixed("784 pixels", whole)))
		writeHeld(&text, samplings(t, e, train, samples, []float64{0.2, 0.5}, with(o, "ridge", "knn", "centroid"), trained))
	} else {
		writeHeld(&text, samplings(t, e, train, samples, []float64{0.2, 0.5}, o, bothKinds...))
	}
	if !*update {
		t.Log(text.String())
		return
	}
	mark, more := *imagesOf, ""
	if *imagesMore {
		mark, more = "more of "+mark, " -images-more"
	}
	begin := fmt.Sprintf("<!-- images of %s: begin, written by go test ./memtest -run IntervalsOverImages -update -images %s%s -images-dir FOLDER -timeout 2h -->\n", mark, *imagesOf, more)
	holdBetween(t, begin, fmt.Sprintf("<!-- images of %s: end -->\n", mark), text.String())
}

func with(o Options, probes ...string) Options {
	o.Probes = probes
	return o
}

// writeHeld writes a line for each quantity.
func writeHeld(w *strings.Builder, all []*sampling) {
	for _, s := range all {
		mean, sd := stat.MeanStdDev(s.estimates, nil)
		fmt.Fprintf(w, "| %s | %.3f | %.4f |", s.name, mean, sd)
		for which := range s.halves {
			share, ratio := s.held(which)
			fmt.Fprintf(w, " %.3f | %.2f |", share, ratio)
		}
		w.WriteString("\n")
	}
}

// holdBetween writes text between two marks of the page, at its end where it has none.
func holdBetween(t *testing.T, begin, end, text string) {
	t.Helper()
	whole, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(whole), begin)
	after := ""
	if found {
		_, after, _ = strings.Cut(rest, end)
	} else {
		before = strings.TrimRight(before, "\n") + "\n\n"
	}
	if err := os.WriteFile(page, []byte(before+begin+text+"\n"+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
