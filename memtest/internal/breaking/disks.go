//go:build linux

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// fillDisk measures into a disk that gets full, or under a limit of a file's size:
// a sentence, and the same rows once there is space.
func fillDisk(t *trial) error {
	k := []task{taskRun, taskProbe, taskRefit}[t.number%3]
	want, err := t.begin(k, false)
	if err != nil {
		return err
	}
	kB := int64(4 << (t.number % 9))
	kB += t.rand.Int64N(kB)
	if t.number%4 == 3 {
		return t.limitSize(want, k, max(1, kB/8))
	}
	return t.tmpfs(want, k, kB)
}

// tmpfs mounts a small disk where the run's folder will be.
func (t *trial) tmpfs(want *reference, k task, kB int64) error {
	disk := filepath.Join(t.dir, "disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		return err
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, fmt.Sprintf("size=%dk", kB)); err != nil {
		return errSkipped{"no right to mount a disk"}
	}
	defer syscall.Unmount(disk, syscall.MNT_DETACH)
	args := slices.Clone(k.args)
	args[len(args)-1] = "disk/out"
	o, err := t.start(call{args: args, in: t.dir})
	if err != nil {
		return err
	}
	if err := t.full(o, t.folderOf(args)); err != nil {
		return fmt.Errorf("%d kB: %w", kB, err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		return err
	}
	if err := t.goOn(want, args); err != nil {
		return fmt.Errorf("after a disk of %d kB: %w", kB, err)
	}
	return nil
}

// limitSize lets no file grow beyond some kB.
func (t *trial) limitSize(want *reference, k task, kB int64) error {
	// The shell counts in blocks of 512 bytes.
	o, err := t.start(call{args: k.args, in: t.dir, before: []string{"/bin/sh", "-c", fmt.Sprintf(`ulimit -f %d && exec "$@"`, 2*kB), "sh"}})
	if err != nil {
		return err
	}
	if err := t.full(o, t.out()); err != nil {
		return fmt.Errorf("files of at most %d kB: %w", kB, err)
	}
	if err := t.goOn(want, k.args); err != nil {
		return fmt.Errorf("after files of at most %d kB: %w", kB, err)
	}
	return nil
}

// full judges a process that had too little space: a sentence and nothing half
// written, or it had enough.
func (t *trial) full(o outcome, out string) error {
	if err := crash(o); err != nil {
		return err
	}
	if o.code == 0 {
		t.note("had enough space")
		return nil
	}
	t.note("full")
	if err := refused(o); err != nil {
		return err
	}
	files, err := readTree(out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if b := files["rows.jsonl"]; len(b) > 0 && b[len(b)-1] != '\n' {
		return fmt.Errorf("half a row is left")
	}
	return swept(files)
}
