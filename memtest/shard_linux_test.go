package memtest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A disk that is full while shards are merged loses nothing: with room again, the merge
// gives what it would have given. The disk is one in memory, which root can make.
func TestMergeOnAFullDisk(t *testing.T) {
	s := newShards(t, sharded())
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("no small disk can be made here: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	}()
	s.out = filepath.Join(disk, "out")
	s.copyOf(finishedShards(t))
	for _, room := range []int{0, 1 << 12, 1 << 14, 1 << 16} { // bytes left
		fill(t, disk, room)
		if _, err := s.merge(nil); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
		if err := os.Remove(filepath.Join(disk, "rest")); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.merge(nil); err != nil || !bytes.Equal(got, s.whole()) {
		t.Errorf("other rows than those of one process (%v)", err)
	}
}

// fill leaves so much room on a disk.
func fill(t *testing.T, disk string, room int) {
	t.Helper()
	var about syscall.Statfs_t
	if err := syscall.Statfs(disk, &about); err != nil {
		t.Fatal(err)
	}
	rest := make([]byte, int(about.Bavail)*int(about.Bsize)-room)
	if err := os.WriteFile(filepath.Join(disk, "rest"), rest, 0o666); err != nil {
		t.Fatal(err)
	}
}
