package paper

import (
	"bytes"
	"encoding/json"
	"io"
	"os"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Fact is a number that was measured beside the rows of a run and belongs to no
// single cell of it.
type Fact struct {
	Run   string  `json:"run"`
	Name  string  `json:"fact"` // one of the fact… names
	Seed  uint64  `json:"seed,omitempty"`
	Probe string  `json:"probe,omitempty"`
	Level float64 `json:"level"`
	Value float64 `json:"value"`

	Unknown    bool   `json:"unknown,omitempty"`    // it cannot be computed of this network; Value is 0 then
	Registered string `json:"registered,omitempty"` // of the zoo: SHA-256 of measures.yaml
}

// Names of facts. Areas are those under the ROC curve: 0.5 = chance.
const (
	factSeconds = "seconds" // wall time that a run took

	factDistanceRatio = "distance-ratio" // median distance of copies to their parents over the parents' distance to the nearest other example
	factNearestKept   = "nearest-kept"   // share of copies whose nearest training example is their parent

	factMemorizationForgetting = "memorization-forgetting" // rank correlation of per-example memorization with forgetting events
	factMarginForgetting       = "margin-forgetting"       // that of the probe's margin on the label trained on
	factMemorizationPlanted    = "memorization-planted"    // area: memorization finds planted labels
	factMarginPlanted          = "margin-planted"          // area: a small margin finds them
	factForgettingPlanted      = "forgetting-planted"      // area: many forgetting events find them

	factByChance             = "by-chance"              // share of examples whose label was drawn by lot
	factMemorizationByChance = "memorization-by-chance" // share of them among as many examples of largest own part of memorization
	factMarginByChance       = "margin-by-chance"       // among as many of smallest margin
	factShortByChance        = "short-by-chance"        // among as many of the shortest, for which no network is asked
)

// Names of facts about mem(i), what the presence of an example in training changes in
// the answer for it (perm.Presence). Those of the first two groups are of all examples;
// with ofTrueLabels after their name, of those whose label was not planted.
const (
	factMemExamples    = "mem-examples"    // how many there are
	factMemMean        = "mem-mean"        // mean of mem(i)
	factMemQuarter     = "mem-quarter"     // share of examples of which it is 0.25 or more
	factMemSE          = "mem-se"          // its standard error over networks
	factMemReliability = "mem-reliability" // its rank correlation with that of as many other networks
	factMemForgetting  = "mem-forgetting"  // its rank correlation with forgetting events

	factMemWhole         = "mem-whole"         // its rank correlation with m_i
	factMemOwn           = "mem-own"           // with the own part of m_i
	factMemMargin        = "mem-margin"        // with the margin of the probe
	factWholeReliability = "whole-reliability" // correlation of m_i with that of as many other label sets
	factOwnReliability   = "own-reliability"   // likewise of the own part

	factMemOfPlanted    = "mem-of-planted"    // mean of mem(i) over planted labels
	factMemFindsPlanted = "mem-finds-planted" // area: a large one finds them
)

// ofTrueLabels ends the names of facts about the examples that have their true labels.
const ofTrueLabels = "-true"

// readFacts reads a file of facts, one a line.
func readFacts(path string) ([]Fact, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var facts []Fact
	number := 0
	for line := range bytes.Lines(text) {
		number++
		var f Fact
		err := result.CheckSeal(line)
		if err == nil {
			err = json.Unmarshal(line, &f)
		}
		if err != nil {
			return nil, result.Inputf("%s, line %d: %v", path, number, err)
		}
		facts = append(facts, f)
	}
	return facts, nil
}

// writeFacts writes facts as readFacts reads them, each with its checksum.
func writeFacts(path string, facts []Fact) error {
	return atomicfile.WriteFileFrom(path, func(w io.Writer) error {
		for _, f := range facts {
			line, err := json.Marshal(f)
			if err == nil {
				line, err = result.Seal(append(line, '\n'))
			}
			if err == nil {
				_, err = w.Write(line)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
