package paper

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// synthetic is an archive of the small setting whose rows are made up: a network
// that learned at every level, a twin that did not, and references between them.
// change, where it is given, then alters each row.
func synthetic(t *testing.T, change func(run string, r *result.Row)) Archive {
	t.Helper()
	runs, err := Runs("small")
	if err != nil {
		t.Fatal(err)
	}
	a := Archive{Setting: "small", Rows: map[string][]result.Row{}}
	for i, run := range runs {
		c, err := run.Config.Resolve()
		if err != nil {
			t.Fatal(err)
		}
		layers := c.Layers
		if layers[0] == "last" {
			layers = []string{"dense2"}
		}
		add := func(network string, seed uint64, epoch int, layer string) {
			for _, probe := range c.Probes {
				for _, level := range c.Levels {
					r := result.Row{Format: result.Format, Config: result.ConfigID(c.YAML()), Data: c.Data, Network: network, Seed: seed, Epoch: epoch, Layer: layer, Probe: probe,
						Perturbation: c.Perturb, Level: level, N: c.N, Features: 10, Classes: 10, Permutations: c.Permutations, Chance: 0.1, LearningP: 1 / float64(c.Permutations+1), Flags: []string{}}.Upgraded()
					wobble := 0.001 * float64(seed%7)
					progress := float64(epoch) / 40
					r.Learning = map[string]float64{memtest.RefInput: 0.1, memtest.RefTwin: 0.2, memtest.NetworkRefit: 0.3}[network]
					if network == "mlp" || network == "cnn" {
						r.Learning = 0.1
						if epoch > 0 {
							r.Learning = 0.5 + 0.1*progress
						}
					}
					r.Learning += wobble - 0.05*min(level, 2)*(1-c.LabelNoise) - 0.3*c.LabelNoise
					r.Memorization = 0.1 + wobble + 0.05*progress
					r.NullMean = r.Chance + r.Memorization
					r.Observed = r.NullMean + r.Learning
					if network == "mlp" || network == "cnn" {
						v := (r.Learning - 0.2) / (1 - 0.1 - 0.2)
						r.Calibrated = &v
					}
					if network != memtest.RefInput {
						train, test := min(1, 0.3+progress*3+wobble), 0.5+wobble-0.3*c.LabelNoise*progress
						if c.Data[0] == 'g' {
							train, test = 0.9, 0.1+wobble-0.003
						}
						if c.LabelNoise == 1 {
							train = min(1, 0.2+progress*2+wobble)
						}
						if strings.HasPrefix(run.Name, "net-") {
							train = 0.6 + 0.002*float64(seed%50)
						}
						var depth, width int
						if _, err := fmt.Sscanf(run.Name, "capacity-%dx%d", &depth, &width); err == nil {
							train = 0.2 + 0.1*float64(depth) + 0.001*float64(width) + wobble
						}
						within := 0.9 - 0.2*progress - wobble
						r.TrainAccuracy, r.TestAccuracy, r.WithinClass = &train, &test, &within
						fresh := test
						r.Fresh = &fresh
						if network == memtest.RefTwin {
							r.TrainedEpochs = epoch + 3
						}
					}
					if change != nil {
						change(run.Name, &r)
					}
					a.Rows[run.Name] = append(a.Rows[run.Name], r)
				}
			}
		}
		network := "mlp"
		if c.Net[:3] == "cnn" {
			network = "cnn"
		}
		if slices.Contains(c.Refs, memtest.RefInput) {
			add(memtest.RefInput, c.Seed, result.EpochNone, "input")
		}
		for s := range c.Seeds {
			for _, epoch := range c.Epochs {
				for _, layer := range layers {
					add(network, c.Seed+uint64(s), epoch, layer)
					if epoch > 0 && slices.Contains(c.Refs, memtest.RefTwin) {
						add(memtest.RefTwin, c.Seed+uint64(s), epoch, layer)
					}
				}
			}
		}
		if c.Refit > 0 {
			add(memtest.NetworkRefit, c.Seed, c.Epochs[len(c.Epochs)-1], layers[0])
		}
		for k, level := range c.Levels {
			if run.Closeness {
				a.Facts = append(a.Facts, Fact{Run: run.Name, Name: FactDistanceRatio, Level: level, Value: float64(k) + 0.01*float64(i)}, Fact{Run: run.Name, Name: FactNearestKept, Level: level, Value: 1})
			}
			for s := range c.Seeds {
				for _, probe := range c.Probes {
					for _, name := range []string{FactMemorizationForgetting, FactMarginForgetting, FactMemorizationPlanted, FactMarginPlanted} {
						if run.Examples {
							a.Facts = append(a.Facts, Fact{Run: run.Name, Name: name, Seed: uint64(s + 1), Probe: probe, Level: level, Value: 0.6 + 0.001*float64(s)})
						}
					}
				}
				if run.Examples && k == 0 {
					a.Facts = append(a.Facts, Fact{Run: run.Name, Name: FactForgettingPlanted, Seed: uint64(s + 1), Value: 0.7 + 0.001*float64(s)})
				}
			}
		}
	}
	return a
}
