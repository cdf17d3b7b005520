package main

import (
	"math"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// sign is how a case of docs/failure-signs.md is made: out of the file of the tutorial's
// first network, changed, or by a run.
type sign struct {
	change func(arrayFile)
	file   string   // of the tutorial, in place of learned.npz
	run    []string // a run's arguments, in place of a file
	config string   // its config.yaml
	args   []string // more arguments
	// seen reports whether a row shows what the page says beside its quotes; nil = it
	// says no more.
	seen func(result.Row) bool
}

// signs are the cases, by the headings of the page.
var signs = map[string]sign{
	"The copies are in another order":                      {change: func(f arrayFile) { f.reorder("valid_0.1", "valid_0.3") }},
	"The copies have another scale":                        {change: func(f arrayFile) { f.change(inputCopies, func(_ int, v float32) float32 { return 16 * v }) }},
	"The copies are too near":                              {run: []string{"--epochs", "0,10", "--levels", "0,0.01,0.02"}},
	"Only level 0 was saved":                               {change: func(f arrayFile) { f.drop("/valid_0.1", "/valid_0.3") }},
	"The network was in training mode":                     {change: inTrainingMode, seen: answersDiffer},
	"Fresh examples and their labels are in another order": {change: func(f arrayFile) { f.reorder("fresh") }},
	"The layer is dead":                                    {change: func(f arrayFile) { f.change(f.layer("hidden/"), func(int, float32) float32 { return 0 }) }},
	"Only the logits were saved":                           {change: func(f arrayFile) { f.drop("hidden/") }},
	"The weights were not loaded":                          {change: notLoaded},
	"More columns than examples":                           {args: []string{"--n", "40"}},
	"One class is nearly all":                              {change: oneClass},
	"Too few permutations":                                 {args: []string{"--alpha", "0.01"}},
	"The twin was trained on the real labels":              {change: twinOnRealLabels},
	"The twin stopped too early":                           {change: func(f arrayFile) { f.number("twin/train_accuracy", 0.7) }},
	"There is no twin":                                     {change: func(f arrayFile) { f.drop("twin/") }},
	"There are no fresh examples":                          {change: func(f arrayFile) { f.drop("fresh", "test_accuracy") }},
	"There are no raw inputs":                              {change: func(f arrayFile) { f.drop("input/") }},
	"Only k-NN was asked":                                  {args: []string{"--probes", "knn"}},
	"It was trained on what makes the copies":              {run: []string{"--epochs", "0,3", "--perturb", "flip:1+gaussian:0.1", "--levels", "0,1"}, config: "augment: {flip: true}\n"},
	"Many labels are wrong":                                {file: "wrong-labels.npz", seen: probeKnowsMore},
	"All labels are mixed up":                              {file: "mixed-up.npz"},
	"Training examples stand there twice":                  {change: twice, seen: func(r result.Row) bool { return r.Nearest != nil && r.Level == 0.1 && *r.Nearest == 1 }},
	"Test examples were trained on": {change: leaked, seen: func(r result.Row) bool {
		return r.OwnGap != nil && math.Abs(*r.OwnGap) < 0.001 && *r.MembershipAUC < 0.51
	}},
	"A value overflowed":       {change: func(f arrayFile) { f["hidden/train"].Floats[7] = float32(math.Inf(1)) }},
	"Labels of another length": {change: func(f arrayFile) { f.put("labels", "labels", 499, 1) }},
	"The labels are not classes": {change: func(f arrayFile) {
		f["labels"] = arrays.Named{Name: "labels", Dims: []int{500}, Floats: f["hidden/train"].Floats[:500]}
	}},
	"Words that look bad and are not": {},
}

var inputCopies = []string{"input/valid_0.1", "input/valid_0.3"}

// inTrainingMode drops half of the layer at random, anew in each set, and upsets the
// answers as that does.
func inTrainingMode(f arrayFile) {
	for _, name := range append(f.layer("hidden/"), "logits/valid_0", "logits/train") {
		r := seed.Stream(1, "dropout", name)
		f.change([]string{name}, func(_ int, v float32) float32 {
			if strings.HasPrefix(name, "logits/") {
				return v + float32(3*r.NormFloat64())
			}
			return 2 * v * float32(r.IntN(2))
		})
	}
}

// answersDiffer: at level 0 the network is not right as often as on the same examples.
func answersDiffer(r result.Row) bool {
	return r.UnderTest() && r.Level == 0 && *r.TrainAccuracy-*r.OwnAccuracy > 0.05
}

// probeKnowsMore: a probe of the layer is right on new examples more often than the network.
func probeKnowsMore(r result.Row) bool {
	return r.UnderTest() && r.Layer == "hidden" && *r.Fresh > *r.TestAccuracy+0.2
}

func notLoaded(f arrayFile) {
	for _, name := range f.layer("hidden/") {
		f.put(name, "untrained/"+name, 0, 1)
	}
	f.drop("logits/")
	f.number("train_accuracy", 0.1)
	f.number("test_accuracy", 0.09)
}

// oneClass puts 4 in 100 examples, any of them, into a second class.
func oneClass(f arrayFile) {
	f.drop("twin/", "accuracy", "logits/")
	f.relabel(f.of("labels", "fresh_labels"), func(i int) int32 {
		if i*7919%25 == 0 {
			return 1
		}
		return 0
	})
}

func twinOnRealLabels(f arrayFile) {
	for _, name := range f.layer("hidden/") {
		f.put("twin/"+name, name, 0, 1)
	}
	f.put("twin/labels", "labels", 0, 1)
}

func twice(f arrayFile) {
	for name, a := range f {
		if len(a.Dims) > 0 && a.Dims[0] == 500 {
			f.put(name, name, 250, 2)
		}
	}
}

func leaked(f arrayFile) {
	for _, name := range f.of("fresh") {
		f.put(name, strings.TrimSuffix(name, "fresh")+"train", 200, 1)
	}
	f.put("fresh_labels", "labels", 200, 1)
	f.number("test_accuracy", f["train_accuracy"].Floats[0])
}
