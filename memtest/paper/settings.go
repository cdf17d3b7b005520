package paper

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/memtest"
)

// Run is one experiment of the document.
type Run struct {
	Name   string // of its folder
	Config memtest.Config

	Closeness bool // measure how far copies are from their parents
	Examples  bool // hold per-example memorization against forgetting events and planted labels
}

// scale is what a setting decides.
type scale struct {
	fashion string // the data set of clothes

	mlp       sizes
	cnn       sizes
	fit       sizes // of shuffled labels and pure noise
	capacity  sizes
	noise     sizes
	perturb   sizes
	refit     sizes
	refits    int
	dose      sizes
	general   sizes
	widths    []int
	depths    []int
	doses     []float64
	perturbed []perturbation
	cnnRuns   []cnnRun
}

// sizes are those of one group of runs.
type sizes struct {
	n            int
	epochs       []int
	levels       []float64
	permutations int
}

type perturbation struct {
	name   string
	levels []float64
}

type cnnRun struct {
	name, data, perturb string
	levels              []float64
}

// Seeds is the number of training seeds, wherever there are intervals over them.
const Seeds = 5

// Settings are the names of the settings.
func Settings() []string { return []string{"small", "full"} }

func scaleOf(setting string) (scale, error) {
	switch setting {
	case "small":
		const fashion = "fashion-mnist-sample"
		return scale{
			fashion:  fashion,
			mlp:      sizes{1000, []int{0, 1, 5, 20}, []float64{0, 0.1, 0.3, 0.5, 1}, 19},
			cnn:      sizes{500, []int{0, 10}, nil, 19},
			fit:      sizes{500, []int{1, 2, 5, 10, 20, 40}, []float64{0, 0.3}, 19},
			capacity: sizes{500, []int{40}, []float64{0, 0.3}, 19},
			noise:    sizes{1000, []int{0, 1, 5, 20}, []float64{0, 0.25, 0.5, 1, 2}, 19},
			perturb:  sizes{500, []int{20}, nil, 19},
			refit:    sizes{500, []int{20}, []float64{0, 0.1, 0.3, 0.5, 1}, 0},
			refits:   19,
			dose:     sizes{500, []int{1, 5, 20, 40}, []float64{0.1, 0.3}, 19},
			general:  sizes{500, []int{20}, []float64{0.1, 0.3}, 19},
			widths:   []int{8, 64, 512}, depths: []int{1, 2},
			doses:     []float64{0, 0.1, 0.3, 0.6, 1},
			perturbed: []perturbation{{"gaussian", []float64{0, 0.1, 0.3, 0.5, 1}}, {"shift", []float64{0, 1, 2, 4}}, {"rotate", []float64{0, 5, 15, 45}}},
			cnnRuns:   []cnnRun{{"cnn-fashion-shift", fashion, "shift", []float64{0, 1, 2, 4}}},
		}, nil
	case "full":
		const fashion = "fashion-mnist"
		return scale{
			fashion:  fashion,
			mlp:      sizes{10000, []int{0, 1, 2, 5, 10, 20}, []float64{0, 0.1, 0.2, 0.3, 0.5, 1}, 99},
			cnn:      sizes{4000, []int{0, 1, 10}, nil, 49},
			fit:      sizes{2000, []int{1, 2, 5, 10, 20, 50}, []float64{0, 0.3}, 19},
			capacity: sizes{2000, []int{50}, []float64{0, 0.3}, 19},
			noise:    sizes{5000, []int{0, 1, 5, 20, 50}, []float64{0, 0.25, 0.5, 0.75, 1, 1.5, 2}, 99},
			perturb:  sizes{5000, []int{20}, nil, 49},
			refit:    sizes{5000, []int{20}, []float64{0, 0.1, 0.2, 0.3, 0.5, 1}, 0},
			refits:   39,
			dose:     sizes{5000, []int{1, 5, 20, 50}, []float64{0.1, 0.3, 0.5}, 49},
			general:  sizes{2000, []int{30}, []float64{0.1, 0.3, 0.5}, 49},
			widths:   []int{8, 32, 128, 512}, depths: []int{1, 2, 3},
			doses: []float64{0, 0.1, 0.2, 0.4, 0.6, 0.8, 1},
			perturbed: []perturbation{
				{"gaussian", []float64{0, 0.1, 0.2, 0.3, 0.5, 1}}, {"shift", []float64{0, 1, 2, 3, 4}}, {"rotate", []float64{0, 5, 10, 20, 40}},
				{"dropout", []float64{0, 0.1, 0.3, 0.5, 0.8}}, {"blur", []float64{0, 0.5, 1, 2, 3}},
			},
			cnnRuns: []cnnRun{
				{"cnn-mnist-gaussian", "mnist", "gaussian", []float64{0, 0.1, 0.2, 0.3}},
				{"cnn-mnist-shift", "mnist", "shift", []float64{0, 1, 2, 4}},
				{"cnn-fashion-shift", fashion, "shift", []float64{0, 1, 2, 4}},
			},
		}, nil
	}
	return scale{}, fmt.Errorf("setting: %q is not known; choose small or full", setting)
}

