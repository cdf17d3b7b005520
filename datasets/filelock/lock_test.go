package filelock

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// lockless is a file system that refuses flock with an error. Its clock is that of
// the files, put forward by ahead. Nobody renews by himself.
func lockless(refusal error, ahead *atomic.Int64) system {
	s := here
	s.try = func(*flock.Flock) (bool, error) { return false, refusal }
	s.now = func(path string) (time.Time, error) {
		now, err := stamp(path)
		return now.Add(time.Duration(ahead.Load())), err
	}
	s.ticks = func(time.Duration) (<-chan time.Time, func()) { return nil, func() {} }
	return s
}

func must(t *testing.T, l *Lock, err error) *Lock {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Held(); err != nil {
		t.Fatal(err)
	}
	return l
}

func busy(t *testing.T, l *Lock, err error) *InUse {
	t.Helper()
	var in *InUse
	if !errors.As(err, &in) {
		t.Fatalf("%v, %v; want that it is in use", l, err)
	}
	return in
}

// files are the names in the folder of a path.
func files(t *testing.T, path string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestOneAtATime(t *testing.T) {
	for name, s := range map[string]system{
		"kernel": here,
		"ENOSYS": lockless(syscall.ENOSYS, new(atomic.Int64)), "ENOLCK": lockless(syscall.ENOLCK, new(atomic.Int64)),
		"EOPNOTSUPP": lockless(syscall.EOPNOTSUPP, new(atomic.Int64)), "ENOTSUP": lockless(syscall.ENOTSUP, new(atomic.Int64)),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), ".lock")
			for range 3 {
				l, err := s.lock(path)
				must(t, l, err)
				again, err := s.lock(path)
				in := busy(t, again, err)
				if name != "kernel" && (!strings.HasPrefix(in.Holder, "process ") || in.Age < 0 || in.Age > time.Minute) {
					t.Errorf("in use by %+v", in)
				}
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
			}
			l, err := s.lock(path)
			if err := must(t, l, err).Remove(); err != nil {
				t.Fatal(err)
			}
			if left := files(t, path); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

// An error that does not say that there are no locks is not taken for one.
func TestOtherErrorsOfTheKernel(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".lock")
	s := lockless(syscall.EACCES, new(atomic.Int64))
	if l, err := s.lock(path); !errors.Is(err, syscall.EACCES) {
		t.Errorf("%v, %v", l, err)
	}
}

// A holder that was stopped beyond the limit learns that it was taken over, and
// spoils nothing of its successor's.
func TestHolderStoppedBeyondTheLimit(t *testing.T) {
	path, ahead := filepath.Join(t.TempDir(), ".lock"), new(atomic.Int64)
	s := lockless(syscall.ENOSYS, ahead)
	first, err := s.lock(path)
	must(t, first, err)
	ahead.Store(int64(limit - time.Second))
	l, err := s.lock(path)
	busy(t, l, err)
	ahead.Store(int64(limit + time.Second))
	second, err := s.lock(path)
	must(t, second, err)
	for range 2 {
		if err := first.Held(); err == nil || !strings.Contains(err.Error(), "has taken it over, because this process showed no sign of life for 2 minutes") || !strings.HasPrefix(err.Error(), "process ") {
			t.Errorf("the first holder: %v", err)
		}
	}
	if err := first.Remove(); err != nil {
		t.Error(err)
	}
	must(t, second, nil)
	ahead.Store(0)
	l, err = s.lock(path)
	busy(t, l, err)
	if err := second.Close(); err != nil {
		t.Error(err)
	}
	third, err := s.lock(path)
	must(t, third, err)
	if err := second.Close(); err != nil {
		t.Error(err)
	}
	must(t, third, nil)
	if left := files(t, path); !slices.Equal(left, []string{".lock.lease-3"}) {
		t.Errorf("left: %q", left)
	}
}

// A holder that wakes up and renews between a taker's look and its move stays the
// holder.
func TestHolderThatWakesUpInTime(t *testing.T) {
	path, ahead := filepath.Join(t.TempDir(), ".lock"), new(atomic.Int64)
	s := lockless(syscall.ENOSYS, ahead)
	first, err := s.lock(path)
	must(t, first, err)
	old := time.Now().Add(-time.Hour) // as it was written before it was stopped
	if err := os.Chtimes(leaseName(path, 1), old, old); err != nil {
		t.Fatal(err)
	}
	taker := s
	taker.now = func(path string) (time.Time, error) {
		if err := first.Held(); err != nil {
			t.Error(err)
		}
		return stamp(path)
	}
	l, err := taker.lock(path)
	busy(t, l, err)
	must(t, first, nil)
}

