package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"time"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// shape of the test rows.
var (
	testEpochs = []int{0, 1, 5, 20}
	testLevels = []float64{0, 0.1, 0.3, 0.5}
	testProbes = []string{"ridge", "knn"}
	testLayers = []string{"hidden1", "hidden2"}
)

// testRow makes a row whose numbers have the size of those that docs/method.md
// reports for Fashion-MNIST, with noise from the row's own stream. It measures
// nothing: observed falls with the level, the null with level and epoch, the
// twin keeps nothing above level 0.
func testRow(r result.Row) result.Row {
	shareP := 0.005
	rng := seed.Stream(r.Seed, "report-test", r.Network, r.Epoch, r.Layer, r.Probe, int(100*r.Level))
	fade := math.Exp(-5 * r.Level * r.Level) // of what is seen through the noise
	trained := math.Log1p(math.Max(float64(r.Epoch), 0)) / math.Log1p(20)
	truth := 0.80 + 0.15*trained
	excess := 0.12 - 0.05*trained // null above chance at level 0
	if r.Probe == "knn" {
		truth, excess = 0.81+0.13*trained, 0.26-0.02*trained
	}
	if r.Layer == "hidden2" {
		truth, excess = truth+0.01, excess*0.9
	}
	null := 0.1 + excess*math.Exp(-(4+6*trained)*r.Level*r.Level)
	obs := math.Min(1, truth*(0.45+0.55*fade)+0.03*fade*trained)
	if r.Network == string(features.Twin) {
		obs = math.Min(0.97, null+0.74*math.Exp(-20*r.Level*r.Level))
	}
	r.Format, r.Data, r.Perturbation, r.Unit = result.Format, "fashion-mnist-sample", "gaussian", "sd, pixels 0..1"
	r.N, r.Classes, r.Permutations = 5000, 10, 199
	hits := func(share float64) float64 { return math.Round(share*float64(r.N)) / float64(r.N) }
	r.Observed = hits(obs + 0.003*rng.NormFloat64())
	r.Null = make([]float64, r.Permutations)
	var sum, squares, above float64
	for b := range r.Null {
		r.Null[b] = hits(null + 0.0045*rng.NormFloat64())
		sum += r.Null[b]
		if r.Null[b] >= r.Observed {
			above++
		}
	}
	B := float64(r.Permutations)
	r.NullMean = sum / B
	for _, x := range r.Null {
		squares += (x - r.NullMean) * (x - r.NullMean)
	}
	r.NullSD = math.Sqrt(squares / (B - 1))
	// Six decimals, so that machines that round the last bit in another way
	// write the same golden files.
	round := func(x float64) float64 { return math.Round(1e6*x) / 1e6 }
	r.NullMean, r.NullSD, r.Chance = round(r.NullMean), round(r.NullSD), round(0.1+0.00002*rng.NormFloat64())
	r.Learning, r.Memorization = round(r.Observed-r.NullMean), round(r.NullMean-r.Chance)
	z := round(r.Learning / r.NullSD)
	r.Z = &z
	se := round(0.5 / math.Sqrt(float64(r.N)))
	shuffles, class := round(r.NullSD/math.Sqrt(B)), round(0.1*r.Memorization)
	own := round(r.Memorization - class)
	low := func(v float64) *float64 { v = round(v - 1.96*se); return &v }
	high := func(v float64) *float64 { v = round(v + 1.96*se); return &v }
	r.LearningSE, r.LearningLow, r.LearningHigh, r.LearningSetsSE = &se, low(r.Learning), high(r.Learning), &shuffles
	r.MemorizationSE, r.MemorizationLow, r.MemorizationHigh, r.MemorizationSetsSE = &se, low(r.Memorization), high(r.Memorization), &shuffles
	r.MemorizationClass, r.MemorizationOwn, r.MemorizationOwnSE, r.MemorizationOwnP = &class, &own, &se, &shareP
	if r.Probe == "knn" {
		parents := round(min(1, r.Memorization/0.26))
		r.Parents = &parents
	}
	r.LearningP, r.MemorizationP = (1+above)/(B+1), 0.001
	// Clopper–Pearson bounds of 1 in 200 to two digits; the pages only show them.
	r.LearningPLow, r.LearningPHigh = 0.0001, 0.028
	reshuffles := 999
	r.Reshuffles = &reshuffles
	fresh := 0.76 + 0.08*trained
	if r.Network == string(features.Twin) {
		fresh = 0.101
	}
	fresh = hits(fresh + 0.005*rng.NormFloat64())
	freshChance := 0.1
	r.Fresh, r.FreshChance, r.FreshN = &fresh, &freshChance, 1000
	if r.Epoch > 0 {
		train, test := round(0.83+0.15*trained), round(0.80+0.07*trained)
		if r.Network == string(features.Twin) {
			train, test = round(0.15+0.82*trained), 0.1
		}
		r.TrainAccuracy, r.TestAccuracy = &train, &test
	}
	if r.Network != string(features.Input) {
		testNetwork(&r, trained)
	}
	r.Exact = r.Epoch <= 0
	if r.Probe == "knn" && r.Level == 0 {
		r.Flags = append(r.Flags, result.FlagCeiling)
	}
	if r.Layer == "hidden1" {
		r.Flags = append(r.Flags, fmt.Sprintf("%s: %d of 512", result.FlagDropped, 12+r.Epoch))
		r.Features = 500 - r.Epoch
	} else {
		r.Features = 512
	}
	return r
}

