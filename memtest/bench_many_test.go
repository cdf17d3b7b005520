package memtest_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/datasets/seed"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// BenchmarkManyClasses measures features of 50,000 examples in 1,000 classes, one set
// of copies, into a folder, with 99 and 199 label sets beside the real labels:
//
//	go test ./memtest -run xxx -bench ManyClasses/ridge/B=99$ -benchtime 1x
//
// The peak is of the process, so one of them a process. Making the features is not
// measured, compilation is.
func BenchmarkManyClasses(b *testing.B) {
	benchmarkMany(b, func() features.Features { return madeFeatures(50_000, 64, 1000, 1) },
		[]string{"ridge", "centroid", "knn", "softmax"}, []int{99, 199})
}

// BenchmarkManySets measures features of 500 examples in 5 classes with up to 100,000
// label sets, as BenchmarkManyClasses does.
func BenchmarkManySets(b *testing.B) {
	benchmarkMany(b, func() features.Features { return madeFeatures(500, 20, 5, 0.5) },
		[]string{"ridge", "centroid", "knn", "softmax"}, []int{1000, 10_000, 100_000})
}

// benchmarkMany measures features by each probe alone, with each number of label sets.
func benchmarkMany(b *testing.B, made func() features.Features, probes []string, permutations []int) {
	e, err := xla.Open(b.Context(), "", xla.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	for _, name := range probes {
		for _, sets := range permutations {
			b.Run(fmt.Sprintf("%s/B=%d", name, sets), func(b *testing.B) {
				f, cpu, folder := made(), 0.0, ""
				for b.Loop() {
					b.StopTimer()
					folder = filepath.Join(b.TempDir(), "run")
					b.StartTimer()
					start := cpuSeconds()
					if err := measureInto(b, e, folder, f, memtest.Options{Probes: []string{name}, Permutations: sets}); err != nil {
						b.Fatal(err)
					}
					cpu += cpuSeconds() - start
				}
				b.ReportMetric(cpu/float64(b.N), "cpu-s/op")
				b.ReportMetric(peakMiB(), "peak-MiB")
				b.ReportMetric(folderKB(b, folder), "folder-kB")
			})
		}
	}
}

// measureInto measures features into a new folder, without its pages.
func measureInto(b *testing.B, e *xla.Engine, path string, f features.Features, o memtest.Options) error {
	m, err := memtest.NewManifest(b.Context(), e, nil, time.Now())
	if err != nil {
		return err
	}
	c := memtest.Config{Options: o}
	d, err := rundir.Create(path, c.YAML(), m)
	if err != nil {
		return err
	}
	o.Known, o.Keep = d, d.Keep
	if _, err := memtest.Fill(d, memtest.Measure(b.Context(), e, features.Stream(f), o), true); err != nil {
		return err
	}
	return d.Close()
}

// madeFeatures are n examples around the centres of their classes, and one noisy copy
// of each.
func madeFeatures(n, d, classes int, spread float32) features.Features {
	r := seed.Stream(1, "many")
	normal := func(rows int) arrays.Matrix {
		m := arrays.Matrix{Rows: rows, Cols: d, Data: make([]float32, rows*d)}
		for i := range m.Data {
			m.Data[i] = float32(r.NormFloat64())
		}
		return m
	}
	centres, train, copies := normal(classes), normal(n), normal(n)
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = int32(i % classes)
		for j, c := range centres.Row(i % classes) {
			train.Row(i)[j] += spread * c
			copies.Row(i)[j] = train.Row(i)[j] + 0.3*copies.Row(i)[j]
		}
	}
	return features.Features{Network: "made", Layer: "made", Train: train, Labels: labels, Levels: []float64{0.3}, Copies: features.Matrices(copies)}
}

// folderKB is the size of the files in a folder.
func folderKB(b *testing.B, folder string) float64 {
	size := int64(0)
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			var info os.FileInfo
			if info, err = entry.Info(); err == nil {
				size += info.Size()
			}
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return float64(size) / 1000
}