// The goroutine of a holder keeps the lease alive.
func TestRenewed(t *testing.T) {
	path, ahead := filepath.Join(t.TempDir(), ".lock"), new(atomic.Int64)
	s, ticks := lockless(syscall.ENOSYS, ahead), make(chan time.Time)
	s.ticks = func(d time.Duration) (<-chan time.Time, func()) {
		if d > limit/4 {
			t.Errorf("renewed every %v only", d)
		}
		return ticks, func() {}
	}
	l, err := s.lock(path)
	must(t, l, err)
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(leaseName(path, 1), old, old); err != nil {
		t.Fatal(err)
	}
	ticks <- time.Now()
	ticks <- time.Now() // the first is done
	other, err := s.lock(path)
	busy(t, other, err)
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// Of many that take over a stale lease at once, one has it, and the holder before
// knows that it has not.
func TestManyTakersAtOnce(t *testing.T) {
	path, ahead := filepath.Join(t.TempDir(), ".lock"), new(atomic.Int64)
	s := lockless(syscall.ENOLCK, ahead)
	holder, err := s.lock(path)
	must(t, holder, err)
	for range 20 {
		old := time.Now().Add(-time.Hour)
		last, err := newest(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(leaseName(path, last), old, old); err != nil {
			t.Fatal(err)
		}
		var won [8]*Lock
		var all sync.WaitGroup
		for i := range won {
			all.Go(func() {
				l, err := s.lock(path)
				if in := (*InUse)(nil); err != nil && !errors.As(err, &in) {
					t.Error(err)
				}
				won[i] = l
			})
		}
		all.Wait()
		var now []*Lock
		for _, l := range won {
			if l != nil {
				now = append(now, l)
			}
		}
		if len(now) != 1 || now[0].Held() != nil || holder.Held() == nil {
			t.Fatalf("%d have it, the one before: %v", len(now), holder.Held())
		}
		holder = now[0]
	}
}

// A lease that is not let go keeps out a process that meets locks, too.
func TestLeaseBesideTheKernel(t *testing.T) {
	path, ahead := filepath.Join(t.TempDir(), ".lock"), new(atomic.Int64)
	l, err := lockless(syscall.ENOSYS, ahead).lock(path)
	must(t, l, err)
	other, err := Try(path)
	busy(t, other, err)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	other, err = Try(path)
	must(t, other, err)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
}

// A lock is taken by an ordinary file of the folder, and by nothing that it leads to.
func TestLinksAndPipes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs links and pipes")
	}
	folder, outside := t.TempDir(), filepath.Join(t.TempDir(), "theirs")
	link, pipe := filepath.Join(folder, "link"), filepath.Join(folder, "pipe")
	if err := errors.Join(os.Symlink(outside, link), exec.Command("mkfifo", pipe).Run()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, pipe, folder} {
		if l, err := Try(path); err == nil || !strings.Contains(err.Error(), path+" is no ordinary file") {
			t.Errorf("%s: %v, %v", path, l, err)
		}
	}
	if _, err := os.Lstat(outside); err == nil {
		t.Error("a file was made outside of the folder")
	}
	path := filepath.Join(folder, ".lock")
	if err := os.Symlink(outside, leaseName(path, 1)); err != nil {
		t.Fatal(err)
	}
	if l, err := lockless(syscall.ENOSYS, new(atomic.Int64)).lock(path); err == nil {
		t.Errorf("a lease that is a link: %v", l)
	}
}

func TestWait(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".lock")
	first, err := Try(path)
	must(t, first, err)
	waited := 0
	second, err := Wait(t.Context(), path, func() {
		waited++
		if err := first.Close(); err != nil {
			t.Error(err)
		}
	})
	must(t, second, err)
	ctx, cancel := context.WithCancel(t.Context())
	if l, err := Wait(ctx, path, cancel); !errors.Is(err, context.Canceled) || waited != 1 {
		t.Errorf("%v, %v; waited %d times", l, err, waited)
	}
}

// A process that meets no locks takes a lease, by the real refusal of the system.
func TestProcessWithoutLocks(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace")
	}
	path := filepath.Join(t.TempDir(), ".lock")
	cmd := exec.Command(strace, "-f", "-q", "-o", os.DevNull, "-e", "trace=flock", "-e", "inject=flock:error=ENOLCK", os.Args[0], "-test.run=^TestHelper$")
	cmd.Env = append(os.Environ(), "MEMTEST_LOCK="+path)
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "PTRACE") || strings.Contains(string(out), "not permitted") {
		t.Skipf("strace may not trace here: %s", out)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if left := files(t, path); !slices.Contains(left, ".lock.lease-1") {
		t.Errorf("the process took no lease: %q", left)
	}
	l, err := Try(path)
	busy(t, l, err)
}

// TestHelper is the process of TestProcessWithoutLocks, which ends without a word.
func TestHelper(t *testing.T) {
	path := os.Getenv("MEMTEST_LOCK")
	if path == "" {
		t.Skip("not a helper process")
	}
	l, err := Try(path)
	must(t, l, err)
}
