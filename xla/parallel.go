package xla

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Parallel calls task(0) … task(n-1) on all cores and returns when all are
// done. Tasks must write to places of their own, so that the result does not
// depend on the number of cores.
func Parallel(n int, task func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for i := range n {
			task(i)
		}
		return
	}
	grain := max(1, n/(8*workers)) // tasks taken at a time
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				hi := int(next.Add(int64(grain)))
				lo := hi - grain
				if lo >= n {
					return
				}
				for i := lo; i < min(hi, n); i++ {
					task(i)
				}
			}
		})
	}
	wg.Wait()
}
