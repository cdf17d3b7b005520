package memtest

import (
	"testing"
	"time"
)

// The time left is that of the label sets left, at the pace since the first ones.
func TestPace(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var p pace
	for _, step := range []struct {
		seconds float64
		last    int
		want    string
	}{
		{100, 31, ""},                        // with the real labels and compilation
		{110, 63, ", about 11s to the last"}, // 32 sets in 10 s, 36 are left
		{140, 95, ", about 3s to the last"},  // 64 sets in 40 s
		{141, 98, ", about 1s to the last"},  //
		{141.1, 99, ""},                      // none is left
	} {
		if got := toTheLast(p.left(step.last, 99, at.Add(time.Duration(step.seconds*float64(time.Second))))); got != step.want {
			t.Errorf("after %v s, label set %d of 99: %q, not %q", step.seconds, step.last, got, step.want)
		}
	}
}

// Evidence is kept every half a minute, and more seldom where that takes long.
func TestKeeping(t *testing.T) {
	at := func(seconds int) time.Time { return time.Unix(1_800_000_000+int64(seconds), 0) }
	k := keeping{last: at(0)}
	if k.due(at(29)) || !k.due(at(30)) {
		t.Error("evidence is not kept after 30 seconds")
	}
	k.kept(at(30), at(31))
	if k.due(at(60)) || !k.due(at(61)) {
		t.Error("evidence that takes a second is not kept every 30 seconds")
	}
	k.kept(at(100), at(110))
	if k.due(at(309)) || !k.due(at(310)) {
		t.Error("evidence that takes 10 seconds is not kept after 200")
	}
}
