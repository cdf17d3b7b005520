package filelock

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A lease is a file beside the lock's, "NAME.lease-7" with a number that only
// rises. The highest one says who holds the lock, and its time of writing, by the
// file system's clock and not by that of any machine, when this was last true.
//
//   - It may be taken over when it was let go or was not renewed for the limit.
//     This is done by making the next number, which of several takers one can, since
//     a name is made once. Then the older file is removed.
//   - A holder renews its file in place and never makes it again. Before it uses the
//     lock it renews first and looks for a higher number after; a taker makes the
//     higher number first and looks after whether the older one was renewed. So of a
//     holder that wakes up late and its taker, at least one sees the other and gives
//     way.
const (
	limit = 2 * time.Minute  // after which a lease that was not renewed may be taken over
	every = 20 * time.Second // a holder renews it
)

const (
	leasePart = ".lease-"
	clockPart = ".clock-"
	free      = "free\n" // what a lease says that was let go
)

// unsupported says whether an error of flock is that of a file system without
// locks.
func unsupported(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOLCK)
}

// terms are what a lease says; a line of fixed length, so that it can be renewed
// in place.
type terms struct {
	ID      string `json:"id"` // at random, of this lease
	Host    string `json:"host"`
	Process int    `json:"process"`
	Renewed string `json:"renewed"` // by the holder's clock, for people
}

func (t terms) holder() string {
	if t.ID == "" {
		return "another process"
	}
	return fmt.Sprintf("process %d on host %s", t.Process, t.Host)
}

// lease is one that this process holds.
type lease struct {
	lock   string // path of the lock
	number int
	terms  terms
	stop   func() // ends the renewing

	mu   sync.Mutex
	lost error // why it is no longer ours
}

func leaseName(lock string, number int) string { return lock + leasePart + strconv.Itoa(number) }

// numbers are the numbers of the leases that there are.
func numbers(lock string) ([]int, error) {
	entries, err := os.ReadDir(filepath.Dir(lock))
	if err != nil {
		return nil, err
	}
	var all []int
	for _, e := range entries {
		if digits, ok := strings.CutPrefix(e.Name(), filepath.Base(lock)+leasePart); ok {
			if n, err := strconv.Atoi(digits); err == nil && n > 0 && strconv.Itoa(n) == digits {
				all = append(all, n)
			}
		}
	}
	return all, nil
}

// newest is the highest number of a lease, 0 where there is none.
func newest(lock string) (int, error) {
	all, err := numbers(lock)
	last := 0
	for _, n := range all {
		last = max(last, n)
	}
	return last, err
}

// leased says whether there is a lease that was not let go: a process that met a
// file system without locks may hold it where this one meets locks.
func leased(lock string) bool {
	last, err := newest(lock)
	if err != nil || last == 0 {
		return false
	}
	there, err := look(leaseName(lock, last))
	return err != nil || !there.free
}

// stamp is the time by the clock that stamps files beside a path, which may be that
// of a server.
func stamp(path string) (time.Time, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+clockPart)
	if err != nil {
		return time.Time{}, err
	}
	info, err := f.Stat()
	if err := errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

// seen is a lease as another process sees it.
type seen struct {
	terms   terms // empty where it cannot be read
	free    bool
	written time.Time
}

