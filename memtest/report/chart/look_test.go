package chart

import (
	"fmt"
	"reflect"
	"testing"
)

func TestLooksOfALongSequenceDiffer(t *testing.T) {
	seen := map[string]int{}
	for i := range 24 {
		l := Sequence(i)
		k := fmt.Sprintf("%v %v %T", l.hue.name, l.dashes, l.marker)
		if j, ok := seen[k]; ok {
			t.Errorf("members %d and %d look alike: %s", j, i, k)
		}
		seen[k] = i
	}
	if !reflect.DeepEqual(Sequence(-1), Sequence(0)) {
		t.Error("a member before the first")
	}
}

// No two lines of a figure of a run share their dashes, nor their colour: they
// differ without colour as well.
func TestLooksDifferWithoutColour(t *testing.T) {
	for name, looks := range map[string][]Look{
		"levels": {Observed, Null, Chance, Fresh}, "references": {Observed, Untrained, Input, Twin}, "sequence": sequence,
	} {
		for i, a := range looks {
			for j, b := range looks[:i] {
				if reflect.DeepEqual(a.dashes, b.dashes) || a.hue == b.hue {
					t.Errorf("%s: %d and %d look alike", name, j, i)
				}
			}
		}
	}
}
