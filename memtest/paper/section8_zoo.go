package paper

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest"
)

// enough is the training accuracy that ends the training of a network of the zoo, and
// that it must have reached to count.
const enough = 0.99

// zooSizes say how large the zoo of section 8 is.
type zooSizes struct {
	sizes    // its one epoch is the last that training may take
	strata   []stratum
	networks int // of each stratum, but for further ones
}

// stratum is a group of networks that are compared with each other: of one kind, on
// the same examples.
type stratum struct {
	data   string
	family string // mlp, cnn
	twins  bool   // each of the first networks that is trained by Adam without dropout has a twin
	more   int    // further networks, where many of the first did not reach the training accuracy
}

// String names the stratum.
func (s stratum) String() string { return dataName(s.data) + ", " + strings.ToUpper(s.family) }

// zooNetwork is a network of the zoo.
type zooNetwork struct {
	stratum
	run     string
	further bool     // of the further ones, which have no twins
	seed    uint64   // of its training, its copies and its label sets
	factors []string // its values, in the order of zooFactors
}

// zooFactor is what differs between networks of a stratum.
type zooFactor struct {
	name   string
	values map[string][]string // by family
}

// zooFactors are those of all networks. Label noise and the number of examples are the
// same for all.
var zooFactors = []zooFactor{
	{"width", map[string][]string{"mlp": {"64", "256", "1024"}, "cnn": {"8,16/64", "16,32/128", "24/128"}}},
	{"depth", map[string][]string{"mlp": {"1", "2", "3"}, "cnn": {"1", "2"}}}, // of dense layers
	{"dropout", map[string][]string{"mlp": {"none", "none", "0.2"}, "cnn": {"none", "none", "0.2"}}},
	{"weight decay", map[string][]string{"mlp": {"none", "0.0001", "0.0003"}, "cnn": {"none", "0.0003"}}},
	{"batch", map[string][]string{"mlp": {"32", "128"}, "cnn": {"32", "128"}}},
	{"optimizer", map[string][]string{"mlp": {"adam", "sgd"}, "cnn": {"adam", "sgd"}}},
	{"learning rate", map[string][]string{"mlp": {"usual", "low"}, "cnn": {"usual", "low"}}},
	{"initial scale", map[string][]string{"mlp": {"1", "2", "4"}, "cnn": {"1", "2", "3"}}},
	{"augmentation", map[string][]string{"mlp": {"none", "none", "shift 1"}, "cnn": {"none", "none", "shift 1"}}},
}

// learningRates are those of an optimizer, usual and low.
var learningRates = map[string]map[string]float64{
	"adam": {"usual": 0.002, "low": 0.0007},
	"sgd":  {"usual": 0.02, "low": 0.007},
}

// zoo lists the networks of all strata, then the further ones.
func (z zooSizes) zoo() []zooNetwork {
	var first, more []zooNetwork
	for _, s := range z.strata {
		first = append(first, s.draw(1, z.networks, uint64(1001+len(first)), "zoo", s.data, s.family)...)
	}
	for _, s := range z.strata {
		more = append(more, s.draw(z.networks+1, s.more, uint64(2001+len(more)), "zoo", s.data, s.family, "more")...)
	}
	for i := range more {
		more[i].further = true
	}
	return append(first, more...)
}

// draw draws so many networks, which are numbered from a number and trained by seeds from
// a seed. They have each value of a factor as often as the others or once more, in an order
// drawn for each factor by itself, so that factors go with each other only by chance.
func (s stratum) draw(from, networks int, base uint64, stream ...any) []zooNetwork {
	drawn := make([][]string, len(zooFactors))
	for f, factor := range zooFactors {
		values := factor.values[s.family]
		for i := range networks {
			drawn[f] = append(drawn[f], values[i%len(values)])
		}
		r := seed.Stream(1, append(slices.Clone(stream), factor.name)...)
		r.Shuffle(networks, func(i, j int) { drawn[f][i], drawn[f][j] = drawn[f][j], drawn[f][i] })
	}
	var all []zooNetwork
	for i := range networks {
		n := zooNetwork{stratum: s, run: fmt.Sprintf("zoo-%s-%s-%02d", s.data, s.family, from+i), seed: base + uint64(i)}
		for f := range zooFactors {
			n.factors = append(n.factors, drawn[f][i])
		}
		all = append(all, n)
	}
	return all
}

// factor is a network's value of a factor.
func (n zooNetwork) factor(name string) string {
	return n.factors[slices.IndexFunc(zooFactors, func(f zooFactor) bool { return f.name == name })]
}

// number is a factor's value that may be "none", which is 0.
func (n zooNetwork) number(name string) float64 {
	text := strings.TrimPrefix(n.factor(name), "shift ")
	if text == "none" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil { // a value of zooFactors
		panic(err)
	}
	return v
}

// net is the network as --net names it.
func (n zooNetwork) net() string {
	layers := func(width string, depth int) string {
		var words []string
		for range depth {
			words = append(words, width)
			if n.factor("dropout") != "none" {
				words = append(words, "drop"+n.factor("dropout"))
			}
		}
		return strings.Join(words, ",")
	}
	depth := int(n.number("depth"))
	if n.family == "cnn" {
		channels, width, _ := strings.Cut(n.factor("width"), "/")
		return "cnn:" + channels + "/" + layers(width, depth)
	}
	return "mlp:" + layers(n.factor("width"), depth)
}

// zooRuns are the runs of section 8, one a network.
func zooRuns(s scale) []Run {
	var runs []Run
	for _, n := range s.zoo.zoo() {
		r := newRun(n.run, n.data, s.zoo.sizes)
		r.Zoo = true
		c := &r.Config
		c.Epochs = append([]int{0}, c.Epochs...)
		c.Until, c.Seeds, c.Seed, c.Registered = enough, 1, n.seed, registeredSHA256()
		c.Refs = []string{memtest.RefUntrained}
		if n.twins && !n.further && n.factor("dropout") == "none" && n.factor("optimizer") == "adam" {
			c.Refs = append(c.Refs, memtest.RefTwin)
		}
		c.Net, c.Batch, c.InitialScale = n.net(), int(n.number("batch")), n.number("initial scale")
		kind := n.factor("optimizer")
		if kind == "sgd" {
			c.InitialScale = math.Round(100*math.Sqrt(c.InitialScale)) / 100 // larger ones diverge
		}
		c.Optimizer = memtest.Optimizer{Kind: kind, Rate: learningRates[kind][n.factor("learning rate")], Decay: n.number("weight decay")}
		c.Augment.Shift = int(n.number("augmentation"))
		runs = append(runs, r)
	}
	return runs
}

// zooLevels are those of the noise on copies that measures are read at.
var zooLevels = []float64{0.1, 0.3, 0.5}