func look(path string) (seen, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|noFollow, 0)
	if err != nil {
		return seen{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return seen{}, err
	}
	if !info.Mode().IsRegular() {
		return seen{}, fmt.Errorf("%s is no ordinary file: remove it", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return seen{}, err
	}
	s := seen{free: string(text) == free, written: info.ModTime()}
	if json.Unmarshal(bytes.TrimSpace(text), &s.terms) != nil {
		s.terms = terms{} // its holder is about to write it
	}
	return s, nil
}

// take makes the next lease where the last one may be taken over.
func (s system) take(lock string) (*lease, error) {
	last, err := newest(lock)
	if err != nil {
		return nil, err
	}
	before, err := s.mayTake(lock, last)
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname() // a name for people
	l := &lease{lock: lock, number: last + 1, terms: terms{ID: rand.Text(), Host: host, Process: os.Getpid()}}
	if err := l.create(); errors.Is(err, fs.ErrExist) {
		return nil, &InUse{Holder: "another process"}
	} else if err != nil {
		return nil, err
	}
	if err := l.settle(before); err != nil {
		return nil, errors.Join(err, os.Remove(leaseName(lock, l.number)))
	}
	ticks, stop := s.ticks(every)
	done := make(chan struct{})
	l.stop = sync.OnceFunc(func() { stop(); close(done) })
	go l.keep(ticks, done)
	return l, nil
}

// mayTake is what the last lease says where it may be taken over; the error of one
// that is held is an InUse.
func (s system) mayTake(lock string, last int) (seen, error) {
	if last == 0 {
		return seen{}, nil
	}
	before, err := look(leaseName(lock, last))
	if errors.Is(err, fs.ErrNotExist) { // another taker was faster
		return seen{}, &InUse{Holder: "another process"}
	}
	if err != nil || before.free {
		return before, err
	}
	now, err := s.now(lock)
	if err != nil {
		return seen{}, err
	}
	if age := now.Sub(before.written); age < limit {
		return seen{}, &InUse{Holder: before.terms.holder(), Age: max(0, age)}
	}
	return before, nil
}

// create makes the file of a lease, which must not be there.
func (l *lease) create() error {
	path := leaseName(l.lock, l.number)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(l.text())
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func (l *lease) text() []byte {
	t := l.terms
	t.Renewed = time.Now().UTC().Format(time.RFC3339)
	line, err := json.Marshal(t)
	if err != nil {
		panic(err) // strings and a number
	}
	return append(line, '\n')
}

// settle makes a new lease the only one, unless the holder of the older one has
// shown itself since, or somebody else was faster.
func (l *lease) settle(before seen) error {
	if older := leaseName(l.lock, l.number-1); l.number > 1 {
		now, err := look(older)
		if err == nil && !now.written.Equal(before.written) {
			return &InUse{Holder: now.terms.holder()}
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	all, err := numbers(l.lock)
	if err != nil {
		return err
	}
	for _, n := range all {
		if n > l.number {
			return &InUse{Holder: "another process"}
		}
	}
	for _, n := range all {
		if n < l.number {
			if err := os.Remove(leaseName(l.lock, n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// keep renews the lease until it is let go. An error is of no consequence yet: held
// meets it, or the lease is taken over.
func (l *lease) keep(ticks <-chan time.Time, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-ticks:
			l.mu.Lock()
			if l.lost == nil {
				_ = l.renew()
			}
			l.mu.Unlock()
		}
	}
}

// renew writes the lease anew, in place; it is an error where it is not ours.
func (l *lease) renew() error {
	return l.write(func(f *os.File) error {
		_, err := f.WriteAt(l.text(), 0)
		return err
	})
}

// errTaken is the error of write where the file is gone or another's.
var errTaken = errors.New("the lease is not ours")

// write opens the file of the lease, which it never makes, and sees that it is ours.
func (l *lease) write(change func(f *os.File) error) error {
	path := leaseName(l.lock, l.number)
	there, err := look(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && there.terms.ID != l.terms.ID {
		return errTaken
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|noFollow, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return errTaken
	}
	if err != nil {
		return err
	}
	return errors.Join(change(f), f.Close())
}

// held renews the lease and looks who has it.
func (l *lease) held() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil {
		return l.lost
	}
	err := l.renew()
	last, e := newest(l.lock)
	if errors.Is(err, errTaken) || e == nil && last > l.number {
		by := "another process"
		if there, err := look(leaseName(l.lock, last)); err == nil && !there.free {
			by = there.terms.holder()
		}
		l.lost = fmt.Errorf("%s has taken it over, because this process showed no sign of life for %.0f minutes", by, limit.Minutes())
		return l.lost
	}
	if err = errors.Join(err, e); err != nil {
		return fmt.Errorf("its lease %s cannot be renewed: %w", leaseName(l.lock, l.number), err)
	}
	return nil
}

// release says that the lease is free. One that was taken over is left alone.
func (l *lease) release() error {
	l.stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil {
		return nil
	}
	l.lost = errors.New("the lock was let go")
	err := l.write(func(f *os.File) error {
		if err := f.Truncate(0); err != nil {
			return err
		}
		_, err := f.WriteAt([]byte(free), 0)
		return err
	})
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

// remove takes the file of the lease away.
func (l *lease) remove() error {
	l.stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = errors.New("the lock was let go")
	if err := os.Remove(leaseName(l.lock, l.number)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
