package memtest

import (
	"context"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

// BenchmarkDefaultRun measures what `memtest run` does without flags, from the
// reading of the data to the last row, without the drawing of pages.
func BenchmarkDefaultRun(b *testing.B) {
	ctx := context.Background()
	e, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	for b.Loop() {
		x, err := New(ctx, Config{}, datasets.Options{Offline: true})
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range x.Cells(ctx, e) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
