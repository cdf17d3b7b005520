//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// operation is the nth call of its kind that a thread made, of those on the files
// of a run.
type operation struct {
	call string
	nth  int
}

// fileCalls are what changes files.
const fileCalls = "openat,write,pwrite64,renameat,renameat2,ftruncate,unlinkat,fsync,mkdirat,flock,fchmod"

var traced = regexp.MustCompile(`^(\d+) +([a-z0-9]+)\((.*)`)

// hasStrace says whether processes can be traced here.
func hasStrace() bool {
	return exec.Command("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=openat", "true").Run() == nil
}

// operations runs a task under strace and lists the operations on its files.
func (b *bench) operations(k task, dir string) ([]operation, error) {
	if !hasStrace() {
		return nil, errSkipped{"no strace"}
	}
	input, err := b.reference(k, false)
	if err != nil {
		return nil, err
	}
	if err := input.input.write(dir); err != nil {
		return nil, err
	}
	log := filepath.Join(dir, "strace.log")
	t := &trial{bench: b, dir: dir}
	o, err := t.start(call{args: k.args, in: dir, before: []string{"strace", "-f", "-qq", "-y", "-o", log, "-e", "trace=" + fileCalls}})
	if err != nil {
		return nil, err
	}
	if err := done(o); err != nil {
		return nil, err
	}
	f, err := os.Open(log)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return parseTrace(bufio.NewScanner(f), filepath.Join(dir, "out"))
}

// parseTrace lists the operations in a log of strace -f -y that name a file of
// this folder, by its path or by one that is relative.
func parseTrace(lines *bufio.Scanner, folder string) ([]operation, error) {
	lines.Buffer(nil, 1<<20)
	counts := map[string]int{}
	var all []operation
	for lines.Scan() {
		m := traced.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		key := m[1] + " " + m[2]
		counts[key]++
		if strings.Contains(m[3], folder+"/") || strings.Contains(m[3], `"out/`) {
			all = append(all, operation{m[2], counts[key]})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("strace saw no operation on the files of a run")
	}
	return all, lines.Err()
}

// killing is the words before a program that kill it as it enters an operation.
func (op operation) killing() []string {
	return []string{"strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + op.call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%s", op.call, strconv.Itoa(op.nth))}
}

// killed says whether a process, perhaps one under strace, was ended by SIGKILL.
func (o outcome) killed() bool {
	return o.signal == syscall.SIGKILL || o.code == 128+int(syscall.SIGKILL)
}
