// Package filelock lets one process at a time, of all machines that share a
// folder, do what is done there.
//
//  1. Try takes the lock of a path at once or says who has it; Wait waits for it.
//  2. Where the file system has locks (flock), the kernel keeps it, and lets go
//     when the process ends in whatever way.
//  3. Where it has none (some NFS, Lustre), a lease file beside the path takes its
//     place, see lease.go: the holder renews it, and one that was not renewed for
//     two minutes is taken over.
//  4. So a holder calls Held before it puts any file in place.
//
// The file of a lock stays where it is when the lock is let go, unless Remove
// takes it away. All processes must use the same kind: a file system that has locks
// on some machines only, or only within each machine, is not made safe by this.
package filelock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// Lock is a lock that this process holds, until Close or Remove.
type Lock struct {
	path  string
	file  *flock.Flock // nil = the file system has no locks
	lease *lease       // nil = the kernel's lock is enough
}

// InUse is the error of Try where another process holds the lock.
type InUse struct {
	Holder string        // "process 12 on host b"; "" = the kernel knows, and says no name
	Age    time.Duration // since the holder renewed its lease
}

func (e *InUse) Error() string {
	if e.Holder == "" {
		return "another process holds the lock"
	}
	return fmt.Sprintf("%s holds the lock, whose lease it renewed %v ago", e.Holder, e.Age.Round(time.Second))
}

// Pauses between two tries of Wait.
const (
	pause      = 100 * time.Millisecond
	leasePause = time.Second // each try makes a file
)

// system is what locks are made of, so that tests can take it away.
type system struct {
	try   func(l *flock.Flock) (bool, error)                   // takes the kernel's lock
	now   func(path string) (time.Time, error)                 // by the clock that stamps files beside a path
	ticks func(every time.Duration) (<-chan time.Time, func()) // and what ends them
}

var here = system{
	try: (*flock.Flock).TryLock,
	now: stamp,
	ticks: func(every time.Duration) (<-chan time.Time, func()) {
		t := time.NewTicker(every)
		return t.C, t.Stop
	},
}

// Try takes the lock of a path, whose file it makes where there is none; the folder
// must exist. It is an InUse where another process, or another part of this one,
// has it. A path that is a link, or no ordinary file, is an error.
func Try(path string) (*Lock, error) { return here.lock(path) }

// Wait is Try that waits while the lock is in use, until ctx ends, whose error it
// returns then. waits is called once before it waits; nil = nobody hears of it.
func Wait(ctx context.Context, path string, waits func()) (*Lock, error) {
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		l, err := Try(path)
		var busy *InUse
		if !errors.As(err, &busy) {
			return l, err
		}
		if waits != nil {
			waits()
			waits = nil
		}
		rest := pause
		if busy.Holder != "" {
			rest = leasePause
		}
		select {
		case <-ctx.Done():
		case <-time.After(rest):
		}
	}
}

func (s system) lock(path string) (*Lock, error) {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no ordinary file, so no lock can be taken by it: remove it", path)
	}
	l := &Lock{path: path}
	file, err := s.kernel(path)
	if err == nil {
		l.file = file
	} else if !unsupported(err) {
		return nil, err
	}
	if l.file == nil || leased(path) {
		if l.lease, err = s.take(path); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	return l, nil
}

// kernel takes the lock that the kernel keeps.
func (s system) kernel(path string) (*flock.Flock, error) {
	for {
		file := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDONLY|noFollow))
		free, err := s.try(file)
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		if !free {
			return nil, errors.Join(&InUse{}, file.Close())
		}
		held, err := file.Stat()
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		// Remove may have taken the file away between opening and locking it: such a
		// lock keeps nobody out.
		if named, err := os.Lstat(path); err == nil && os.SameFile(held, named) {
			return file, nil
		}
		if err := file.Close(); err != nil {
			return nil, err
		}
	}
}

// Held is nil while this process holds the lock. Its error says who has taken it
// over: whatever this process was about to write must be left. It writes a lease
// anew, so that nobody takes it over soon.
func (l *Lock) Held() error {
	if l.lease == nil {
		return nil
	}
	return l.lease.held()
}

// Close lets the lock go.
func (l *Lock) Close() error {
	var err error
	if l.lease != nil {
		err = l.lease.release()
	}
	if l.file != nil {
		err = errors.Join(err, l.file.Close())
	}
	return err
}

// Remove takes the files of the lock away and lets it go. It is for a folder that
// nothing is left in; what another process has taken over stays.
func (l *Lock) Remove() error {
	if l.Held() != nil {
		return l.Close()
	}
	var err error
	if l.lease != nil {
		err = l.lease.remove()
	}
	// While it is held where systems let open files be removed, and else after it.
	gone := os.Remove(l.path)
	if l.file != nil {
		err = errors.Join(err, l.file.Close())
	}
	if gone != nil {
		gone = os.Remove(l.path)
	}
	if gone != nil && !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}
