package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How much garbage is let pile up before it is collected: so many bytes, but between so
// many per cent of what is in use and as much again. Where much is in use it is a few
// large arrays of numbers, which a collection does not look into, so that it costs next to
// nothing; where little is, collections would come all the time (docs/benchmarks.md).
const (
	roomForGarbage = 32 << 20
	leastGarbage   = 10  // per cent
	mostGarbage    = 100 // per cent, as Go has it
)

// collectSooner sets after each collection when the next one comes. Who sets GOGC has
// decided otherwise.
func collectSooner() {
	if os.Getenv("GOGC") != "" {
		return
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var again func(struct{})
	again = func(struct{}) {
		metrics.Read(live)
		debug.SetGCPercent(int(min(mostGarbage, max(leastGarbage, 100*roomForGarbage/max(1, live[0].Value.Uint64())))))
		runtime.AddCleanup(new([16]byte), again, struct{}{}) // which the next collection finds unused
	}
	again(struct{}{})
}
