package paper

import (
	"bufio"
	"encoding/json"
	"errors"
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
)

// readFacts reads a file of facts, one a line.
func readFacts(path string) ([]Fact, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var facts []Fact
	in := json.NewDecoder(bufio.NewReader(file))
	for line := 1; ; line++ {
		var f Fact
		err := in.Decode(&f)
		if errors.Is(err, io.EOF) {
			return facts, nil
		}
		if err != nil {
			return nil, result.Inputf("%s, line %d: %v", path, line, err)
		}
		facts = append(facts, f)
	}
}

// writeFacts writes facts as readFacts reads them.
func writeFacts(path string, facts []Fact) error {
	return atomicfile.WriteFileFrom(path, func(w io.Writer) error {
		lines := json.NewEncoder(w)
		for _, f := range facts {
			if err := lines.Encode(f); err != nil {
				return err
			}
		}
		return nil
	})
}
