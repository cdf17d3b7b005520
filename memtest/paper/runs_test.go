package paper

import (
	"strings"
	"testing"
)

func TestSettings(t *testing.T) {
	for _, setting := range []string{"small", "full"} {
		runs, err := Runs(setting)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, r := range runs {
			if names[r.Name] {
				t.Errorf("%s: two runs are named %s", setting, r.Name)
			}
			names[r.Name] = true
			if _, err := r.Config.Resolve(); err != nil {
				t.Errorf("%s, %s: %v", setting, r.Name, err)
			}
		}
		if n := len(designs()); n < 30 {
			t.Errorf("%s: %d networks in place of 30 or more", setting, n)
		}
	}
	if _, err := Runs("huge"); err == nil || !strings.Contains(err.Error(), "small or full") {
		t.Errorf("the error of an unknown setting is %v", err)
	}
}

// The designs of section 8 meet each other: every value of one factor with every
// value of each other factor, so none can be mistaken for another.
func TestDesignsMeet(t *testing.T) {
	met := map[[3]any]bool{}
	for _, d := range designs() {
		factors := []any{d.width, d.labelNoise, "depth", "dropout", "short"}
		values := []any{d.width, d.labelNoise, d.depth, d.dropout, d.short}
		for i := range factors {
			for j := range i {
				met[[3]any{10*i + j, values[i], values[j]}] = true
			}
		}
	}
	// Pairs of factors with 3, 3, 3, 2 and 2 values.
	if want := 3*9 + 2*3*3*2 + 4; len(met) != want {
		t.Errorf("%d pairs of values meet, of %d", len(met), want)
	}
}
