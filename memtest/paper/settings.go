package paper

import (
	"github.com/seed-1a417598/memtest/memtest/result"
)

// trainingSeeds is the number of training seeds, wherever there are intervals over them.
const trainingSeeds = 5

// scale is what a setting decides: how large the runs of each section are.
type scale struct {
	fashion string // the data set of clothes

	mlp sizes // sections 1 and 4

	cnn     sizes // section 2; its levels are those of each run
	cnnRuns []cnnRun

	fit            sizes // section 3, (a) to (d)
	capacity       sizes // section 3, (e)
	widths, depths []int

	noise sizes // section 5

	perturbed     sizes // section 6; its levels are those of each perturbation
	perturbations []perturbation
	refit         sizes
	refits        int // networks trained on shuffled labels

	labelNoise       sizes // sections 7 and 9
	labelNoiseShares []float64

	zoo zooSizes // section 8

	subsets        sizes // section 10
	subsetNetworks int   // trained on random subsets, for each labeling

	others []otherRun // section 11
}

// sizes are those of one group of runs.
type sizes struct {
	n            int // training examples
	epochs       []int
	levels       []float64
	permutations int
}

// perturbation is one kind of copies and its levels.
type perturbation struct {
	name   string
	levels []float64
}

type cnnRun struct {
	name, data string
	copies     perturbation
}

func scaleOf(setting string) (scale, error) {
	switch setting {
	case "small":
		return smallScale(), nil
	case "full":
		return fullScale(), nil
	}
	return scale{}, result.Inputf("setting: %q is not known; choose small or full", setting)
}

// smallScale takes about twenty-five minutes on two cores.
func smallScale() scale {
	const fashion = "fashion-mnist-sample"
	shift := perturbation{"shift", []float64{0, 1, 2, 4}}
	return scale{
		fashion: fashion,
		mlp:     sizes{1000, []int{0, 1, 5, 20}, []float64{0, 0.1, 0.3, 0.5, 1}, 19},

		cnn:     sizes{500, []int{0, 10}, nil, 19},
		cnnRuns: []cnnRun{{"cnn-fashion-shift", fashion, shift}},

		fit:      sizes{500, []int{1, 2, 5, 10, 20, 40}, []float64{0, 0.3}, 19},
		capacity: sizes{500, []int{40}, []float64{0, 0.3}, 19},
		widths:   []int{8, 64, 512}, depths: []int{1, 2},

		noise: sizes{1000, []int{0, 1, 5, 20}, []float64{0, 0.25, 0.5, 1, 2}, 19},

		perturbed:     sizes{500, []int{20}, nil, 19},
		perturbations: []perturbation{{"gaussian", []float64{0, 0.1, 0.3, 0.5, 1}}, shift, {"rotate", []float64{0, 5, 15, 45}}},
		refit:         sizes{500, []int{20}, []float64{0, 0.1, 0.3, 0.5, 1}, 0},
		refits:        19,

		labelNoise:       sizes{500, []int{1, 5, 20, 40}, []float64{0.1, 0.3}, 19},
		labelNoiseShares: []float64{0, 0.1, 0.3, 0.6, 1},

		zoo: zooSizes{sizes{500, []int{200}, zooLevels, 19}, []stratum{{data: fashion, family: "mlp"}, {data: fashion, family: "cnn"}}, 24},

		subsets:        sizes{500, []int{20}, []float64{0.1, 0.3}, 99},
		subsetNetworks: 60,

		others: []otherRun{
			{"words", "transformer:1x32", replaced, 500, 32, 40, 19, true}, {"words", "lstm:32", replaced, 500, 32, 40, 19, true},
			{"cbf", "conv1d:32,32/64", jitter, 150, 16, 20, 19, false}, {"cbf", "lstm:32", jitter, 150, 16, 40, 19, false},
			{"adult-sample", "mlp:64", corrupt, 500, 32, 20, 19, false},
		},
	}
}

// fullScale takes three to four hours on two cores.
func fullScale() scale {
	const fashion = "fashion-mnist"
	shift := perturbation{"shift", []float64{0, 1, 2, 4}}
	return scale{
		fashion: fashion,
		mlp:     sizes{10000, []int{0, 1, 2, 5, 10, 20}, []float64{0, 0.1, 0.2, 0.3, 0.5, 1}, 99},

		cnn: sizes{4000, []int{0, 1, 10}, nil, 49},
		cnnRuns: []cnnRun{
			{"cnn-mnist-gaussian", "mnist", perturbation{"gaussian", []float64{0, 0.1, 0.2, 0.3}}},
			{"cnn-mnist-shift", "mnist", shift},
			{"cnn-fashion-shift", fashion, shift},
		},

		fit:      sizes{2000, []int{1, 2, 5, 10, 20, 50}, []float64{0, 0.3}, 19},
		capacity: sizes{2000, []int{50}, []float64{0, 0.3}, 19},
		widths:   []int{8, 32, 128, 512}, depths: []int{1, 2, 3},

		noise: sizes{5000, []int{0, 1, 5, 20, 50}, []float64{0, 0.25, 0.5, 0.75, 1, 1.5, 2}, 99},

		perturbed: sizes{5000, []int{20}, nil, 49},
		perturbations: []perturbation{
			{"gaussian", []float64{0, 0.1, 0.2, 0.3, 0.5, 1}}, {"shift", []float64{0, 1, 2, 3, 4}}, {"rotate", []float64{0, 5, 10, 20, 40}},
			{"dropout", []float64{0, 0.1, 0.3, 0.5, 0.8}}, {"blur", []float64{0, 0.5, 1, 2, 3}},
		},
		refit:  sizes{5000, []int{20}, []float64{0, 0.1, 0.2, 0.3, 0.5, 1}, 0},
		refits: 39,

		labelNoise:       sizes{5000, []int{1, 5, 20, 50}, []float64{0.1, 0.3, 0.5}, 49},
		labelNoiseShares: []float64{0, 0.1, 0.2, 0.4, 0.6, 0.8, 1},

		zoo: zooSizes{sizes{2000, []int{200}, zooLevels, 49}, []stratum{
			{data: fashion, family: "mlp", twins: true, more: 14}, {data: fashion, family: "cnn", more: 4}, {data: "mnist", family: "mlp"}, {data: "mnist", family: "cnn"}}, 36},

		subsets:        sizes{1000, []int{40}, []float64{0.1, 0.3, 0.5}, 199},
		subsetNetworks: 200,

		others: []otherRun{
			{"words", "transformer:2x64", replaced, 2000, 128, 40, 49, true}, {"words", "lstm:64", replaced, 2000, 128, 40, 49, true},
			{"cbf", "conv1d:64,64/128", jitter, 300, 32, 40, 49, false}, {"cbf", "lstm:64", jitter, 300, 32, 40, 49, false},
			{"adult-sample", "mlp:128,128", corrupt, 2000, 128, 40, 49, false},
		},
	}
}

// Copies of section 11.
var (
	replaced = perturbation{"token-replace", []float64{0, 0.1, 0.2, 0.4}}
	jitter   = perturbation{"jitter", []float64{0, 0.1, 0.3, 0.5}}
	corrupt  = perturbation{"corrupt", []float64{0, 0.1, 0.2, 0.4}}
)
