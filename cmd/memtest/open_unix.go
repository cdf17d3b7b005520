//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// apart gives a command a session of its own, so that the Ctrl-C which ends a run does
// not end the browser.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
