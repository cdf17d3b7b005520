package parallel

import (
	"iter"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// cores runs a test with one core, with two and with more than there are.
func cores(t *testing.T, test func(t *testing.T, cores int)) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, n := range []int{1, 2, 16} {
		runtime.GOMAXPROCS(n)
		test(t, n)
	}
}

func TestForDoesEachOnce(t *testing.T) {
	cores(t, func(t *testing.T, cores int) {
		for _, n := range []int{-1, 0, 1, 2, 15, 16, 17, 1000, 4099} {
			done := make([]atomic.Int32, max(0, n))
			For(n, func(i int) { done[i].Add(1) })
			for i := range done {
				if c := done[i].Load(); c != 1 {
					t.Errorf("%d cores, %d tasks: task %d was done %d times", cores, n, i, c)
				}
			}
		}
	})
}

func TestBlocksCoverAll(t *testing.T) {
	cores(t, func(t *testing.T, cores int) {
		for _, n := range []int{-5, 0, 1, 63, 64, 65, 1000} {
			for _, size := range []int{-1, 0, 1, 7, 64, 5000, math.MaxInt} {
				done := make([]atomic.Int32, max(0, n))
				var workers atomic.Int32
				Blocks(n, size, func(blocks iter.Seq2[int, int]) {
					workers.Add(1)
					last := -1
					for from, to := range blocks {
						if from <= last || to <= from || to > n || to-from != max(1, size) && to != n {
							t.Errorf("%d numbers in blocks of %d: a block %d..%d after one from %d", n, size, from, to, last)
						}
						for i := from; i < to; i++ {
							done[i].Add(1)
						}
						last = from
					}
				})
				for i := range done {
					if c := done[i].Load(); c != 1 {
						t.Errorf("%d cores, %d numbers in blocks of %d: number %d came %d times", cores, n, size, i, c)
					}
				}
				most := 0 // blocks
				if n > 0 {
					most = 1 + (n-1)/max(1, size)
				}
				if w := int(workers.Load()); w != min(cores, most) {
					t.Errorf("%d cores, %d numbers in blocks of %d: %d workers, want %d", cores, n, size, w, min(cores, most))
				}
			}
		}
	})
}

// The workers run at the same time: each waits here for all the others.
func TestBlocksRunAtOnce(t *testing.T) {
	before := runtime.GOMAXPROCS(4)
	defer runtime.GOMAXPROCS(before)
	var here sync.WaitGroup
	here.Add(4)
	Blocks(100, 1, func(blocks iter.Seq2[int, int]) {
		here.Done()
		here.Wait()
	})
}

// What a worker that leaves its loop has not taken, the others do.
func TestBlocksLeft(t *testing.T) {
	cores(t, func(t *testing.T, cores int) {
		var leaves atomic.Bool
		var taken atomic.Int32
		Blocks(100, 1, func(blocks iter.Seq2[int, int]) {
			first := leaves.CompareAndSwap(false, true)
			for range blocks {
				taken.Add(1)
				if first {
					break
				}
			}
		})
		want := int32(100)
		if cores == 1 {
			want = 1
		}
		if got := taken.Load(); got != want {
			t.Errorf("%d cores: %d blocks were taken, want %d", cores, got, want)
		}
	})
}

// A panic of a worker ends in the goroutine of the caller, when the others are done.
func TestPanicsReachTheCaller(t *testing.T) {
	var done atomic.Int64
	func() {
		defer func() {
			if p := recover(); p != "seven" {
				t.Errorf("recovered %v", p)
			}
		}()
		For(100, func(i int) {
			if i == 7 {
				panic("seven")
			}
			done.Add(1)
		})
	}()
	if runtime.GOMAXPROCS(0) > 1 && done.Load() < 50 {
		t.Errorf("%d of the other tasks were done", done.Load())
	}
}
