package probe

import (
	"context"
	"fmt"
	"testing"

	"github.com/seed-1a417598/memtest/xla"
)

// Label sets that are shared between devices give what one device gives, for
// every probe, also where the last device has fewer or none.
func TestDevices(t *testing.T) {
	ctx := context.Background()
	e, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	devices := e.Describe().Devices
	if devices < 2 {
		t.Skipf("backend %s has one device", e.Describe().Name)
	}
	data, labels, _ := clusters(120, 30, 6, 3, 0.5)
	for _, name := range []string{"ridge", "softmax", "centroid", "knn", "forest:3"} {
		p, err := Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		said := func(count, devices int) string {
			var all []Batch
			for b, err := range Run(ctx, e, p, data, labels, 0, count, Options{Devices: devices, Seed: 1}) {
				if err != nil {
					t.Fatal(name, err)
				}
				all = append(all, b)
			}
			text, first := "", ""
			for _, b := range all {
				for i := range b.Valid[0] {
					text += fmt.Sprintln(b.First+i, b.Valid[0][i], b.Valid[1][i])
				}
				if b.Fresh != nil {
					first += fmt.Sprintln(b.Fresh, b.Margins)
				}
			}
			return first + text
		}
		for _, count := range []int{1, 40, 70, 200} {
			if said(count, 1) != said(count, devices) {
				t.Errorf("%s: %d label sets on %d devices differ from one device", name, count, devices)
			}
		}
	}
	for _, err := range Run(ctx, e, Centroid{}, data, labels, 0, 2, Options{Devices: devices + 1}) {
		if err == nil {
			t.Error("more devices than there are: no error")
		}
	}
}
