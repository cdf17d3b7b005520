//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"
)

// sendSignal sends a running measurement a signal, or takes its output away; going
// on gives the same rows.
func sendSignal(t *trial) error {
	kinds := []func(t *trial, want *reference, k task) error{
		ask(syscall.SIGTERM), ask(syscall.SIGINT), end(syscall.SIGHUP), end(syscall.SIGQUIT), pause, brokenPipe, fullOutput, ignoredHangup,
	}
	k := []task{taskRun, taskProbe, taskRefit}[t.rand.IntN(3)]
	want, err := t.begin(k, false)
	if err != nil {
		return err
	}
	if err := kinds[t.number%len(kinds)](t, want, k); err != nil {
		return err
	}
	return t.goOn(want, k.args)
}

// moment is some time at which an undisturbed run would still be at work.
func (t *trial) moment(want *reference) time.Duration {
	return time.Duration(t.rand.Float64() * float64(want.took))
}

// ask sends a signal that asks for an end: status 130 with one sentence. A process
// that does not listen yet, in its first moments, ends by the signal itself.
func ask(s syscall.Signal) func(*trial, *reference, task) error {
	return func(t *trial, want *reference, k task) error {
		after := t.moment(want)
		o, err := t.start(call{args: k.args, in: t.dir, during: func(p *os.Process) {
			time.Sleep(after)
			p.Signal(s)
		}})
		if err != nil {
			return err
		}
		if o.signal == s || o.code == 0 {
			t.note("signals that came too early or too late")
			return crash(o)
		}
		t.note(s.String())
		if err := alive(o); err != nil {
			return err
		}
		if o.code != 130 {
			return fmt.Errorf("after %v the status should be 130: %v", s, o)
		}
		return sentenceOf(o)
	}
}

// end sends a signal that ends a process without a word, or, SIGQUIT, with the
// stacks that every Go program prints then.
func end(s syscall.Signal) func(*trial, *reference, task) error {
	return func(t *trial, want *reference, k task) error {
		after := t.moment(want)
		o, err := t.start(call{args: k.args, in: t.dir, during: func(p *os.Process) {
			time.Sleep(after)
			p.Signal(s)
		}})
		if err == nil && o.late {
			err = fmt.Errorf("%v does not end it: %v", s, o)
		}
		t.note(s.String())
		return err
	}
}

// pause stops a process for a while.
func pause(t *trial, want *reference, k task) error {
	after := t.moment(want)
	o, err := t.start(call{args: k.args, in: t.dir, during: func(p *os.Process) {
		for range 3 {
			time.Sleep(after / 3)
			p.Signal(syscall.SIGSTOP)
			time.Sleep(100 * time.Millisecond)
			p.Signal(syscall.SIGCONT)
		}
	}})
	if err != nil {
		return err
	}
	t.note("stopped and continued")
	return done(o)
}

// brokenPipe runs with a standard output that nobody reads.
func brokenPipe(t *trial, _ *reference, k task) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	r.Close()
	defer w.Close()
	o, err := t.start(call{args: k.args, in: t.dir, stdout: w})
	if err != nil {
		return err
	}
	t.note("broken pipes")
	if o.signal == syscall.SIGPIPE || o.code == 0 {
		return crash(o)
	}
	return refused(o)
}

// fullOutput runs with a standard output that takes nothing.
func fullOutput(t *trial, _ *reference, k task) error {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		return errSkipped{"no /dev/full"}
	}
	defer f.Close()
	o, err := t.start(call{args: k.args, in: t.dir, stdout: f})
	if err != nil {
		return err
	}
	t.note("full outputs")
	return refused(o)
}

// ignoredHangup runs as nohup does: a SIGHUP is not heard.
func ignoredHangup(t *trial, want *reference, k task) error {
	after := t.moment(want)
	o, err := t.start(call{args: slices.Clone(k.args), in: t.dir, before: []string{"/bin/sh", "-c", `trap "" HUP && exec "$@"`, "sh"}, during: func(p *os.Process) {
		time.Sleep(20*time.Millisecond + after)
		p.Signal(syscall.SIGHUP)
	}})
	if err != nil {
		return err
	}
	t.note("SIGHUP under nohup")
	return done(o)
}