// Runs are the experiments of a setting, in the order in which they are measured.
func Runs(setting string) ([]Run, error) {
	s, err := scaleOf(setting)
	if err != nil {
		return nil, err
	}
	var runs []Run
	add := func(name string, s sizes, change func(*Run)) {
		r := Run{Name: name, Config: memtest.Config{
			N: s.n, Epochs: s.epochs, Levels: s.levels, Options: memtest.Options{Permutations: s.permutations}, Seeds: Seeds,
			// Where the reference at epoch 0 is wanted, 0 is among the epochs.
			Refs: []string{memtest.RefInput},
		}}
		change(&r)
		runs = append(runs, r)
	}
	withTwin := []string{memtest.RefInput, memtest.RefTwin}

	for _, data := range []struct{ name, set string }{{"mnist", "mnist"}, {"fashion", s.fashion}} {
		add("mlp-"+data.name, s.mlp, func(r *Run) { r.Config.Data, r.Config.Refs, r.Closeness = data.set, withTwin, true })
	}
	for _, c := range s.cnnRuns {
		add(c.name, s.cnn, func(r *Run) {
			r.Config.Data, r.Config.Perturb, r.Config.Levels, r.Config.Refs = c.data, c.perturb, c.levels, withTwin
			// Narrow, so that no layer has as many features as there are examples:
			// there a linear probe of weak penalty fits anything.
			r.Config.Net, r.Config.Layers = "cnn:8,16/64", []string{"maxpool1", "maxpool2", "dense1", "logits"}
			r.Config.Probes = []string{"ridge:300", "knn"}
		})
	}
	for _, what := range fits {
		for _, drop := range []bool{false, true} {
			add(fitName(what.name, drop), s.fit, func(r *Run) {
				r.Config.Data, r.Config.LabelNoise = s.fashion, what.labelNoise
				if what.noise {
					r.Config.Data = fmt.Sprintf("gaussian:%d:28x28x1:10", s.fit.n)
				}
				r.Config.Probes = []string{"ridge"}
				if drop {
					r.Config.Net = "mlp:512,drop0.5,512,drop0.5"
				}
			})
		}
	}
	for _, depth := range s.depths {
		for _, width := range s.widths {
			add(capacityName(width, depth), s.capacity, func(r *Run) {
				r.Config.Data, r.Config.LabelNoise, r.Config.Net, r.Config.Probes = s.fashion, 1, mlp(width, depth, false), []string{"ridge"}
			})
		}
	}
	add("noise-input", s.noise, func(r *Run) {
		r.Config.Data, r.Config.Refs, r.Closeness = fmt.Sprintf("gaussian:%d:28x28x1:10", s.noise.n), withTwin, true
	})
	for _, p := range s.perturbed {
		add("perturb-"+p.name, s.perturb, func(r *Run) {
			r.Config.Data, r.Config.Perturb, r.Config.Levels, r.Config.Refs, r.Closeness = s.fashion, p.name, p.levels, withTwin, true
		})
	}
	add("refit", s.refit, func(r *Run) { r.Config.Data, r.Config.Refit, r.Config.Seeds = s.fashion, s.refits, 1 })
	for _, dose := range s.doses {
		add(doseName(dose), s.dose, func(r *Run) {
			r.Config.Data, r.Config.LabelNoise = s.fashion, dose
			r.Examples = dose == plantedDose
		})
	}
	for i, g := range generalization() {
		add(fmt.Sprintf("net-%02d", i+1), s.general, func(r *Run) {
			r.Config.Data, r.Config.Refs, r.Config.Seeds, r.Config.Seed = s.fashion, []string{memtest.RefTwin}, 1, uint64(100+i)
			r.Config.Net, r.Config.LabelNoise = mlp(g.width, g.depth, g.dropout), g.labelNoise
			if g.short {
				r.Config.Epochs = []int{3}
			}
		})
	}
	return runs, nil
}

// plantedDose is the label noise at which single examples are looked at.
const plantedDose = 0.1

// fits are the labels and inputs that networks are asked to fit.
var fits = []struct {
	name, title string
	labelNoise  float64
	noise       bool
}{
	{"real", "real labels", 0, false},
	{"shuffled", "shuffled labels", 1, false},
	{"noise", "Gaussian noise", 0, true},
}

func fitName(what string, dropout bool) string {
	if dropout {
		return "fit-" + what + "-dropout"
	}
	return "fit-" + what
}

func capacityName(width, depth int) string { return fmt.Sprintf("capacity-%dx%d", depth, width) }

func doseName(dose float64) string { return fmt.Sprintf("dose-%.1f", dose) }

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

// design is one network of those whose generalization gaps are compared.
type design struct {
	width, depth int
	dropout      bool
	labelNoise   float64
	short        bool // trained for a few epochs only
}

// generalization crosses width with label noise, and depth, dropout and the
// length of training with these such that each value of one meets each value of
// every other: 36 networks.
func generalization() []design {
	var all []design
	for i, width := range []int{32, 128, 512} {
		for j, noise := range []float64{0, 0.2, 0.5} {
			for k := range 4 {
				all = append(all, design{width, 1 + (i+j+k)%3, k%2 == 1, noise, k/2 == 1})
			}
		}
	}
	return all
}
