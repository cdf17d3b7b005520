package memtest_test

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// BenchmarkFile probes the features of a file with the real labels and all label
// sets, as .ci/bench compares it with the same work in Python:
//
//	MEMTEST_BENCH_FEATURES=FILE.npz MEMTEST_BENCH_SETS=1000 go test ./memtest -run xxx -bench File/softmax -benchtime 1x
//
// Reading, scaling and the making of label sets are not timed, compilation is: in the
// first pass, whose time is reported beside the mean of all. The peak is of the process, so
// one probe a process. On an accelerator predictions are counted where they are made, as
// memtest does it; with MEMTEST_BENCH_ONDEVICE set, on a processor too.
func BenchmarkFile(b *testing.B) {
	path := os.Getenv("MEMTEST_BENCH_FEATURES")
	if path == "" {
		b.Skip("MEMTEST_BENCH_FEATURES names no file of features")
	}
	sets, err := strconv.Atoi(cmp.Or(os.Getenv("MEMTEST_BENCH_SETS"), "1000"))
	if err != nil {
		b.Fatal(err)
	}
	data, labels, err := readBench(path, sets)
	if err != nil {
		b.Fatal(err)
	}
	e, err := xla.Open(b.Context(), "", xla.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	for _, name := range []string{"ridge", "centroid", "knn", "softmax"} {
		b.Run(name, func(b *testing.B) {
			p, err := probe.Parse(name)
			if name == "ridge" { // the penalty of the peers
				p = probe.Ridge{Alpha: 1}
			}
			if err != nil {
				b.Fatal(err)
			}
			o := probe.Options{OnDevice: e.Accelerator() || os.Getenv("MEMTEST_BENCH_ONDEVICE") != ""}
			hits := make([]int, 1+sets)
			start, began, first := cpuSeconds(), time.Now(), time.Duration(0)
			for b.Loop() {
				clear(hits)
				for batch, err := range probe.Run(b.Context(), e, p, data, labels, 0, 1+sets, o) {
					if err == nil {
						err = countHits(hits[batch.First:], batch)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
				first = cmp.Or(first, time.Since(began))
			}
			b.ReportMetric(first.Seconds(), "first-s")
			b.ReportMetric((cpuSeconds()-start)/float64(b.N), "cpu-s/op")
			b.ReportMetric(peakMiB(), "peak-MiB")
			b.ReportMetric(float64(hits[0])/float64(data.Train.Rows), "observed")
		})
	}
}

// countHits adds the hits on the first set of copies to those of each label set.
func countHits(hits []int, batch probe.Batch) error {
	if batch.OnDevice == nil {
		for i, y := range batch.Labels {
			for row, class := range batch.Valid[0][i] {
				if class == y[row] {
					hits[i]++
				}
			}
		}
		return nil
	}
	for _, part := range batch.OnDevice {
		some, err := part.ClassHits(0)
		if err != nil {
			return err
		}
		for i, ofClass := range some {
			for _, h := range ofClass {
				hits[i] += int(h)
			}
		}
		hits = hits[len(some):]
	}
	return nil
}

// readBench reads what a run exports: train, one array of copies, labels and
// permuted_labels, of which it takes the first; where there are none, it shuffles.
func readBench(path string, sets int) (d probe.Data, labels perm.LabelSets, err error) {
	s, err := arrays.Open(path)
	if err != nil {
		return d, nil, err
	}
	defer s.Close()
	matrix := func(name string) (arrays.Matrix, error) {
		a, err := s.Array(name)
		if err != nil {
			return arrays.Matrix{}, err
		}
		m, err := a.Matrix(0)
		return arrays.Matrix(m), err
	}
	if d.Train, err = matrix(features.KeyTrain); err != nil {
		return d, nil, err
	}
	for _, name := range s.Names() {
		if strings.HasPrefix(name, features.KeyValid) {
			copies, err := matrix(name)
			if err != nil {
				return d, nil, err
			}
			d.Valid = append(d.Valid, copies)
		}
	}
	if len(d.Valid) != 1 {
		return d, nil, fmt.Errorf("%s holds %d arrays of copies; one is wanted", path, len(d.Valid))
	}
	a, err := s.Array(features.KeyLabels)
	if err != nil {
		return d, nil, err
	}
	read, err := a.Labels()
	if err != nil {
		return d, nil, err
	}
	classes := arrays.NewClasses(read)
	y, err := classes.Encode(read, features.KeyLabels)
	if err != nil {
		return d, nil, err
	}
	d.Classes = len(classes.Names)
	scaler := probe.FitScaler(d.Train, probe.ScaleStandard)
	d.Train, d.Valid[0] = scaler.Transform(d.Train), scaler.Transform(d.Valid[0])
	if !s.Has(features.KeyPermuted) {
		labels, err = perm.NewShuffled(y, d.Classes, nil, 1)
		return d, labels, err
	}
	if a, err = s.Array(features.KeyPermuted); err != nil {
		return d, nil, err
	}
	permuted, err := a.LabelSets()
	if err != nil {
		return d, nil, err
	}
	if len(permuted) < sets {
		return d, nil, fmt.Errorf("%s holds %d label sets, and %d are wanted", path, len(permuted), sets)
	}
	given := make([][]int32, sets)
	for i := range given {
		if given[i], err = classes.Encode(permuted[i], features.KeyPermuted); err != nil {
			return d, nil, err
		}
	}
	design, err := perm.NewDesign(y, d.Classes, nil)
	if err != nil {
		return d, nil, err
	}
	labels, err = design.Given(given)
	return d, labels, err
}

// cpuSeconds is the processor time of this process, which means more than the
// time of the clock where others share the cores.
func cpuSeconds() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail with these arguments
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// peakMiB is the most memory that this process has held; 0 where the system does
// not tell.
func peakMiB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib float64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return 0
	}
	return kib / 1024
}
