//go:build linux

package main

import (
	"fmt"
	"slices"
	"sync"
)

// race runs the same command twice at once: at least one ends well or is refused
// with a sentence, and going on gives the same rows.
func race(t *trial) error {
	return t.two([]task{taskRun, taskProbe}[t.number%2], nil)
}

// refuseLocks has the kernel refuse locks, as some network disks do.
func refuseLocks(t *trial) error {
	if !hasStrace() {
		return errSkipped{"no strace"}
	}
	errno := []string{"ENOSYS", "ENOLCK", "EOPNOTSUPP"}[t.number%3]
	before := []string{"strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:error=" + errno}
	if t.number%2 == 1 {
		return t.two(taskRun, before)
	}
	want, err := t.begin(taskRun, false)
	if err != nil {
		return err
	}
	for _, args := range [][]string{taskRun.args, append(slices.Clone(taskRun.args), "--resume")} {
		o, err := t.start(call{args: args, in: t.dir, before: before})
		if err != nil {
			return err
		}
		if err := done(o); err != nil {
			return fmt.Errorf("%s: %w", errno, err)
		}
	}
	return t.goOn(want, taskRun.args)
}

// two runs a task twice at once, perhaps under another program.
func (t *trial) two(k task, before []string) error {
	want, err := t.begin(k, false)
	if err != nil {
		return err
	}
	args := [][]string{k.args, k.args}
	if t.rand.IntN(2) == 0 { // one of them would go on
		folder, err := t.unfinished(k)
		if err != nil {
			return err
		}
		if err := folder.write(t.out()); err != nil {
			return err
		}
		resume := append(slices.Clone(k.args), "--resume")
		args = [][]string{resume, resume}
	}
	outcomes, errs := make([]outcome, 2), make([]error, 2)
	var both sync.WaitGroup
	for i := range 2 {
		both.Go(func() { outcomes[i], errs[i] = t.start(call{args: args[i], in: t.dir, before: before}) })
	}
	both.Wait()
	well := 0
	for i, o := range outcomes {
		if errs[i] != nil {
			return errs[i]
		}
		if o.code == 0 {
			well++
		} else if err := refused(o); err != nil {
			return err
		}
	}
	if well == 0 {
		return fmt.Errorf("both were refused: %v; %v", outcomes[0], outcomes[1])
	}
	return t.goOn(want, k.args)
}
