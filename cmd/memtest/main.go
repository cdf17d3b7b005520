// Command memtest tells what a neural network learned and what it memorized.
// `memtest help` lists what it can do.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// garbage is how much garbage, in per cent of what is in use, is let pile up before it is
// collected. What is in use are few large arrays of numbers, which a collection does not
// look into, so that it costs next to nothing (docs/benchmarks.md).
const garbage = 25

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args, os.Stdout, os.Stderr))
}
