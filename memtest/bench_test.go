package memtest

import (
	"context"
	"os"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla"
)

// BenchmarkDefaultRun measures what `memtest run` does without flags, from the
// reading of the data to the last row, without the drawing of pages. MEMTEST_BENCH_DATA
// names other data than the default.
func BenchmarkDefaultRun(b *testing.B) {
	ctx := context.Background()
	e, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	for b.Loop() {
		x, err := New(ctx, Config{Data: os.Getenv("MEMTEST_BENCH_DATA")}, datasets.Options{Offline: true})
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
