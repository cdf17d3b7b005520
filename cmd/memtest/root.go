package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// Exit codes, a contract with scripts.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2   // bad usage or bad input
	exitInterrupted = 130 // by Ctrl-C or SIGTERM; what was measured is kept
)

// usageError marks an error that the person at the keyboard can mend: a wrong
// flag, a file that is not what it should be.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usage marks err, if there is one, as the user's to mend.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// run executes a command line, the program's name first, and returns the exit
// code. An error is one sentence on stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:   "memtest",
		Short: "Did the network learn, or memorize?",
		Long: "memtest tells what a neural network learned and what it memorized: shallow classifiers are fitted to\n" +
			"its features with the real and with many shuffled labels, and scored on perturbed copies of the\n" +
			"training set. Observed above the shuffled ones = learned; those above chance = memorized.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetArgs(args[1:])
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage(fmt.Errorf("%w; `%s --help` lists the flags", err, c.CommandPath()))
	})
	root.AddCommand(runCommand(args), probeCommand(args), onnxCommand(args), compareCommand(), paperCommand(args), exportCommand(), reportCommand(), doctorCommand(), dataCommand(), levelsCommand(), labCommand())
	for _, c := range root.Commands() {
		if c.Args != nil {
			check := c.Args
			c.Args = func(c *cobra.Command, args []string) error { return usage(check(c, args)) }
		}
	}
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "memtest: interrupted;", err)
		return exitInterrupted
	}
	fmt.Fprintln(stderr, "memtest:", err)
	var mine usageError
	if errors.As(err, &mine) || errors.Is(err, result.ErrInput) || unknownCommand(root, args[1:]) {
		return exitUsage
	}
	return exitFailed
}

// unknownCommand says whether the arguments name no command: cobra has no error
// value of its own for it.
func unknownCommand(root *cobra.Command, args []string) bool {
	found, _, err := root.Find(args)
	return err != nil || found == root && len(args) > 0
}
