package paper

import (
	"fmt"
	"math"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// fitted is the training accuracy from which a set counts as fitted in part (b)
// and (d).
const fitted = 0.9

// corroborates is claim 3: what other groups found.
func (b *book) corroborates() document.Section {
	s := document.Section{Title: "3. It corroborates other groups"}
	n := b.n(fitName("real", false))
	s.Blocks = append(s.Blocks,
		text("The paper's claim: its experiments agree with findings of others. Which ones it names we know from its references to optimization on shuffled labels only; we put five to the test: Zhang et al. (2017), networks fit shuffled labels and pure noise; "+
			"Arpit et al. (2017), noise and real data are learned differently, simple patterns come first, and dropout hinders the fitting of noise more than that of real data; and that the capacity to memorize grows with width and depth."),
		text("Our design: MLPs of two hidden layers of 512 units on %d examples, %d training seeds each: Fashion-MNIST with its labels, with all labels shuffled, and images of Gaussian noise with random labels; each with and without dropout of 0.5. "+
			"These are training accuracies; what the probes say of the same networks is in the last columns.", n, Seeds))
	parts := []struct {
		name string
		of   func() ([]document.Block, bool, string)
	}{
		{"networks fit shuffled labels and pure noise", b.fitsAnything},
		{"they are learned differently from real data", b.learnedDifferently},
		{"simple patterns come first", b.simpleFirst},
		{"dropout hinders the fitting of noise more", b.dropoutHinders},
		{"capacity grows with width and depth", b.capacity},
	}
	var holds []bool
	var results []string
	for i, p := range parts {
		blocks, ok, said := p.of()
		s.Blocks = append(s.Blocks, blocks...)
		holds = append(holds, ok)
		yes := "holds"
		if !ok {
			yes = "does not hold here"
		}
		results = append(results, fmt.Sprintf("(%c) %s: %s. %s", 'a'+i, p.name, yes, said))
	}
	s.Blocks = append(s.Blocks, document.Block{List: results},
		verdict(combine(holds...), "%s parts hold.", count(countTrue(holds), len(holds))),
		text("Limits: one family of networks, one optimizer (Adam at its usual settings), small sets. Accuracy on shuffled labels at a fixed number of epochs mixes capacity with speed."))
	return s
}

func countTrue(all []bool) int {
	n := 0
	for _, v := range all {
		if v {
			n++
		}
	}
	return n
}

// fitCell is a cell of a run of fits at its first level.
func (b *book) fitCell(what string, dropout bool, epoch int) cell {
	run := fitName(what, dropout)
	return cell{run: run, epoch: epoch, probe: "ridge", level: b.levels(run)[0]}
}

// fitsAnything is part (a).
func (b *book) fitsAnything() ([]document.Block, bool, string) {
	last := b.lastEpoch(fitName("real", false))
	level := b.levels(fitName("real", false))
	sigma := level[len(level)-1]
	table := document.Grid{Caption: fmt.Sprintf("(a) At epoch %d. L and M of the last hidden layer, ridge probe, σ = %s.", last, number(sigma)),
		Head: []string{"trained on", "training accuracy", "test accuracy", "L", "M", "variance within classes"}, Text: 1}
	least := math.Inf(1)
	for _, f := range fits {
		c := b.fitCell(f.name, false, last)
		v := b.over(c, trainAccuracy)
		if f.name != "real" {
			least = min(least, v.Low)
		}
		noisy := c
		noisy.level = sigma
		table.Rows = append(table.Rows, []string{f.title, shares(v), shares(b.over(c, testAccuracy)), differences(b.over(noisy, learning)), differences(b.over(noisy, memorization)), shares(b.over(c, within))})
	}
	return []document.Block{{Grid: &table}}, least >= 0.95,
		fmt.Sprintf("The lower end of training accuracy on either is %s (rule: at least 0.95).", share(least))
}

// learnedDifferently is part (b).
func (b *book) learnedDifferently() ([]document.Block, bool, string) {
	run := fitName("real", false)
	epochs := trained(b.epochs(run))
	plot := chart.Figure{Name: "fit-epochs", Title: "How fast real labels, shuffled labels and noise are fitted",
		Caption: fmt.Sprintf("Training accuracy over epochs, without and with dropout of 0.5. Whiskers: 95 %% intervals over %d training seeds.", Seeds)}
	for _, drop := range []bool{false, true} {
		panel := chart.Panel{Title: "no dropout", X: chart.Axis{Label: "epoch", Log1p: true}, Y: chart.Axis{Label: "training accuracy", Min: pointer(0.0), Max: pointer(1.02)}}
		if drop {
			panel.Title = "dropout 0.5"
		}
		for _, f := range fits {
			panel.Series = append(panel.Series, curve(f.title, floats(epochs), func(e float64) perm.Interval {
				return b.over(b.fitCell(f.name, drop, int(e)), trainAccuracy)
			}))
		}
		plot.Panels = append(plot.Panels, panel)
	}
	shuffled := b.differ(b.fitCell("real", false, epochs[0]), b.fitCell("shuffled", false, epochs[0]), trainAccuracy)
	noise := b.differ(b.fitCell("real", false, epochs[0]), b.fitCell("noise", false, epochs[0]), trainAccuracy)
	return []document.Block{b.figure(plot)}, above(shuffled) && (above(noise) || below(noise)),
		fmt.Sprintf("After epoch %d training accuracy on real labels is above that on shuffled ones by %s and differs from that on Gaussian noise by %s (rule: neither interval holds 0).", epochs[0], differences(shuffled), differences(noise))
}

// simpleFirst is part (c).
func (b *book) simpleFirst() ([]document.Block, bool, string) {
	var doses []float64
	for _, d := range b.scale.doses {
		if d > 0 && d < 1 {
			doses = append(doses, d)
		}
	}
	run := doseName(doses[len(doses)/2])
	epochs := trained(b.epochs(run))
	early, last := epochs[1], epochs[len(epochs)-1]
	table := document.Grid{Caption: "(c) Networks trained with part of their labels shuffled: accuracy on those labels and, against true labels, on test images.",
		Head: []string{"labels shuffled"}, Text: 1}
	for _, e := range epochs {
		table.Head = append(table.Head, fmt.Sprintf("training, epoch %d", e), fmt.Sprintf("test, epoch %d", e))
	}
	ok := true
	var fall []contrast
	for _, dose := range doses {
		row := []string{number(dose)}
		at := func(epoch int) cell {
			run := doseName(dose)
			return cell{run: run, epoch: epoch, probe: "ridge", level: b.levels(run)[0]}
		}
		for _, e := range epochs {
			row = append(row, shares(b.over(at(e), trainAccuracy)), shares(b.over(at(e), testAccuracy)))
		}
		table.Rows = append(table.Rows, row)
		d := b.differ(at(early), at(last), testAccuracy)
		fall = append(fall, contrast{"at " + number(dose), d})
		ok = ok && above(d)
	}
	least, most := extremes(fall)
	return []document.Block{{Grid: &table}}, ok,
		fmt.Sprintf("From epoch %d to %d, while the shuffled labels are being fitted, test accuracy falls by %s (%s of labels shuffled) to %s (%s) (rule: each interval above 0).",
			early, last, differences(least.Interval), least.where, differences(most.Interval), most.where)
}

// dropoutHinders is part (d).
func (b *book) dropoutHinders() ([]document.Block, bool, string) {
	epochs := trained(b.epochs(fitName("real", false)))
	table := document.Grid{Caption: "(d) What dropout of 0.5 takes from training accuracy: that without it less that with it, paired by seed.", Head: []string{"epoch"}, Text: 0}
	cost := func(what string, epoch int) []float64 {
		return b.differences(b.fitCell(what, false, epoch), b.fitCell(what, true, epoch), trainAccuracy)
	}
	// Each set is judged when the network without dropout has just fitted it: later
	// both have, and earlier neither.
	when := map[string]int{}
	for _, f := range fits {
		table.Head = append(table.Head, f.title)
		i := slices.IndexFunc(epochs, func(e int) bool { return b.over(b.fitCell(f.name, false, e), trainAccuracy).Estimate >= fitted })
		if i < 0 {
			i = len(epochs) - 1
		}
		when[f.name] = epochs[i]
	}
	for _, e := range epochs {
		row := []string{fmt.Sprint(e)}
		for _, f := range fits {
			row = append(row, differences(b.interval("cost of dropout", cost(f.name, e))))
		}
		table.Rows = append(table.Rows, row)
	}
	more := func(what string) perm.Interval {
		real, other := cost("real", when["real"]), cost(what, when[what])
		if len(real) != len(other) {
			return perm.Interval{}
		}
		d := make([]float64, len(real))
		for i := range d {
			d[i] = other[i] - real[i]
		}
		return b.interval("cost of dropout", d)
	}
	shuffled, noise := more("shuffled"), more("noise")
	return []document.Block{{Grid: &table}}, above(shuffled) && above(noise),
		fmt.Sprintf("At the first epoch looked at by which the network without dropout fits nine tenths (%d for real labels, %d for shuffled ones, %d for noise) dropout costs shuffled labels %s and noise %s more than real labels (rule: both intervals above 0).",
			when["real"], when["shuffled"], when["noise"], differences(shuffled), differences(noise))
}

// capacity is part (e).
func (b *book) capacity() ([]document.Block, bool, string) {
	widths := floats(b.scale.widths)
	at := func(width, depth int) cell {
		run := capacityName(width, depth)
		return cell{run: run, epoch: b.lastEpoch(run), probe: "ridge", level: b.levels(run)[0]}
	}
	first := at(b.scale.widths[0], b.scale.depths[0])
	plot := chart.Figure{Name: "capacity", Title: "Shuffled labels fitted, by width and depth",
		Caption: fmt.Sprintf("Training accuracy on shuffled labels of %d images after %d epochs. Whiskers: 95 %% intervals over %d training seeds.", b.n(first.run), first.epoch, Seeds),
		Panels:  []chart.Panel{{X: chart.Axis{Label: "units a layer", Log: true}, Y: chart.Axis{Label: "training accuracy", Min: pointer(0.0), Max: pointer(1.02)}}}}
	var x, y []float64
	deeper := 0
	for _, depth := range b.scale.depths {
		plot.Panels[0].Series = append(plot.Panels[0].Series, curve(fmt.Sprintf("hidden layers: %d", depth), widths, func(w float64) perm.Interval {
			return b.over(at(int(w), depth), trainAccuracy)
		}))
		for _, width := range b.scale.widths {
			for _, v := range b.values(at(width, depth), trainAccuracy) {
				x, y = append(x, float64(width)), append(y, v)
			}
		}
	}
	shallow, deep := b.scale.depths[0], b.scale.depths[len(b.scale.depths)-1]
	var gains []string
	for _, width := range b.scale.widths {
		d := b.differ(at(width, deep), at(width, shallow), trainAccuracy)
		if above(d) {
			deeper++
		}
		gains = append(gains, fmt.Sprintf("%s at width %d", differences(d), width))
	}
	rho, err := perm.SpearmanInterval(x, y, 0)
	if err != nil {
		b.fail("capacity: %v", err)
	}
	return []document.Block{b.figure(plot)}, above(rho) && deeper == len(b.scale.widths),
		fmt.Sprintf("The rank correlation of width with training accuracy over %d networks is %s; %d hidden layers rather than %d change it by %s (rule: all above 0).", len(x), shares(rho), deep, shallow, list(gains))
}

// trained are the epochs after the start.
func trained(epochs []int) []int {
	return slices.DeleteFunc(slices.Clone(epochs), func(e int) bool { return e == 0 })
}

func floats(values []int) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

func pointer(v float64) *float64 { return &v }
