package report

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Networks are tables of what each network itself gives for training examples, their
// copies and fresh ones, one for each perturbation; none where no row says it.
func Networks(rows []result.Row) ([]document.Table, error) {
	v, err := newView(rows)
	if err != nil {
		return nil, err
	}
	return v.networkTables(), nil
}

// wordsOfNetworks says what those tables hold.
const wordsOfNetworks = "No probe and no shuffles here: how often the network itself gives an example its label, and its mean cross-entropy in nats; a twin's training examples and copies carry its own labels. " +
	"The gap is how much better it does on training examples than on fresh ones. Membership is the share of pairs of a training and a fresh example in which the loss of the first is smaller: at 0.5 the loss does not tell which of them the network was trained on, at 1 it always does."

// trainedNetwork is a network at an epoch, all seeds, layers and probes together.
type trainedNetwork struct {
	role    features.Role
	network string
	epoch   int
}

// title names it in a table.
func (n trainedNetwork) title() string {
	name := withRole(n.network, n.role)
	switch {
	case n.epoch == result.EpochNone:
		return name
	case n.epoch == 0:
		return name + " before training"
	case n.role == features.Twin:
		return fmt.Sprintf("%s of epoch %d", name, n.epoch)
	}
	return fmt.Sprintf("%s after epoch %d", name, n.epoch)
}

// networkTables are what each network itself gives, a table for each perturbation.
func (v *view) networkTables() []document.Table {
	var all []document.Table
	for _, perturbation := range v.perturbations {
		var levels []float64
		var networks []trainedNetwork
		of := map[trainedNetwork][]result.Row{}
		for _, r := range v.rows {
			if r.Perturbation != perturbation || r.OwnAccuracy == nil && r.OwnTrainLoss == nil {
				continue
			}
			n := trainedNetwork{roleOf(r), r.Network, r.Epoch}
			networks, levels = once(networks, n), once(levels, r.Level)
			of[n] = append(of[n], r)
		}
		slices.Sort(levels)
		if len(networks) > 0 {
			all = append(all, v.networkTable(perturbation, networks, levels, of))
		}
	}
	return all
}

// networkTable has two lines for each network, one where no loss is known.
func (v *view) networkTable(perturbation string, networks []trainedNetwork, levels []float64, of map[trainedNetwork][]result.Row) document.Table {
	by := " by perturbation " + word.Name(perturbation)
	if perturbation == features.Given {
		by = ""
	}
	t := document.Table{Title: "The network itself, with copies" + by, Columns: []document.Column{{Words: true, Key: true}, {Words: true, Lead: true}, {Name: "training"}}}
	if unit := v.unit(perturbation); unit != "" {
		t.Title += " (level: " + unit + ")"
	}
	for _, level := range levels {
		t.Columns = append(t.Columns, document.Column{Name: number.Level(level), Unit: "copies", Full: true})
	}
	t.Columns = append(t.Columns, document.Column{Name: "fresh"}, document.Column{Name: "gap"}, document.Column{Name: "membership", Unit: "AUC", Full: true})
	for _, n := range networks {
		for i, line := range []networkLine{accuracyLine, lossLine} {
			if cells := line.cells(of[n], levels); i == 0 || slices.ContainsFunc(cells, func(s string) bool { return s != number.None }) {
				t.Rows = append(t.Rows, document.Row{Reference: n.role != features.Network || n.epoch == 0, First: i == 0, Cells: append([]string{n.title(), line.name}, cells...)})
			}
		}
	}
	return t
}

// networkLine is what a line of such a table is of.
type networkLine struct {
	name                                  string
	train, copies, fresh, gap, membership func(result.Row) *float64
}

var (
	accuracyLine = networkLine{"accuracy", trainAccuracy, ownAccuracy, testAccuracy, ownGap, func(result.Row) *float64 { return nil }}
	lossLine     = networkLine{"loss", ownTrainLoss, ownLoss, ownFreshLoss, ownLossGap, membershipAUC}
)

// cells are what the rows of a network say: training, copies level by level, fresh,
// gap, membership.
func (l networkLine) cells(rows []result.Row, levels []float64) []string {
	all := []string{number.OrNone(meanOfSeeds(rows, l.train), number.Share)}
	for _, level := range levels {
		at := slices.DeleteFunc(slices.Clone(rows), func(r result.Row) bool { return r.Level != level })
		all = append(all, number.OrNone(meanOfSeeds(at, l.copies), number.Share))
	}
	return append(all, number.OrNone(meanOfSeeds(rows, l.fresh), number.Share), number.OrNone(meanOfSeeds(rows, l.gap), number.Signed), number.OrNone(meanOfSeeds(rows, l.membership), number.Share))
}

// meanOfSeeds is the mean over the training seeds of what all rows of a network at
// an epoch say alike; nil where none says it.
func meanOfSeeds(rows []result.Row, f func(result.Row) *float64) *float64 {
	var seeds []uint64
	sum := 0.0
	for _, r := range rows {
		if x := f(r); x != nil && !slices.Contains(seeds, r.Seed) {
			seeds, sum = append(seeds, r.Seed), sum+*x
		}
	}
	if len(seeds) == 0 {
		return nil
	}
	sum /= float64(len(seeds))
	return &sum
}

// networkPoint says of the network of a cell what it gives itself.
func (c cell) networkPoint() []string {
	train, copies, fresh := c.optional(trainAccuracy), c.optional(ownAccuracy), c.optional(testAccuracy)
	if train == nil || copies == nil || fresh == nil {
		return nil
	}
	text := fmt.Sprintf("By itself, without a probe, the network is right on %s of the training examples, %s of the copies at level %s and %s of the fresh examples", number.Share(*train), number.Share(*copies), number.Level(c.level), number.Share(*fresh))
	if a, b, d := c.optional(ownTrainLoss), c.optional(ownLoss), c.optional(ownFreshLoss); a != nil && b != nil && d != nil {
		text += fmt.Sprintf(", with a mean cross-entropy of %s, %s and %s nats", number.Share(*a), number.Share(*b), number.Share(*d))
	}
	if area := c.optional(membershipAUC); area != nil {
		text += fmt.Sprintf("; a training example has a smaller loss than a fresh one in %s of all pairs (membership AUC; 0.5 = the loss does not tell them apart)", number.Share(*area))
	}
	return []string{text + "."}
}
