//go:build unix

package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// withTimeLimit ends a context, by errTimeLimit, when the process gets SIGUSR1, which
// schedulers can be asked to send some time before they end a task.
func withTimeLimit(ctx context.Context) (context.Context, func()) {
	limited, cancel := context.WithCancelCause(ctx)
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGUSR1)
	go func() {
		select {
		case <-told:
			cancel(errTimeLimit)
		case <-limited.Done():
		}
	}()
	return limited, func() {
		signal.Stop(told)
		cancel(nil)
	}
}
