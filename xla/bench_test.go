//go:build unix

package xla

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// The benchmarks run on the backend that MEMTEST_BENCH_PLUGIN names, "xla:cpu"
// or the path of a plugin, so that plugins can be compared:
//
//	MEMTEST_BENCH_PLUGIN=/path/plugin.so go test -run '^$' -bench . ./xla
//
// Beside the time they report processor time (cpu-ms/op), page faults, the
// resident memory of the process and the time of the first call, which compiles.
func benchEngine(b *testing.B) *Engine {
	e, err := Open(b.Context(), os.Getenv("MEMTEST_BENCH_PLUGIN"), Options{Log: os.Stderr})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Close)
	return e
}

// usage is what the process has used so far: processor seconds, page faults.
func usage() (cpu time.Duration, faults int64) {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail with these arguments
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), u.Minflt
}

// status is a number of kilobytes in /proc/self/status, 0 where there is none.
func status(field string) float64 {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range bytes.Lines(text) {
		if words := bytes.Fields(line); len(words) > 1 && string(words[0]) == field+":" {
			kb, _ := strconv.ParseFloat(string(words[1]), 64)
			return kb
		}
	}
	return 0
}

// measure times step after warming up and reports the process's use.
func measure(b *testing.B, step func()) {
	start := time.Now()
	step() // compiles
	first := time.Since(start)
	for range 3 {
		step()
	}
	cpu, faults := usage()
	b.ResetTimer()
	for range b.N {
		step()
	}
	b.StopTimer()
	cpu2, faults2 := usage()
	b.ReportMetric((cpu2-cpu).Seconds()*1e3/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(faults2-faults)/float64(b.N), "faults/op")
	b.ReportMetric(status("VmRSS")/1024, "resident-MiB")
	b.ReportMetric(first.Seconds()*1e3, "first-ms")
}

// matrix of n·d numbers in [-scale, scale), from a fixed seed.
func matrix(n, d int, scale float32) arrays.Matrix {
	r := rand.New(rand.NewPCG(1, uint64(n*d)))
	m := arrays.Matrix{Rows: n, Cols: d, Data: make([]float32, n*d)}
	for i := range m.Data {
		m.Data[i] = scale * (2*r.Float32() - 1)
	}
	return m
}

func upload(b *testing.B, e *Engine, m arrays.Matrix) *tensors.Tensor {
	t, err := e.Upload(m)
	if err != nil {
		b.Fatal(err)
	}
	return t
}

// BenchmarkGEMM multiplies [4096, 512] by [512, 1000] and keeps one number, so
// that the product, not its transport, is timed: 2·4096·512·1000 operations.
func BenchmarkGEMM(b *testing.B) {
	e := benchEngine(b)
	p, err := e.NewProgram("gemm", func(in []*graph.Node) []*graph.Node {
		return []*graph.Node{graph.ReduceAllMax(graph.DotProduct(in[0], in[1]))}
	})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	x, w := upload(b, e, matrix(4096, 512, 1)), upload(b, e, matrix(512, 1000, 1))
	measure(b, func() {
		out, err := p.Run(x, w)
		if err == nil {
			_, err = Download[float32](out[0])
		}
		if err != nil {
			b.Fatal(err)
		}
		Free(out...)
	})
	b.ReportMetric(2*4096*512*1000/(b.Elapsed().Seconds()/float64(b.N))/1e9, "GFLOP/s")
}

// BenchmarkTransfer copies 40 MB to the device and back, the predictions of 1,000 label
// sets for 10,000 copies.
func BenchmarkTransfer(b *testing.B) {
	e, m := benchEngine(b), matrix(1000, 10_000, 1)
	b.Run("to", func(b *testing.B) { measure(b, func() { Free(upload(b, e, m)) }) })
	b.Run("from", func(b *testing.B) {
		t := upload(b, e, m)
		p, err := e.NewProgram("copy", func(in []*graph.Node) []*graph.Node { return []*graph.Node{graph.AddScalar(in[0], 1)} })
		if err != nil {
			b.Fatal(err)
		}
		defer p.Close()
		measure(b, func() {
			out, err := p.Run(t) // a tensor that was downloaded before is kept by the host
			if err == nil {
				_, err = Download[float32](out[0])
			}
			if err != nil {
				b.Fatal(err)
			}
			Free(out...)
		})
	})
}

// BenchmarkMLPStep is one step of gradient descent on a network 784-512-512-10
// at batch 128, weights kept on the device and handed back to be overwritten.
func BenchmarkMLPStep(b *testing.B) {
	e := benchEngine(b)
	p, err := e.NewProgram("step", func(in []*graph.Node) []*graph.Node {
		x, y, w := in[0], in[1], in[2:]
		h := graph.Max(graph.DotProduct(x, w[0]), graph.ScalarZero(x.Graph(), x.DType()))
		h = graph.Max(graph.DotProduct(h, w[1]), graph.ScalarZero(x.Graph(), x.DType()))
		loss := graph.ReduceAllMean(graph.Square(graph.Sub(graph.DotProduct(h, w[2]), y)))
		out := []*graph.Node{loss}
		for i, g := range graph.Gradient(loss, w...) {
			out = append(out, graph.Sub(w[i], graph.MulScalar(g, 1e-3)))
		}
		return out
	})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	x, y := upload(b, e, matrix(128, 784, 1)), upload(b, e, matrix(128, 10, 1))
	w := []*tensors.Tensor{
		upload(b, e, matrix(784, 512, 0.05)), upload(b, e, matrix(512, 512, 0.05)), upload(b, e, matrix(512, 10, 0.05)),
	}
	measure(b, func() {
		args := []any{x, y}
		for _, t := range w {
			d, err := e.Donate(t)
			if err != nil {
				b.Fatal(err)
			}
			args = append(args, d)
		}
		out, err := p.Run(args...)
		if err == nil {
			_, err = Download[float32](out[0])
		}
		if err != nil {
			b.Fatal(err)
		}
		Free(out[0])
		w = out[1:]
	})
}
