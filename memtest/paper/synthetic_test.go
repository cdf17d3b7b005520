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
		s := syntheticRun{name: run.Name, config: c, id: result.ConfigID(c.YAML())}
		s.addAll()
		for j := range s.rows {
			if change != nil {
				change(run.Name, &s.rows[j])
			}
		}
		a.Rows[run.Name] = s.rows
		if run.Closeness {
			a.Facts = append(a.Facts, s.closeness(0.01*float64(i))...)
		}
		if run.Examples {
			a.Facts = append(a.Facts, s.examples()...)
		}
		if run.ByChance {
			a.Facts = append(a.Facts, s.byChance()...)
		}
		if run.Zoo {
			a.Facts = append(a.Facts, s.zoo()...)
		}
		if run.Subsets > 0 {
			a.Facts = append(a.Facts, s.subsets()...)
		}
	}
	return a
}

// syntheticRun makes up the rows of a run.
type syntheticRun struct {
	name   string
	config memtest.Config // resolved
	id     string
	rows   []result.Row
}

// addAll adds the rows of all networks and references that the run asks for.
func (s *syntheticRun) addAll() {
	c := s.config
	layers := c.Layers
	if layers[0] == "last" {
		layers = []string{"dense2"}
	}
	if slices.Contains(c.Refs, memtest.RefInput) {
		s.add(memtest.RefInput, c.Seed, result.EpochNone, "input")
	}
	for i := range c.Seeds {
		for _, epoch := range c.Epochs {
			for _, layer := range layers {
				s.add(c.Net[:3], c.Seed+uint64(i), epoch, layer)
				if epoch > 0 && slices.Contains(c.Refs, memtest.RefTwin) {
					s.add(memtest.RefTwin, c.Seed+uint64(i), epoch, layer)
				}
			}
		}
	}
	if c.Refit > 0 {
		s.add(memtest.NetworkRefit, c.Seed, c.Epochs[len(c.Epochs)-1], layers[0])
	}
}

// add adds a row for each probe and level.
func (s *syntheticRun) add(network string, seed uint64, epoch int, layer string) {
	c := s.config
	for _, probe := range c.Probes {
		for _, level := range c.Levels {
			r := result.Row{Format: result.Format, Config: s.id, Data: c.Data, Network: network, Seed: seed, Epoch: epoch, Layer: layer, Probe: probe,
				Perturbation: c.Perturb, Level: level, N: c.N, Features: 10, Classes: 10, Permutations: c.Permutations, Chance: 0.1, LearningP: 1 / float64(c.Permutations+1), Flags: []string{}}.Upgraded()
			s.score(&r)
			if network != memtest.RefInput {
				s.train(&r)
			}
			s.rows = append(s.rows, r)
		}
	}
}

// wobble is what differs between training seeds.
func wobble(r *result.Row) float64 { return 0.001 * float64(r.Seed%7) }

// progress is how far training is.
func progress(r *result.Row) float64 { return min(1, float64(r.Epoch)/40) }

// score makes up what the probe says.
func (s *syntheticRun) score(r *result.Row) {
	noise := s.config.LabelNoise
	isNetwork := !slices.Contains([]string{memtest.RefInput, memtest.RefTwin, memtest.NetworkRefit}, r.Network)
	r.Learning = map[string]float64{memtest.RefInput: 0.1, memtest.RefTwin: 0.2, memtest.NetworkRefit: 0.3}[r.Network]
	if isNetwork {
		r.Learning = 0.1
		if r.Epoch > 0 {
			r.Learning = 0.5 + 0.1*progress(r)
		}
	}
	r.Learning += wobble(r) - 0.05*min(r.Level, 2)*(1-noise) - 0.3*noise
	r.Memorization = 0.1 + wobble(r) + 0.05*progress(r)
	r.NullMean = r.Chance + r.Memorization
	r.Observed = r.NullMean + r.Learning
	if isNetwork {
		v := (r.Learning - 0.2) / (1 - 0.1 - 0.2)
		r.Calibrated = &v
	}
}

// train makes up what is said of the network itself.
func (s *syntheticRun) train(r *result.Row) {
	c := s.config
	train, test := min(1, 0.3+progress(r)*3+wobble(r)), 0.5+wobble(r)-0.3*c.LabelNoise*progress(r)
	if c.Data[0] == 'g' {
		train, test = 0.9, 0.1+wobble(r)-0.003
	}
	if c.LabelNoise == 1 {
		train = min(1, 0.2+progress(r)*2+wobble(r))
	}
	if strings.HasPrefix(s.name, "zoo-") {
		train, test = 1, zooTest(r.Seed)
		if s.name == zooMissing {
			train = 0.9
		}
		loss, accuracy := 2-test, test // they tell who generalizes
		r.OwnLoss, r.OwnAccuracy, r.Registered = &loss, &accuracy, c.Registered
	}
	var depth, width int
	if _, err := fmt.Sscanf(s.name, "capacity-%dx%d", &depth, &width); err == nil {
		train = 0.2 + 0.1*float64(depth) + 0.001*float64(width) + wobble(r)
	}
	within, fresh := 0.9-0.2*progress(r)-wobble(r), test
	r.TrainAccuracy, r.TestAccuracy, r.WithinClass, r.Fresh = &train, &test, &within, &fresh
	if r.Network == memtest.RefTwin {
		r.TrainedEpochs = r.Epoch + 3
	}
}

