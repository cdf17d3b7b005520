// Package parallel shares work between the cores.
//
// Tasks must write to places of their own. Then what comes out does not depend on
// how many cores there are, nor on which of them did what.
package parallel

import (
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
)

// For calls task(0) … task(n-1) on all cores and returns when all are done. They
// are begun in no order. n below 1 = none.
func For(n int, task func(i int)) {
	// Few tasks at a time, so that no core waits long for the last one to end, and
	// more than one where there are many, since taking them costs something too.
	Blocks(n, n/(8*runtime.GOMAXPROCS(0)), func(blocks iter.Seq2[int, int]) {
		for from, to := range blocks {
			for i := from; i < to; i++ {
				task(i)
			}
		}
	})
}

// Blocks calls worker on all cores, though on no more than there are blocks, and
// returns when all calls are done. Between them they range over 0..n-1 in blocks
// from..to-1 of size numbers, the last one of what is left; blocks are begun in
// rising order. It is for work that needs a place to work in, which worker makes
// before it ranges. A worker that leaves its loop takes no more blocks, the others
// go on. A panic of a worker becomes one of the caller, who can recover from it. n
// below 1 = no call; size below 1 = 1.
func Blocks(n, size int, worker func(blocks iter.Seq2[int, int])) {
	size = max(1, min(size, n))
	var next atomic.Int64
	blocks := func(yield func(from, to int) bool) {
		for {
			from := int(next.Add(int64(size))) - size
			if from >= n || !yield(from, min(from+size, n)) {
				return
			}
		}
	}
	workers := min(runtime.GOMAXPROCS(0), (n-1)/size+1)
	if n == 1 || workers == 1 {
		worker(blocks) // a goroutine would gain nothing
		return
	}
	var wait sync.WaitGroup
	first := make(chan any, 1) // what a worker panicked with
	for range workers {
		wait.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					select {
					case first <- p:
					default:
					}
				}
			}()
			worker(blocks)
		})
	}
	wait.Wait()
	select {
	case p := <-first:
		panic(p)
	default:
	}
}
