package paper

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// capacityRuns fit shuffled labels by MLPs of several widths and depths.
func capacityRuns(s scale) []Run {
	var runs []Run
	for _, depth := range s.depths {
		for _, width := range s.widths {
			r := newRun(capacityRun(width, depth), s.fashion, s.capacity)
			r.Config.LabelNoise, r.Config.Net, r.Config.Probes = 1, mlp(width, depth, false), []string{"ridge"}
			runs = append(runs, r)
		}
	}
	return runs
}

func capacityRun(width, depth int) string { return fmt.Sprintf("capacity-%dx%d", depth, width) }

// capacityGrows is (e): the capacity to memorize grows with width and depth.
func capacityGrows(res *results) finding {
	n := capacity(res)
	widths, depths := res.scale.widths, res.scale.depths
	var gains []string
	for i, width := range widths {
		gains = append(gains, fmt.Sprintf("%s at width %d", differences(n.depth[i]), width))
	}
	return finding{[]document.Block{capacityPlot(res)}, n.holds(),
		fmt.Sprintf("The rank correlation of width with training accuracy over %d networks is %s; %d hidden layers rather than %d change it by %s (rule: all above 0).",
			n.networks, shares(n.width), depths[len(depths)-1], depths[0], list(gains))}
}

// capacityNumbers are how training accuracy on shuffled labels depends on width
// and depth.
type capacityNumbers struct {
	networks int
	width    perm.Interval   // rank correlation with width
	depth    []perm.Interval // that of the deepest networks less that of the shallowest, one a width
}

func capacity(res *results) capacityNumbers {
	var x, y []float64
	widths, depths := res.scale.widths, res.scale.depths
	for _, depth := range depths {
		for _, width := range widths {
			for _, v := range res.values(res.capacityAt(width, depth), trainAccuracy) {
				x, y = append(x, float64(width)), append(y, v)
			}
		}
	}
	n := capacityNumbers{networks: len(x), width: res.rankCorrelation("capacity", x, y)}
	for _, width := range widths {
		deep, shallow := res.capacityAt(width, depths[len(depths)-1]), res.capacityAt(width, depths[0])
		n.depth = append(n.depth, res.difference(deep, shallow, trainAccuracy))
	}
	return n
}

// holds is the rule of (e).
func (n capacityNumbers) holds() bool { return above(n.width) && every(n.depth, above) }

// capacityAt is the condition of the networks of one width and depth.
func (res *results) capacityAt(width, depth int) condition {
	run := capacityRun(width, depth)
	return res.unperturbed(run, res.lastEpoch(run))
}

func capacityPlot(res *results) document.Block {
	some := res.capacityAt(res.scale.widths[0], res.scale.depths[0])
	panel := chart.Panel{X: chart.Axis{Label: "units a layer", Log: true}, Y: shareAxis("training accuracy")}
	for _, depth := range res.scale.depths {
		panel.Series = append(panel.Series, curve(fmt.Sprintf("hidden layers: %d", depth), res.scale.widths, func(width int) perm.Interval {
			return res.mean(res.capacityAt(width, depth), trainAccuracy)
		}))
	}
	return res.figure(chart.Figure{Name: "capacity", Title: "Shuffled labels fitted, by width and depth",
		Caption: fmt.Sprintf("Training accuracy on shuffled labels of %d images after %d epochs. %s", res.first(some.run).N, some.epoch, whiskers()),
		Panels:  []chart.Panel{panel}})
}
