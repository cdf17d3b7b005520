package paper

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest"
)

// Run is one experiment of the document.
type Run struct {
	Name   string // of its folder
	Config memtest.Config

	Closeness bool // measure how far copies are from their parents
	Examples  bool // hold per-example memorization against forgetting events and planted labels
	ByChance  bool // hold it, and the probe's margin, against labels that were drawn by lot
	Zoo       bool // measure the registered measures that are not among the rows
	Subsets   int  // hold it against memorization by so many networks trained on random subsets, for each labeling; 0 = none
}

// Runs are the experiments of a setting, in the order in which they are measured: of
// the sections named (Sections), or of all where none is. It is an error where there is
// no such setting or section.
func Runs(setting string, only ...string) ([]Run, error) {
	s, err := scaleOf(setting)
	if err != nil {
		return nil, err
	}
	chosen, err := chosenSections(only)
	if err != nil {
		return nil, err
	}
	var all []Run
	for _, section := range chosen {
		for _, runs := range section.runs {
			for _, r := range runs(s) {
				if !slices.ContainsFunc(all, func(o Run) bool { return o.Name == r.Name }) { // sections share runs
					all = append(all, r)
				}
			}
		}
	}
	return all, nil
}

// keepsEvidence says whether the run's facts are made of the evidence of its cells.
func (r Run) keepsEvidence() bool { return r.Examples || r.ByChance || r.Subsets > 0 }

// newRun is a run of these sizes, with what most runs have in common.
func newRun(name, data string, s sizes) Run {
	return Run{Name: name, Config: memtest.Config{
		Data: data, N: s.n, Epochs: s.epochs, Levels: s.levels, Options: memtest.Options{Permutations: s.permutations}, Seeds: trainingSeeds,
		// Where the reference at epoch 0 is wanted, 0 is among the epochs.
		Refs: []string{memtest.RefInput},
	}}
}

// withTwin are the references of runs that are held against a shuffled-label twin.
func withTwin() []string { return []string{memtest.RefInput, memtest.RefTwin} }

func names(runs []Run) []string {
	var all []string
	for _, r := range runs {
		all = append(all, r.Name)
	}
	return all
}

// mlp is the name of an MLP.
func mlp(width, depth int, dropout bool) string {
	var layers []string
	for range depth {
		layers = append(layers, fmt.Sprint(width))
		if dropout {
			layers = append(layers, "drop0.5")
		}
	}
	return "mlp:" + strings.Join(layers, ",")
}

// gaussianData is the name of a data set of pure noise.
func gaussianData(n int) string { return fmt.Sprintf("gaussian:%d:28x28x1:10", n) }
