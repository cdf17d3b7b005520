package rundir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/datasets/filelock"
	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// acquire makes this process the only one that measures into the folder, and sweeps
// what killed ones left there.
func (d *Dir) acquire() error {
	lock, err := filelock.Try(d.Path(lockFile))
	if busy := (*filelock.InUse)(nil); errors.As(err, &busy) {
		by := ""
		if busy.Holder != "" {
			by = fmt.Sprintf(" (%s, heard of %v ago; what a killed one held is free after two minutes)", busy.Holder, busy.Age.Round(time.Second))
		}
		return &InUse{fmt.Sprintf("%s is in use by another memtest%s: wait until it ends, or give another folder with --out", d.path, by)}
	}
	if err != nil {
		return fmt.Errorf("%s cannot be locked: %w", d.path, err)
	}
	d.lock = lock
	d.sweep()
	return nil
}

// InUse is the error where another process measures into the folder; it counts as
// result.ErrInput.
type InUse struct{ sentence string }

func (e *InUse) Error() string        { return e.sentence }
func (e *InUse) Is(target error) bool { return target == result.ErrInput }

// sweep removes the temporary files of processes that were killed. Under the lock
// nobody else writes but `memtest report`, which writes pages; theirs are swept a day later.
func (d *Dir) sweep() {
	pages := map[string]bool{ReportFile: true, MarkdownFile: true, CSVFile: true}
	atomicfile.Sweep(d.path, func(name string) bool { return !pages[name] })
	all := func(string) bool { return true }
	atomicfile.Sweep(d.Path(evidenceDir), all)
	networks, _ := os.ReadDir(d.Path(SnapshotsDir)) // what cannot be read costs space only
	for _, n := range networks {
		if n.IsDir() {
			atomicfile.Sweep(filepath.Join(d.Path(SnapshotsDir), n.Name()), all)
		}
	}
}

// Held is nil while this process is the one that measures into the folder. Nothing
// may be written there after its error, which says who is now: Put and all methods
// that write ask it, and so must whoever writes to a Path.
func (d *Dir) Held() error {
	if d.lock == nil {
		return d.closed()
	}
	if err := d.lock.Held(); err != nil {
		return fmt.Errorf("%s is not this process's any more: %w; when that process has ended, go on with --resume", d.path, err)
	}
	return nil
}

// Put writes a file of the folder, whole or not at all, and only while this process
// is the one that does.
func (d *Dir) Put(name string, data []byte) error { return d.put(d.Path(name), bytesOf(data)) }

// PutFrom is Put of what a function writes, which need not lie in memory.
func (d *Dir) PutFrom(name string, write func(io.Writer) error) error {
	return d.put(d.Path(name), write)
}

// put is Put of what a function writes, at a path in the folder. The lock is looked
// at last, just before the file gets its name.
func (d *Dir) put(path string, write func(io.Writer) error) error {
	info, err := os.Stat(path) // a link to a file is followed
	if _, there := os.Lstat(path); there == nil && (err != nil || !info.Mode().IsRegular()) {
		return result.Inputf("%s is no file and cannot be written: remove it, then go on with --resume", path)
	}
	return atomicfile.WriteFileFrom(path, func(w io.Writer) error {
		if err := write(w); err != nil {
			return err
		}
		return d.Held()
	})
}

func bytesOf(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// ordinary is an error for what is there under the name of a file and is none:
// opening a pipe would wait for ever.
func ordinary(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return nil
	}
	if to, err := os.Stat(path); err == nil {
		info = to
	}
	what := "a device"
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode&fs.ModeSymlink != 0:
		what = "a link that leads nowhere"
	case mode.IsDir():
		what = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		what = "a pipe"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
	}
	return result.Inputf("%s is %s, where the folder of a run has a file: move it away, or give another folder", path, what)
}

// ReadFile reads a file of a run's folder; the error of one that is not there is
// fs.ErrNotExist. It never waits.
func ReadFile(path string) ([]byte, error) {
	if err := ordinary(path); err != nil {
		return nil, err
	}
	return memory.ReadFile(path, 3)
}

// openFile opens a file of a run's folder as os.OpenFile does. It never waits.
func openFile(path string, flag int) (*os.File, error) {
	if err := ordinary(path); err != nil {
		return nil, err
	}
	return os.OpenFile(path, flag, 0o666)
}
