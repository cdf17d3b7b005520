package paper

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla/complexity"
	"go.yaml.in/yaml/v3"
)

// measuresFile says which measures of networks section 8 holds against the
// generalization gap, and how. It was written before any network was trained.
//
//go:embed measures.yaml
var measuresFile []byte

// registeredSHA256 is what rows and facts of the zoo carry.
func registeredSHA256() string {
	sum := sha256.Sum256(measuresFile)
	return hex.EncodeToString(sum[:])
}

// registration is what measuresFile holds.
type registration struct {
	Gap, Networks, Score, Interval, Test, Confirmation, Worth, Conditional string

	Measures []registeredMeasures
}

// registeredMeasures are measures that differ in where they are read.
type registeredMeasures struct {
	Name    string
	Of      []string // "gaussian 0.1", "ridge 0.1", "ridge mix-class 0.5"; empty = of the network as a whole
	Formula string
	Source  string
	Sign    string // + or −: how it was expected to go with the gap
}

// measure is one number of a network.
type measure struct {
	name         string // of registeredMeasures
	probe        string // "" = of none
	perturbation string // "" = of no copies
	level        float64
}

// String is the measure's name in tables.
func (m measure) String() string {
	if m.perturbation == "" {
		return m.name
	}
	var where []string
	if m.probe != "" {
		where = append(where, probeName(m.probe))
	}
	unit := map[string]string{gaussianCopies: "σ = ", shiftCopies: "shift ", mixClassCopies: "mix-class "}[m.perturbation]
	return m.name + ", " + strings.Join(append(where, unit+number(m.level)), ", ")
}

// Names of the copies that measures are read at.
const (
	gaussianCopies = "gaussian"
	shiftCopies    = "shift"
	mixClassCopies = features.MixClass
)

// registered are the registered measures, with the file's words for them.
func registered() (registration, []measure, error) {
	var r registration
	if err := yaml.Unmarshal(measuresFile, &r); err != nil {
		return r, nil, fmt.Errorf("measures.yaml: %w", err)
	}
	var all []measure
	for _, family := range r.Measures {
		if len(family.Of) == 0 {
			all = append(all, measure{name: family.Name})
		}
		for _, of := range family.Of {
			m, err := measureAt(family.Name, of)
			if err != nil {
				return r, nil, fmt.Errorf("measures.yaml: %s: %w", family.Name, err)
			}
			all = append(all, m)
		}
	}
	return r, all, nil
}

// measureAt reads where a measure is read, as in "ridge mix-class 0.5".
func measureAt(name, of string) (measure, error) {
	m := measure{name: name, perturbation: gaussianCopies}
	words := strings.Fields(of)
	for _, word := range words[:len(words)-1] {
		switch word {
		case gaussianCopies, shiftCopies, mixClassCopies:
			m.perturbation = word
		default:
			m.probe = word
		}
	}
	var err error
	m.level, err = strconv.ParseFloat(words[len(words)-1], 64)
	return m, err
}

// Names of measures that are read in more than one way.
const (
	ownLoss     = "own loss"
	ownAccuracy = "own accuracy"
)

const ridgeProbe = "ridge"

// ownMeasures are those of the network's own answers for copies, of rows.
var ownMeasures = map[string]quantity{
	ownLoss:     func(r result.Row) float64 { return orNaN(r.OwnLoss) },
	ownAccuracy: func(r result.Row) float64 { return orNaN(r.OwnAccuracy) },
}

// probeMeasures are those of a probe at a level, of rows; those of blends are facts.
var probeMeasures = map[string]quantity{
	"observed":     func(r result.Row) float64 { return r.Observed },
	"learning":     learning,
	"memorization": memorization,
}

// rowMeasures are further ones of a probe at a level, of the rows of the network and of
// the same network before training.
var rowMeasures = map[string]func(trained, untrained result.Row) float64{
	"own memorization":        func(r, _ result.Row) float64 { return orNaN(r.MemorizationOwn) },
	"learning less untrained": func(r, u result.Row) float64 { return r.Learning - u.Learning },
	"calibrated learning":     func(r, _ result.Row) float64 { return orNaN(r.Calibrated) },
	"within-class share":      func(r, _ result.Row) float64 { return orNaN(r.WithinClass) },
}

// complexityMeasures are those of the literature, which are facts.
var complexityMeasures = map[string]func(complexity.Measures) float64{
	"margin at the input":      func(m complexity.Measures) float64 { return m.MarginInput },
	"margin at the last layer": func(m complexity.Measures) float64 { return m.MarginLast },
	"Davies-Bouldin × mixup":   func(m complexity.Measures) float64 { return m.MixupIndex },
	"spectral norm":            func(m complexity.Measures) float64 { return m.SpectralLog },
	"path norm":                func(m complexity.Measures) float64 { return m.PathLog },
	"distance from the start":  func(m complexity.Measures) float64 { return m.Distance },
	"sharpness":                func(m complexity.Measures) float64 { return m.Sharpness },
	"power-law alpha":          func(m complexity.Measures) float64 { return m.Alpha },
}

// orNaN is NaN where a row does not have the value.
func orNaN(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}

// fact is the name of the measure among facts, where probe and level stand beside it.
func (m measure) fact() string {
	if m.perturbation == "" || m.perturbation == gaussianCopies {
		return m.name
	}
	return m.name + ", " + m.perturbation
}

// ofRows says whether the measure is read from rows.
func (m measure) ofRows() bool {
	_, complex := complexityMeasures[m.name]
	return !complex && (m.perturbation == "" || m.perturbation == gaussianCopies)
}

// read is the value of a measure in the rows of a network.
func (m measure) read(trained, untrained result.Row) float64 {
	if of, ok := rowMeasures[m.name]; ok {
		return of(trained, untrained)
	}
	if of, ok := ownMeasures[m.name]; ok {
		return of(trained)
	}
	if of, ok := probeMeasures[m.name]; ok {
		return of(trained)
	}
	return math.NaN()
}
