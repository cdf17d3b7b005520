package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// trainingSet is what networks are asked to fit in section 3.
type trainingSet struct {
	name, title string
	labelNoise  float64
	noise       bool // images of Gaussian noise
}

var (
	realLabels     = trainingSet{"real", "real labels", 0, false}
	shuffledLabels = trainingSet{"shuffled", "shuffled labels", 1, false}
	noiseImages    = trainingSet{"noise", "Gaussian noise", 0, true}
	trainingSets   = []trainingSet{realLabels, shuffledLabels, noiseImages}
)

// fitRuns are the runs of (a), (b) and (d).
func fitRuns(s scale) []Run {
	var runs []Run
	for _, set := range trainingSets {
		for _, dropout := range []bool{false, true} {
			data := s.fashion
			if set.noise {
				data = gaussianData(s.fit.n)
			}
			r := newRun(set.run(dropout), data, s.fit)
			r.Config.LabelNoise, r.Config.Probes = set.labelNoise, []string{"ridge"}
			if dropout {
				r.Config.Net = mlp(512, 2, true)
			}
			runs = append(runs, r)
		}
	}
	return runs
}

func (s trainingSet) run(dropout bool) string {
	if dropout {
		return "fit-" + s.name + "-dropout"
	}
	return "fit-" + s.name
}

// finding is one part of section 3: what another group found, and whether it is
// found here.
type finding struct {
	blocks []document.Block
	holds  bool
	said   string
}

// otherGroupsSection is section 3: it corroborates other groups.
func otherGroupsSection(res *results) document.Section {
	s := document.Section{Title: "3. It corroborates other groups", Blocks: []document.Block{
		text("The paper's claim: its experiments agree with findings of others. Which ones it names we know from its references to optimization on shuffled labels only; we put five to the test: Zhang et al. (2017), networks fit shuffled labels and pure noise; " +
			"Arpit et al. (2017), noise and real data are learned differently, simple patterns come first, and dropout hinders the fitting of noise more than that of real data; and that the capacity to memorize grows with width and depth."),
		text("Our design: MLPs of two hidden layers of 512 units on %d examples, %d training seeds each: Fashion-MNIST with its labels, with all labels shuffled, and images of Gaussian noise with random labels; each with and without dropout of 0.5. "+
			"These are training accuracies; what the probes say of the same networks is in the last columns.", res.first(realLabels.run(false)).N, trainingSeeds),
	}}
	var holds []bool
	var said []string
	for i, part := range []struct {
		name string
		of   func(*results) finding
	}{
		{"networks fit shuffled labels and pure noise", fitsAnything},
		{"they are learned differently from real data", learnedDifferently},
		{"simple patterns come first", simpleFirst},
		{"dropout hinders the fitting of noise more", dropoutHinders},
		{"capacity grows with width and depth", capacityGrows},
	} {
		f := part.of(res)
		s.Blocks, holds = append(s.Blocks, f.blocks...), append(holds, f.holds)
		word := "holds"
		if !f.holds {
			word = "does not hold here"
		}
		said = append(said, fmt.Sprintf("(%c) %s: %s. %s", 'a'+i, part.name, word, f.said))
	}
	holding := countOf(holds, func(h bool) bool { return h })
	s.Blocks = append(s.Blocks, document.Block{List: said},
		verdict(combine(holds...), "%s parts hold.", count(holding, len(holds))),
		text("Limits: one family of networks, one optimizer (Adam at its usual settings), small sets. Accuracy on shuffled labels at a fixed number of epochs mixes capacity with speed."))
	return s
}
