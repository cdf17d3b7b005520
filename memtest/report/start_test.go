package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// An untrained network and a pretrained start that stand for all networks of a file
// are references of each, whether it has an epoch or not; the layer that sentences are
// about is named where there are several.
func TestReferencesOfAllNetworks(t *testing.T) {
	rows := func(epoch int) []result.Row {
		var all []result.Row
		for _, level := range []float64{0.3, 0.5} {
			net, before, start, twin := toy("net", epoch, level, 0.9, 0.24), toy("untrained", 0, level, 0.6, 0.2), toy("start", result.EpochNone, level, 0.7, 0.2), toy("twin", epoch, level, 0.4, 0.3)
			net.Role, before.Role, start.Role, twin.Role = features.Network, features.Untrained, features.Start, features.Twin
			start.Exact = false
			logits := net
			logits.Layer = "logits"
			all = append(all, net, before, start, twin, logits)
		}
		return all
	}
	for _, epoch := range []int{result.EpochNone, 9} {
		s := told(t, rows(epoch))
		for _, want := range []string{"Here it learned more than the untrained network, the network that it started from and the shuffled-label twin.", "those features have seen the labels, or may have.", "There is no row of the raw input"} {
			if !strings.Contains(s, want) {
				t.Errorf("epoch %d: conclusions lack %q:\n%s", epoch, want, s)
			}
		}
	}
	without := slices.DeleteFunc(rows(9), func(r result.Row) bool { return r.Network == "untrained" })
	if s := told(t, without); strings.Contains(s, "There is no row of the untrained network") {
		t.Errorf("the start does not stand in place of the untrained network:\n%s", s)
	}
	v, err := newView(rows(9))
	if err != nil {
		t.Fatal(err)
	}
	f := v.overEpochs()
	if len(f.Panels) == 0 || !slices.Equal(f.Panels[0].Series[0].X, []float64{0, 9}) {
		t.Errorf("the curve over epochs does not begin at the untrained network: %+v", f.Panels)
	}
}
