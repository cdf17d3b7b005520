//go:build unix

package filelock

import "syscall"

// noFollow refuses a link in place of a file, and does not wait for the other end
// of a pipe.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK
