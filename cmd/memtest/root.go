package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// Exit codes, a contract with scripts.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2   // bad usage or bad input
	exitHeld        = 3   // done, and an expression of --fail-if holds
	exitInterrupted = 130 // by Ctrl-C, SIGTERM, or a scheduler's SIGUSR1; what was measured is kept
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
		Long: "memtest tells what a neural network learned and what it memorized: shallow classifiers are fitted to " +
			"its features with the real and with many shuffled labels, and scored on perturbed copies of the " +
			"training set. Observed above the shuffled ones = learned; those above chance = memorized.",
		Example: "  memtest run\n" +
			"  memtest run --data mnist --net cnn:16,32/128 --epochs 0,5,20 --out runs/cnn\n" +
			"  memtest probe features.npz",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          knownCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },

		SuggestionsMinimumDistance: 2,
	}
	if err := xla.WithoutXLA(); err != nil {
		root.Long += fmt.Sprintf("\n\nThis one computes in pure Go, several times slower than by XLA, and cannot compute ONNX models:\n%v.", err)
	}
	root.SetArgs(args[1:])
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(badFlag)
	addCommands(root, args)
	for _, c := range root.Commands() {
		checkArguments(c)
	}
	err := execute(ctx, root)
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "memtest: interrupted;", sentence(err))
		return exitInterrupted
	}
	fmt.Fprintln(stderr, "memtest:", sentence(err))
	var stopped stoppedError
	if errors.As(err, &stopped) {
		return exitInterrupted
	}
	var held heldError
	if errors.As(err, &held) {
		return exitHeld
	}
	var mine usageError
	if errors.As(err, &mine) || errors.Is(err, result.ErrInput) || errors.Is(err, xla.ErrBackend) {
		return exitUsage
	}
	return exitFailed
}

// Help lists commands in the order in which they were added.
func init() { cobra.EnableCommandSorting = false }

// addCommands adds all commands to the root, each in its group, and the topics of help.
func addCommands(root *cobra.Command, args []string) {
	root.AddGroup(commandGroups...)
	for _, g := range []struct {
		id       string
		commands []*cobra.Command
	}{
		{groupMeasure, []*cobra.Command{runCommand(args), probeCommand(args), onnxCommand(args), paperCommand(args)}},
		{groupLook, []*cobra.Command{reportCommand(), compareCommand(), exportCommand()}},
		{groupScale, []*cobra.Command{planCommand(), levelsCommand(), submitCommand(), mergeCommand()}},
		{groupSetUp, []*cobra.Command{doctorCommand(), dataCommand(), labCommand()}},
	} {
		for _, c := range g.commands {
			c.GroupID = g.id
			root.AddCommand(c)
		}
	}
	root.AddCommand(topics()...)
	addHelp(root)
	addCompletion(root)
	describeFlags(root)
}

// addHelp adds the library's command that prints help; it refuses a name that nothing
// has.
func addHelp(root *cobra.Command) {
	root.SetHelpFunc(printHelp)
	root.InitDefaultHelpCmd()
	if c, _, err := root.Find([]string{"help"}); err == nil {
		c.Args = func(_ *cobra.Command, args []string) error {
			if _, rest, _ := root.Find(args); len(rest) > 0 {
				return fmt.Errorf("no command and no list is called %q", strings.Join(args, " "))
			}
			return nil
		}
	}
}

// addCompletion adds the library's command that writes scripts for shells, in words of
// this program.
func addCompletion(root *cobra.Command) {
	root.SetCompletionCommandGroupID(groupSetUp)
	root.InitDefaultCompletionCmd()
	c, _, err := root.Find([]string{"completion"})
	if err != nil {
		return
	}
	c.Short = "A script that lets your shell complete commands and flags"
	c.Long = "completion writes a script for bash, zsh, fish or PowerShell. The shell that reads it completes commands, flags and files on the tab key."
	c.Example = "  source <(memtest completion bash)\n" +
		"  source <(memtest completion zsh)\n" +
		"  memtest completion fish | source"
}

// execute runs the command line. A panic is a fault of this program, which is no
// reason to throw its insides at people.
func execute(ctx context.Context, root *cobra.Command) (err error) {
	if fault := xla.Catch(func() { err = root.ExecuteContext(ctx) }); fault != nil {
		return fmt.Errorf("a fault of memtest itself: %w; please report it with what was typed", fault)
	}
	return err
}

// knownCommand refuses the name of a command that there is not.
func knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	meant := ""
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		meant = fmt.Sprintf("did you mean %s? ", strings.Join(near, " or "))
	}
	return usage(fmt.Errorf("unknown command %q for %q; %s`memtest help` lists the commands", args[0], root.Name(), meant))
}

// checkArguments has a command and those below it refuse wrong arguments with
// what to type.
func checkArguments(c *cobra.Command) {
	for _, below := range c.Commands() {
		checkArguments(below)
	}
	check := c.Args
	if check == nil {
		return
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usage(fmt.Errorf("%s; type %s", wrongArguments(c, args, err), usageLine(c)))
		}
		return nil
	}
}

// wrongArguments is what a check of arguments says, without the words of the library
// that has most of the checks.
func wrongArguments(c *cobra.Command, args []string, err error) string {
	switch said := err.Error(); {
	case strings.HasPrefix(said, "unknown command"):
		return fmt.Sprintf("`%s` takes no argument %q", c.CommandPath(), args[0])
	case strings.HasPrefix(said, "accepts") && len(args) == 0:
		return fmt.Sprintf("`%s` was given no argument", c.CommandPath())
	case strings.HasPrefix(said, "accepts"):
		return fmt.Sprintf("`%s` was not given as many arguments as it takes: %s", c.CommandPath(), strings.Join(args, " "))
	default:
		return said
	}
}

// badFlag is the error of a flag that is not known or cannot be read, without
// the words of the library that read it.
func badFlag(c *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	var number *strconv.NumError
	if errors.As(err, &invalid) && errors.As(err, &number) {
		wanted := "a whole number"
		switch number.Func {
		case "ParseUint":
			wanted = "a whole number, 0 or more"
		case "ParseFloat":
			wanted = "a number"
		case "ParseBool":
			wanted = "true or false"
		}
		if errors.Is(err, strconv.ErrRange) {
			wanted += " that fits"
		}
		err = fmt.Errorf("--%s: %q is not %s", invalid.GetFlag().Name, number.Num, wanted)
	} else if invalid != nil {
		err = fmt.Errorf("--%s: %w", invalid.GetFlag().Name, invalid.Unwrap())
	}
	return usage(fmt.Errorf("%w; `%s --help` lists the flags", err, c.CommandPath()))
}
