package memtest

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// A cell that is interrupted goes on from where it was, and ends as one that was
// not.
func TestAnInterruptedCellGoesOn(t *testing.T) {
	c := small()
	c.N, c.Epochs, c.Probes, c.Refs, c.Net, c.Metric = 100, []int{0}, []string{"softmax:1"}, []string{RefUntrained}, "mlp:8", MetricAUC
	c.Permutations, c.Halves = 600, -1
	e := engine(t)
	run := func(ctx context.Context, folder string, hear func(string)) ([]string, error) {
		x, err := New(ctx, c, datasets.Options{Offline: true})
		if err != nil {
			t.Fatal(err)
		}
		x.Config.Progress = func(p Progress) { hear(p.Doing) }
		rows, err := RunIn(ctx, e, x, folder)
		var lines []string
		for _, r := range rows {
			line, err := r.Line()
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, string(line))
		}
		return lines, err
	}
	reached := func(doing string) (last int) {
		_, at, found := strings.Cut(doing, "permutation ")
		if found {
			fmt.Sscanf(at, "%d of", &last)
		}
		return last
	}
	whole := filepath.Join(t.TempDir(), "whole")
	want, err := run(context.Background(), whole, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken")
	ctx, cancel := context.WithCancel(context.Background())
	stopped := 0
	if _, err := run(ctx, broken, func(doing string) {
		if last := reached(doing); last > 0 && stopped == 0 {
			stopped = last
			cancel()
		}
	}); err == nil || stopped == 0 || stopped >= c.Permutations {
		t.Fatalf("stopped at %d: %v", stopped, err)
	}
	first := 0
	got, err := run(context.Background(), broken, func(doing string) {
		if last := reached(doing); last > 0 && first == 0 {
			first = last
		}
	})
	if err != nil || first <= stopped {
		t.Errorf("interrupted after %d, went on to %d (%v)", stopped, first, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("other rows:\n%s\n%s", got, want)
	}
	d, err := rundir.Open(broken)
	if err != nil {
		t.Fatal(err)
	}
	rows, _, err := d.Rows()
	if damaged := d.Verify(rows); err != nil || len(damaged) > 0 {
		t.Errorf("damaged %v, %v", damaged, err)
	}
}
