package show

import (
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
)

func TestNetworks(t *testing.T) {
	value := func(v float64) *float64 { return &v }
	r := row("<b>mlp</b>", 3, 0.3)
	r.TrainAccuracy, r.OwnAccuracy, r.OwnTrainLoss, r.OwnLoss = value(0.875), value(0.625), value(0.25), value(1.5)
	html, plain, err := networkTables([]result.Row{r})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(html, "<b>mlp") || !strings.Contains(html, "<th>copies 0.3</th>") {
		t.Errorf("the table is %s", html)
	}
	for _, line := range []string{"accuracy 0.875 0.625", "loss 0.250 1.500"} {
		if !strings.Contains(strings.Join(strings.Fields(plain), " "), line) {
			t.Errorf("%q is not in\n%s", line, plain)
		}
	}
	if _, _, err := networkTables([]result.Row{row("input", result.EpochNone, 0.3)}); err == nil || !strings.Contains(err.Error(), "none of 1 rows") {
		t.Errorf("raw inputs: %v", err)
	}
}
