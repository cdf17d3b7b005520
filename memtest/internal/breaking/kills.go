//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// killAtAnyMoment kills one of the commands that write, once to three times, then
// goes on.
func killAtAnyMoment(t *trial) error {
	switch t.number % 10 {
	case 0, 1, 2:
		return t.killTask(taskRun)
	case 3, 4:
		return t.killTask(taskRefit)
	case 5, 6:
		return t.killTask(taskProbe)
	case 7:
		return t.killTask(taskONNX)
	case 8:
		return t.killGrowth()
	}
	return t.killReport()
}

// killOnXLA is the same where a plugin computes.
func killOnXLA(t *trial) error {
	if o, err := t.start(call{args: []string{"doctor"}, in: t.dir}); err != nil || !strings.Contains(o.stdout, "xla:cpu") {
		return errSkipped{"no plugin"}
	}
	return t.killTask(taskXLA)
}

// killTask kills a task, and perhaps what goes on with it, and goes on.
func (t *trial) killTask(k task) error {
	want, err := t.begin(k, false)
	if err != nil {
		return err
	}
	for i := range 1 + t.rand.IntN(3) {
		args := k.args
		if i > 0 && rowsIn(t.out()) > 0 {
			args = append(append([]string{}, args...), "--resume")
		}
		if err := t.kill(want, args, k.name); err != nil {
			return err
		}
	}
	return t.goOn(want, k.args)
}

// killGrowth kills a finished run that draws more permutations.
func (t *trial) killGrowth() error {
	want, err := t.reference(taskRun, true)
	if err != nil {
		return err
	}
	if err := t.finished(taskRun); err != nil {
		return err
	}
	for range 1 + t.rand.IntN(2) {
		if err := t.kill(want, append(more(taskRun.args), "--resume"), "growing"); err != nil {
			return err
		}
	}
	return t.goOn(want, more(taskRun.args))
}

// finished puts a finished run and its input into the folder of the trial.
func (t *trial) finished(k task) error {
	r, err := t.begin(k, false)
	if err != nil {
		return err
	}
	return r.out.write(t.out())
}

// killReport kills report or export: what they write is whole or not there.
func (t *trial) killReport() error {
	want, err := t.reference(taskRun, false)
	if err != nil {
		return err
	}
	if err := t.finished(taskRun); err != nil {
		return err
	}
	args := []string{"report", "out"}
	if t.rand.IntN(2) == 0 {
		args = []string{"export", "out", "--epoch", "1", "--to", "out.npz", "--backend", "go", "--quiet"}
	}
	if err := t.kill(want, args, args[0]); err != nil {
		return err
	}
	got, err := readTree(t.out())
	if err != nil {
		return err
	}
	if err := sameResults(want.out, got); err != nil {
		return fmt.Errorf("after a killed %s: %w", args[0], err)
	}
	if page := got["report.html"]; !bytes.HasSuffix(bytes.TrimSpace(page), []byte("</html>")) {
		return fmt.Errorf("after a killed %s: report.html is not whole", args[0])
	}
	if args[0] == "export" {
		if err := os.Remove(filepath.Join(t.dir, "out.npz")); err == nil {
			t.note("exported before")
		}
	}
	o, err := t.start(call{args: args, in: t.dir})
	if err != nil {
		return err
	}
	if err := done(o); err != nil {
		return err
	}
	if got, err = readTree(t.dir); err != nil {
		return err
	}
	return swept(got)
}

// kill starts the program and kills it: every third time at an operation on a
// file, else after a time of up to a little more than it takes undisturbed.
func (t *trial) kill(want *reference, args []string, name string) error {
	c := call{args: args, in: t.dir}
	how := ""
	if t.rand.IntN(3) == 0 && hasStrace() {
		operations, err := want.operations()
		if err != nil {
			return err
		}
		op := operations[t.rand.IntN(len(operations))]
		if name == "report" || name == "export" {
			op.nth = 1 + t.rand.IntN(12) // it has fewer of them
		}
		c.before, how = op.killing(), " at a file's operation"
	} else {
		after := time.Duration(t.rand.Float64() * 1.1 * float64(want.took))
		c.during = func(p *os.Process) {
			time.Sleep(after)
			p.Kill()
		}
	}
	o, err := t.start(c)
	if err != nil {
		return err
	}
	if o.killed() {
		t.note("kills" + how)
		return nil
	}
	if err := crash(o); err != nil {
		return err
	}
	if o.code == 0 {
		t.note("kills that came too late")
		return nil
	}
	// A command that the last kill left nothing to go on with may be refused.
	return refused(o)
}
