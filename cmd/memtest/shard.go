package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/pflag"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/slurm"
	"github.com/seed-1a417598/memtest/xla"
)

// What the flags of shards mean.
const (
	usageShard   = "`K/N`: measure the Kth of N parts of the run, below --out; begins or goes on by the same command (docs/cluster.md)"
	usageRequeue = "with --shard: when SIGUSR1 tells of the time limit, ask Slurm to begin the task again"
)

// addShard adds the flags of commands that can measure one shard.
func (s *settings) addShard(flags *pflag.FlagSet) {
	flags.StringVar(&s.shard, "shard", "", usageShard)
	flags.BoolVar(&s.requeue, "requeue", false, usageRequeue)
}

// checkShard says what does not go with --shard, and what needs it.
func (s *settings) checkShard() error {
	if s.shard == "" {
		if s.requeue {
			return errors.New("--requeue is for tasks of a cluster: add --shard K/N")
		}
		return nil
	}
	if _, err := memtest.ParseShard(s.shard); err != nil {
		return err
	}
	switch {
	case s.out == "":
		return errors.New("--shard needs the folder that all shards share: add --out DIR")
	case s.resume:
		return errors.New("--shard begins or goes on by the same command: leave out --resume")
	case s.open:
		return errors.New("--open shows the page of a run, and a shard has none: leave it out, and open report.html when `memtest merge` has written it")
	case s.json, len(s.failIf) > 0:
		return errors.New("--json and --fail-if need the rows of all shards: give them to `memtest merge`")
	}
	return nil
}

// errTimeLimit is the cause of the end of a task that was told of its time limit.
var errTimeLimit = errors.New("the time limit is near")

// stoppedError marks the end of a task that goes on later.
type stoppedError struct{ error }

// measureShard measures one shard of an experiment, given what its run is.
func (s *settings) measureShard(ctx context.Context, engine *xla.Engine, x *memtest.Experiment, folder memtest.Folder, bar *progress, stdout, log io.Writer) error {
	shard, err := memtest.ParseShard(s.shard)
	if err != nil {
		return usage(err)
	}
	folder.Anew = s.anew
	limited, done := withTimeLimit(ctx)
	defer done()
	of := memtest.ShardOf{Folder: folder, Shard: shard, Out: s.out, Note: func(text string) { bar.end(); fmt.Fprintln(plain{log}, text) }}
	err = of.Run(limited, engine, x)
	bar.end()
	if err != nil {
		return s.ended(ctx, limited, err, log)
	}
	_, err = fmt.Fprintf(stdout, "Shard %v of %s is done: %s. When all are: %s\n", shard, s.out, unitNames(shard.Units(x.Units())), slurm.Line([]string{"memtest", "merge", s.out}))
	return err
}

// ended is the error of a shard that ended by one: of its time limit, of an interruption,
// or of something else.
func (s *settings) ended(ctx, limited context.Context, err error, log io.Writer) error {
	switch {
	case errors.Is(context.Cause(limited), errTimeLimit):
		return s.again(ctx, log)
	case ctx.Err() != nil:
		return fmt.Errorf("what shard %s has so far is in %s; the same command goes on", s.shard, s.out)
	}
	return err
}

func unitNames(units []memtest.Unit) string {
	if len(units) == 0 {
		return "it has no units"
	}
	var names []string
	for _, u := range units {
		names = append(names, u.String())
	}
	return strings.Join(names, ", ")
}

// again ends a task at its time limit and, where it is asked to, has Slurm begin it
// again.
func (s *settings) again(ctx context.Context, log io.Writer) error {
	sentence := fmt.Sprintf("the time limit is near; what shard %s has so far is in %s, and the same command goes on", s.shard, s.out)
	id := os.Getenv("SLURM_JOB_ID")
	if !s.requeue || id == "" {
		return stoppedError{errors.New(sentence)}
	}
	fmt.Fprintf(log, "%s; job %s asks Slurm to begin it again\n", sentence, id)
	if out, err := exec.CommandContext(ctx, "scontrol", "requeue", id).CombinedOutput(); err != nil {
		return stoppedError{fmt.Errorf("%s; `scontrol requeue %s` failed (%s), so submit it again with `memtest submit --resume`", sentence, id, strings.TrimSpace(string(out)+" "+err.Error()))}
	}
	return stoppedError{errors.New(sentence)}
}