// closeness makes up how far copies are from their parents.
func (s *syntheticRun) closeness(offset float64) []Fact {
	var facts []Fact
	for k, level := range s.config.Levels {
		facts = append(facts, Fact{Run: s.name, Name: factDistanceRatio, Level: level, Value: float64(k) + offset}, Fact{Run: s.name, Name: factNearestKept, Level: level, Value: 1})
	}
	return facts
}

// examples makes up what is said of single examples.
func (s *syntheticRun) examples() []Fact {
	var facts []Fact
	for i := range s.config.Seeds {
		seed, wobble := uint64(i+1), 0.001*float64(i)
		facts = append(facts, Fact{Run: s.name, Name: factForgettingPlanted, Seed: seed, Value: 0.7 + wobble})
		for _, probe := range s.config.Probes {
			for _, level := range s.config.Levels {
				for _, name := range []string{factMemorizationForgetting, factMarginForgetting, factMemorizationPlanted, factMarginPlanted} {
					facts = append(facts, Fact{Run: s.name, Name: name, Seed: seed, Probe: probe, Level: level, Value: 0.6 + wobble})
				}
			}
		}
	}
	return facts
}

// byChance makes up what is said of labels that were drawn by lot.
func (s *syntheticRun) byChance() []Fact {
	var facts []Fact
	for i := range s.config.Seeds {
		seed, wobble := uint64(i+1), 0.001*float64(i)
		facts = append(facts, Fact{Run: s.name, Name: factByChance, Seed: seed, Value: 0.2}, Fact{Run: s.name, Name: factShortByChance, Seed: seed, Value: 0.4})
		for _, probe := range s.config.Probes {
			for _, level := range s.config.Levels {
				for name, v := range map[string]float64{factMemorizationByChance: 0.2, factMarginByChance: 0.6} {
					facts = append(facts, Fact{Run: s.name, Name: name, Seed: seed, Probe: probe, Level: level, Value: v + wobble})
				}
			}
		}
	}
	return facts
}

// subsets makes up what is said of mem(i): an own part of m_i that ranks examples as it
// does.
func (s *syntheticRun) subsets() []Fact {
	var facts []Fact
	for i := range s.config.Seeds {
		add := func(name, probe string, level, value float64) {
			facts = append(facts, Fact{Run: s.name, Name: name, Seed: uint64(i + 1), Probe: probe, Level: level, Value: value + 0.001*float64(i)})
		}
		suffixes := []string{""}
		if s.config.LabelNoise > 0 {
			suffixes = append(suffixes, ofTrueLabels)
			add(factMemOfPlanted, "", 0, 0.9)
			add(factMemFindsPlanted, "", 0, 0.95)
		}
		for _, suffix := range suffixes {
			add(factMemExamples+suffix, "", 0, 400)
			for _, name := range []string{factMemMean, factMemQuarter, factMemSE, factMemReliability, factMemForgetting} {
				add(name+suffix, "", 0, 0.3)
			}
			for _, probe := range s.config.Probes {
				for _, level := range s.config.Levels {
					for _, name := range []string{factMemWhole, factMemOwn, factWholeReliability, factOwnReliability} {
						add(name+suffix, probe, level, 0.8)
					}
					add(factMemMargin+suffix, probe, level, -0.8)
				}
			}
		}
	}
	return facts
}

// zooMissing is a network that does not reach the training accuracy.
const zooMissing = "zoo-fashion-mnist-sample-mlp-03"

// zooTest is the test accuracy of the network of this seed, which is another for each.
func zooTest(seed uint64) float64 { return 0.6 + 0.002*float64(seed*37%101) }

// zoo makes up the facts of a network of the zoo: measures that have nothing to do with
// its gap, but for the margin at the input.
func (s *syntheticRun) zoo() []Fact {
	seed := s.config.Seed
	var facts []Fact
	add := func(name, probe string, level, value float64) {
		facts = append(facts, Fact{Run: s.name, Name: name, Seed: seed, Probe: probe, Level: level, Value: value, Registered: s.config.Registered})
	}
	add(factTestHalf, "", 1, zooTest(seed)+0.001)
	add(factTestHalf, "", 2, zooTest(seed)-0.001)
	_, measures, _ := registered()
	for k, m := range measures {
		if !m.ofRows() {
			value := float64(seed * uint64(11+k) % 17)
			if m.name == "margin at the input" {
				value = zooTest(seed)
			}
			add(m.fact(), m.probe, m.level, value)
		}
	}
	return facts
}
