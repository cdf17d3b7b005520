package paper

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// generalizes is the second step beyond the paper: the generalization gap.
func (b *book) generalizes() document.Section {
	designs := generalization()
	runs := b.named("net-")
	s := document.Section{Title: "8. Beyond: calibrated learning tells the generalization gap"}
	levels, probes := b.levels(runs[0]), b.probes(runs[0])
	s.Blocks = append(s.Blocks,
		text("Our question: does a score that looks at the training set alone tell how far a network's accuracy falls on new images?"),
		text("Our design: %d MLPs on %d images of Fashion-MNIST, each with a twin of its own, that cross width (%s) with label noise (%s), and these with depth (%s), dropout (none, 0.5) and the length of training (%s epochs). "+
			"The gap is training accuracy less the accuracy expected on test images whose labels are as noisy: of test accuracy t under true labels, (1 − noise)·t + noise/%d.", len(runs), b.n(runs[0]), numbers(distinct(len(runs), func(i int) int { return designs[i].width })), numbers(distinct(len(runs), func(i int) float64 { return designs[i].labelNoise })),
			numbers(distinct(len(runs), func(i int) int { return designs[i].depth })), numbers(distinct(len(runs), func(i int) int { return b.lastEpoch(runs[i]) })), b.Rows[runs[0]][0].Classes))

	one := func(i int, probe string, level float64) result.Row {
		run := runs[i]
		rows := b.rows(cell{run: run, epoch: b.lastEpoch(run), probe: probe, level: level})
		if len(rows) != 1 {
			b.fail("run %s: %d networks", run, len(rows))
			return result.Row{}
		}
		return rows[0]
	}
	gap := func(i int) float64 {
		r := one(i, probes[0], levels[0])
		noise := designs[i].labelNoise
		return trainAccuracy(r) - ((1-noise)*testAccuracy(r) + noise/float64(r.Classes))
	}
	measures := []struct {
		name string
		of   func(result.Row) (float64, bool)
	}{
		{"calibrated learning", func(r result.Row) (float64, bool) { return valueOf(r.Calibrated), r.Calibrated != nil }},
		{"learning", func(r result.Row) (float64, bool) { return r.Learning, true }},
		{"memorization", func(r result.Row) (float64, bool) { return r.Memorization, true }},
		{"variance within classes", func(r result.Row) (float64, bool) { return within(r), r.WithinClass != nil }},
		{"training accuracy", func(r result.Row) (float64, bool) { return trainAccuracy(r), true }},
	}
	table := document.Grid{Caption: "Spearman's rank correlation over the networks, with 95 % intervals (Bonett and Wright). In the last two columns only the networks that were trained on true labels, and only those that were trained for long.",
		Head: []string{"score", "probe", "σ", "with the gap", "with test accuracy", "with the gap, true labels", "with the gap, trained for long"}, Text: 2}
	correlate := func(x, y []float64) (perm.Interval, string) {
		v, err := perm.SpearmanInterval(x, y, 0)
		if err != nil {
			b.fail("networks: %v", err)
			return v, ""
		}
		return v, differences(v)
	}
	var agree []contrast
	for m, measure := range measures {
		for _, probe := range probes {
			for _, level := range levels {
				// The last two do not depend on the probe or the level.
				if m >= 3 && (probe != probes[0] || level != levels[0]) {
					continue
				}
				var x, y, t, xTrue, yTrue, xLong, yLong []float64
				for i := range runs {
					r := one(i, probe, level)
					v, ok := measure.of(r)
					if !ok {
						continue
					}
					x, y, t = append(x, v), append(y, gap(i)), append(t, testAccuracy(r))
					if designs[i].labelNoise == 0 {
						xTrue, yTrue = append(xTrue, v), append(yTrue, gap(i))
					}
					if !designs[i].short {
						xLong, yLong = append(xLong, v), append(yLong, gap(i))
					}
				}
				name, at := probeName(probe), number(level)
				if m >= 3 {
					name, at = "–", "–"
				}
				v, withGap := correlate(x, y)
				_, withTest := correlate(x, t)
				_, withTrue := correlate(xTrue, yTrue)
				_, withLong := correlate(xLong, yLong)
				if m == 0 {
					agree = append(agree, contrast{fmt.Sprintf("%s, σ = %s, %d networks", name, at, len(x)), v})
				}
				table.Rows = append(table.Rows, []string{measure.name, name, at, withGap, withTest, withTrue, withLong})
			}
		}
	}
	level := levels[len(levels)/2]
	plot := chart.Figure{Name: "generalization", Title: "Calibrated learning and the generalization gap",
		Caption: fmt.Sprintf("A point is a network; σ = %s. The gap: training accuracy less that expected on new images with labels as noisy.", number(level))}
	for _, probe := range probes {
		panel := chart.Panel{Title: probeName(probe), X: chart.Axis{Label: "calibrated learning"}, Y: chart.Axis{Label: "generalization gap"}}
		for _, noise := range distinct(len(runs), func(i int) float64 { return designs[i].labelNoise }) {
			series := chart.Line{Name: fmt.Sprintf("%s of labels shuffled", number(noise)), Points: true}
			for i := range runs {
				r := one(i, probe, level)
				if designs[i].labelNoise == noise && r.Calibrated != nil {
					series.X, series.Y = append(series.X, *r.Calibrated), append(series.Y, gap(i))
				}
			}
			panel.Series = append(panel.Series, series)
		}
		plot.Panels = append(plot.Panels, panel)
	}
	flagged, dropped := 0, 0
	for i := range runs {
		run := runs[i]
		for _, r := range b.rows(cell{run: run, network: "twin", epoch: b.lastEpoch(run), probe: probes[0], level: levels[0]}) {
			if perm.TwinGap(trainAccuracy(one(i, probes[0], levels[0])), trainAccuracy(r), 0) {
				flagged++
				if designs[i].dropout {
					dropped++
				}
			}
		}
	}
	negative := 0
	for _, a := range agree {
		if below(a.Interval) {
			negative++
		}
	}
	least, most := extremes(agree)
	holds := combine(negative > 0, negative == len(agree))
	s.Blocks = append(s.Blocks, b.figure(plot), document.Block{Grid: &table},
		text("Rule: for both probes at every level, the interval of the rank correlation of calibrated learning with the gap lies below 0 (more learned, smaller gap). For some: in part."),
		verdict(holds, "It lies below 0 in %s cells; the correlations go from %s (%s) to %s (%s).", count(negative, len(agree)), signed(least.Estimate), least.where, signed(most.Estimate), most.where),
		text("Limits: networks of one kind on one data set. The correlations mix causes: label noise alone moves both, and networks that are little trained have a small gap and little of anything learned. The last two columns and the row of training accuracy say how much is left without that; they were not part of the rule. "+
			"The training accuracy of %s twins differs from their network's by more than 0.02; %d of those have dropout.", count(flagged, len(runs)), dropped))
	return s
}

// distinct lists the values of a function of 0..n-1, ascending.
func distinct[T int | float64](n int, of func(i int) T) []T {
	var out []T
	for i := range n {
		if v := of(i); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}