// testNetwork adds what the network itself gives.
func testNetwork(r *result.Row, trained float64) {
	round := func(x float64) float64 { return math.Round(1e6*x) / 1e6 }
	train, fresh := 0.83+0.15*trained, 0.80+0.07*trained
	loss, freshLoss := 0.6-0.5*trained, 0.65-0.2*trained
	switch {
	case r.Epoch == 0:
		train, fresh, loss, freshLoss = 0.1, 0.1, 2.3, 2.31
	case r.Network == string(features.Twin):
		train, fresh, loss, freshLoss = 0.97, 0.1, 0.2, 6.5
	}
	train, fresh, loss, freshLoss = round(train), round(fresh), round(loss), round(freshLoss)
	fade := math.Exp(-4 * r.Level * r.Level)
	copies, copiesLoss := round(train*fade), round(loss+3*(1-fade))
	gap, lossGap, area := round(train-fresh), round(freshLoss-loss), round(0.5+0.1*trained)
	if r.TrainAccuracy == nil {
		r.TrainAccuracy, r.TestAccuracy = &train, &fresh
	}
	r.OwnAccuracy, r.OwnLoss, r.OwnTrainLoss, r.OwnFreshLoss, r.OwnGap, r.OwnLossGap, r.MembershipAUC = &copies, &copiesLoss, &loss, &freshLoss, &gap, &lossGap, &area
}

// testRows are a whole run: the raw input, a network at four epochs and two
// layers, and its twin, by two probes at four levels.
func testRows(seeds ...uint64) []result.Row {
	if len(seeds) == 0 {
		seeds = []uint64{1}
	}
	var rows []result.Row
	each := func(r result.Row) {
		for _, r.Probe = range testProbes {
			for _, r.Level = range testLevels {
				rows = append(rows, testRow(r))
			}
		}
	}
	for _, s := range seeds {
		each(result.Row{Network: string(features.Input), Seed: s, Epoch: result.EpochNone, Layer: "input"})
		for _, epoch := range testEpochs {
			for _, layer := range testLayers {
				each(result.Row{Network: "mlp", Seed: s, Epoch: epoch, Layer: layer})
			}
		}
		for _, layer := range testLayers {
			each(result.Row{Network: string(features.Twin), Seed: s, Epoch: 20, Layer: layer})
		}
	}
	return rows
}

// testPage is testRows with everything else that a page can show.
func testPage() Page {
	finished := time.Date(2026, 1, 2, 3, 5, 1, 0, time.UTC)
	classes := []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"}
	p := Page{
		Rows: testRows(),
		Manifest: &result.Manifest{
			Format: 1, Backend: "xla:cpu", Plugin: "pjrt_c_api_cpu_plugin.so", Devices: []string{"cpu:0"},
			Versions: map[string]string{"go": "go1.26.8", "github.com/gomlx/gomlx": "v0.26.0", "github.com/gomlx/go-xla": "v0.1.4"},
			Host:     result.Host{OS: "linux", Arch: "amd64", Cores: 2},
			Data:     result.Data{Name: "fashion-mnist-sample", SHA256: fmt.Sprintf("%064x", 1), Train: 5000, Test: 1000, Shape: "28×28×1", Classes: classes},
			Config:   fmt.Sprintf("%064x", 2), Seeds: []uint64{1},
			Command: []string{"memtest", "run", "--epochs", "0,1,5,20", "--out", "my runs/first"},
			Started: finished.Add(-56 * time.Second), Finished: &finished,
		},
		Config:   []byte("data: fashion-mnist-sample\nlevels: [0, 0.1, 0.3, 0.5]\n"),
		Pictures: Pictures{Examples: []Examples{{Title: "mlp after epoch 20, layer hidden2, ridge, gaussian 0.3"}}},
	}
	p.Copies = testCopies()
	for i := range 8 {
		p.Examples[0].Most = append(p.Examples[0].Most, testExample(i, classes[i], 0.6-0.03*float64(i)))
		p.Examples[0].Least = append(p.Examples[0].Least, testExample(1000+i, classes[9-i], -0.05+0.001*float64(i)))
	}
	return p
}

// testCopies are two examples at each level, of a colour that says the level.
func testCopies() *Copies {
	grid := image.NewNRGBA(image.Rect(0, 0, 4*30-2, 2*30-2))
	c := &Copies{Perturbation: "gaussian", Unit: "sd, pixels 0..1", Width: 28, Height: 28}
	for i, level := range testLevels {
		draw.Draw(grid, image.Rect(30*i, 0, 30*i+28, 58), image.NewUniform(color.NRGBA{uint8(60 * i), 0, 0, 255}), image.Point{}, draw.Src)
		c.Levels = append(c.Levels, CopyLevel{Level: level, Kept: 1 - level/100, Pool: 5000})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, grid); err != nil {
		panic(err)
	}
	c.Grid = b.Bytes()
	return c
}

// testExample is a picture of a few rings, and the same with noise.
func testExample(index int, class string, score float64) Example {
	rng := seed.Stream(1, "report-test-picture", index)
	x := Example{Index: index, Class: class, Score: score, SE: 0.021, Height: 28, Width: 28, Channels: 1}
	for i := range x.Height * x.Width {
		v := 0.5 + 0.5*math.Sin(math.Hypot(float64(i%28)-14, float64(i/28)-14+float64(index%7))*0.8)
		x.Parent = append(x.Parent, float32(v))
		x.Copy = append(x.Copy, float32(v+0.3*rng.NormFloat64()))
	}
	return x
}
