//go:build linux

package main

import (
	"fmt"
	"regexp"
	"strings"
)

// crashed are words of a program that was not written to end in this way.
var crashed = regexp.MustCompile(`(?m)^(panic: |fatal error: |goroutine \d+ \[|runtime: |SIG[A-Z]+: )|\[signal SIG|runtime error:|stack trace|core dumped|terminate called|LLVM ERROR`)

// crash is an error where a process says that it crashed.
func crash(o outcome) error {
	if found := crashed.FindString(o.stderr + "\n" + o.stdout); found != "" {
		return fmt.Errorf("it crashed (%q): %v", found, o)
	}
	return nil
}

// sentence is an error if what was said on standard error is not one sentence.
func sentence(stderr string) error {
	text := strings.TrimSuffix(stderr, "\n")
	switch {
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("nothing is said on standard error")
	case strings.Contains(text, "\n"):
		return fmt.Errorf("standard error has %d lines, not one sentence", 1+strings.Count(text, "\n"))
	case len(text) > 2000:
		return fmt.Errorf("the sentence has %d characters", len(text))
	}
	return nil
}

// refused is an error unless a process ended with status 1 or 2 and one sentence.
func refused(o outcome) error {
	if err := alive(o); err != nil {
		return err
	}
	if o.code != 1 && o.code != 2 {
		return fmt.Errorf("neither done nor refused: %v", o)
	}
	if err := sentence(o.stderr); err != nil {
		return fmt.Errorf("%w: %v", err, o)
	}
	return nil
}

// alive is an error where a process crashed, hung or was killed.
func alive(o outcome) error {
	if err := crash(o); err != nil {
		return err
	}
	if o.late {
		return fmt.Errorf("it hangs: %v", o)
	}
	if o.signal != 0 {
		return fmt.Errorf("it was ended by a signal: %v", o)
	}
	return nil
}

// civil is an error unless a process ended with status 0, or refused; a long one
// may also end as one that was interrupted. Memory is the most it may have used.
func civil(o outcome, memory int64) error {
	if err := alive(o); err != nil {
		return err
	}
	if o.memory > memory {
		return fmt.Errorf("it used %d MiB of memory: %v", o.memory>>20, o)
	}
	if o.code == 0 {
		return nil
	}
	if o.interrupted && o.code == 130 {
		return sentenceOf(o)
	}
	return refused(o)
}

func sentenceOf(o outcome) error {
	if err := sentence(o.stderr); err != nil {
		return fmt.Errorf("%w: %v", err, o)
	}
	return nil
}

// done is an error unless a process ended with status 0.
func done(o outcome) error {
	if err := alive(o); err != nil {
		return err
	}
	if o.code != 0 {
		return fmt.Errorf("it should have ended well: %v", o)
	}
	return nil
}
