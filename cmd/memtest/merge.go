package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/memtest"
)

// mergeFlags are the flags of `memtest merge`.
type mergeFlags struct {
	settings
	memtest.Merge
	check bool
}

func mergeCommand() *cobra.Command {
	var f mergeFlags
	cmd := &cobra.Command{
		Use:   "merge OUT [OTHER…]",
		Short: "Put the shards of a run together: the rows that one process would have written",
		Long: "merge reads what `memtest run --shard` measured below OUT, and below further folders that were brought from " +
			"elsewhere, and writes rows and pages into OUT. Units that are missing are named with the commands that " +
			"measure them. Merging again gives the same.",
		Example: "  memtest merge runs/mine --check\n" +
			"  memtest merge runs/mine",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			f.Out, f.Others = args[0], args[1:]
			for _, name := range []string{"json", "fail-if", "data-dir"} {
				if f.check && c.Flags().Changed(name) {
					return usage(fmt.Errorf("--%s does not go with --check, which writes nothing: leave one of the two out", name))
				}
			}
			if f.check {
				return f.tell(c.OutOrStdout())
			}
			return f.merge(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&f.check, "check", false, "only tell which units are done, running and missing; exits with 1 where any is not done")
	flags.BoolVar(&f.Strict, "strict", false, "refuse shards of different kinds of machine, or revisions of memtest, instead of telling")
	flags.StringVar(&f.dataDir, "data-dir", "", usageDataDir+"; the pages show examples of them")
	flags.BoolVar(&f.json, "json", false, "print rows as JSON lines instead of the table")
	flags.StringArrayVar(&f.failIf, "fail-if", nil, usageFailIf)
	return cmd
}

// merge puts the shards together and prints what came out.
func (f *mergeFlags) merge(ctx context.Context, stdout, stderr io.Writer) (err error) {
	if f.rules, err = parseRules(ofRows, f.failIf); err != nil {
		return err
	}
	notices := plain{stderr}
	f.Note = func(text string) { fmt.Fprintln(notices, text) }
	dir, rows, folder, err := f.Merge.Run()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	f.out = f.Merge.Out
	j := job{settings: &f.settings, Folder: folder, log: notices}
	if j.pictures, err = f.examples(ctx, folder); err != nil {
		fmt.Fprintf(notices, "the page shows no copies and no examples: %v\n", err)
	}
	if err := j.finish(ctx, dir, rows, *folder.Manifest.Finished, stdout); err != nil {
		return err
	}
	return failIf(f.rules, rows)
}

// examples reads the data of a run again, which its pages show. They must be those
// that were measured.
func (f *mergeFlags) examples(ctx context.Context, folder memtest.Folder) (*memtest.Experiment, error) {
	o := f.data(io.Discard)
	o.Offline = true
	x, err := memtest.New(ctx, folder.Config, o)
	if err != nil {
		return nil, err
	}
	if x.Train.Hash() != folder.Manifest.Data.SHA256 {
		return nil, fmt.Errorf("the data here are not those that were measured")
	}
	return x, nil
}

// tell prints how far each unit is.
func (f *mergeFlags) tell(stdout io.Writer) error {
	states, command, err := f.Check()
	if err != nil {
		return err
	}
	open := 0
	for _, s := range states {
		where := ""
		if s.Host != "" {
			where = fmt.Sprintf(", %d rows, on %s", s.Rows, s.Host)
		}
		if s.State != memtest.UnitDone {
			open++
		}
		if _, err := fmt.Fprintf(stdout, "%-8s %s (shard %v%s)\n", s.State, s.Unit, s.Shard, where); err != nil {
			return err
		}
	}
	if open == 0 {
		return nil
	}
	if command == "" {
		return fmt.Errorf("%d of %d units are not done; all of them are running", open, len(states))
	}
	return fmt.Errorf("%d of %d units are not done; measure what nobody measures now by: %s", open, len(states), command)
}
