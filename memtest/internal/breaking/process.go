//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// call is a command of the program to be run to its end.
type call struct {
	args    []string
	in      string              // current folder
	before  []string            // words before the program, of a tool that starts it
	memory  int64               // most address space in bytes, 0 = as it is
	stdout  *os.File            // nil = kept in the outcome
	timeout time.Duration       // 0 = two minutes
	during  func(p *os.Process) // in a goroutine of its own, once the process runs
	// long: work that is asked for may take its time, but must end when it is
	// interrupted at the timeout.
	long bool
}

// outcome is how a process ended.
type outcome struct {
	args           []string
	code           int            // -1 = by a signal
	signal         syscall.Signal // 0 = none
	stdout, stderr string
	memory         int64 // most resident bytes
	late           bool  // it was killed at the timeout
	interrupted    bool  // a long one, which was interrupted at the timeout
	took           time.Duration
	processor      time.Duration // seconds of processors that it used
}

// String is the command line and how it ended, short.
func (o outcome) String() string {
	how := fmt.Sprintf("exit %d", o.code)
	switch {
	case o.late:
		how = "hung"
	case o.signal != 0:
		how = o.signal.String()
	}
	return fmt.Sprintf("memtest %.300s: %s, %.300q", strings.Join(o.args, " "), how, o.stderr)
}

// start runs the program and waits. Every process has its own group, which is
// killed at the timeout, and its own folder of temporary files.
func (t *trial) start(c call) (outcome, error) {
	temp := filepath.Join(t.dir, "temp")
	if err := os.MkdirAll(temp, 0o755); err != nil {
		return outcome{}, err
	}
	words := append(append([]string{}, c.before...), t.program)
	words = append(words, c.args...)
	if c.memory > 0 {
		words = append([]string{"/bin/sh", "-c", fmt.Sprintf(`ulimit -d %d && exec "$@"`, c.memory>>10), "sh"}, words...)
	}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = c.in
	cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if c.stdout != nil {
		cmd.Stdout = c.stdout
	}
	cmd.WaitDelay = time.Second
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return outcome{}, err
	}
	watch := newWatch(cmd.Process.Pid, c)
	if c.during != nil {
		go c.during(cmd.Process)
	}
	err := cmd.Wait()
	o := outcome{args: c.args, took: time.Since(begun), code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
	o.late, o.interrupted = watch.end()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		o.signal = status.Signal()
	} else if err != nil && o.code < 0 {
		return o, err
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		o.memory = usage.Maxrss << 10
		o.processor = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	return o, nil
}

// watch ends a process that takes too long.
type watch struct {
	done              chan bool
	gone              chan bool
	late, interrupted bool
}

func newWatch(pid int, c call) *watch {
	w := &watch{done: make(chan bool), gone: make(chan bool)}
	timeout := c.timeout
	if timeout == 0 {
		timeout = 2 * time.Minute
	}
	go func() {
		defer close(w.gone)
		select {
		case <-w.done:
			return
		case <-time.After(timeout):
		}
		if c.long {
			w.interrupted = true
			syscall.Kill(-pid, syscall.SIGINT)
			select {
			case <-w.done:
				return
			case <-time.After(30 * time.Second):
			}
		}
		w.late = true
		syscall.Kill(-pid, syscall.SIGKILL)
	}()
	return w
}

// end stops watching and says what was done.
func (w *watch) end() (late, interrupted bool) {
	close(w.done)
	<-w.gone
	return w.late, w.interrupted
}
