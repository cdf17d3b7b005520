package wheels

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/xla/internal/pythontest"
)

// pipe is a named pipe between the test and the shell script that stands for pip.
// Nobody waits to open it, as the test has both ends; and nobody waits for ever.
func pipe(t *testing.T) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if out, err := exec.Command("mkfifo", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if err := f.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return f
}

// hangs is a pip that leaves half a wheel, tells the pipe and never ends.
func hangs(begun *os.File) string {
	return fmt.Sprintf("mkdir -p \"$dest\"; echo PK > \"$dest/half.whl\"; echo > '%s'; exec sleep 60", begun.Name())
}

// await waits until a script has written to the pipe.
func await(begun *os.File) error {
	_, err := begun.Read(make([]byte, 1))
	return err
}

func TestInstallStopped(t *testing.T) {
	_, w := wheelOf(t, member(fit))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	begun := pipe(t)
	script, _ := pythontest.Python(t, nil, hangs(begun))
	c := fake(t, script)
	go func() {
		if err := await(begun); err != nil {
			t.Errorf("pip did not start: %v", err)
		}
		cancel()
	}()
	if _, err := c.Install(ctx, w, check, new(lines).log); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := left(t, c); len(got) != 0 {
		t.Errorf("the cache holds %q", got)
	}
}

// helper starts this test binary as a process that installs, see TestHelper.
func helper(t *testing.T, c Cache, w Wheel, script string, says io.Writer) *exec.Cmd {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestHelper$")
	cmd.Env = append(os.Environ(), "MEMTEST_HELPER="+strings.Join([]string{c.Folder, script, w.SHA256}, "|"))
	cmd.Stdout = says
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func TestHelper(t *testing.T) {
	args := strings.Split(os.Getenv("MEMTEST_HELPER"), "|")
	if len(args) != 3 {
		t.Skip("not a helper process")
	}
	_, w := wheelOf(t, member(fit))
	w.SHA256 = args[2]
	log := func(format string, args ...any) { fmt.Printf(format+"\n", args...) }
	if _, err := (Cache{args[0], []string{args[1]}}).Install(t.Context(), w, check, log); err != nil {
		t.Fatal(err)
	}
}

// Two processes install at once: one runs pip, which does not end before the
// other says that it waits. Both succeed.
func TestInstallTwoProcesses(t *testing.T) {
	c := fake(t)
	wheel, w := wheelOf(t, member(fit))
	goOn := pipe(t)
	script, calls := pythontest.Python(t, nil, fmt.Sprintf("read line < '%s'; ", goOn.Name())+pythontest.Download(wheel))
	said, says, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	if err := said.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	a, b := helper(t, c, w, script, says), helper(t, c, w, script, says)
	says.Close()
	waited := 0
	for scanner := bufio.NewScanner(said); scanner.Scan(); {
		if strings.HasPrefix(scanner.Text(), "another process is installing pkg-1.0") {
			waited++
			if _, err := goOn.WriteString("\n"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(a.Wait(), b.Wait()); err != nil {
		t.Fatal(err)
	}
	if n := pythontest.Count(t, calls); n != 1 || waited != 1 {
		t.Errorf("pip was called %d times, %d processes waited", n, waited)
	}
	if got := left(t, c); len(got) != 1 || check(c.Folder+"/pkg-1.0/lib.so") != nil {
		t.Errorf("the cache holds %q", got)
	}
}

// A process is killed half way: it leaves nothing under the wheel's name, its
// lock is free, and the next one installs and sweeps up.
func TestInstallKilled(t *testing.T) {
	c := fake(t)
	wheel, w := wheelOf(t, member(fit))
	begun := pipe(t)
	slow, _ := pythontest.Python(t, nil, hangs(begun))
	cmd := helper(t, c, w, slow, nil)
	if err := await(begun); err != nil {
		t.Fatalf("the helper did not start: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed, as meant
	if got := left(t, c); len(got) != 1 || !strings.HasPrefix(got[0], ".pkg-1.0.part-") {
		t.Fatalf("the killed process left %q", got)
	}
	quick, _ := pythontest.Python(t, nil, pythontest.Download(wheel))
	c.Python = []string{quick}
	if path, err := c.Install(t.Context(), w, check, new(lines).log); err != nil || check(path) != nil {
		t.Fatal(err)
	}
	if got := left(t, c); len(got) != 1 || got[0] != "pkg-1.0" {
		t.Errorf("the cache holds %q", got)
	}
}
