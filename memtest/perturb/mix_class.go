package perturb

import (
	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/seed"
)

// mixClassName is the one perturbation of features.
const mixClassName = "mix-class"

// mixClass blends the features of examples that have one label. What is done with features
// is not done here: Partners says which are blended.
func mixClass() []Kind {
	return []Kind{{
		name: mixClassName, unit: "share of the other example", max: upTo(0.5), levels: []float64{0, 0.25, 0.5}, mixes: true,
		about: "of features, not of examples: blends those of each example with those of another one that the label set gives the same label; for ridge, softmax and centroid",
	}}
}

// Partners says which other example each one is blended with under label set b by mix-class:
// one of the same label there, all others of the label being as likely. An example that is
// alone with its label is its own partner. labels [n] are those of the set.
//
// They are drawn by a stream of the seed for each label set, which depends on its number b
// and on nothing else: label sets that can be exchanged can be exchanged with their partners.
func Partners(labels []int32, root uint64, b int) []int32 {
	return datasets.Partners(labels, seed.Stream(root, "perturb", mixClassName, b))
}
